"""`/_sim/`: the hands of phones and networks, for tests and developers."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from notifications.simulator.books import OUTCOMES, Books
from notifications.simulator.faults import Faults
from notifications.simulator.http import BadRequest, Request, Routes, route
from notifications.simulator.receipts import Sender


@dataclass
class Desk:
    """What the routes work on."""

    books: Books
    faults: Faults
    sender: Sender
    reset: Callable[[], None]


def routes(desk: Desk) -> Routes:
    def clear(request: Request) -> dict[str, Any]:
        desk.faults.clear()
        return {"faults": []}

    def reset(request: Request) -> dict[str, Any]:
        desk.reset()
        return {"reset": True}

    return [
        route("GET", "/_sim/messages", lambda r: _messages(desk)),
        route("POST", "/_sim/messages/([A-Za-z0-9_.]+)/{}", lambda r, i, s: _tell(desk, r, i, s)),
        route("POST", "/_sim/phones/{}", lambda r, number: _phone(desk, r, number)),
        route("POST", "/_sim/templates", lambda r: _templates(desk, r)),
        route("GET", "/_sim/webhooks", lambda r: {"webhooks": desk.sender.log()}),
        route("GET", "/_sim/faults", lambda r: {"faults": desk.faults.list()}),
        route("POST", "/_sim/faults", lambda r: desk.faults.add(r.json())),
        route("DELETE", "/_sim/faults", clear),
        route("POST", "/_sim/settings", lambda r: _settings(desk, r)),
        route("POST", "/_sim/reset", reset),
    ]


def _messages(desk: Desk) -> dict[str, Any]:
    with desk.books.lock:
        return {"messages": [asdict(sent) for sent in desk.books.sent.values()]}


def _tell(desk: Desk, request: Request, message: str, status: str) -> dict[str, Any]:
    sent = desk.books.sent.get(message)
    if sent is None:
        raise BadRequest("no such message")
    desk.sender.tell(sent, status, int(request.json().get("code") or 131026))
    return asdict(sent)


def _phone(desk: Desk, request: Request, number: str) -> dict[str, Any]:
    outcome = request.json().get("outcome")
    if outcome not in OUTCOMES:
        raise BadRequest(f"outcome must be one of {', '.join(OUTCOMES)}")
    desk.books.phones[number] = outcome
    return {"number": number, "outcome": outcome}


def _templates(desk: Desk, request: Request) -> dict[str, Any]:
    """Register templates, ids and numbers of values. From then on others are refused."""
    desk.books.templates.update({str(name): int(n) for name, n in request.json().items()})
    return dict(desk.books.templates)


def _settings(desk: Desk, request: Request) -> dict[str, Any]:
    wanted = request.json()
    if not set(wanted) <= {"receipt_seconds", "outcome", "site"}:
        raise BadRequest("only receipt_seconds, outcome and site can be set")
    if "site" in wanted:
        desk.sender.url = wanted.pop("site") or None
    for name, value in wanted.items():
        setattr(desk.books.rules, name, value)
    return {**vars(desk.books.rules), "site": desk.sender.url}
