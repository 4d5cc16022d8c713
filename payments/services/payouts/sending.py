"""The bank's side: send an approved payout once, and write down what became of it."""

import logging
from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.services import standing
from payments import gateway, messages, rails
from payments.models import Payout, PayoutMethod
from payments.rails import State
from payments.services import payout_checks
from payments.services.payouts import booking
from tutorhub.core import clock
from tutorhub.core.errors import Conflict
from tutorhub.core.rules import allows

log = logging.getLogger(__name__)

SEND = "payments.send_payout"

# News may come in any order. A status never goes back to one before it, but for the failure that
# RazorpayX may report after a reversal.
ORDER = {
    **dict.fromkeys(["", "pending", "scheduled"], 0),
    "queued": 1,
    "processing": 2,
    **dict.fromkeys(["processed", "failed", "rejected", "cancelled"], 3),
    "reversed": 4,
}


class UnknownPayout(Conflict):
    """The gateway speaks of a payout that is not in our books (yet)."""

    code = "unknown_payout"


class NotCheckedYet(Conflict):
    """The account is still being checked, so the payout waits; the outbox asks again."""

    code = "payout_account_not_checked"


class TutorSuspended(Conflict):
    code = "tutor_suspended"
    message = gettext_lazy("This tutor is suspended. Nothing is paid out until that is reviewed.")


def check_standing(payout: Payout) -> None:
    """Days may lie between the tutor's wish and the money: look again whose it is."""
    if not allows(standing.check_may_act, payout.tutor):
        raise TutorSuspended


def send(payout_id: UUID, done: Callable[[], None]) -> None:
    """Send an approved payout, under a key that makes a repeat harmless. Speaks to the network.

    Raises TutorSuspended; then it stays approved, and the reconciler asks again until it may go.
    No answer is not a failure: the error goes up, and the outbox asks again with the same key.
    """
    payout = _begin(payout_id)
    report: rails.Report | None = None
    refusal: gateway.Refused | None = None
    if payout.status == Payout.Status.SENDING and not payout.razorpay_payout_id:
        rail = rails.rail(payout.rail)
        try:
            report = rail.send(
                rails.Order(
                    key=str(payout.pk),
                    reference=payout.reference,
                    account_id=payout_checks.registered(payout.method, rail),
                    amount_paise=payout.amount_paise,
                    is_upi=payout.method.kind == PayoutMethod.Kind.UPI,
                )
            )
        except gateway.Refused as error:
            refusal = error
            # A repeat that differs from the first request is refused although the first one was
            # performed, so a refusal alone does not say that nothing is on its way.
            report = rail.find(payout.reference)
    with transaction.atomic():
        if report is not None:
            record(payout.pk, report)
        elif refusal is not None:
            _refused(payout.pk, refusal)
        done()


def refresh(payout_id: UUID) -> Payout:
    """Ask where a payout stands, if the rail has it, and write it down. Speaks to the network."""
    payout = Payout.objects.get(pk=payout_id)
    if not payout.razorpay_payout_id:
        return payout
    return record(payout.pk, rails.rail(payout.rail).fetch(payout.razorpay_payout_id))


def apply(entity: gateway.Entity) -> None:
    """Move our payout to where RazorpayX's stands. Raises UnknownPayout."""
    report = rails.RazorpayX.read(entity)
    payout_id = (
        Payout.objects.filter(razorpay_payout_id=report.id).values_list("pk", flat=True).first()
    )
    if payout_id is None and report.reference.startswith("po-") and len(report.reference) == 35:
        payout_id = UUID(hex=report.reference.removeprefix("po-"))
    if payout_id is None or not Payout.objects.filter(pk=payout_id).exists():
        raise UnknownPayout(f"payout {report.id} is not ours")
    record(payout_id, report)


@transaction.atomic
def record(payout_id: UUID, report: rails.Report) -> Payout:
    """Write down what the rail says about a payout; stale and repeated news change nothing."""
    payout = Payout.objects.locked().get(pk=payout_id)
    if payout.razorpay_payout_id not in (None, report.id) or (
        report.amount_paise != payout.amount_paise
    ):
        log.error("payout %s does not fit %s", payout.pk, report.id)
        return payout
    if payout.razorpay_payout_id is None:
        payout.razorpay_payout_id = report.id
        payout.save(update_fields=["razorpay_payout_id"])
    if report.state == State.UNKNOWN:
        log.error("payout %s has the unknown status %s", payout.pk, report.status)
    elif not _is_stale(payout, report):
        is_news = _note(payout, report)
        if not _move(payout, report) and is_news and _contradicts(payout, report):
            # No edge leads from the one to the other, so people have to look.
            log.error("payout %s: %s here, %s there", payout.pk, payout.status, report.status)
            booking.tell(payout, "contradicted", said={"gateway_status": report.status})
    return payout


@transaction.atomic
def _begin(payout_id: UUID) -> Payout:
    """Commit the intent before the call, so that a crash leaves a payout that is looked after."""
    payout = Payout.objects.locked().select_related("method", "tutor").get(pk=payout_id)
    if payout.status != Payout.Status.APPROVED:
        return payout
    check_standing(payout)
    refused = payout.method.validation == PayoutMethod.Validation.FAILED
    if not refused and not payout.method.is_valid:
        raise NotCheckedYet
    payout.move_to(Payout.Status.SENDING)
    booking.tell(payout, "sending")
    if refused:
        _close_unpaid(payout, _("The bank did not confirm this account."))
    return payout


def _is_stale(payout: Payout, report: rails.Report) -> bool:
    if (payout.gateway_status, report.status) == ("reversed", "failed"):
        return False
    return ORDER[report.status] < ORDER[payout.gateway_status]


def _note(payout: Payout, report: rails.Report) -> bool:
    """Keep the rail's own word for it, and the bank's reference; whether the word is new."""
    changed = {}
    if report.status != payout.gateway_status:
        changed["gateway_status"] = report.status
    if report.utr[:40] not in ("", payout.utr):
        changed["utr"] = report.utr[:40]
    for name, value in changed.items():
        setattr(payout, name, value)
    if changed:
        payout.save(update_fields=list(changed))
        booking.tell(payout, "reported", said=changed)
    return "gateway_status" in changed


def _move(payout: Payout, report: rails.Report) -> bool:
    """Take the edge that the report stands for; False if there is none from here."""
    state = report.state
    if (state, payout.status) == (State.NOT_PAID, Payout.Status.PROCESSED):
        # RazorpayX gets there by way of reversed only, so that news was lost.
        state = State.RETURNED
    target, take = MOVES.get(state, (None, None))
    if target is None or take is None or not payout.can_move_to(target):
        if report.state == State.PAID and payout.status == Payout.Status.PROCESSED:
            _charge(payout, report)
        return False
    take(payout, report)
    return True


def _contradicts(payout: Payout, report: rails.Report) -> bool:
    """Whether one of us says that the money is with the tutor and the other that it is not."""
    return (report.state == State.PAID) != (payout.status == Payout.Status.PROCESSED) and (
        report.state != State.UNDER_WAY
    )


def _refused(payout_id: UUID, refusal: gateway.Refused) -> None:
    payout = Payout.objects.locked().get(pk=payout_id)
    log.error("payout %s was refused: %s", payout.pk, refusal)
    if payout.can_move_to(Payout.Status.FAILED):
        _close_unpaid(payout, refusal.description)


def _processed(payout: Payout, report: rails.Report) -> None:
    payout.move_to(Payout.Status.PROCESSED, closed_at=clock.now())
    booking.pay(payout)
    _charge(payout, report)
    booking.tell(payout, "processed")
    messages.payout_changed(payout)


def _charge(payout: Payout, report: rails.Report) -> None:
    """Book the fee when it is known, which may be later than the payment itself."""
    if payout.fees_paise or not report.fees_paise:
        return
    payout.fees_paise, payout.tax_paise = report.fees_paise, report.tax_paise
    payout.save(update_fields=["fees_paise", "tax_paise"])
    booking.charge(payout)


def _failed(payout: Payout, report: rails.Report) -> None:
    _close_unpaid(payout, report.reason)


def _close_unpaid(payout: Payout, reason: str) -> None:
    payout.move_to(Payout.Status.FAILED, reason=reason[:300], closed_at=clock.now())
    booking.give_back(payout)
    booking.tell(payout, "failed")
    messages.payout_changed(payout)


def _reversed(payout: Payout, report: rails.Report) -> None:
    """The bank sent the money back. What goes where depends on how far the payout had come."""
    was = payout.status
    payout.move_to(Payout.Status.REVERSED, reason=report.reason[:300], closed_at=clock.now())
    if was == Payout.Status.SENDING:
        booking.give_back(payout)
    elif was == Payout.Status.PROCESSED:
        booking.take_back(payout)
    # After a failure the money is back in the earnings already: no second credit.
    booking.tell(payout, "reversed")
    messages.payout_changed(payout)


MOVES: dict[State, tuple[str, Callable[[Payout, rails.Report], None]]] = {
    State.PAID: (Payout.Status.PROCESSED, _processed),
    State.NOT_PAID: (Payout.Status.FAILED, _failed),
    State.RETURNED: (Payout.Status.REVERSED, _reversed),
}
