"""Numbers and addresses, which the back office shows masked until somebody says why."""

from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from accounts.services.users import ReasonMissing
from tutorhub.core import audit
from tutorhub.core.errors import NotAllowed


@dataclass(frozen=True)
class Contact:
    phone: str
    email: str


@transaction.atomic
def reveal(user: User, *, by: User, reason: str) -> Contact:
    """The number and address of `user`, for staff; who looked and why stays in the audit trail.

    Raises NotAllowed, or ReasonMissing.
    """
    if not by.has_perm("accounts.reveal_user"):
        raise NotAllowed
    if not reason.strip():
        raise ReasonMissing
    audit.record("user.revealed", user, by=by, reason=reason.strip()[:200])
    return Contact(user.phone or "", user.email or "")
