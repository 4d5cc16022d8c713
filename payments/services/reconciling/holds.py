"""R5: wallet holds past their time. Given back only after Razorpay has said: not paid.

The outbox has asked at once when the order ended; this is for whatever had no answer then.
"""

from datetime import timedelta
from uuid import UUID

from django.db.models import Q

from payments.models import PaymentOrder, ReconRun
from payments.services import holds
from payments.services.reconciling import runs
from tutorhub.core import clock

GRACE = timedelta(minutes=15)
"""Longer than Razorpay's smallest capture window, so that a payment just in time is not missed."""
BATCH = 50


def reconcile() -> ReconRun | None:
    """Go through every hold that is due. Speaks to the network."""
    return runs.perform(ReconRun.Kind.R5, _work)


def _work(under_way: runs.Pass) -> None:
    cursor = under_way.cursor or {"after": ""}
    while batch := _due(cursor["after"]):
        under_way.each(batch, holds.settle, at=_after)
        cursor = _after(batch[-1])
        under_way.save(**cursor)


def _after(order_id: UUID) -> dict[str, str]:
    return {"after": str(order_id)}


def _due(after: str) -> list[UUID]:
    is_over = Q(expires_at__lt=clock.now() - GRACE) | ~Q(status__in=PaymentOrder.LIVE)
    held = PaymentOrder.objects.filter(is_over, hold=PaymentOrder.Hold.HELD)
    rest = held.filter(pk__gt=after) if after else held
    return list(rest.order_by("pk").values_list("pk", flat=True)[:BATCH])
