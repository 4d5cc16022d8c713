"""How many codes may be sent and what they may cost: counted in PostgreSQL, under locks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import messages
from accounts.clients import Client
from accounts.models import OtpChallenge, SmsBudgetDay
from accounts.services import locks
from tutorhub.core import clock, operators
from tutorhub.core.errors import TooMany

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class SentTooOften(TooMany):
    """A code was sent a moment ago, or too many were; `extra["retry_after"]` is in seconds."""

    code = "throttled"


@dataclass(frozen=True)
class Send:
    """One code that was sent: when, and which known device or sign-in asked for it."""

    at: datetime
    asked_by: str
    is_used: bool


def block_of(phone: str) -> str:
    """The thousand numbers that this one lies among."""
    return phone[:-3]


def take(phone: str, client: Client, asked_by: str = "") -> int:
    """Claim one send to `phone` for `client`; returns the seconds until the next.

    What a known device or a sign-in of the number's owner asks for (`asked_by`) is counted apart
    from what strangers do, so that these cannot use up the owner's codes; nobody gets more than the
    number's day holds. The caller writes the challenge in this transaction; until it commits, the
    locks make others wait. Raises SentTooOften.
    """
    locks.hold("phone", phone)
    now = clock.now()
    sends = _sends_to(phone, now)
    own = [send for send in sends if send.asked_by == asked_by]
    waits = [
        _wait_for_resend(own, now),
        _wait_for_window(_times(own), HOUR, settings.OTP_SENDS_PER_HOUR, now),
        _wait_for_window(_times(sends), DAY, settings.OTP_SENDS_PER_DAY, now),
    ]
    if not asked_by:
        share = settings.OTP_SENDS_PER_DAY_TO_STRANGERS
        waits.append(_wait_for_window(_times(own), DAY, share, now))
        waits += _waits_of_strangers(phone, client, now)
    if max(waits) > 0:
        raise SentTooOften(_wait_text(max(waits)), retry_after=max(waits))
    return _gap(_unanswered(own, now) + 1)


def spend(cost_paise: int | None = None) -> bool:
    """Take what a code costs from the day's budget; False if that much is not left.

    Without an amount it is the price of the dearest channel that a code may go by; the channels
    after the first pay what is missing when they have their turn (accounts/receivers.py).
    """
    cost = messages.code_paise() if cost_paise is None else cost_paise
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


def _waits_of_strangers(phone: str, client: Client, now: datetime) -> list[int]:
    """By the address, its neighbourhood, the thousand numbers and the operator of the network."""
    counted = (
        ("network", client.network, "ADDRESS"),
        ("neighbourhood", client.neighbourhood, "NEIGHBOURHOOD"),
        ("block", block_of(phone), "BLOCK"),
    )
    waits = []
    for kind, name, limit in counted:
        locks.hold(kind, name)
        times = _strangers_sends(now - DAY, **{kind: name})
        hourly, daily = _limits(limit)
        waits.append(_wait_for_window(times, HOUR, hourly, now))
        waits.append(_wait_for_window(times, DAY, daily, now))
    if client.operator is not None:
        waits += _waits_at_operator(client.operator, now)
    return waits


def _limits(of: str) -> tuple[int, int]:
    """For an hour and for a day."""
    hourly = getattr(settings, f"OTP_SENDS_PER_HOUR_BY_{of}")
    return hourly, getattr(settings, f"OTP_SENDS_PER_DAY_BY_{of}")


def _limits_of_operator(number: int) -> tuple[int, int]:
    """What all strangers at one operator may have sent together.

    A carrier that half the country signs in by gets a share of what the day's budget pays for, so
    that whoever abuses one leaves money for the others; a number would stop families on a good day.
    """
    kind = operators.kind_of(number)
    if kind == operators.HOSTING:
        return _limits("HOSTING")
    hourly, daily = _limits("OPERATOR")
    if kind == operators.CARRIER:
        codes = settings.SMS_DAILY_BUDGET_PAISE // max(1, messages.code_paise())
        hourly = max(hourly, codes * settings.OTP_SHARE_PER_HOUR_BY_CARRIER_PERCENT // 100)
        daily = max(daily, codes * settings.OTP_SHARE_PER_DAY_BY_CARRIER_PERCENT // 100)
    return hourly, daily


def _waits_at_operator(number: int, now: datetime) -> list[int]:
    """Asked for the one send that decides, because a carrier has thousands in a day."""
    locks.hold("operator", str(number))
    hourly, daily = _limits_of_operator(number)
    sends = OtpChallenge.objects.filter(operator=number, asked_by="").order_by("-created_at")
    times = sends.values_list("created_at", flat=True)
    waits = []
    for window, limit in ((HOUR, hourly), (DAY, daily)):
        oldest = times.filter(created_at__gt=now - window)[limit - 1 : limit].first()
        waits.append(_seconds(oldest + window - now) if oldest else 0)
    return waits


def _sends_to(phone: str, now: datetime) -> list[Send]:
    """What was sent to this number in a day, oldest first."""
    rows = OtpChallenge.objects.filter(phone=phone, created_at__gt=now - DAY)
    values = rows.order_by("created_at").values_list("created_at", "asked_by", "used_at")
    return [Send(at, asked_by, used_at is not None) for at, asked_by, used_at in values]


def _strangers_sends(since: datetime, **of: Any) -> list[datetime]:
    rows = OtpChallenge.objects.filter(created_at__gt=since, asked_by="", **of)
    return list(rows.order_by("created_at").values_list("created_at", flat=True))


def _times(sends: Sequence[Send]) -> list[datetime]:
    return [send.at for send in sends]


def _wait_for_window(sent: Sequence[datetime], window: timedelta, limit: int, now: datetime) -> int:
    """Seconds until fewer than `limit` sends lie in the moving window."""
    recent = [moment for moment in sent if moment > now - window]
    if len(recent) < limit:
        return 0
    return _seconds(recent[-limit] + window - now)


def _wait_for_resend(own: Sequence[Send], now: datetime) -> int:
    unanswered = _unanswered(own, now)
    return _seconds(own[-1].at + timedelta(seconds=_gap(unanswered)) - now) if unanswered else 0


def _unanswered(own: Sequence[Send], now: datetime) -> int:
    """Sends of the last hour since a code was last used: each makes the next wait longer."""
    count = 0
    for send in own:
        if send.at > now - HOUR:
            count = 0 if send.is_used else count + 1
    return count


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
