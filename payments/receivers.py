"""What this app does later: its own work in the outbox."""

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from accounts import news as accounts_news
from accounts.services import leaving as accounts_leaving
from accounts.services import staff
from payments import personal
from payments.services import (
    captures,
    clearing,
    disputes,
    events,
    evidence,
    forgetting,
    holds,
    leaving,
    payout_checks,
    payouts,
    refunds,
    wallets,
)
from tutorhub.core import datamap, retention, sweeping
from tutorhub.core.outbox import Payload, call, job, receiver

# Money health links to what the outbox gave up. Pages about money ask for the group itself.
staff.allow(staff.FINANCE, "core.view_outboxrow")

datamap.register(personal.TABLES)
retention.register(clearing.RULES)
sweeping.register("accepted", evidence.known_keys)
accounts_leaving.register(check=leaving.hindrances, says=leaving.consequences)


@receiver(accounts_news.USER_ERASED)
def forget_payments(payload: Payload) -> None:
    forgetting.forget(UUID(payload["user_id"]))


@job(forgetting.FORGET_WEBHOOKS)
def forget_webhooks(payload: Payload) -> None:
    forgetting.forget_webhooks(UUID(payload["user_id"]))


@call(events.PROCESS)
def process_event(payload: Payload, done: Callable[[], None]) -> None:
    events.process(UUID(payload["event"]), done)


@call(captures.APPLY)
def apply_capture(payload: Payload, done: Callable[[], None]) -> None:
    captures.apply_capture(payload["payment"], claimed_order_id=payload["order"])
    done()


@call(wallets.RELEASE)
def release_hold(payload: Payload, done: Callable[[], None]) -> None:
    since = datetime.fromisoformat(payload["since"])
    holds.settle_at_once(UUID(payload["order"]), since=since, done=done)


@call(refunds.SEND)
def send_refund(payload: Payload, done: Callable[[], None]) -> None:
    refunds.send(UUID(payload["refund"]), done)


@call(disputes.ANSWER)
def answer_dispute(payload: Payload, done: Callable[[], None]) -> None:
    disputes.send_answer(UUID(payload["dispute"]), done)


@call(payouts.SEND)
def send_payout(payload: Payload, done: Callable[[], None]) -> None:
    payouts.send(UUID(payload["payout"]), done)


@job(payouts.REQUEST_WEEKLY)
def request_weekly_payout(payload: Payload) -> None:
    week = date.fromisoformat(payload["week"])
    payouts.request_weekly(tutor_id=UUID(payload["tutor"]), week=week)


@call(payout_checks.CHECK)
def check_payout_method(payload: Payload, done: Callable[[], None]) -> None:
    payout_checks.check(UUID(payload["method"]), done)
