"""What one person in finance asks for and another one decides: the part that is always the same."""

from typing import TypeVar

from django.db import transaction

from accounts.models import User
from payments.models.two_people import TwoPersonDecision
from payments.policies import check_is_finance, check_is_second
from tutorhub.core import audit, clock

Row = TypeVar("Row", bound=TwoPersonDecision)
Status = TwoPersonDecision.Status


def to_approve(row: Row, *, by: User) -> Row:
    """The row as it is now, locked, for `by` to approve in this transaction.

    Raises NotAllowed for whoever asked, and InvalidTransition where it is decided.
    """
    found: Row = type(row).objects.locked().get(pk=row.pk)
    check_is_second(found, by)
    found.check_can_move_to(Status.APPROVED)
    return found


@transaction.atomic
def reject(row: Row, *, by: User, action: str) -> Row:
    """Nothing happens; whoever asked takes it back so, too. `action` is for the audit trail.

    Raises NotAllowed, and InvalidTransition where it is decided.
    """
    check_is_finance(by)
    found: Row = type(row).objects.locked().get(pk=row.pk)
    found.move_to(Status.REJECTED, decided_by=by, decided_at=clock.now())
    audit.record(action, found, by=by)
    return found
