"""R5: wallet holds past their time. Given back only after Razorpay has said: not paid."""

from datetime import timedelta
from uuid import UUID

from django.db.models import Q

from payments import gateway
from payments.models import PaymentOrder, ReconRun
from payments.services import orders as order_services
from payments.services import wallets
from payments.services.reconciling import orders, runs
from tutorhub.core import clock

GRACE = timedelta(minutes=15)
"""Longer than Razorpay's smallest capture window, so that a payment just in time is not missed."""
UNDECIDED = {"created", "authorized"}
BATCH = 50


def reconcile() -> ReconRun | None:
    """Go through every hold that is due. Speaks to the network."""
    return runs.perform(ReconRun.Kind.R5, _work)


def _work(under_way: runs.Pass) -> None:
    cursor = under_way.cursor or {"after": ""}
    while batch := _due(cursor["after"]):
        under_way.each(batch, check)
        cursor["after"] = str(batch[-1])
        under_way.save(**cursor)


def _due(after: str) -> list[UUID]:
    is_over = Q(expires_at__lt=clock.now() - GRACE) | ~Q(status__in=PaymentOrder.LIVE)
    held = PaymentOrder.objects.filter(is_over, hold=PaymentOrder.Hold.HELD)
    rest = held.filter(pk__gt=after) if after else held
    return list(rest.order_by("pk").values_list("pk", flat=True)[:BATCH])


def check(order_id: UUID) -> bool:
    """Find out whether the order was paid and, if not, give its hold back; whether that ended it.

    A payment that is still open at Razorpay keeps the hold, whatever the time.
    """
    order = PaymentOrder.objects.get(pk=order_id)
    if not order.razorpay_order_id:
        # The answer to our opening it may have been lost.
        if gateway.client().find_order_by_receipt(order.receipt) is None:
            return _release(order)
        order = order_services.open_at_gateway(order)
    statuses = orders.ask(order)
    order.refresh_from_db()
    if order.is_paid or statuses & UNDECIDED:
        return order.hold != PaymentOrder.Hold.HELD
    return _release(order)


def _release(order: PaymentOrder) -> bool:
    return wallets.release_hold(order).hold == PaymentOrder.Hold.RELEASED
