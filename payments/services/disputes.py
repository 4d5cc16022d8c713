"""Chargebacks: a payer's bank disputes a payment, and Razorpay tells us how it goes."""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from payments import gateway, messages, news
from payments.models import GatewayDispute, Payment, PaymentOrder
from payments.policies import check_is_finance
from payments.services import (
    chargebacks,
    freezes,
    late_money,
    refund_decisions,
    refunds,
    submissions,
)
from tutorhub.core import audit, clock, outbox, storage
from tutorhub.core.errors import Conflict, DomainError

log = logging.getLogger(__name__)

ANSWER = "payments.answer_dispute"
Status = GatewayDispute.Status
Answer = GatewayDispute.Answer


class NotToBeAnswered(Conflict):
    code = "dispute_not_open"
    message = _("This chargeback cannot be answered now.")


class NoReason(DomainError):
    code = "reason_missing"
    message = _("Say what the bank is to know.")


def is_frozen(*, purpose: str, purpose_id: UUID) -> bool:
    """Whether money that was paid for this must not be passed on now."""
    if purpose == PaymentOrder.Purpose.SESSION:
        return freezes.is_frozen(purpose_id)
    return GatewayDispute.objects.live().about(purpose, purpose_id).exists()


@transaction.atomic
def apply(entity: gateway.Entity) -> str:
    """Bring our books to what Razorpay says about a dispute; any number of times, in any order.

    Returns a note for the event. Raises refunds.UnknownPayment.
    """
    payment = _locked_payment(str(entity.get("payment_id")))
    dispute, is_new = _locked_dispute(payment, entity)
    _describe(dispute, entity)
    status = str(entity.get("status"))
    if is_new:
        _open(dispute, is_over=status in Status.values and status not in GatewayDispute.LIVE)
    if status == dispute.status:
        return ""
    if status not in Status.values or not dispute.can_move_to(status):
        return f"{status} says nothing new about a dispute that is {dispute.status}"
    if status in GatewayDispute.LIVE:
        _go_on(dispute, status)
    else:
        _end(dispute, status, int(entity.get("amount_deducted") or 0))
    return ""


@transaction.atomic
def accept(dispute: GatewayDispute, *, by: User) -> GatewayDispute:
    """Give in: Razorpay pays the disputed amount back. Raises NotAllowed, NotToBeAnswered."""
    return _answer(dispute, Answer.ACCEPT, by=by)


@transaction.atomic
def contest(
    dispute: GatewayDispute,
    *,
    summary: str,
    by: User,
    files: Iterable[UUID] = (),
    made: Sequence[submissions.Made] = (),
) -> GatewayDispute:
    """Tell the bank why the money is ours, with files of the tutor and papers that we make.

    Raises NotAllowed, NotToBeAnswered, NoReason, submissions.NoEvidence.
    """
    if not summary.strip():
        raise NoReason
    dispute = _answer(dispute, Answer.CONTEST, by=by, summary=summary.strip()[:1000])
    submissions.choose(dispute, files=files, made=made, by=by)
    return dispute


def send_answer(dispute_id: UUID, done: Callable[[], None]) -> None:
    """Give Razorpay our answer. Speaks to the network; a repeat finds what the first one did.

    No answer is not a failure: the error goes up, and the outbox asks again.
    """
    dispute = GatewayDispute.objects.get(pk=dispute_id)
    entity: gateway.Entity | None = None
    refusal = ""
    if dispute.status == Status.OPEN and dispute.answer:
        entity, refusal = _ask(dispute)
    with transaction.atomic():
        if entity is not None:
            apply(entity)
            submissions.note_sent(dispute, entity)
        if refusal:
            _refused(dispute_id, refusal)
        done()


def _ask(dispute: GatewayDispute) -> tuple[gateway.Entity, str]:
    """The dispute as it stands after our answer, and why Razorpay would not take the answer."""
    client, known_as = gateway.client(), dispute.razorpay_dispute_id
    try:
        if dispute.answer == Answer.ACCEPT:
            return client.accept_dispute(known_as), ""
        return submissions.send(dispute)
    except (gateway.Refused, storage.MissingFile) as error:
        # Our own earlier call may have done it, and only its answer was lost.
        return client.fetch_dispute(known_as), str(error)


@transaction.atomic
def _refused(dispute_id: UUID, refusal: str) -> None:
    dispute = GatewayDispute.objects.locked().get(pk=dispute_id)
    if dispute.status != Status.OPEN:
        return
    log.error("the answer to dispute %s was refused: %s", dispute, refusal)
    dispute.answer, dispute.answered_by, dispute.answered_at = Answer.NONE, None, None
    dispute.note = refusal[:300]
    dispute.save(update_fields=["answer", "answered_by", "answered_at", "note"])


def _answer(dispute: GatewayDispute, answer: str, *, by: User, summary: str = "") -> GatewayDispute:
    check_is_finance(by)
    dispute = GatewayDispute.objects.locked().get(pk=dispute.pk)
    if dispute.status != Status.OPEN or dispute.answer:
        raise NotToBeAnswered
    dispute.answer, dispute.answered_by, dispute.answered_at = answer, by, clock.now()
    dispute.summary, dispute.note = summary, ""
    dispute.save(update_fields=["answer", "answered_by", "answered_at", "summary", "note"])
    audit.record(f"dispute.{answer}", dispute, by=by)
    outbox.later(ANSWER, {"dispute": dispute.pk})
    return dispute


def _locked_payment(razorpay_payment_id: str) -> Payment:
    """The payment under its own lock and that of its order; events may not name the order."""
    found = Payment.objects.filter(
        razorpay_payment_id=razorpay_payment_id, captured_at__isnull=False
    ).first()
    if found is None:
        raise refunds.UnknownPayment(razorpay_payment_id)
    order = PaymentOrder.objects.locked().select_related("payer").get(pk=found.order_id)
    payment = Payment.objects.locked().get(pk=found.pk)
    payment.order = order
    return payment


def _locked_dispute(payment: Payment, entity: gateway.Entity) -> tuple[GatewayDispute, bool]:
    _made, is_new = GatewayDispute.objects.get_or_create(
        razorpay_dispute_id=entity["id"],
        defaults={"payment": payment, "amount_paise": int(entity["amount"])},
    )
    dispute = GatewayDispute.objects.locked().get(razorpay_dispute_id=entity["id"])
    if dispute.payment_id != payment.pk:
        raise Conflict(f"dispute {entity['id']} was about another payment")
    dispute.payment = payment
    return dispute, is_new


def _describe(dispute: GatewayDispute, entity: gateway.Entity) -> None:
    """Keep what Razorpay says about a dispute that is not over."""
    if not dispute.is_live:
        return
    deducted = int(entity.get("amount_deducted") or 0)
    respond_by = entity.get("respond_by")
    values: dict[str, Any] = {
        "phase": str(entity.get("phase") or "")[:20],
        "reason_code": str(entity.get("reason_code") or "")[:80],
        "amount_paise": max(int(entity["amount"]), deducted),
        "respond_by": datetime.fromtimestamp(respond_by, UTC) if respond_by else None,
    }
    for name, value in values.items():
        setattr(dispute, name, value)
    dispute.save(update_fields=list(values))


def _open(dispute: GatewayDispute, *, is_over: bool) -> None:
    """Nothing moves yet at Razorpay (kind 16b); the money waits where it is.

    One that is over when we first hear of it freezes nothing: what it takes is taken at once, and
    the tutor's year is locked before the tutor's accounts, as always.
    """
    order = dispute.payment.order
    if not is_over and _holds_class_money(dispute):
        freezes.freeze(session_id=order.purpose_id, cause=_cause(dispute))
    audit.record("dispute.opened", dispute, amount_paise=dispute.amount_paise)
    log.warning("dispute %s needs an answer by %s", dispute, dispute.respond_by)
    _tell(dispute)


def _go_on(dispute: GatewayDispute, status: str) -> None:
    """The bank has our answer, or wants (another) one from us."""
    asks_again = status == Status.OPEN
    unanswered = {"answer": Answer.NONE, "answered_by": None, "answered_at": None}
    dispute.move_to(status, **(unanswered if asks_again else {}))
    audit.record(f"dispute.{status}", dispute)
    _tell(dispute)


def _end(dispute: GatewayDispute, status: str, deducted_paise: int) -> None:
    is_lost = status == Status.LOST
    dispute.move_to(status, closed_at=clock.now(), deducted_paise=deducted_paise if is_lost else 0)
    if dispute.deducted_paise:
        chargebacks.book(dispute)
    freezes.lift(cause=_cause(dispute))
    late_money.bank_decided(dispute.payment)
    refund_decisions.send_put_off(dispute.payment)
    audit.record(f"dispute.{status}", dispute, deducted_paise=dispute.deducted_paise)
    _tell(dispute)


def _holds_class_money(dispute: GatewayDispute) -> bool:
    """Whether the disputed money pays for a class, and is not, say, a second payment set aside, or
    one that was given back into the wallet."""
    payment, order = dispute.payment, dispute.payment.order
    is_used = payment.place == Payment.Place.PURPOSE and not order.is_given_back
    return is_used and order.purpose == PaymentOrder.Purpose.SESSION


def _cause(dispute: GatewayDispute) -> str:
    return f"chargeback:{dispute.pk}"


def _tell(dispute: GatewayDispute) -> None:
    order = dispute.payment.order
    if dispute.payment.place == Payment.Place.PURPOSE:
        outbox.announce(
            news.DISPUTE_CHANGED,
            dispute_id=dispute.pk,
            status=dispute.status,
            deducted_paise=dispute.deducted_paise,
            order_id=order.pk,
            purpose=order.purpose,
            purpose_id=order.purpose_id,
        )
    messages.dispute_changed(dispute)
