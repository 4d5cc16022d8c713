"""How many codes may be sent and what they may cost: counted in PostgreSQL, under locks."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import messages
from accounts.models import OtpChallenge, SmsBudgetDay
from accounts.services import locks
from tutorhub.core import clock
from tutorhub.core.errors import TooMany

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class SentTooOften(TooMany):
    """A code was sent a moment ago, or too many were; `extra["retry_after"]` is in seconds."""

    code = "throttled"


def take(phone: str, network: str) -> int:
    """Claim one send to `phone` asked for by `network`; returns the seconds until the next.

    The caller writes the challenge in this transaction; until it commits, the locks make others
    wait. Raises SentTooOften.
    """
    locks.hold("phone", phone)
    locks.hold("network", network)
    now = clock.now()
    sent = _sent_since(now - DAY, phone=phone)
    waits = [
        _wait_for_resend(phone, sent, now),
        _wait_for_window(sent, HOUR, settings.OTP_SENDS_PER_HOUR, now),
        _wait_for_window(sent, DAY, settings.OTP_SENDS_PER_DAY, now),
    ]
    by_network = _sent_since(now - DAY, network=network)
    waits += [
        _wait_for_window(by_network, HOUR, settings.OTP_SENDS_PER_HOUR_BY_ADDRESS, now),
        _wait_for_window(by_network, DAY, settings.OTP_SENDS_PER_DAY_BY_ADDRESS, now),
    ]
    if max(waits) > 0:
        raise SentTooOften(_wait_text(max(waits)), retry_after=max(waits))
    return _gap(_unanswered(phone, now) + 1)


def spend(cost_paise: int | None = None) -> bool:
    """Take what a code costs from the day's budget; False if that much is not left.

    Without an amount it is the price of the dearest channel that a code may go by; the channels
    after the first pay what is missing when they have their turn (accounts/receivers.py).
    """
    cost = messages.signin_code_paise() if cost_paise is None else cost_paise
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {SmsBudgetDay._meta.db_table} AS budget (day, spent_paise, sent)
            SELECT %(day)s, %(cost)s, 1 WHERE %(cost)s <= %(cap)s
            ON CONFLICT (day) DO UPDATE
               SET spent_paise = budget.spent_paise + %(cost)s, sent = budget.sent + 1
             WHERE budget.spent_paise + %(cost)s <= %(cap)s
            """,  # noqa: S608 - the only thing put in is our own table's name
            {
                "day": clock.today(),
                "cost": cost,
                "cap": settings.SMS_DAILY_BUDGET_PAISE,
            },
        )
        return bool(cursor.rowcount == 1)


def _sent_since(since: datetime, **of: str) -> list[datetime]:
    """When codes were sent to this phone or for this network, oldest first."""
    rows = OtpChallenge.objects.filter(created_at__gt=since, **of).order_by("created_at")
    return list(rows.values_list("created_at", flat=True))


def _wait_for_window(sent: Sequence[datetime], window: timedelta, limit: int, now: datetime) -> int:
    """Seconds until fewer than `limit` sends lie in the moving window."""
    recent = [moment for moment in sent if moment > now - window]
    if len(recent) < limit:
        return 0
    return _seconds(recent[-limit] + window - now)


def _wait_for_resend(phone: str, sent: Sequence[datetime], now: datetime) -> int:
    unanswered = _unanswered(phone, now)
    return _seconds(sent[-1] + timedelta(seconds=_gap(unanswered)) - now) if unanswered else 0


def _unanswered(phone: str, now: datetime) -> int:
    """Sends of the last hour since the number last signed in: each makes the next wait longer."""
    recent = OtpChallenge.objects.filter(phone=phone, created_at__gt=now - HOUR)
    used = recent.filter(used_at__isnull=False).order_by("-created_at").first()
    return recent.filter(created_at__gt=used.created_at).count() if used else recent.count()


def _gap(sends: int) -> int:
    gaps = settings.OTP_RESEND_AFTER
    return int(gaps[min(sends, len(gaps)) - 1])


def _seconds(left: timedelta) -> int:
    """Whole seconds, rounded up."""
    return max(0, -(-left // timedelta(seconds=1)))


def _wait_text(seconds: int) -> str:
    if seconds < 120:
        text = ngettext(
            "Please wait %(n)d second before asking for another code.",
            "Please wait %(n)d seconds before asking for another code.",
            seconds,
        )
        return text % {"n": seconds}
    if seconds < 7200:
        return _("Please wait %(n)d minutes before asking for another code.") % {
            "n": -(-seconds // 60)
        }
    return _("Please wait %(n)d hours before asking for another code.") % {"n": -(-seconds // 3600)}
