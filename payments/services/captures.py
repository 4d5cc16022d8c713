"""Money that came in. Webhooks, the browser and the reconciler all end in `apply_capture`."""

import logging

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from payments import gateway, messages, news
from payments.models import Payment, PaymentOrder
from payments.services import attempts, credits, invoices, ledger, refunds, wallets
from payments.services.ledger import credit, debit
from tutorhub.core import audit, clock, outbox
from tutorhub.core.errors import Conflict, DomainError

log = logging.getLogger(__name__)

APPLY = "payments.apply_capture"
ALWAYS_WANTED = (PaymentOrder.Purpose.CREDIT_PACK, PaymentOrder.Purpose.WALLET_TOPUP)
"""What money that comes late still buys."""


class BadSignature(DomainError):
    code = "bad_signature"
    message = _("This answer does not come from the payment service.")


class UnknownOrder(Conflict):
    """The gateway speaks of an order that is not in our books (yet)."""

    code = "unknown_order"


def verify_callback(
    *,
    razorpay_order_id: str,
    razorpay_payment_id: str,
    razorpay_signature: str,
    by: User | None = None,
) -> PaymentOrder:
    """What Checkout handed to the page: check its signature, then ask Razorpay what is true.

    Raises BadSignature, or PaymentOrder.DoesNotExist for an order that is not (the payer's) ours.
    If Razorpay does not answer, the question is asked again later and the order returned as it is.
    """
    orders = PaymentOrder.objects.all() if by is None else PaymentOrder.objects.visible_to(by)
    order = orders.get(razorpay_order_id=razorpay_order_id)
    if not gateway.verify_callback(razorpay_order_id, razorpay_payment_id, razorpay_signature):
        raise BadSignature
    try:
        apply_capture(razorpay_payment_id, claimed_order_id=razorpay_order_id)
    except gateway.GatewayError as error:
        log.warning("payment %s is looked up later: %s", razorpay_payment_id, error)
        payload = {"payment": razorpay_payment_id, "order": razorpay_order_id}
        outbox.later(APPLY, payload, key=f"apply:{razorpay_payment_id}")
    order.refresh_from_db()
    return order


def apply_capture(
    payment_id: str, *, fetched: gateway.Entity | None = None, claimed_order_id: str = ""
) -> Payment:
    """Bring our books to what Razorpay says about a payment; any number of times, in any order.

    `fetched` is the payment as just fetched from Razorpay; without it this asks, over the network.
    `claimed_order_id` is the order that the messenger named. Raises UnknownOrder.
    """
    entity = fetched or gateway.client().fetch_payment(payment_id)
    return _apply(entity, claimed_order_id)


def ask_about(order: PaymentOrder) -> set[str]:
    """Apply every payment that Razorpay has for an order that is open there; their statuses.

    An authorised payment of a live order is captured. Speaks to the network.
    """
    assert order.razorpay_order_id, "this order was never opened at Razorpay"
    client = gateway.client()
    statuses = set()
    for entity in client.order_payments(order.razorpay_order_id):
        if entity["status"] == "authorized" and order.is_live:
            entity = client.capture_payment(entity["id"], order.amount_paise)
        apply_capture(entity["id"], fetched=entity, claimed_order_id=order.razorpay_order_id)
        statuses.add(str(entity["status"]))
    return statuses


@transaction.atomic
def book_fee(payment_id: str, *, fee_paise: int, tax_paise: int) -> bool:
    """Book the fee that the settlement report names; False if one was booked before."""
    payment = Payment.objects.locked().filter(razorpay_payment_id=payment_id).first()
    if payment is None or payment.captured_at is None or payment.fee_paise is not None:
        return False
    _book_fee(payment, {"fee": fee_paise, "tax": tax_paise})
    return True


@transaction.atomic
def _apply(entity: gateway.Entity, claimed_order_id: str) -> Payment:
    order = _locked_order(entity, claimed_order_id)
    payment = attempts.locked(order, entity)
    status = entity["status"]
    if status == Payment.Status.REFUNDED and entity.get("captured") is False:
        # Razorpay gave back by itself what nobody captured: it was never ours.
        status = Payment.Status.FAILED
    if status in {Payment.Status.CAPTURED, Payment.Status.REFUNDED}:
        if payment.captured_at is None:
            _receive(order, payment, entity)
        _book_fee(payment, entity)
    elif status in Payment.Status.values and payment.can_move_to(status):
        payment.move_to(status)
    return payment


def _locked_order(entity: gateway.Entity, claimed_order_id: str) -> PaymentOrder:
    named = [name for name in (claimed_order_id, entity.get("order_id")) if name]
    known = {
        order.razorpay_order_id: order
        for order in PaymentOrder.objects.locked()
        .select_related("payer")
        .filter(razorpay_order_id__in=named)
    }
    for name in named:
        if name in known:
            return known[name]
    raise UnknownOrder(f"order {' / '.join(named) or 'of no name'} is not ours")


def _receive(order: PaymentOrder, payment: Payment, entity: gateway.Entity) -> None:
    """The money is there: it pays for the order, or is set aside and sent back."""
    payment.move_to(
        Payment.Status.CAPTURED,
        captured_at=clock.now(),
        amount_paise=entity["amount"],
        currency=entity["currency"],
    )
    mismatch = _mismatch(order, payment, entity)
    if mismatch:
        _set_aside(order, payment, entity, Payment.Alarm.MISMATCH, mismatch)
    elif int(entity.get("amount_refunded") or 0) >= payment.amount_paise:
        _set_aside(order, payment, entity, Payment.Alarm.REFUNDED, "paid back before we saw it")
        refunds.return_unapplied(payment, reason="refunded")
    elif order.is_paid:
        _set_aside(order, payment, entity, Payment.Alarm.DUPLICATE, "the order is paid already")
        refunds.return_unapplied(payment, reason="duplicate")
    elif order.purpose in ALWAYS_WANTED and not _payer_is_there(order):
        _set_aside(order, payment, entity, Payment.Alarm.NONE, "the account is closed")
        _mark_paid(order)
        refunds.return_unapplied(payment, reason="account closed")
    elif _is_too_much(order):
        _set_aside(order, payment, entity, Payment.Alarm.NONE, "the wallet is full")
        _mark_paid(order)
        refunds.return_unapplied(payment, reason="wallet full")
    elif order.is_live or order.purpose in ALWAYS_WANTED:
        _settle(order, payment)
    else:
        _set_aside(order, payment, entity, Payment.Alarm.NONE, "late")
        _mark_paid(order)
        _tell(news.ORDER_PAID_LATE, order)


def _mismatch(order: PaymentOrder, payment: Payment, entity: gateway.Entity) -> str:
    """Why this payment cannot pay for this order, or nothing."""
    checks = [
        ("order", order.razorpay_order_id, entity.get("order_id")),
        ("order on record", order.pk, payment.order_id),
        ("currency", order.currency, payment.currency),
        ("amount", order.amount_paise, payment.amount_paise),
    ]
    return "; ".join(
        f"{name}: {ours} and not {theirs}" for name, ours, theirs in checks if ours != theirs
    )


def _payer_is_there(order: PaymentOrder) -> bool:
    """Whether money of this order finds somebody to have it. The account stays as it is, and of two
    payments of one account the second waits for the first, until the end of this transaction."""
    payer = User.objects.select_for_update(no_key=True).get(pk=order.payer_id)
    return payer.is_active


def _is_too_much(order: PaymentOrder) -> bool:
    """Whether a top-up would fill the wallet beyond its limit, as several opened at once can.

    Asked under the payer's lock.
    """
    is_topup = order.purpose == PaymentOrder.Purpose.WALLET_TOPUP
    return is_topup and not wallets.has_room(order.payer, order.amount_paise)


def _settle(order: PaymentOrder, payment: Payment) -> None:
    """Use the money for what it was asked for (kinds 1, 3, 5b and 17)."""
    payment.place = Payment.Place.PURPOSE
    payment.save(update_fields=["place"])
    _mark_paid(order)
    refs = {"order": order.pk, "payment": payment.pk}
    if order.purpose == PaymentOrder.Purpose.WALLET_TOPUP:
        invoices.issue_receipt(order)
        wallets.topped_up(order, payment_id=payment.razorpay_payment_id, refs=refs)
        return
    if order.purpose == PaymentOrder.Purpose.CREDIT_PACK:
        lot = credits.grant_bought(order, razorpay_payment_id=payment.razorpay_payment_id)
        messages.credits_bought(lot)
        return
    invoices.issue_receipt(order)
    if order.hold == PaymentOrder.Hold.HELD:
        order.hold = PaymentOrder.Hold.USED
        order.save(update_fields=["hold"])
    ledger.post(
        kind="session_paid",
        key=f"rzp:capture:{payment.razorpay_payment_id}",
        legs=[
            debit("rzp_clearing", payment.amount_paise),
            *wallets.held_legs(order),
            credit("session_escrow", order.total_paise, order.purpose_id),
        ],
        refs=refs,
    )
    _tell(news.ORDER_PAID, order)


def _mark_paid(order: PaymentOrder) -> None:
    status = PaymentOrder.Status.PAID if order.is_live else PaymentOrder.Status.PAID_LATE
    order.move_to(status, paid_at=clock.now())
    audit.record(f"order.{status.lower()}", order)


def _set_aside(
    order: PaymentOrder, payment: Payment, entity: gateway.Entity, alarm: str, note: str
) -> None:
    """Book money that cannot be used as it is (kind 32). A mismatch waits for an operator."""
    payment.place = Payment.Place.UNAPPLIED
    payment.alarm = alarm
    payment.note = note[:300]
    payment.save(update_fields=["place", "alarm", "note"])
    is_rupees = payment.currency == "INR"
    amount = payment.amount_paise if is_rupees else int(entity.get("base_amount") or 0)
    if amount > 0:
        ledger.post(
            kind="receipt_unapplied",
            key=f"rzp:capture:{payment.razorpay_payment_id}",
            legs=[debit("rzp_clearing", amount), credit("unapplied", amount, payment.pk)],
            refs={"order": order.pk, "payment": payment.pk},
        )
    audit.record("payment.set_aside", payment, alarm=alarm, note=note)
    if alarm == Payment.Alarm.MISMATCH:
        log.error("payment %s needs an operator: %s", payment.razorpay_payment_id, note)


def _book_fee(payment: Payment, entity: gateway.Entity) -> None:
    """Book Razorpay's fee (kind 2) once it is known, which may be later than the capture."""
    fee = entity.get("fee")
    if payment.fee_paise is not None or fee is None:
        return
    tax = int(entity.get("tax") or 0)
    payment.fee_paise, payment.tax_paise = int(fee), tax
    payment.save(update_fields=["fee_paise", "tax_paise"])
    if payment.fee_paise:
        ledger.post(
            kind="gateway_fee",
            key=f"rzp:fee:{payment.razorpay_payment_id}",
            legs=[
                debit("gateway_fees", payment.fee_paise - tax),
                debit("gst_input", tax),
                credit("rzp_clearing", payment.fee_paise),
            ],
            refs={"payment": payment.pk},
        )


def _tell(kind: str, order: PaymentOrder) -> None:
    outbox.announce(kind, order_id=order.pk, purpose=order.purpose, purpose_id=order.purpose_id)
