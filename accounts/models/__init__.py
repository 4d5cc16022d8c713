from accounts.models.attempts import LoginAttempt
from accounts.models.challenges import OtpChallenge, SmsBudgetDay
from accounts.models.consents import Consent, ConsentNotice, Relation
from accounts.models.sessions import AppSession, RefreshToken
from accounts.models.users import Role, User

__all__ = [
    "AppSession",
    "Consent",
    "ConsentNotice",
    "LoginAttempt",
    "OtpChallenge",
    "RefreshToken",
    "Relation",
    "Role",
    "SmsBudgetDay",
    "User",
]
