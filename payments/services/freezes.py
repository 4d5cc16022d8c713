"""Money of a class that waits for the end of a dispute, here or at the payer's bank (kind 14)."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from payments.models import Earning, EarningFreeze, Payment
from payments.services import ledger, receivables
from payments.services.ledger import credit, debit
from tutorhub.core import audit, clock
from tutorhub.core.errors import Conflict


class Disputed(Conflict):
    code = "disputed"
    message = _("This money is disputed. It can be given back when that has ended.")


def is_frozen(session_id: UUID) -> bool:
    return EarningFreeze.objects.of_session(session_id).exists()


def is_disputed(payment: Payment) -> bool:
    """Whether the payer's bank may take this payment back by itself."""
    return payment.disputes.live().exists()


def check_undisputed(payment: Payment) -> None:
    """Raise Disputed while the payer's bank may take this locked payment back by itself.

    Given back before that, the money would go out twice.
    """
    if is_disputed(payment):
        raise Disputed


@transaction.atomic
def freeze(*, session_id: UUID, cause: str, by: User | None = None) -> EarningFreeze:
    """Stop the money of a class for `cause`, once; earnings that were released are held again.

    Money in escrow and held money need no entry: `earnings.release` refuses. Of released money only
    what the tutor still has can be held; it is not taken, so nothing is owed.
    """
    earning = Earning.objects.locked().filter(session_id=session_id).first()
    reason, is_new = EarningFreeze.objects.get_or_create(
        cause=cause, defaults={"session_id": session_id}
    )
    if not is_new:
        return reason
    audit.record("earning.frozen", reason, by=by, session=str(session_id))
    if earning is not None and earning.status == Earning.Status.RELEASED:
        _hold_again(earning, reason, by)
    return reason


@transaction.atomic
def lift(*, cause: str, by: User | None = None) -> bool:
    """End what `cause` froze; True if nothing else stands against the class now.

    Money that was held again goes back to the tutor with the end of the last cause. Lifting twice
    changes nothing, and a cause that froze nothing is none of our business.
    """
    reason = EarningFreeze.objects.filter(cause=cause).first()
    if reason is None:
        return True
    earning = Earning.objects.locked().filter(session_id=reason.session_id).first()
    lifted = EarningFreeze.objects.filter(pk=reason.pk, lifted_at__isnull=True).update(
        lifted_at=clock.now()
    )
    is_free = not is_frozen(reason.session_id)
    if lifted:
        audit.record("earning.thawed", reason, by=by, session=str(reason.session_id))
        if is_free and earning is not None and earning.frozen_paise:
            _hand_back(earning, reason, by)
    return is_free


def _hold_again(earning: Earning, reason: EarningFreeze, by: User | None) -> None:
    tutor = earning.tutor_id
    _held, available = ledger.locked_balances(("tutor_held", tutor), ("tutor_earnings", tutor))
    paise = min(earning.left_paise - earning.frozen_paise, available)
    if paise <= 0:
        return
    ledger.post(
        kind="earning_frozen",
        key=f"freeze:{reason.pk}",
        legs=[debit("tutor_earnings", paise, tutor), credit("tutor_held", paise, tutor)],
        actor=by,
        refs={"session": earning.session_id, "cause": reason.cause},
    )
    earning.frozen_paise += paise
    earning.save(update_fields=["frozen_paise"])


def _hand_back(earning: Earning, reason: EarningFreeze, by: User | None) -> None:
    tutor, paise = earning.tutor_id, earning.frozen_paise
    debt = receivables.locked_debt(tutor)
    ledger.post(
        kind="earning_thawed",
        key=f"freeze:{reason.pk}:lift",
        legs=[debit("tutor_held", paise, tutor), credit("tutor_earnings", paise, tutor)],
        actor=by,
        refs={"session": earning.session_id, "cause": reason.cause},
    )
    earning.frozen_paise = 0
    earning.save(update_fields=["frozen_paise"])
    receivables.recover_from_tutor(
        tutor,
        paise=min(debt, paise),
        key=f"freeze:{reason.pk}:recover",
        refs={"session": earning.session_id, "cause": reason.cause},
    )
