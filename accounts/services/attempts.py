"""Writes the login log."""

from accounts.clients import Client
from accounts.models import LoginAttempt, User


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
