"""R1: orders whose webhook is overdue. Ask Razorpay for their payments."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from payments.models import PaymentOrder, ReconRun
from payments.services import captures, orders
from payments.services.reconciling import runs
from tutorhub.core import clock

GIVE_UP_AFTER = timedelta(days=5)
LONGEST_GAP = timedelta(hours=6)
BATCH = 50


def reconcile() -> ReconRun | None:
    """Look every order up that is due, until none is left. Speaks to the network."""
    return runs.perform(ReconRun.Kind.R1, _work)


def _work(under_way: runs.Pass) -> None:
    # Each order carries the time of its next look, so the orders themselves are the cursor.
    while batch := due():
        under_way.each(batch, check)
        under_way.save()
        if len(batch) < BATCH:
            return


def due() -> list[UUID]:
    """Orders whose webhook is overdue, those longest due first."""
    overdue = PaymentOrder.objects.to_reconcile(now=clock.now())
    return list(overdue.values_list("pk", flat=True)[:BATCH])


def check(order_id: UUID) -> bool:
    """Ask Razorpay for every payment of the order and apply them; whether it is paid by that."""
    order = PaymentOrder.objects.get(pk=order_id)
    if order.is_paid or not order.razorpay_order_id:
        return False
    # The next look is set first: an order that cannot be looked up must not hold up the others.
    _schedule_next_check(order)
    captures.ask_about(order)
    order.refresh_from_db()
    return order.is_paid


@transaction.atomic
def _schedule_next_check(order: PaymentOrder) -> None:
    """The gaps grow with every look; after days without money nobody looks any more."""
    order = PaymentOrder.objects.locked().get(pk=order.pk)
    order.checks += 1
    gap = min(orders.FIRST_CHECK * 2 ** min(order.checks, 10), LONGEST_GAP)
    is_over = order.created_at < clock.now() - GIVE_UP_AFTER
    order.check_at = None if is_over else clock.now() + gap
    order.save(update_fields=["checks", "check_at"])
