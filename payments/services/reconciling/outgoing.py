"""R3: refunds and payouts without an answer, and chargebacks. Ask, or send again.

A chargeback of which no webhook told us would freeze nothing, so its money could leave before the
bank takes it: what Razorpay has begun since the last time is asked for as a list. So is what
became of the payouts of the last days, because a bank may send back what was paid out.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings

from payments import gateway
from payments.models import GatewayDispute, Payout, ReconRun, Refund
from payments.services import disputes, events, payouts, refunds
from payments.services.reconciling import runs
from tutorhub.core import clock, outbox

UNSETTLED_AFTER = timedelta(hours=1)
OVERLAP = timedelta(hours=1)
FIRST_LOOK_BACK = timedelta(days=3)
GONE_BACK = {"reversed", "failed"}
"""What a payout is that was paid and came back; `failed` comes after `reversed`."""
RETURNABLE_FOR = timedelta(days=14)
"""How long a bank may send a payout back; what comes later shows as a difference of the float."""
BATCH = 50
PAGE = 100


def reconcile() -> ReconRun | None:
    """Go through everything unsettled once. Speaks to the network."""
    return runs.perform(ReconRun.Kind.R3, _work)


def _work(under_way: runs.Pass) -> None:
    before = clock.now() - UNSETTLED_AFTER
    fresh = {"refunds": "", "payouts": "", "disputes": "", **_next_window()}
    cursor = {**fresh, **under_way.cursor}
    live = GatewayDispute.objects.live().filter(opened_at__lt=before)
    stages: list[tuple[str, Any, Callable[[UUID], bool]]] = [
        ("refunds", Refund.objects.unsettled(before), check_refund),
        ("payouts", Payout.objects.unsettled(before), check_payout),
        # The end of one that no webhook told us would leave a class frozen for ever.
        ("disputes", live, check_dispute),
    ]
    for name, unsettled, check in stages:
        while batch := _after(unsettled, cursor[name]):
            under_way.each(batch, check, at=partial(_at, cursor, name))
            cursor = _at(cursor, name, batch[-1])
            under_way.save(**cursor)
    while page := _recent_payouts(cursor):
        under_way.each(_returned(page), take_payout_back)
        cursor["payouts_skip"] += len(page)
        under_way.save(**cursor)
    while page := _new_disputes(cursor):
        unknown = _unknown([entity["id"] for entity in page])
        under_way.each(unknown, hear_of_dispute)
        cursor["skip"] += len(page)
        under_way.save(**cursor)
    under_way.save(**cursor)


def _at(cursor: dict[str, Any], stage: str, pk: UUID) -> dict[str, Any]:
    return {**cursor, stage: str(pk)}


def _next_window() -> dict[str, int]:
    """From where the last complete pass ended, less the overlap, to now (Unix times)."""
    last = runs.last_done(ReconRun.Kind.R3)
    now = int(clock.now().timestamp())
    begins = last.cursor.get("to") if last else None
    begins = begins or now - int(FIRST_LOOK_BACK.total_seconds())
    return {"from": begins - int(OVERLAP.total_seconds()), "to": now, "skip": 0, "payouts_skip": 0}


def _recent_payouts(cursor: dict[str, Any]) -> list[gateway.Entity]:
    return gateway.client().list_payouts(
        cursor["to"] - int(RETURNABLE_FOR.total_seconds()),
        cursor["to"],
        account_number=settings.RAZORPAYX_ACCOUNT_NUMBER,
        count=PAGE,
        skip=cursor["payouts_skip"],
    )


def _returned(page: list[gateway.Entity]) -> list[gateway.Entity]:
    """Those that came back and of which we still believe that they were paid."""
    back = {entity["id"]: entity for entity in page if entity.get("status") in GONE_BACK}
    paid = Payout.objects.filter(razorpay_payout_id__in=back, status=Payout.Status.PROCESSED)
    return [back[name] for name in paid.values_list("razorpay_payout_id", flat=True)]


def take_payout_back(entity: gateway.Entity) -> bool:
    payouts.apply(entity)
    return True


def _new_disputes(cursor: dict[str, Any]) -> list[gateway.Entity]:
    return gateway.client().list_disputes(
        cursor["from"], cursor["to"], count=PAGE, skip=cursor["skip"]
    )


def _unknown(dispute_ids: list[str]) -> list[str]:
    found = GatewayDispute.objects.filter(razorpay_dispute_id__in=dispute_ids)
    known = set(found.values_list("razorpay_dispute_id", flat=True))
    return [dispute_id for dispute_id in dispute_ids if dispute_id not in known]


def hear_of_dispute(dispute_id: str) -> bool:
    """Bring in a chargeback whose webhooks were lost; False if its payment is not ours."""
    try:
        events.apply_dispute(dispute_id)
    except events.UNKNOWN:
        return False
    return True


def _after(unsettled: Any, pk: str) -> list[UUID]:
    rest = unsettled.filter(pk__gt=pk) if pk else unsettled
    return list(rest.order_by("pk").values_list("pk", flat=True)[:BATCH])


def check_refund(refund_id: UUID) -> bool:
    """Find out what became of a refund, or send it again; whether we know more than before."""
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    was = (refund.status, refund.razorpay_refund_id)
    if refund.razorpay_refund_id:
        refunds.record(
            refund,
            gateway.client().fetch_refund(
                refund.payment.razorpay_payment_id, refund.razorpay_refund_id
            ),
        )
    else:
        refunds.send(refund_id, partial(outbox.settle, refunds.SEND, refund=refund_id))
    refund.refresh_from_db()
    return (refund.status, refund.razorpay_refund_id) != was


def check_payout(payout_id: UUID) -> bool:
    """Find out what became of a payout, or send it again; whether we know more than before."""
    payout = Payout.objects.get(pk=payout_id)
    was = (payout.status, payout.razorpay_payout_id)
    if payout.razorpay_payout_id:
        payouts.apply(gateway.client().fetch_payout(payout.razorpay_payout_id))
    else:
        payouts.send(payout_id, partial(outbox.settle, payouts.SEND, payout=payout_id))
    payout.refresh_from_db()
    return (payout.status, payout.razorpay_payout_id) != was


def check_dispute(dispute_id: UUID) -> bool:
    """Find out what became of a chargeback, or answer it again; whether we know more than before.

    The outbox gives an answer up after an hour or so without Razorpay. The bank would take that
    for a yes.
    """
    dispute = GatewayDispute.objects.get(pk=dispute_id)
    was = (dispute.status, dispute.answer)
    answered_at = dispute.answered_at or clock.now()
    is_unheard = dispute.status == GatewayDispute.Status.OPEN and dispute.answer
    if is_unheard and answered_at < clock.now() - UNSETTLED_AFTER:
        done = partial(outbox.settle, disputes.ANSWER, dispute=dispute_id)
        disputes.send_answer(dispute_id, done)
    else:
        disputes.apply(gateway.client().fetch_dispute(dispute.razorpay_dispute_id))
    dispute.refresh_from_db()
    return (dispute.status, dispute.answer) != was
