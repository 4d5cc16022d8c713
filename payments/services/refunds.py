"""Refunds: divided by tender, promised in the ledger, sent by the outbox, closed by Razorpay."""

import logging
from collections.abc import Callable, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from payments import gateway, messages
from payments.models import OrderRefund, Payment, PaymentOrder, Refund
from payments.queries.wallets import wants_refunds
from payments.services import attempts, covers, external_refunds, freezes, ledger, receivables
from payments.services.ledger import Leg, credit, debit
from payments.services.wallets import Split
from tutorhub.core import audit, clock, outbox
from tutorhub.core.errors import Conflict

log = logging.getLogger(__name__)

SEND = "payments.send_refund"
PUT_OFF = "not sent, because the payer's bank disputes the payment"
Status = Refund.Status
Source = tuple[str, UUID]


class NothingToRefund(Conflict):
    code = "nothing_to_refund"
    message = _("There is nothing left to pay back.")


class RefundTooLarge(Conflict):
    code = "refund_too_large"
    message = _("That is more than what is left to pay back.")


UnknownPayment = external_refunds.UnknownPayment


def allocate(order: PaymentOrder, amount_paise: int | None = None) -> Split:
    """Divide a refund over what the order was paid with; all that is left without an amount.

    Wallet and Razorpay share in proportion to what each paid, the odd paisa going to Razorpay, and
    none gives back more than it has left; promotional balance comes last (payments.md 5.3.1).
    Raises NothingToRefund or RefundTooLarge.
    """
    gateway_left = order.amount_paise - order.refunded_gateway_paise
    wallet_left = order.wallet_paise - order.refunded_wallet_paise
    left = order.total_paise - order.refunded_paise
    amount = left if amount_paise is None else amount_paise
    if left <= 0 or amount <= 0:
        raise NothingToRefund
    if amount > left:
        raise RefundTooLarge
    money = min(amount, gateway_left + wallet_left)
    wallet = 0
    if order.wallet_paise:
        share = money * order.wallet_paise // (order.wallet_paise + order.amount_paise)
        wallet = min(wallet_left, share)
    from_gateway = min(gateway_left, money - wallet)
    return Split(from_gateway, money - from_gateway, amount - money)


def sendable(payment: Payment) -> int:
    """What Razorpay can still pay back of a locked payment, in paise."""
    return payment.amount_paise - payment.refund_reserved_paise


@transaction.atomic
def refund_order(
    order: PaymentOrder,
    *,
    reason: str,
    amount_paise: int | None = None,
    to_wallet: bool | None = None,
    by: User | None = None,
    source: Source | None = None,
    debits: Callable[[OrderRefund], Sequence[Leg]] | None = None,
) -> OrderRefund:
    """Give back a paid order, or `amount_paise` of it, out of `source` (kind 8).

    The money comes from the class's escrow unless `source` names another account, or `debits`
    hands over legs that come to the amount (called before the ledger is locked). What Razorpay
    collected goes back to where it came from, or into the wallet, as does what Razorpay has paid
    back already by a refund that we did not start; unless `to_wallet` says it, a class's money goes
    where the family has chosen. Raises NothingToRefund, RefundTooLarge, freezes.Disputed while the
    payer's bank may take it back by itself, or ledger.Overdraft when the source does not hold so
    much.
    """
    order = PaymentOrder.objects.locked().select_related("payer").get(pk=order.pk)
    if not order.is_paid:
        raise NothingToRefund
    parts = allocate(order, amount_paise)
    payment = order.payments.locked().filter(place=Payment.Place.PURPOSE).first()
    if parts.gateway_paise and payment is None:
        raise NothingToRefund
    if payment is not None:
        freezes.check_undisputed(payment)
    if to_wallet is None:
        to_wallet = order.purpose == PaymentOrder.Purpose.SESSION and wants_refunds(order.payer)
    decision = _decided(order, parts, reason=reason, is_to_wallet=to_wallet, by=by)
    sent = 0 if to_wallet or payment is None else min(parts.gateway_paise, sendable(payment))
    refund = _promise(payment, sent, reason, decision) if payment is not None and sent else None
    code, owner = source or ("session_escrow", order.purpose_id)
    taken = debits(decision) if debits else [debit(code, decision.amount_paise, owner)]
    _book(decision, order, refund, taken, sent_paise=sent, by=by)
    messages.refund_decided(decision, sent_paise=sent)
    return decision


def _decided(
    order: PaymentOrder, parts: Split, *, reason: str, is_to_wallet: bool, by: User | None
) -> OrderRefund:
    """Write the decision down, and count what is given back on the locked order."""
    decision = OrderRefund.objects.create(
        order=order,
        gateway_paise=parts.gateway_paise,
        wallet_paise=parts.wallet_paise,
        promo_paise=parts.promo_paise,
        is_to_wallet=is_to_wallet,
        reason=reason,
        decided_by=by,
    )
    order.refunded_gateway_paise += parts.gateway_paise
    order.refunded_wallet_paise += parts.wallet_paise
    order.refunded_promo_paise += parts.promo_paise
    order.save(
        update_fields=["refunded_gateway_paise", "refunded_wallet_paise", "refunded_promo_paise"]
    )
    audit.record(
        *("order.refunded", order),
        by=by,
        amount_paise=decision.amount_paise,
        reason=reason,
        to_wallet=is_to_wallet,
    )
    return decision


def _book(
    decision: OrderRefund,
    order: PaymentOrder,
    refund: Refund | None,
    taken: Sequence[Leg],
    *,
    sent_paise: int,
    by: User | None,
) -> None:
    """Kind 8: what is taken goes to Razorpay, as far as it is sent there, and into the wallet."""
    to_wallet = decision.wallet_paise + decision.gateway_paise - sent_paise
    ledger.post(
        kind="refund_initiated",
        key=f"refund:{decision.pk}:initiate",
        legs=[
            *taken,
            *([credit("refund_payable", sent_paise, refund.pk)] if refund else []),
            credit("student_wallet", to_wallet, order.payer_id),
            credit("student_promo", decision.promo_paise, order.payer_id),
        ],
        actor=by,
        refs={"order": order.pk, "decision": decision.pk},
    )
    receivables.recover_from_family(
        order.payer_id, came_in_paise=to_wallet, key=f"refund:{decision.pk}:recover"
    )


def return_unapplied(payment: Payment, *, reason: str, by: User | None = None) -> Refund:
    """Promise unapplied money back (kind 33). The payment is locked by the caller.

    Raises NothingToRefund or freezes.Disputed.
    """
    amount = sendable(payment)
    if amount <= 0:
        raise NothingToRefund
    freezes.check_undisputed(payment)
    payment.place = Payment.Place.RETURNED
    payment.save(update_fields=["place"])
    refund = _promise(payment, amount, reason)
    ledger.post(
        kind="refund_initiated",
        key=f"refund:{refund.pk}:initiate",
        legs=[
            debit("unapplied", amount, payment.pk),
            credit("refund_payable", amount, refund.pk),
        ],
        actor=by,
        refs={"refund": refund.pk, "payment": payment.pk, "order": payment.order_id},
    )
    audit.record("refund.initiated", refund, by=by, amount_paise=amount, reason=reason)
    messages.refund_started(refund)
    return refund


def queue(refund: Refund) -> None:
    """Have a new refund sent."""
    outbox.later(SEND, {"refund": refund.pk}, key=f"refund:{refund.pk}")


def send(refund_id: UUID, done: Callable[[], None]) -> None:
    """Ask Razorpay for the refund, under a key that makes a repeat harmless. Speaks to the network.

    No answer is not a failure: the refund is UNKNOWN, the error goes up, and the outbox and the
    reconciler ask again with the same key.
    """
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    entity: gateway.Entity | None = None
    refusal = ""
    if refund.status in {Status.INITIATED, Status.UNKNOWN}:
        try:
            entity, refusal = _ask(refund)
        except gateway.Unknown as error:
            _lose_sight(refund, str(error))
            raise
    with transaction.atomic():
        if entity is not None:
            record(refund, entity)
        elif refusal:
            _fail(refund, refusal)
        done()


@transaction.atomic
def record(refund: Refund, entity: gateway.Entity) -> Refund:
    """Move our refund to where Razorpay's stands. Stale news changes nothing."""
    payment = Payment.objects.locked().get(pk=refund.payment_id)
    refund = Refund.objects.locked().get(pk=refund.pk)
    if refund.razorpay_refund_id not in (None, entity["id"]):
        log.error("refund %s is %s and not %s", refund.pk, refund.razorpay_refund_id, entity["id"])
        return refund
    refund.razorpay_refund_id = entity["id"]
    refund.bank_reference = _bank_reference(entity) or refund.bank_reference
    refund.save(update_fields=["razorpay_refund_id", "bank_reference"])
    status = str(entity.get("status"))
    if status == "processed" and refund.can_move_to(Status.PROCESSED):
        _process(refund, payment)
    elif status == "failed" and refund.can_move_to(Status.FAILED):
        _fail(refund, "Razorpay could not pay it back")
    elif status == "pending" and refund.can_move_to(Status.PENDING):
        refund.move_to(Status.PENDING)
    return refund


@transaction.atomic
def apply(entity: gateway.Entity, payment_entity: gateway.Entity) -> str:
    """What a refund at Razorpay means for us, ours or not. Returns a note for the event.

    Razorpay gives back uncaptured payments by itself: that was never our money, nothing is booked,
    and the payer is told.
    """
    if not payment_entity.get("captured"):
        attempts.given_back(payment_entity)
        return "refund of a payment that was never captured"
    payment = Payment.objects.locked().filter(razorpay_payment_id=str(entity["payment_id"])).first()
    if payment is None or payment.captured_at is None:
        raise UnknownPayment(str(entity["payment_id"]))
    refund = _ours(payment, entity, payment_entity)
    if refund is not None:
        record(refund, entity)
        return ""
    if entity.get("status") != "processed":
        return "a refund that we did not start, not processed yet"
    external_refunds.book(payment, entity)
    _close_if_all_back(payment)
    return "a refund that we did not start"


def _promise(
    payment: Payment, amount_paise: int, reason: str, decision: OrderRefund | None = None
) -> Refund:
    """Reserve so much of a locked payment and have it sent; the caller books it."""
    payment.refund_reserved_paise += amount_paise
    if payment.refund_reserved_paise == payment.amount_paise:
        payment.place = Payment.Place.RETURNED
    payment.save(update_fields=["refund_reserved_paise", "place"])
    refund = Refund.objects.create(
        payment=payment, amount_paise=amount_paise, reason=reason, decision=decision
    )
    queue(refund)
    return refund


def _ask(refund: Refund) -> tuple[gateway.Entity | None, str]:
    """What Razorpay says to this refund: its entity, or a definite no. Raises gateway.Unknown.

    What the payer's bank has come to dispute is not asked for; `refund_decisions.send_put_off`.
    """
    client = gateway.client()
    payment_id = refund.payment.razorpay_payment_id
    is_put_off = refund.status == Status.INITIATED and freezes.is_disputed(refund.payment)
    if is_put_off or refund.status == Status.UNKNOWN:
        for entity in client.payment_refunds(payment_id):
            if entity.get("receipt") == refund.receipt:
                return entity, ""
    if is_put_off:
        return None, PUT_OFF
    try:
        entity = client.refund_payment(
            payment_id,
            amount_paise=refund.amount_paise,
            idempotency_key=f"refund-{refund.pk}",
            notes={"tutorhub_refund": str(refund.pk)},
            receipt=refund.receipt,
        )
    except gateway.Refused as error:
        return _already_there(refund, payment_id), str(error)
    return entity, ""


@transaction.atomic
def _lose_sight(refund: Refund, note: str) -> None:
    refund = Refund.objects.locked().get(pk=refund.pk)
    if refund.can_move_to(Status.UNKNOWN):
        refund.move_to(Status.UNKNOWN, note=note[:300])


def _ours(
    payment: Payment, entity: gateway.Entity, payment_entity: gateway.Entity
) -> Refund | None:
    """The refund of ours that this is: by id, by our receipt, or one that Razorpay forestalled.

    A refund of another's making stands for ours only if Razorpay has too little left for ours.
    """
    known = payment.refunds.filter(razorpay_refund_id=entity["id"]).first()
    if known is not None:
        return known
    left = int(payment_entity["amount"]) - int(payment_entity.get("amount_refunded") or 0)
    waiting = payment.refunds.filter(
        razorpay_refund_id__isnull=True, status__in=[Status.INITIATED, Status.UNKNOWN]
    )
    for refund in waiting.order_by("pk"):
        is_forestalled = entity["amount"] == refund.amount_paise and left < refund.amount_paise
        if entity.get("receipt") == refund.receipt or is_forestalled:
            return refund
    return None


def _already_there(refund: Refund, payment_id: str) -> gateway.Entity | None:
    """After a refusal: the refund that makes ours impossible, because the money went back by it."""
    siblings = Refund.objects.filter(payment_id=refund.payment_id).exclude(pk=refund.pk)
    taken = {
        *siblings.values_list("razorpay_refund_id", flat=True),
        *refund.payment.external_refunds.values_list("razorpay_refund_id", flat=True),
    }
    for entity in gateway.client().payment_refunds(payment_id):
        same = entity.get("amount") == refund.amount_paise and entity.get("status") != "failed"
        if same and entity["id"] not in taken:
            return entity
    return None


def _process(refund: Refund, payment: Payment) -> None:
    refund.move_to(Status.PROCESSED, closed_at=clock.now())
    ledger.post(
        kind="refund_processed",
        key=f"rzp:refund:{refund.razorpay_refund_id}",
        legs=[
            debit("refund_payable", refund.amount_paise, refund.pk),
            credit("rzp_clearing", refund.amount_paise),
        ],
        refs={"refund": refund.pk, "payment": refund.payment_id},
    )
    _close_if_all_back(payment)
    audit.record("refund.processed", refund)


def _close_if_all_back(payment: Payment) -> None:
    """Razorpay has paid all of it back, by our refunds and by others."""
    ours = payment.refunds.filter(status=Status.PROCESSED).aggregate(paise=Sum("amount_paise"))
    others = payment.external_refunds.aggregate(paise=Sum("amount_paise"))
    back = int(ours["paise"] or 0) + int(others["paise"] or 0)
    if back >= payment.amount_paise and payment.can_move_to(Payment.Status.REFUNDED):
        payment.move_to(Payment.Status.REFUNDED)


def _fail(refund: Refund, note: str) -> None:
    """Note that a refund failed for good. What the payer has had from the bank is not owed."""
    payment = Payment.objects.locked().get(pk=refund.payment_id)
    refund = Refund.objects.locked().select_related("payment__order__payer").get(pk=refund.pk)
    is_over = note == PUT_OFF and not freezes.is_disputed(payment)
    if is_over or not refund.can_move_to(Status.FAILED):
        return
    refund.move_to(Status.FAILED, closed_at=clock.now(), note=note[:300])
    covered = covers.by_failed_refund(refund)
    audit.record("refund.failed", refund, covered_paise=covered)
    if covered < refund.amount_paise and note != PUT_OFF:
        messages.refund_failed(refund)
        log.error("refund %s failed and needs an operator", refund.pk)


def _bank_reference(entity: gateway.Entity) -> str:
    """The number by which the payer's bank finds the money."""
    data = entity.get("acquirer_data")
    if not isinstance(data, dict):
        return ""
    found = next((data[name] for name in ("arn", "rrn", "utr") if data.get(name)), "")
    return str(found)[:60]
