"""Refunds: promised in the ledger, sent by the outbox, closed by what Razorpay says."""

import logging
from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from payments import gateway, messages
from payments.models import Payment, Refund
from payments.policies import check_is_finance
from payments.services import ledger
from payments.services.ledger import credit, debit
from tutorhub.core import audit, clock, outbox
from tutorhub.core.errors import Conflict

log = logging.getLogger(__name__)

SEND = "payments.send_refund"


class NothingToRefund(Conflict):
    code = "nothing_to_refund"
    message = _("There is nothing left to pay back.")


def return_unapplied(payment: Payment, *, reason: str) -> Refund:
    """Promise unapplied money back (kind 33). The payment is locked by the caller."""
    return initiate(payment, source=("unapplied", payment.pk), reason=reason)


def initiate(
    payment: Payment, *, source: tuple[str, UUID], reason: str, by: User | None = None
) -> Refund:
    """Promise the whole payment back out of the account `source`, and have it sent.

    Called inside a transaction that holds the payment's lock (kinds 8 and 33).
    """
    amount = payment.amount_paise - payment.refund_reserved_paise
    if amount <= 0:
        raise NothingToRefund
    payment.refund_reserved_paise += amount
    payment.place = Payment.Place.RETURNED
    payment.save(update_fields=["refund_reserved_paise", "place"])
    refund = Refund.objects.create(payment=payment, amount_paise=amount, reason=reason)
    code, owner = source
    ledger.post(
        kind="refund_initiated",
        key=f"refund:{refund.pk}:initiate",
        legs=[debit(code, amount, owner), credit("refund_payable", amount, refund.pk)],
        actor=by,
        refs={"refund": refund.pk, "payment": payment.pk, "order": payment.order_id},
    )
    audit.record("refund.initiated", refund, by=by, amount_paise=amount, reason=reason)
    outbox.later(SEND, {"refund": refund.pk}, key=f"refund:{refund.pk}")
    messages.refund_started(refund)
    return refund


@transaction.atomic
def return_set_aside(payment: Payment, *, by: User) -> Refund:
    """An operator sends back money that fits no order (or came twice)."""
    check_is_finance(by)
    payment = Payment.objects.locked().get(pk=payment.pk)
    if payment.place != Payment.Place.UNAPPLIED or payment.currency != "INR":
        raise NothingToRefund
    return initiate(payment, source=("unapplied", payment.pk), reason="set aside", by=by)


@transaction.atomic
def retry(refund: Refund, *, by: User) -> Refund:
    """Try a refund that failed for good once more, as a new refund with a new key."""
    check_is_finance(by)
    old = Refund.objects.locked().get(pk=refund.pk)
    if old.status != Refund.Status.FAILED or hasattr(old, "retried_by"):
        raise NothingToRefund
    new = Refund.objects.create(
        payment=old.payment, amount_paise=old.amount_paise, reason=old.reason, retries=old
    )
    ledger.post(
        kind="refund_retried",
        key=f"refund:{new.pk}:initiate",
        legs=[
            debit("refund_payable", old.amount_paise, old.pk),
            credit("refund_payable", old.amount_paise, new.pk),
        ],
        actor=by,
        refs={"refund": new.pk, "retries": old.pk},
    )
    audit.record("refund.retried", new, by=by)
    outbox.later(SEND, {"refund": new.pk}, key=f"refund:{new.pk}")
    return new


def send(refund_id: UUID, done: Callable[[], None]) -> None:
    """Ask Razorpay for the refund, under a key that makes a repeat harmless. Speaks to the network.

    No answer is not a failure: the error goes up, and the outbox asks again with the same key.
    """
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    payment_id = refund.payment.razorpay_payment_id
    entity: gateway.Entity | None = None
    refusal: gateway.Refused | None = None
    if refund.status == Refund.Status.INITIATED:
        try:
            entity = gateway.client().refund_payment(
                payment_id,
                amount_paise=refund.amount_paise,
                idempotency_key=f"refund-{refund.pk}",
                notes={"tutorhub_refund": str(refund.pk)},
                receipt=refund.receipt,
            )
        except gateway.Refused as error:
            refusal = error
            entity = _already_there(refund, payment_id)
    with transaction.atomic():
        if entity is not None:
            record(refund, entity)
        elif refusal is not None:
            _fail(refund, str(refusal))
        done()


@transaction.atomic
def record(refund: Refund, entity: gateway.Entity) -> Refund:
    """Move our refund to where Razorpay's stands. Stale news changes nothing."""
    payment = Payment.objects.locked().get(pk=refund.payment_id)
    refund = Refund.objects.locked().get(pk=refund.pk)
    if refund.razorpay_refund_id not in (None, entity["id"]):
        log.error("refund %s is %s and not %s", refund.pk, refund.razorpay_refund_id, entity["id"])
        return refund
    if refund.razorpay_refund_id is None:
        refund.razorpay_refund_id = entity["id"]
        refund.save(update_fields=["razorpay_refund_id"])
    status = str(entity.get("status"))
    if status == "processed" and refund.can_move_to(Refund.Status.PROCESSED):
        _process(refund, payment)
    elif status == "failed" and refund.can_move_to(Refund.Status.FAILED):
        _fail(refund, "Razorpay could not pay it back")
    elif status == "pending" and refund.can_move_to(Refund.Status.PENDING):
        refund.move_to(Refund.Status.PENDING)
    return refund


@transaction.atomic
def apply(entity: gateway.Entity, payment_entity: gateway.Entity) -> str:
    """What a refund at Razorpay means for us, ours or not. Returns a note for the event.

    Razorpay gives back uncaptured payments by itself: that was never our money, nothing is booked.
    """
    if not payment_entity.get("captured"):
        return "refund of a payment that was never captured"
    payment = Payment.objects.locked().filter(razorpay_payment_id=str(entity["payment_id"])).first()
    if payment is None or payment.captured_at is None:
        raise UnknownPayment(str(entity["payment_id"]))
    refund = _ours(payment, entity)
    if refund is not None:
        record(refund, entity)
        return ""
    if entity.get("status") != "processed":
        return "a refund that we did not start, not processed yet"
    ledger.post(
        kind="external_refund",
        key=f"rzp:refund:{entity['id']}",
        legs=[
            debit("external_refund_suspense", int(entity["amount"])),
            credit("rzp_clearing", int(entity["amount"])),
        ],
        refs={"payment": payment.pk, "refund": entity["id"]},
    )
    audit.record("payment.refunded_outside", payment, refund=entity["id"])
    log.error("refund %s was not started here", entity["id"])
    return "a refund that we did not start"


class UnknownPayment(Conflict):
    """The gateway speaks of a payment that is not in our books (yet)."""

    code = "unknown_payment"


def _ours(payment: Payment, entity: gateway.Entity) -> Refund | None:
    """The refund of ours that this is: by id, by our receipt, or one that Razorpay forestalled."""
    known = payment.refunds.filter(razorpay_refund_id=entity["id"]).first()
    if known is not None:
        return known
    for refund in payment.refunds.filter(razorpay_refund_id__isnull=True).order_by("pk"):
        if entity.get("receipt") == refund.receipt or entity["amount"] == refund.amount_paise:
            return refund
    return None


def _already_there(refund: Refund, payment_id: str) -> gateway.Entity | None:
    """After a refusal: the refund that makes ours impossible, because the money went back by it."""
    taken = set(
        Refund.objects.filter(payment_id=refund.payment_id, razorpay_refund_id__isnull=False)
        .exclude(pk=refund.pk)
        .values_list("razorpay_refund_id", flat=True)
    )
    for entity in gateway.client().payment_refunds(payment_id):
        same = entity.get("amount") == refund.amount_paise and entity.get("status") != "failed"
        if same and entity["id"] not in taken:
            return entity
    return None


def _process(refund: Refund, payment: Payment) -> None:
    refund.move_to(Refund.Status.PROCESSED, closed_at=clock.now())
    ledger.post(
        kind="refund_processed",
        key=f"rzp:refund:{refund.razorpay_refund_id}",
        legs=[
            debit("refund_payable", refund.amount_paise, refund.pk),
            credit("rzp_clearing", refund.amount_paise),
        ],
        refs={"refund": refund.pk, "payment": refund.payment_id},
    )
    if refund.amount_paise == payment.amount_paise and payment.can_move_to(Payment.Status.REFUNDED):
        payment.move_to(Payment.Status.REFUNDED)
    audit.record("refund.processed", refund)


def _fail(refund: Refund, note: str) -> None:
    refund = Refund.objects.locked().get(pk=refund.pk)
    if refund.can_move_to(Refund.Status.FAILED):
        refund.move_to(Refund.Status.FAILED, closed_at=clock.now(), note=note[:300])
        audit.record("refund.failed", refund)
        log.error("refund %s failed and needs an operator", refund.pk)
