"""Refunds: `/v1/payments/{id}/refund` and `/v1/refunds`."""

import re

from payments.simulator import validation
from payments.simulator.books import Books, Entity, collection, locked, paged, public
from payments.simulator.errors import refuse, unknown_id
from payments.simulator.keys import once

FIELDS = ("amount", "speed", "notes", "receipt", "reverse_all")


def create(books: Books, payment_id: str, body: Entity, key: str) -> Entity:
    """Refund a captured payment, all of it unless the body names an amount."""
    if not key:
        return public(_create(books, payment_id, body))
    if not re.fullmatch(r"[A-Za-z0-9_-]{10,255}", key):
        raise refuse("The idempotency key must be at least 10 characters.", field="idempotency_key")
    request = {"payment_id": payment_id, "body": body}
    return once(books, "refunds", key, request, lambda: _create(books, payment_id, body))


@locked
def _create(books: Books, payment_id: str, body: Entity) -> Entity:
    validation.only(body, FIELDS)
    payment = books.get("payments", payment_id)
    amount = _amount(payment, body)
    refund = {
        "id": books.new_id("rfnd"),
        "entity": "refund",
        "amount": amount,
        "currency": payment["currency"],
        "payment_id": payment_id,
        "notes": validation.notes(body),
        "receipt": validation.text(body, "receipt", most=40) or None,
        "acquirer_data": {"arn": None},
        "created_at": books.clock.now(),
        "batch_id": None,
        "status": books.rules.refund_status,
        "speed_processed": "normal",
        "speed_requested": validation.choice(
            body, "speed", ("normal", "optimum"), default="normal"
        ),
        "_settled": None,
        "_is_ours": True,
    }
    books.put("refunds", refund)
    _count(books, payment, amount)
    books.emit("refund.created", refund=refund, payment=payment)
    if refund["status"] == "processed":
        books.emit("refund.processed", refund=refund, payment=payment)
    return refund


def _amount(payment: Entity, body: Entity) -> int:
    if not payment["captured"]:
        raise refuse("The payment status should be captured for action to be taken")
    left = int(payment["amount"] - payment["amount_refunded"])
    if left == 0:
        raise refuse(
            "The payment has been fully refunded already.", reason="payment_fully_refunded"
        )
    if body.get("amount") is None:
        return left
    amount = validation.amount(body)
    if amount > left:
        raise refuse(
            "The refund amount provided is greater than amount captured.",
            field="amount",
            reason="refund_amount_greater_than_captured",
        )
    return amount


def _count(books: Books, payment: Entity, amount: int) -> None:
    refunded = payment["amount_refunded"] + amount
    is_full = refunded == payment["amount"]
    payment.update(
        amount_refunded=refunded,
        refund_status=("full" if is_full else "partial") if refunded else None,
        status="refunded" if is_full else "captured",
    )
    books.put("payments", payment)


@locked
def move(books: Books, refund_id: str, status: str) -> Entity:
    """The bank's answer to a pending refund: `processed` or `failed`."""
    refund = books.get("refunds", refund_id)
    if status not in ("processed", "failed") or refund["status"] != "pending":
        raise refuse(f"A {refund['status']} refund cannot become {status}.")
    refund["status"] = status
    books.put("refunds", refund)
    payment = books.get("payments", refund["payment_id"])
    if status == "failed":
        _count(books, payment, -refund["amount"])
    books.emit(f"refund.{status}", refund=refund, payment=payment)
    return public(refund)


@locked
def fetch(books: Books, refund_id: str) -> Entity:
    return public(books.get("refunds", refund_id))


@locked
def fetch_of_payment(books: Books, payment_id: str, refund_id: str) -> Entity:
    refund = books.get("refunds", refund_id)
    if refund["payment_id"] != payment_id:
        raise unknown_id()
    return public(refund)


@locked
def list_of_payment(books: Books, payment_id: str, query: dict[str, str]) -> Entity:
    books.get("payments", payment_id)
    if not query:
        return collection(books.all("refunds", payment_id=payment_id)[::-1])
    return paged(books.all("refunds", payment_id=payment_id), query)


@locked
def list_all(books: Books, query: dict[str, str]) -> Entity:
    return paged(books.all("refunds"), query)
