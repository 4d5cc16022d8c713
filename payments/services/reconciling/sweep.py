"""R2: every payment that Razorpay made, against our ledger.

This finds what R1 cannot: a second payment on an order that is paid, and money for orders that we
do not know. One question covers all orders, so it is asked more often than once an hour: nobody
who has paid waits longer than `RECON_SWEEP_EVERY` for it to show.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from payments import gateway
from payments.models import LedgerTxn, ReconItem, ReconRun
from payments.services import captures
from payments.services.reconciling import runs
from tutorhub.core import clock

OVERLAP = timedelta(hours=1)
FIRST_LOOK_BACK = timedelta(days=3)
GRACE = timedelta(minutes=5)
"""How long an order may be unknown because our own insert is under way."""
PAGE = 100


def reconcile() -> ReconRun | None:
    """Go through the payments since the last time and a bit. Speaks to the network."""
    if not runs.is_due(ReconRun.Kind.R2, settings.RECON_SWEEP_EVERY):
        return None
    return runs.perform(ReconRun.Kind.R2, _work)


def _work(under_way: runs.Pass) -> None:
    cursor = under_way.cursor or _next_window()
    while True:
        page = gateway.client().list_payments(
            cursor["from"], cursor["to"], count=PAGE, skip=cursor["skip"]
        )
        _look_at(under_way, page)
        cursor["skip"] += len(page)
        under_way.save(**cursor)
        if len(page) < PAGE:
            break
    _forget_what_is_known_now(under_way)


def _next_window() -> dict[str, int]:
    """From where the last complete sweep ended, less the overlap, to now (Unix times)."""
    last = runs.last_done(ReconRun.Kind.R2)
    now = int(clock.now().timestamp())
    begins = int(last.cursor["to"] if last else now - FIRST_LOOK_BACK.total_seconds())
    return {"from": begins - int(OVERLAP.total_seconds()), "to": now, "skip": 0}


def _look_at(under_way: runs.Pass, page: list[gateway.Entity]) -> None:
    captured = [entity for entity in page if entity.get("captured") is True]
    known = _booked([entity["id"] for entity in captured])
    under_way.run.looked += len(page) - len(captured) + len(known)
    unknown = [entity for entity in captured if entity["id"] not in known]
    under_way.each(unknown, lambda entity: _apply(under_way, entity))


def _apply(under_way: runs.Pass, entity: gateway.Entity) -> bool:
    try:
        captures.apply_capture(entity["id"], fetched=entity)
    except captures.UnknownOrder:
        made_at = datetime.fromtimestamp(int(entity["created_at"]), tz=clock.IST)
        if made_at < clock.now() - GRACE:
            under_way.found(
                entity["id"],
                ReconItem.Problem.MISSING_HERE,
                theirs=int(entity["amount"]),
                note=f"order {entity.get('order_id') or 'of no name'} is not ours",
            )
        return False
    return True


def _forget_what_is_known_now(under_way: runs.Pass) -> None:
    """An order that came into our books after all, or was recognised by another way."""
    missing = runs.open_items(ReconRun.Kind.R2).values_list("ref", flat=True)[:1000]
    under_way.is_fine(_booked(list(missing)))


def _booked(payment_ids: list[Any]) -> set[str]:
    keys = [f"rzp:capture:{payment_id}" for payment_id in payment_ids]
    found = LedgerTxn.objects.filter(idem_key__in=keys).values_list("idem_key", flat=True)
    return {key.removeprefix("rzp:capture:") for key in found}
