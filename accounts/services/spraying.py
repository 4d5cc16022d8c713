"""Guessing spread over many numbers: a breaker that stops strangers and lets known devices pass.

It has no switch: whether it is open follows from the login log of the last hour. Numbers are
counted, not guesses, so that nobody can open it by hammering at one number, which has limits of its
own. While it is open a stranger's device has to do some work before each try; what it has not
worked for is not compared, so it closes by itself. Whoever pays for the work is stopped at a
second, higher count.
"""

from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.clients import Client
from accounts.models import LoginAttempt
from accounts.services import alarms, work
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


class WorkRequired(SignInPaused):
    """A stranger's device may go on once it has solved `extra["challenge"]` (see `work`)."""

    code = "work_required"
    message = _(
        "Somebody is trying out codes, so a new device has to show first that it is not run by a "
        "program. If that does not work, try again in an hour. Devices you have used before still "
        "work."
    )


def refusal(phone: str, client: Client, solved: str = "") -> SignInPaused | None:
    """Why a stranger at `client` may not try this number now, if so; tells staff what goes on.

    `solved` is the work that its device has done, which is used up if it is needed.
    """
    tried = LoginAttempt.objects.filter(
        kind=LoginAttempt.Kind.CODE, reason__in=["", "code_invalid"], at__gt=clock.now() - HOUR
    )
    everywhere = tried.aggregate(**_numbers())
    is_open = _is_everywhere(everywhere)
    if is_open:
        alarms.ring("spraying")
    if everywhere["failed"] >= settings.SPRAY_FAILURES_PER_HOUR_DESPITE_WORK:
        alarms.ring("spraying_despite_work")
        return SignInPaused(retry_after=600)
    if alarm := _alarm_of_network(tried, client):
        if not is_open:
            alarms.ring(alarm)
        return SignInPaused(retry_after=600)
    if is_open and not work.is_done(phone, solved):
        return WorkRequired(retry_after=600, challenge=work.ask(phone))
    return None


def _alarm_of_network(tried: QuerySet[LoginAttempt], client: Client) -> str:
    """What staff are told if the neighbourhood or the operator of `client` is closed by itself."""
    around = tried.filter(neighbourhood=client.neighbourhood).aggregate(**_numbers())
    if around["failed"] >= settings.SPRAY_FAILURES_PER_HOUR_BY_NEIGHBOURHOOD:
        return "spraying_from_one_network"
    if client.operator is not None:
        there = tried.filter(operator=client.operator).aggregate(**_numbers())
        if there["failed"] >= _limit_of_operator(client.operator):
            return f"spraying_from_operator_{client.operator}"
    return ""


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
