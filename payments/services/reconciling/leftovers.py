"""What is asked again beside the reconcilers: events and fees that were left behind."""

from datetime import timedelta
from uuid import UUID

from payments.models import GatewayEvent, Payment
from payments.services import events
from tutorhub.core import clock

FEE_KNOWN_AFTER = timedelta(days=5)
STUCK_AFTER = timedelta(minutes=2)
BATCH = 50


def stuck_events() -> list[UUID]:
    """Those that were tried least come first, so that a few that never work hold up no other."""
    now = clock.now()
    stuck = GatewayEvent.objects.stuck(now=now, before=now - STUCK_AFTER)
    stuck = stuck.order_by("tries", "received_at", "pk")
    return list(stuck.values_list("pk", flat=True)[:BATCH])


def check_event(event_id: UUID) -> None:
    events.process_left(event_id)


def payments_without_fee() -> list[str]:
    """Received in the last days, and Razorpay had not said its fee yet."""
    since = clock.now() - FEE_KNOWN_AFTER
    return list(
        Payment.objects.filter(fee_paise__isnull=True, captured_at__gte=since)
        .order_by("captured_at", "pk")
        .values_list("razorpay_payment_id", flat=True)[:BATCH]
    )
