"""Go and ask: what no webhook told us about orders, refunds, payouts and fees."""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from django.db import DatabaseError, transaction

from payments import gateway
from payments.models import GatewayEvent, Payment, PaymentOrder, Payout, Refund
from payments.services import captures, events, orders, payouts, refunds
from tutorhub.core import clock
from tutorhub.core.errors import DomainError

log = logging.getLogger(__name__)

GIVE_UP_AFTER = timedelta(days=5)
LONGEST_GAP = timedelta(hours=6)
UNSETTLED_AFTER = timedelta(hours=1)
STUCK_AFTER = timedelta(minutes=2)
BATCH = 50

Item = TypeVar("Item")


def due_orders() -> list[UUID]:
    """Orders whose webhook is overdue (R1)."""
    due = PaymentOrder.objects.to_reconcile(now=clock.now())
    return list(due.values_list("pk", flat=True)[:BATCH])


def check_order(order_id: UUID) -> None:
    """Ask Razorpay for every payment of the order and apply them. Speaks to the network."""
    order = PaymentOrder.objects.get(pk=order_id)
    if order.is_paid or not order.razorpay_order_id:
        return
    # The next look is set first: an order that cannot be looked up must not hold up the others.
    _schedule_next_check(order)
    client = gateway.client()
    for entity in client.order_payments(order.razorpay_order_id):
        if entity["status"] == "authorized" and order.is_live:
            entity = client.capture_payment(entity["id"], order.amount_paise)
        captures.apply_capture(
            entity["id"], fetched=entity, claimed_order_id=order.razorpay_order_id
        )


def unsettled_refunds() -> list[UUID]:
    before = clock.now() - UNSETTLED_AFTER
    return list(Refund.objects.unsettled(before).values_list("pk", flat=True)[:BATCH])


def check_refund(refund_id: UUID) -> None:
    """Find out what became of a refund (R3), or send it again under the same key."""
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    if refund.razorpay_refund_id:
        refunds.record(
            refund,
            gateway.client().fetch_refund(
                refund.payment.razorpay_payment_id, refund.razorpay_refund_id
            ),
        )
        return
    refunds.send(refund_id, _nothing)


def unsettled_payouts() -> list[UUID]:
    before = clock.now() - UNSETTLED_AFTER
    return list(Payout.objects.unsettled(before).values_list("pk", flat=True)[:BATCH])


def check_payout(payout_id: UUID) -> None:
    """Find out what became of a payout (R3), or send it again under the same key."""
    payout = Payout.objects.get(pk=payout_id)
    if payout.razorpay_payout_id:
        payouts.apply(gateway.client().fetch_payout(payout.razorpay_payout_id))
        return
    payouts.send(payout_id, _nothing)


def payments_without_fee() -> list[str]:
    """Received in the last days, and Razorpay had not said its fee yet."""
    since = clock.now() - GIVE_UP_AFTER
    return list(
        Payment.objects.filter(fee_paise__isnull=True, captured_at__gte=since)
        .order_by("captured_at")
        .values_list("razorpay_payment_id", flat=True)[:BATCH]
    )


def stuck_events() -> list[UUID]:
    stuck = GatewayEvent.objects.stuck(before=clock.now() - STUCK_AFTER).order_by("received_at")
    return list(stuck.values_list("pk", flat=True)[:BATCH])


def check_event(event_id: UUID) -> None:
    events.process(event_id, _nothing)


def each(items: Iterable[Item], check: Callable[[Item], object]) -> int:
    """Run `check` on every item; one that goes wrong must not stop the others, now or next time."""
    done = 0
    for item in items:
        try:
            check(item)
            done += 1
        except (gateway.GatewayError, DomainError) as error:
            log.warning("%s of %s: %s", check.__name__, item, error)
        except (DatabaseError, LookupError, TypeError, ValueError):
            # An answer that is not what the contract says, or rows that contradict it.
            log.exception("%s of %s", check.__name__, item)
    return done


@transaction.atomic
def _schedule_next_check(order: PaymentOrder) -> None:
    """The gaps grow with every look; after days without money nobody looks any more."""
    order = PaymentOrder.objects.locked().get(pk=order.pk)
    order.checks += 1
    gap = min(orders.FIRST_CHECK * 2 ** min(order.checks, 10), LONGEST_GAP)
    is_over = order.created_at < clock.now() - GIVE_UP_AFTER
    order.check_at = None if is_over else clock.now() + gap
    order.save(update_fields=["checks", "check_at"])


def _nothing() -> None:
    """There is no outbox row to mark done."""
