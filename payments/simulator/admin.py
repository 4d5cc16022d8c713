"""`/_sim/`: the hands of the person, the bank and the network, for tests and developers."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any

from notifications.simulator.http import Request, Routes, route
from payments.simulator import accounts, checkout, disputes, payments, payouts, refunds, settlements
from payments.simulator.books import TABLES, Books, Entity, Rules, public
from payments.simulator.errors import refuse
from payments.simulator.faults import Faults
from payments.simulator.webhooks import Sender


@dataclass
class Desk:
    """What the admin routes work on."""

    books: Books
    faults: Faults
    sender: Sender
    key_secret: str
    reset: Callable[[], None]


def routes(desk: Desk) -> Routes:
    return [*_money(desk), *_faults(desk), *_webhooks(desk), *_account(desk)]


def _money(desk: Desk) -> Routes:
    books = desk.books

    def pay(request: Request, order_id: str) -> Entity:
        wanted = request.json()
        payment = payments.pay(
            books,
            order_id,
            str(wanted.get("outcome")),
            capture=bool(wanted.get("capture")),
            after_seconds=float(wanted.get("after_seconds") or 0),
            person=wanted,
        )
        return checkout.outcome(desk.key_secret, payment, str(wanted["outcome"]))

    def authorize(request: Request, payment_id: str) -> Entity:
        capture = bool(request.json().get("capture"))
        return payments.authorize(books, payment_id, capture=capture)

    def move_payout(request: Request, payout_id: str, status: str) -> Entity:
        return payouts.move(books, payout_id, status, str(request.json().get("reason") or ""))

    def decide(request: Request, dispute_id: str, status: str) -> Entity:
        return disputes.move(books, dispute_id, status, request.json().get("amount_deducted"))

    one = "/_sim/payments/{}"
    return [
        route("POST", "/_sim/orders/{}/pay", pay),
        route("POST", f"{one}/authorize", authorize),
        route("POST", f"{one}/capture", lambda r, i: payments.force_capture(books, i)),
        route("POST", f"{one}/dispute", lambda r, i: disputes.create(books, i, r.json())),
        route("POST", "/_sim/disputes/{}/{}", decide),
        route("POST", "/_sim/refunds/{}/{}", lambda r, i, s: refunds.move(books, i, s)),
        route("POST", "/_sim/payouts/{}/{}", move_payout),
        route("POST", "/_sim/validations/{}/{}", lambda r, i, s: accounts.answer(books, i, s)),
        route("POST", "/_sim/settle", lambda r: settlements.settle(books)),
        route("POST", "/_sim/expire", lambda r: {"expired": payments.expire(books)}),
    ]


def _faults(desk: Desk) -> Routes:
    def clear(request: Request) -> Entity:
        desk.faults.clear()
        return {"faults": []}

    return [
        route("GET", "/_sim/faults", lambda r: {"faults": desk.faults.list()}),
        route("POST", "/_sim/faults", lambda r: desk.faults.add(r.json())),
        route("DELETE", "/_sim/faults", clear),
    ]


def _webhooks(desk: Desk) -> Routes:
    def replay(request: Request) -> Entity:
        wanted = request.json()
        sent = desk.sender.replay(
            str(wanted.get("event") or ""),
            str(wanted.get("event_id") or ""),
            int(wanted.get("times") or 1),
        )
        return {"sent": sent}

    def enable(request: Request) -> Entity:
        desk.sender.enable()
        return {"disabled": False}

    return [
        route("GET", "/_sim/webhooks", lambda r: {"webhooks": desk.sender.log()}),
        route("POST", "/_sim/webhooks/enable", enable),
        route("POST", "/_sim/replay", replay),
    ]


def _account(desk: Desk) -> Routes:
    def reset(request: Request) -> Entity:
        desk.reset()
        return {"reset": True}

    return [
        route("GET", "/_sim/state", lambda r: state(desk)),
        route("POST", "/_sim/reset", reset),
        route("GET", "/_sim/settings", lambda r: _settings(desk)),
        route("POST", "/_sim/settings", lambda r: _change_settings(desk, r.json())),
        route("POST", "/_sim/clock", lambda r: _set_clock(desk, r.json())),
    ]


def _settings(desk: Desk) -> Entity:
    return {
        **asdict(desk.books.rules),
        "webhook_url": desk.sender.url,
        "webhooks_disabled": desk.sender.disabled,
    }


def _change_settings(desk: Desk, wanted: Entity) -> Entity:
    known = {rule.name for rule in fields(Rules)} | {"webhook_url"}
    if not set(wanted) <= known:
        raise refuse(f"only {', '.join(sorted(known))} can be set")
    with desk.books.lock:
        for name, value in wanted.items():
            if name == "webhook_url":
                desk.sender.url = value or None
            else:
                setattr(desk.books.rules, name, value)
    return _settings(desk)


def _set_clock(desk: Desk, wanted: Entity) -> Entity:
    """`{"offset": seconds}` from the real time, or `{"advance": seconds}` from where it is."""
    clock = desk.books.clock
    with desk.books.lock:
        if "offset" in wanted:
            clock.offset = int(wanted["offset"])
        clock.offset += int(wanted.get("advance") or 0)
        return {"now": clock.now(), "offset": clock.offset}


def state(desk: Desk) -> Entity:
    """Every entity, and the sums that a ledger can be compared with."""
    books = desk.books
    with books.lock:
        tables = {
            name: [public(entity) for entity in books.tables[name].values()]
            for name in TABLES
            if name not in ("keys", "recon")
        }
        return {**tables, "totals": _totals(books), "now": books.clock.now()}


def _totals(books: Books) -> dict[str, int]:
    captured = books.all("payments", captured=True)
    totals = {
        "captured_paise": _sum(captured, "amount"),
        "fees_paise": _sum(captured, "fee"),
        "refunded_paise": _sum(
            [
                refund
                for refund in books.all("refunds", _is_ours=True)
                if refund["status"] != "failed"
            ],
            "amount",
        ),
        "charged_back_paise": _sum(books.all("disputes"), "amount_deducted"),
        "settled_paise": _sum(books.all("settlements"), "amount"),
        "paid_out_paise": _sum(books.all("payouts"), "_debited"),
        "checked_paise": _sum(books.all("validations"), "_debited"),
    }
    outgoing = ("fees_paise", "refunded_paise", "charged_back_paise", "settled_paise")
    totals["clearing_paise"] = totals["captured_paise"] - sum(totals[name] for name in outgoing)
    return totals


def _sum(entities: list[Entity], name: str) -> int:
    values: list[Any] = [entity[name] or 0 for entity in entities]
    return sum(values)
