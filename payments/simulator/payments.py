"""Payments: what the person does at Checkout, what the bank does later, and `/v1/payments`."""

import hashlib
import hmac

from payments.simulator import validation
from payments.simulator.books import Books, Entity, locked, paged, public
from payments.simulator.errors import refuse

OUTCOMES = ("success", "fail", "authorize", "late")
NO_ANSWER = {
    "error_code": "BAD_REQUEST_ERROR",
    "error_description": "Payment failed",
    "error_source": "bank",
    "error_step": "payment_authorization",
    "error_reason": "payment_failed",
}
NO_ERROR = dict.fromkeys(NO_ANSWER)


def sign(secret: str, order_id: str, payment_id: str) -> str:
    """What Checkout hands to the page as `razorpay_signature`."""
    message = f"{order_id}|{payment_id}".encode()
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


@locked
def pay(
    books: Books,
    order_id: str,
    outcome: str,
    *,
    capture: bool = False,
    after_seconds: float = 0,
    person: Entity | None = None,
) -> Entity:
    """One attempt at Checkout.

    `success` is authorised and captured as the order's settings say; `authorize` waits for somebody
    to capture it; `late` fails and is authorised after `after_seconds`, too late for automatic
    capture; `fail` fails. `capture` captures whatever is authorised, even twice on one order, which
    is what accounts with direct settlement do.
    """
    if outcome not in OUTCOMES:
        raise refuse(f"outcome must be one of {', '.join(OUTCOMES)}", field="outcome")
    order = books.get("orders", order_id)
    if books.all("payments", _order=order_id, status="authorized"):
        raise refuse("Another payment of this order is already authorized.", field="order_id")
    payment = _attempt(books, order, person or {})
    if outcome in ("fail", "late"):
        _fail(books, payment)
    if outcome == "late" and after_seconds:
        books.later(after_seconds, lambda: authorize(books, payment["id"], capture=capture))
    elif outcome == "late":
        authorize(books, payment["id"], capture=capture)
    if outcome in ("success", "authorize"):
        _authorize(books, payment, late=False)
        _go_on(books, order, payment, capture=capture, waits=outcome == "authorize")
    return payment


def _go_on(
    books: Books, order: Entity, payment: Entity, *, capture: bool, waits: bool = False
) -> None:
    """What Razorpay does by itself with an authorised payment."""
    if capture:
        _capture(books, payment)
    elif order["status"] == "paid":
        return_uncaptured(books, payment)
    elif order["_capture"]["mode"] == "automatic" and not waits:
        _capture(books, payment)


def _attempt(books: Books, order: Entity, person: Entity) -> Entity:
    payment: Entity = {
        "id": books.new_id("pay"),
        "entity": "payment",
        "amount": order["amount_due"] or order["amount"],
        "currency": order["currency"],
        "base_amount": order["amount"],
        "status": "created",
        "order_id": order["id"],
        "invoice_id": None,
        "international": False,
        "method": "upi",
        "amount_refunded": 0,
        "amount_transferred": 0,
        "refund_status": None,
        "captured": False,
        "description": person.get("description"),
        "card_id": None,
        "bank": None,
        "wallet": None,
        "vpa": "asha@simbank",
        "email": person.get("email") or "asha@example.test",
        "contact": person.get("contact") or "+919000000001",
        "notes": [],
        "fee": None,
        "tax": None,
        **NO_ERROR,
        "acquirer_data": {"rrn": books.digits(12)},
        "created_at": books.clock.now(),
        "upi": {"payer_account_type": "bank_account", "vpa": "asha@simbank", "flow": "intent"},
        "_order": order["id"],
        "_authorized_at": None,
        "_settled": None,
    }
    books.disturb(payment)
    order["attempts"] += 1
    if order["status"] == "created":
        order["status"] = "attempted"
    books.put("orders", order)
    return books.put("payments", payment)


def _fail(books: Books, payment: Entity) -> None:
    payment.update(NO_ANSWER, status="failed", _rrn=payment["acquirer_data"]["rrn"])
    payment["acquirer_data"] = {"rrn": None}
    books.put("payments", payment)
    books.emit("payment.failed", payment=payment)


def _authorize(books: Books, payment: Entity, *, late: bool) -> None:
    payment.update(NO_ERROR, status="authorized", _authorized_at=books.clock.now())
    if late:
        payment["late_authorized"] = True
        payment["acquirer_data"] = {"rrn": payment.get("_rrn")}
    books.put("payments", payment)
    books.emit("payment.authorized", payment=payment)


@locked
def authorize(books: Books, payment_id: str, *, capture: bool = False) -> Entity:
    """The bank says yes after all. On an order that is paid the money goes straight back."""
    payment = books.get("payments", payment_id)
    if payment["status"] not in ("created", "failed"):
        raise refuse("The payment is not waiting for its bank.")
    _authorize(books, payment, late=True)
    order = books.get("orders", payment["_order"])
    _go_on(books, order, payment, capture=capture, waits=True)
    return public(payment)


@locked
def capture(books: Books, payment_id: str, body: Entity) -> Entity:
    """`POST /v1/payments/{id}/capture`: exactly the authorised amount, in time, once."""
    validation.only(body, ("amount", "currency"))
    payment = books.get("payments", payment_id)
    amount = validation.amount(body)
    validation.currency(body)
    if payment["captured"]:
        raise refuse("This payment has already been captured")
    if payment["status"] != "authorized":
        raise refuse(
            "Only payments which have been authorized and not yet captured can be captured"
        )
    if books.get("orders", payment["_order"])["status"] == "paid":
        raise refuse("The payment cannot be captured because the order is already paid")
    if amount != payment["amount"]:
        raise refuse(
            "Capture amount must be equal to the amount authorized",
            field="amount",
            reason="capture_amount_mismatch",
        )
    _capture(books, payment)
    return public(payment)


@locked
def force_capture(books: Books, payment_id: str) -> Entity:
    """Razorpay captures by itself, whatever state the order is in."""
    payment = books.get("payments", payment_id)
    if payment["status"] != "authorized":
        raise refuse("The payment is not authorized.")
    _capture(books, payment)
    return public(payment)


def _capture(books: Books, payment: Entity) -> None:
    fee, tax = fee_of(payment["amount"])
    payment.update(status="captured", captured=True)
    if not payment.get("_fee_unknown"):
        payment.update(fee=fee, tax=tax)
    books.put("payments", payment)
    books.emit("payment.captured", payment=payment)
    order = books.get("orders", payment["_order"])
    if order["status"] == "paid":
        return
    order.update(status="paid", amount_paid=payment["amount"], amount_due=0)
    books.put("orders", order)
    books.emit("order.paid", payment=payment, order=order)


def fee_of(amount: int) -> tuple[int, int]:
    """2 % and 18 % GST on it: (fee with its tax, the tax), in paise."""
    bare = (amount * 2 + 50) // 100
    tax = (bare * 18 + 50) // 100
    return bare + tax, tax


def return_uncaptured(books: Books, payment: Entity) -> None:
    """Razorpay gives back by itself what nobody captured."""
    refund = {
        "id": books.new_id("rfnd"),
        "entity": "refund",
        "amount": payment["amount"],
        "currency": payment["currency"],
        "payment_id": payment["id"],
        "notes": [],
        "receipt": None,
        "acquirer_data": {"arn": None},
        "created_at": books.clock.now(),
        "batch_id": None,
        "status": "processed",
        "speed_processed": "normal",
        "speed_requested": "normal",
        "_settled": None,
        "_is_ours": False,
    }
    payment.update(
        status="refunded", amount_refunded=payment["amount"], refund_status="full", captured=False
    )
    books.put("refunds", refund)
    books.put("payments", payment)
    books.emit("refund.created", refund=refund, payment=payment)
    books.emit("refund.processed", refund=refund, payment=payment)


@locked
def expire(books: Books) -> int:
    """Give back what was authorised and not captured in the order's time; how many there were."""
    expired = [
        payment
        for payment in books.all("payments", status="authorized")
        if books.clock.now() > payment["_authorized_at"] + _minutes(books, payment) * 60
    ]
    for payment in expired:
        return_uncaptured(books, payment)
    return len(expired)


def _minutes(books: Books, payment: Entity) -> int:
    return int(books.get("orders", payment["_order"])["_capture"]["manual"])


@locked
def fetch(books: Books, payment_id: str) -> Entity:
    return public(books.get("payments", payment_id))


@locked
def list_all(books: Books, query: dict[str, str]) -> Entity:
    return paged(books.all("payments"), query)
