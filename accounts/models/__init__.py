from accounts.models.attempts import LoginAttempt
from accounts.models.authenticators import AuthenticatorProof
from accounts.models.break_glass import EVERY_RIGHT, BreakGlass
from accounts.models.challenges import OtpChallenge, SmsBudgetDay, SpentNonce
from accounts.models.consents import Consent, ConsentNotice, Relation
from accounts.models.devices import KnownDevice
from accounts.models.emails import EmailChange, FormerAddress
from accounts.models.passkeys import Passkey, PasskeyChallenge
from accounts.models.recovery import RecoveryCode, RecoveryDevice
from accounts.models.requests import DataRequest
from accounts.models.sessions import AppSession, BrowserSession, RefreshToken
from accounts.models.users import Role, User

__all__ = [
    "EVERY_RIGHT",
    "AppSession",
    "AuthenticatorProof",
    "BreakGlass",
    "BrowserSession",
    "Consent",
    "ConsentNotice",
    "DataRequest",
    "EmailChange",
    "FormerAddress",
    "KnownDevice",
    "LoginAttempt",
    "OtpChallenge",
    "Passkey",
    "PasskeyChallenge",
    "RecoveryCode",
    "RecoveryDevice",
    "RefreshToken",
    "Relation",
    "Role",
    "SmsBudgetDay",
    "SpentNonce",
    "User",
]
