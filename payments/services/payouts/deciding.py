"""The office's side: somebody who did not ask approves or rejects."""

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.services import locks
from payments import messages
from payments.models import Payout, PayoutMethod
from payments.policies import check_can_approve, check_is_finance
from payments.services import ledger
from payments.services.payouts import booking
from payments.services.payouts.sending import SEND, check_standing
from tutorhub.core import clock, outbox
from tutorhub.core.errors import Conflict


class FloatTooLow(Conflict):
    code = "payout_account_too_low"
    message = gettext_lazy("The payout account holds too little for this. Fund it first.")


class NotChecked(Conflict):
    code = "payout_account_not_checked"
    message = gettext_lazy("The bank has not confirmed this tutor's account.")


@transaction.atomic
def approve(payout: Payout, *, by: User) -> Payout:
    """Let a payout go out (kind 26: nothing is booked) and have it sent.

    Raises NotAllowed, TutorSuspended, NotChecked while the bank has not confirmed the account, or
    FloatTooLow.
    """
    payout = Payout.objects.locked().select_related("tutor").get(pk=payout.pk)
    check_can_approve(payout, by)
    check_standing(payout)
    if not PayoutMethod.objects.get(pk=payout.method_id).is_valid:
        raise NotChecked
    # Two approvals at once would each find the account full enough for itself alone.
    locks.hold("float", "rzpx")
    _check_float(payout)
    payout.move_to(Payout.Status.APPROVED, approved_by=by, decided_at=clock.now())
    outbox.later(SEND, {"payout": payout.pk}, key=f"payout:{payout.pk}")
    booking.tell(payout, "approved", by=by)
    return payout


@transaction.atomic
def reject(payout: Payout, *, by: User, reason: str) -> Payout:
    """Say no, with a reason that the tutor sees; the money goes back to the earnings."""
    check_is_finance(by)
    payout = Payout.objects.locked().get(pk=payout.pk)
    payout.move_to(
        Payout.Status.REJECTED, reason=reason[:300], decided_at=clock.now(), closed_at=clock.now()
    )
    booking.give_back(payout, by=by)
    booking.tell(payout, "rejected", by=by)
    messages.payout_changed(payout)
    return payout


def _check_float(payout: Payout) -> None:
    """Our account has to cover this payout, those on their way, and a fee for each."""
    under_way = Payout.objects.filter(
        status__in=[Payout.Status.APPROVED, Payout.Status.SENDING]
    ).aggregate(total=Sum("amount_paise"), count=Count("pk"))
    needed = (under_way["total"] or 0) + payout.amount_paise
    needed += (under_way["count"] + 1) * settings.PAYOUT_FEE_ALLOWANCE_PAISE
    if ledger.balance("rzpx_float") < needed:
        raise FloatTooLow
