"""What staff have to know about codes, at most once an hour for each thing."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q

from accounts import messages
from accounts.models import OtpChallenge, SmsBudgetDay
from tutorhub.core import audit, clock, outbox

RING = "accounts.ring_alarm"
HOUR = timedelta(hours=1)

log = logging.getLogger(__name__)


def ring(what: str) -> None:
    """Tell staff, later and once in this hour, that `what` goes on."""
    hour = clock.now().strftime("%Y-%m-%dT%H")
    outbox.later(RING, {"what": what}, key=f"accounts:alarm:{what}:{hour}")


def rang(what: str) -> None:
    """Write it down where it stays, and to whoever watches (setting ALARM_EMAIL)."""
    audit.record("signin.alarm", SmsBudgetDay(day=clock.today()), what=what)
    log.warning("alarm: %s", what)
    if settings.ALARM_EMAIL:
        messages.alarm(settings.ALARM_EMAIL, what)


@transaction.atomic
def watch_codes() -> bool:
    """Ring if half of the paid codes of an hour stay unused: that is what pumping looks like.

    Codes that may still be entered are not counted. Returns whether it rang.
    """
    until = clock.now() - settings.OTP_LIFE
    counts = OtpChallenge.objects.filter(
        is_sent=True, created_at__gt=until - HOUR, created_at__lte=until
    ).aggregate(sent=Count("pk"), used=Count("pk", filter=Q(used_at__isnull=False)))
    is_pumped = (
        counts["sent"] >= settings.PUMPING_LEAST_SENDS
        and counts["used"] * 100 < settings.PUMPING_LEAST_USED_PERCENT * counts["sent"]
    )
    if is_pumped:
        ring("pumping")
    return bool(is_pumped)
