"""Things that go wrong on request, at `/_sim/faults`.

A fault has a kind, a count (how many times; -1 is for ever) and, by kind, `method` and `path`
(regular expressions over API calls), `event` (over event names), `seconds` and `value`.
"""

import itertools
import re
import threading
from dataclasses import asdict, dataclass
from typing import Any

from payments.simulator.errors import refuse

API = {
    "api.lost": "performs, then closes the connection without an answer",
    "api.timeout": "performs, then keeps silent for `seconds`",
    "api.hang": "does not perform and keeps silent for `seconds`",
    "api.reset": "resets the connection, does not perform",
    "api.slow": "waits `seconds`, then performs and answers",
    "api.409": "a request with the same key is in progress",
    "api.429": "too many requests",
    "api.500": "the server encountered an error, nothing performed",
    "api.500_after": "performs, then answers 500",
    "api.html502": "an HTML page from a proxy, nothing performed",
}
WEBHOOK = {
    "webhook.drop": "is never sent",
    "webhook.delay": "is sent `seconds` later",
    "webhook.duplicate": "is sent `value` times more, with the same event id",
    "webhook.reorder": "is sent after the next one, or after `seconds`",
    "webhook.old_secret": "is signed with `value`, or with the previous secret",
    "webhook.corrupt": "the body is changed after it was signed",
    "webhook.unknown_event": "has a name that is in no document",
    "webhook.no_event_id": "comes without x-razorpay-event-id",
    "webhook.no_signature": "comes without X-Razorpay-Signature",
}
DATA = {
    "data.amount": "the next payment has `value` paise, or one paisa less",
    "data.currency": "the next payment is in `value`, or in USD",
    "data.order_id": "the next payment names order `value`, or one that does not exist",
    "data.fee_null": "the next payment's fee stays unknown until it is settled",
}
KINDS = {**API, **WEBHOOK, **DATA}


@dataclass
class Fault:
    """One thing that will go wrong `count` times."""

    id: int
    kind: str
    method: str = ""
    path: str = ""
    event: str = ""
    count: int = 1
    seconds: float | None = None
    value: Any = None


class Faults:
    """The faults that are waiting, oldest first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._waiting: list[Fault] = []

    def add(self, wanted: dict[str, Any]) -> dict[str, Any]:
        if wanted.get("kind") not in KINDS:
            raise refuse(f"kind must be one of {', '.join(KINDS)}", field="kind")
        unknown = set(wanted) - set(Fault.__dataclass_fields__) | set(wanted) & {"id"}
        if unknown:
            raise refuse(f"{', '.join(sorted(unknown))} is/are unknown")
        fault = Fault(id=next(self._numbers), **wanted)
        with self._lock:
            self._waiting.append(fault)
        return asdict(fault)

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    def list(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._waiting]

    def for_call(self, method: str, path: str) -> Fault | None:
        """The oldest fault for this API call; it counts as used."""
        with self._lock:
            for fault in self._waiting:
                if (
                    fault.kind in API
                    and re.fullmatch(fault.method or ".*", method)
                    and re.search(fault.path, path)
                ):
                    return self._use(fault)
        return None

    def for_event(self, event: str) -> dict[str, Fault]:
        """Every fault for this event, by kind."""
        return self._take(WEBHOOK, event)

    def for_payment(self) -> dict[str, Fault]:
        """Every fault for the payment that is being made, by kind."""
        return self._take(DATA, "")

    def _take(self, kinds: dict[str, str], event: str) -> dict[str, Fault]:
        found: dict[str, Fault] = {}
        with self._lock:
            for fault in list(self._waiting):
                if (
                    fault.kind in kinds
                    and fault.kind not in found
                    and re.search(fault.event, event)
                ):
                    found[fault.kind] = self._use(fault)
        return found

    def _use(self, fault: Fault) -> Fault:
        if fault.count > 0:
            fault.count -= 1
        if fault.count == 0:
            self._waiting.remove(fault)
        return fault

    def disturb(self, payment: dict[str, Any]) -> None:
        """Falsify a payment that is being made."""
        found = self.for_payment()
        if "data.amount" in found:
            value = found["data.amount"].value
            payment["amount"] = payment["amount"] - 1 if value is None else value
        if "data.currency" in found:
            payment["currency"] = found["data.currency"].value or "USD"
        if "data.order_id" in found:
            payment["order_id"] = found["data.order_id"].value or "order_SimNobodysOrder"
        if "data.fee_null" in found:
            payment["_fee_unknown"] = True
