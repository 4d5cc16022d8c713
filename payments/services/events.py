"""The webhook inbox: keep what came, then go and look what is true."""

import hashlib
import json
import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from payments import gateway
from payments.models import GatewayEvent
from payments.policies import check_is_finance
from payments.services import (
    captures,
    disputes,
    payout_checks,
    payouts,
    refunds,
    settlements,
    webhook_traces,
)
from tutorhub.core import audit, clock, logs, outbox
from tutorhub.core.ids import uuid7

log = logging.getLogger(__name__)

PROCESS = "payments.process_event"
GRACE = timedelta(minutes=5)
"""How long an order may be unknown (our insert may be under way) before it is an orphan."""
FIRST_GAP = timedelta(minutes=1)
LONGEST_GAP = timedelta(hours=1)
REST_AFTER = timedelta(days=3)
"""How long an event is tried by itself. Then it rests, in sight of staff, until they say so."""

UNKNOWN = (
    captures.UnknownOrder,
    refunds.UnknownPayment,
    payouts.UnknownPayout,
    payout_checks.UnknownCheck,
    gateway.Refused,  # Razorpay itself does not know what its event speaks of.
)


class Malformed(Exception):
    """A signed event that does not say what it is about."""


def receive(body: bytes, *, event_id: str) -> bool:
    """Keep a verified webhook and have it worked through; False if it was here before.

    The event id is a header that the signature does not cover, so it is only half of the key: the
    same id with another body is kept too.
    """
    digest = hashlib.sha256(body).hexdigest()
    key = event_id[:80] or f"sha256:{digest}"
    pk = uuid7()
    return outbox.later_if_inserted(
        """
        INSERT INTO payments_gatewayevent
               (id, event_key, sha256, body, name, status, tries, note, received_at)
        VALUES (%s, %s, %s, %s, '', 'RECEIVED', 0, '', %s)
        ON CONFLICT (event_key, sha256) DO NOTHING
        """,
        [pk, key, digest, body, clock.now()],
        PROCESS,
        {"event": pk},
    )


def process(event_id: UUID, done: Callable[[], None]) -> None:
    """Work through one event. Speaks to the network; whatever goes wrong comes again."""
    event = GatewayEvent.objects.get(pk=event_id)
    _alarm_about_another_body(event)
    name, note = "", ""
    status: str = GatewayEvent.Status.DONE
    if event.status in {*GatewayEvent.WAITING, GatewayEvent.Status.ORPHAN}:
        try:
            name, status, note = _handle(event)
        except UNKNOWN as error:
            if event.received_at > clock.now() - GRACE:
                GatewayEvent.objects.filter(pk=event.pk).update(tries=event.tries + 1)
                raise
            status, note = GatewayEvent.Status.ORPHAN, logs.scrub(str(error))
    with transaction.atomic():
        _close(event_id, name=name, status=status, note=note)
        done()


def process_left(event_id: UUID) -> None:
    """Work through an event that the outbox has not got through with, less often each time.

    Whatever goes wrong goes up; what has gone wrong for days rests.
    """
    tries = GatewayEvent.objects.values_list("tries", flat=True).get(pk=event_id)
    gap = min(FIRST_GAP * 2 ** min(tries, 10), LONGEST_GAP)
    GatewayEvent.objects.filter(pk=event_id).update(tries=tries + 1, try_at=clock.now() + gap)
    try:
        process(event_id, partial(outbox.settle, PROCESS, event=event_id))
    except Exception as error:
        _rest_if_hopeless(event_id, error)
        raise


@transaction.atomic
def try_again(event: GatewayEvent, *, by: User) -> GatewayEvent:
    """Finance has an event worked through again that rests, or belonged to nobody.

    Raises NotAllowed, InvalidTransition.
    """
    check_is_finance(by)
    event = GatewayEvent.objects.locked().get(pk=event.pk)
    event.move_to(
        GatewayEvent.Status.RECEIVED, tries=0, try_at=clock.now() + LONGEST_GAP, closed_at=None
    )
    outbox.settle(PROCESS, event=event.pk)
    outbox.later(PROCESS, {"event": event.pk})
    audit.record("gateway_event.tried_again", event, by=by)
    return event


@transaction.atomic
def _rest_if_hopeless(event_id: UUID, error: Exception) -> None:
    event = GatewayEvent.objects.locked().get(pk=event_id)
    is_old = event.received_at < clock.now() - REST_AFTER
    if is_old and event.can_move_to(GatewayEvent.Status.RESTING):
        event.move_to(GatewayEvent.Status.RESTING, note=logs.describe(error)[:300])
        log.error("gateway event %s is not tried any more: %s", event.pk, event.note)


def _alarm_about_another_body(event: GatewayEvent) -> None:
    """Razorpay repeats an event as it was; another body under its id is for a person to look at."""
    same = GatewayEvent.objects.filter(event_key=event.event_key)
    if same.exclude(sha256=event.sha256).exists():
        log.error("gateway event %s came with two bodies", event.event_key)


def _handle(event: GatewayEvent) -> tuple[str, str, str]:
    """Do what the event asks for; returns its name, the status it ends in, and a note."""
    name = ""
    try:
        name, payload = _parsed(bytes(event.body))
        handler = HANDLERS.get(name)
        if handler is None:
            return name, GatewayEvent.Status.IGNORED, "nothing to do"
        return name, GatewayEvent.Status.DONE, handler(payload) or ""
    except Malformed as error:
        log.error("gateway event %s is malformed: %s", event.pk, error)
        return name, GatewayEvent.Status.IGNORED, logs.scrub(str(error))


@transaction.atomic
def _close(event_id: UUID, *, name: str, status: str, note: str) -> None:
    event = GatewayEvent.objects.locked().get(pk=event_id)
    if event.can_move_to(status):
        values = {"name": name[:60] or event.name, "note": note[:300], "closed_at": clock.now()}
        found_by = webhook_traces.of(bytes(event.body))
        event.move_to(status, tries=event.tries + 1, found_by=found_by, **values)


def _parsed(body: bytes) -> tuple[str, dict[str, Any]]:
    try:
        event = json.loads(body)
        return str(event["event"]), dict(event["payload"])
    except (ValueError, KeyError, TypeError) as error:
        raise Malformed("no event name or no payload") from error


def _entity(payload: dict[str, Any], name: str) -> gateway.Entity:
    try:
        entity: gateway.Entity = payload[name]["entity"]
        if not isinstance(entity["id"], str):
            raise TypeError
    except (KeyError, TypeError) as error:
        raise Malformed(f"no {name} in the payload") from error
    return entity


def _on_payment(payload: dict[str, Any]) -> str:
    entity = _entity(payload, "payment")
    if not entity.get("order_id"):
        return "a payment without an order"
    captures.apply_capture(entity["id"], claimed_order_id=str(entity["order_id"]))
    return ""


def _on_refund(payload: dict[str, Any]) -> str:
    entity = _entity(payload, "refund")
    return apply_refund(payment_id=str(entity.get("payment_id")), refund_id=entity["id"])


def apply_refund(*, payment_id: str, refund_id: str) -> str:
    """Ask Razorpay about a refund and do what it means for us; returns a note for the event."""
    client = gateway.client()
    refund = client.fetch_refund(payment_id, refund_id)
    payment = client.fetch_payment(refund["payment_id"])
    if payment.get("captured") and payment.get("order_id"):
        # The webhook of the capture may have been lost; then the refund is the first we hear of it.
        captures.apply_capture(payment["id"], fetched=payment)
    return refunds.apply(refund, payment)


def _on_dispute(payload: dict[str, Any]) -> str:
    return apply_dispute(_entity(payload, "dispute")["id"])


def apply_dispute(dispute_id: str) -> str:
    """Ask Razorpay about a chargeback and do what it means for us; returns a note for the event."""
    client = gateway.client()
    dispute = client.fetch_dispute(dispute_id)
    payment = client.fetch_payment(str(dispute.get("payment_id")))
    if payment.get("captured") and payment.get("order_id"):
        # As with refunds, the webhook of the capture may have been lost.
        captures.apply_capture(payment["id"], fetched=payment)
    return disputes.apply(dispute)


def _on_payout(payload: dict[str, Any]) -> str:
    entity = _entity(payload, "payout")
    payouts.apply(gateway.client().fetch_payout(entity["id"]))
    return ""


def _on_check(payload: dict[str, Any]) -> str:
    entity = _entity(payload, "fund_account.validation")
    payout_checks.apply(gateway.client().fetch_validation(entity["id"]))
    return ""


def _on_transaction(payload: dict[str, Any]) -> str:
    """A movement of our RazorpayX account says once more what became of a payout.

    Money that we put there ourselves is booked by two people of finance, not by this.
    """
    source = _entity(payload, "transaction").get("source")
    source = source if isinstance(source, dict) else {}
    payout_id = {"payout": source.get("id"), "reversal": source.get("payout_id")}.get(
        str(source.get("entity"))
    )
    if not payout_id:
        return f"a movement by {source.get('entity')}"
    payouts.apply(gateway.client().fetch_payout(str(payout_id)))
    return ""


def _on_settlement(payload: dict[str, Any]) -> str:
    settlement = settlements.look_up(_entity(payload, "settlement")["id"])
    return "" if settlement is not None else "not transferred yet"


HANDLERS: dict[str, Callable[[dict[str, Any]], str]] = {
    **dict.fromkeys(
        ["payment.authorized", "payment.captured", "payment.failed", "order.paid"], _on_payment
    ),
    **dict.fromkeys(["refund.created", "refund.processed", "refund.failed"], _on_refund),
    **dict.fromkeys(
        [
            *("payment.dispute.created", "payment.dispute.under_review"),
            *("payment.dispute.action_required", "payment.dispute.won"),
            *("payment.dispute.lost", "payment.dispute.closed"),
        ],
        _on_dispute,
    ),
    **dict.fromkeys(
        [
            *("payout.pending", "payout.rejected", "payout.queued", "payout.initiated"),
            *("payout.processed", "payout.updated", "payout.reversed", "payout.failed"),
        ],
        _on_payout,
    ),
    **dict.fromkeys(
        ["fund_account.validation.completed", "fund_account.validation.failed"], _on_check
    ),
    "transaction.created": _on_transaction,
    "settlement.processed": _on_settlement,
}
