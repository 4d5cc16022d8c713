"""Things that go wrong on request, at `/_sim/faults`.

A fault has a kind, a count (how many times; -1 is for ever) and, by kind, `method` and `path`
(regular expressions over API calls), `event` (over event names), `seconds` and `value`.
"""

from typing import Any

from notifications.simulator import faults
from notifications.simulator.faults import Fault

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


class Faults(faults.Faults):
    """What may go wrong with Razorpay."""

    def __init__(self) -> None:
        super().__init__(API, {**WEBHOOK, **DATA})

    def for_event(self, event: str) -> dict[str, Fault]:
        """Every fault for this event, by kind."""
        return self.take(WEBHOOK, event)

    def for_payment(self) -> dict[str, Fault]:
        """Every fault for the payment that is being made, by kind."""
        return self.take(DATA)

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
