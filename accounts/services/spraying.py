"""Guessing spread over many numbers: a breaker that stops strangers and lets known devices pass.

It has no switch: whether it is open follows from the login log of the last hour. Numbers are
counted, not guesses, so that nobody can open it by hammering at one number, which has limits of its
own. While it is open strangers' guesses are not compared, so it closes by itself.
"""

from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from accounts.clients import Client
from accounts.models import LoginAttempt
from accounts.services import alarms
from tutorhub.core import clock, operators
from tutorhub.core.errors import TooMany

HOUR = timedelta(hours=1)
FAILED = Q(reason="code_invalid")


class SignInPaused(TooMany):
    """For devices that nobody has signed in with before; `extra["retry_after"]` is in seconds."""

    code = "signin_paused"
    message = _(
        "Somebody is trying out codes, so signing in on a new device is paused. Try again in an "
        "hour. Devices you have used before still work."
    )


def refusal(client: Client) -> SignInPaused | None:
    """Why a stranger at `client` may not guess now, if so; tells staff that the breaker is open."""
    tried = LoginAttempt.objects.filter(
        kind=LoginAttempt.Kind.CODE, reason__in=["", "code_invalid"], at__gt=clock.now() - HOUR
    )
    if _is_everywhere(tried.aggregate(**_numbers())):
        alarms.ring("spraying")
        return SignInPaused(retry_after=600)
    around = tried.filter(neighbourhood=client.neighbourhood).aggregate(**_numbers())
    if around["failed"] >= settings.SPRAY_FAILURES_PER_HOUR_BY_NEIGHBOURHOOD:
        alarms.ring("spraying_from_one_network")
        return SignInPaused(retry_after=600)
    if client.operator is not None:
        there = tried.filter(operator=client.operator).aggregate(**_numbers())
        if there["failed"] >= _limit_of_operator(client.operator):
            alarms.ring(f"spraying_from_operator_{client.operator}")
            return SignInPaused(retry_after=600)
    return None


def _limit_of_operator(number: int) -> int:
    """For the carriers half of what opens the breaker for everybody: they are half of everybody."""
    return {
        operators.HOSTING: settings.SPRAY_FAILURES_PER_HOUR_BY_HOSTING,
        operators.CARRIER: settings.SPRAY_FAILURES_PER_HOUR_BY_CARRIER,
        operators.OTHER: settings.SPRAY_FAILURES_PER_HOUR_BY_OPERATOR,
    }[operators.kind_of(number)]


def _numbers() -> dict[str, Count]:
    return {
        "failed": Count("phone", distinct=True, filter=FAILED),
        "succeeded": Count("phone", distinct=True, filter=Q(is_success=True)),
    }


def _is_everywhere(numbers: dict[str, int]) -> bool:
    failed, succeeded = numbers["failed"], numbers["succeeded"]
    total = failed + succeeded
    is_mostly_wrong = (
        total >= settings.SPRAY_LEAST_TRIES
        and succeeded * 100 < settings.SPRAY_LEAST_SUCCESS_PERCENT * total
    )
    return bool(failed >= settings.SPRAY_FAILURES_PER_HOUR or is_mostly_wrong)
