"""Settlements: Razorpay pays out what it holds, and says row by row for what."""

import re
from datetime import datetime, timedelta, timezone

from payments.simulator.books import Books, Entity, collection, locked, paged, public
from payments.simulator.errors import refuse
from payments.simulator.payments import fee_of

IST = timezone(timedelta(hours=5, minutes=30))


@locked
def settle(books: Books) -> Entity:
    """Settle everything captured, refunded and charged back since the last time."""
    settlement: Entity = {
        "id": books.new_id("setl"),
        "entity": "settlement",
        "amount": 0,
        "status": "processed",
        "fees": 0,
        "tax": 0,
        "utr": f"SIMN{books.digits(12)}",
        "created_at": books.clock.now(),
    }
    rows = [
        *[_payment(books, entity) for entity in books.all("payments", captured=True)],
        *[_refund(books, entity) for entity in books.all("refunds", _is_ours=True)],
        *[_dispute(books, entity) for entity in books.all("disputes", status="lost")],
    ]
    for row in rows:
        if row is not None:
            row.update(settlement_id=settlement["id"], settlement_utr=settlement["utr"])
            books.put("recon", row)
            settlement["amount"] += row["credit"] - row["debit"]
    books.put("settlements", settlement)
    books.emit("settlement.processed", settlement=settlement)
    return public(settlement)


def _payment(books: Books, payment: Entity) -> Entity | None:
    if payment["_settled"]:
        return None
    fee, tax = fee_of(payment["amount"])
    payment.update(fee=fee, tax=tax, _settled=books.clock.now())
    books.put("payments", payment)
    return _row(books, payment, "payment", payment, credit=payment["amount"] - fee)


def _refund(books: Books, refund: Entity) -> Entity | None:
    if refund["_settled"] or refund["status"] != "processed":
        return None
    refund["_settled"] = books.clock.now()
    books.put("refunds", refund)
    payment = books.get("payments", refund["payment_id"])
    return _row(books, refund, "refund", payment, debit=refund["amount"])


def _dispute(books: Books, dispute: Entity) -> Entity | None:
    if dispute["_settled"]:
        return None
    dispute["_settled"] = books.clock.now()
    books.put("disputes", dispute)
    payment = books.get("payments", dispute["payment_id"])
    row = _row(books, dispute, "adjustment", payment, debit=dispute["amount_deducted"])
    row["dispute_id"] = dispute["id"]
    return row


def _row(
    books: Books, entity: Entity, kind: str, payment: Entity, *, credit: int = 0, debit: int = 0
) -> Entity:
    order = books.tables["orders"].get(payment["order_id"], {})
    return {
        "id": entity["id"],
        "entity_id": entity["id"],
        "type": kind,
        "debit": debit,
        "credit": credit,
        "amount": entity["amount"],
        "currency": "INR",
        "fee": entity.get("fee") or 0,
        "tax": entity.get("tax") or 0,
        "on_hold": False,
        "settled": True,
        "created_at": entity["created_at"],
        "settled_at": entity["_settled"],
        "settlement_id": None,
        "settlement_utr": None,
        "payment_id": payment["id"] if kind != "payment" else None,
        "order_id": payment["order_id"],
        "order_receipt": order.get("receipt"),
        "dispute_id": None,
        "method": payment["method"],
        "notes": entity.get("notes", []),
    }


@locked
def recon(books: Books, query: dict[str, str]) -> Entity:
    """`GET /v1/settlements/recon/combined`: the rows settled in a month or on a day (IST)."""
    for name in ("year", "month"):
        if not re.fullmatch(r"[0-9]{1,4}", query.get(name, "")):
            raise refuse(f"{name}: is required.", field=name)
    count, skip = int(query.get("count", "10")), int(query.get("skip", "0"))
    if not 1 <= count <= 1000:
        raise refuse("The count may not be greater than 1000.", field="count")
    wanted = [int(query[name]) for name in ("year", "month", "day") if query.get(name)]
    rows = [row for row in books.all("recon") if _day(row["settled_at"])[: len(wanted)] == wanted]
    found = collection(rows[skip : skip + count])
    for item in found["items"]:
        del item["id"]
    return found


def _day(moment: int) -> list[int]:
    day = datetime.fromtimestamp(moment, IST)
    return [day.year, day.month, day.day]


@locked
def fetch(books: Books, settlement_id: str) -> Entity:
    return public(books.get("settlements", settlement_id))


@locked
def list_all(books: Books, query: dict[str, str]) -> Entity:
    return paged(books.all("settlements"), query)
