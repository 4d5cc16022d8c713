"""Writes the login log."""

from accounts.clients import Client
from accounts.models import LoginAttempt, User
from tutorhub.core.errors import DomainError


def note(
    kind: str,
    *,
    client: Client,
    phone: str = "",
    email: str = "",
    user: User | None = None,
    reason: str = "",
) -> LoginAttempt:
    """Log one attempt; it failed if there is a `reason`."""
    return LoginAttempt.objects.create(
        kind=kind,
        phone=phone,
        email=email[:254],
        user=user,
        ip=client.ip,
        neighbourhood=client.neighbourhood,
        operator=client.operator,
        user_agent=client.user_agent,
        is_success=not reason,
        reason=reason,
    )


def note_outcome(kind: str, outcome: object, *, client: Client, user: User) -> LoginAttempt:
    """Log how somebody who is signed in has proved who they are, or the error that it ended in."""
    reason = outcome.code if isinstance(outcome, DomainError) else ""
    return note(kind, client=client, phone=user.phone or "", user=user, reason=reason)
