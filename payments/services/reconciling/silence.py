"""R7: money arrives and no webhook tells us. After 24 h of failures Razorpay turns us off."""

from django.conf import settings

from payments.models import GatewayEvent, Payment, ReconItem, ReconRun
from payments.services.reconciling import runs
from tutorhub.core import clock

REF = "webhooks"


def reconcile() -> ReconRun | None:
    """Compare the last webhook with the money that came since."""
    return runs.perform(ReconRun.Kind.R7, _work)


def _work(under_way: runs.Pass) -> None:
    # Version 7 identifiers are in the order of time, and the primary key is the index at hand.
    last = GatewayEvent.objects.order_by("-pk").values_list("received_at", flat=True).first()
    unannounced = Payment.objects.filter(captured_at__lt=clock.now() - settings.RECON_SILENCE)
    if last is not None:
        unannounced = unannounced.filter(captured_at__gt=last)
    oldest = unannounced.order_by("captured_at").first()
    under_way.run.looked += 1
    if oldest is None:
        under_way.is_fine([REF])
        return
    since = f"{last.astimezone(clock.IST):%Y-%m-%d %H:%M}" if last else "ever"
    under_way.found(
        REF,
        ReconItem.Problem.SILENT,
        note=f"no webhook since {since}, but payment {oldest.razorpay_payment_id} was received",
    )
