"""What this app does later: its own work in the outbox."""

from collections.abc import Callable
from uuid import UUID

from payments.services import captures, disputes, events, payouts, refunds
from tutorhub.core.outbox import Payload, call


@call(events.PROCESS)
def process_event(payload: Payload, done: Callable[[], None]) -> None:
    events.process(UUID(payload["event"]), done)


@call(captures.APPLY)
def apply_capture(payload: Payload, done: Callable[[], None]) -> None:
    captures.apply_capture(payload["payment"], claimed_order_id=payload["order"])
    done()


@call(refunds.SEND)
def send_refund(payload: Payload, done: Callable[[], None]) -> None:
    refunds.send(UUID(payload["refund"]), done)


@call(disputes.ANSWER)
def answer_dispute(payload: Payload, done: Callable[[], None]) -> None:
    disputes.send_answer(UUID(payload["dispute"]), done)


@call(payouts.SEND)
def send_payout(payload: Payload, done: Callable[[], None]) -> None:
    payouts.send(UUID(payload["payout"]), done)
