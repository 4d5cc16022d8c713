"""What an account was reached by before, for an erasure to find what is left there."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import FormerAddress, User
from tutorhub.core import clock


@dataclass(frozen=True)
class Former:
    """An address that was the account's until a moment."""

    address: str
    until: datetime


def note(user: User, address: str) -> None:
    """This account gives this address up now; its row is locked."""
    if address:
        FormerAddress.objects.create(user=user, address=address, given_up_at=clock.now())


def take(user: User) -> list[Former]:
    """What there is of them, which is deleted."""
    rows = FormerAddress.objects.filter(user=user)
    former = [Former(row.address, row.given_up_at) for row in rows.order_by("pk")]
    rows.delete()
    return former
