"""SEC-06: the time an answer takes does not tell whether a number, or an id, is known here.

A thousand requests about known and a thousand about unknown ones, in random order, each from an
address of its own, with real commits: the medians are less than 2 ms apart and a Kolmogorov-Smirnov
test finds no difference (p > 0.01). Client and server are one process here, so that there is less
noise than anybody has who listens from outside.

There is no endpoint for an invitation or a referral. The routes that take somebody's number are
`auth/otp/request` and `/signin/`, `auth/otp/verify` and `/signin/code/`, `me/phone/request` and
`/account/phone/` with the code that follows, and the guardian's number in a learner
(`students/profile`, `students/learners`, `/family/learners/…`). A step-up takes no number: its code
goes to the account's own; an e-mail address is looked up only once its link was followed. Ids that
could be guessed are those of `enquiries`, `leads`, `sessions`, `learners`, `documents`, `payouts`,
orders and sign-ins.
"""

import gc
import logging
import random
import re
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as all_settings
from django.contrib.auth.hashers import make_password
from django.test import Client

from accounts.models import AppSession, Role, User
from accounts.services import codes, tokens
from accounts.tests.cast import trusted_app
from accounts.tests.factories import FamilyUserFactory
from accounts.tests.two_samples import ks_p, ks_statistic

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

EACH = 1000
WARM_UP = 60
MOST_APART = 0.002
LEAST_P = 0.01

Timings = dict[bool, list[float]]
Ask = Callable[[int, bool], None]

log = logging.getLogger(__name__)


@pytest.fixture(autouse=True)
def _budget(settings: Any) -> None:
    """No limit over many numbers may stop thousands of them."""
    settings.SMS_DAILY_BUDGET_PAISE = 10**9
    for name in dir(all_settings):
        if re.fullmatch(r"OTP_SENDS_PER_\w+_BY_\w+|OTP_NEW_PHONES_PER_DAY|SPRAY_\w+", name):
            setattr(settings, name, 10**9)
    settings.SPRAY_LEAST_SUCCESS_PERCENT = 0


def phone(n: int) -> str:
    """In a block of its own: what was sent before to numbers beside it is read each time."""
    return f"+918{n:06d}000"


def address(n: int) -> str:
    """Among few neighbours, as the limits that are off here would see to it."""
    return f"10.{n & 255}.{n >> 16 & 255}.{n >> 8 & 255}"


def make_known(numbers: range) -> set[str]:
    """Every second of these numbers belongs to somebody: families, tutors, a few shut out."""
    unusable = make_password(None)
    people = [
        User(
            phone=phone(n),
            role=Role.TUTOR if n % 4 else Role.STUDENT,
            name=f"Asha {n}",
            is_active=n % 20 != 0,
            password=unusable,
        )
        for n in numbers[::2]
    ]
    return {str(person.phone) for person in User.objects.bulk_create(people)}


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def timings(ask: Ask, numbers: range) -> Timings:
    """Seconds of `ask(n, is_known)` for known (True) and unknown numbers, in random order."""
    known, order = make_known(numbers), list(numbers)
    random.Random(numbers.start).shuffle(order)
    times: Timings = {True: [], False: []}
    with no_garbage_collection():
        for turn, n in enumerate(order):
            is_known = phone(n) in known
            begin = time.perf_counter()
            ask(n, is_known)
            taken = time.perf_counter() - begin
            if turn >= WARM_UP:
                times[is_known].append(taken)
    return times


def finds_difference(ask: Ask, each: int = EACH) -> bool:
    """Whether the medians are too far apart, or the samples of two kinds, in two measurements.

    One alone finds what is not there once in a hundred times, which is what p > 0.01 means; two,
    with numbers of their own, once in ten thousand. A real difference is there both times.
    """
    size = 2 * each + WARM_UP
    return all(differs(timings(ask, range(start, start + size))) for start in (0, size + size % 2))


def differs(times: Timings) -> bool:
    known, unknown = times[True], times[False]
    assert min(len(known), len(unknown)) > 0.9 * max(len(known), len(unknown))
    apart = abs(statistics.median(known) - statistics.median(unknown))
    p = ks_p(ks_statistic(known, unknown), len(known), len(unknown))
    log.info("medians %.3f ms apart, p = %.3f", apart * 1000, p)
    return apart >= MOST_APART or p <= LEAST_P


WRONG = {"code": "000000"}

# One for all: a new one would load the middleware anew, which takes longer than the answer.
CLIENT = Client()


def request_code(n: int, is_known: bool) -> None:
    response = CLIENT.post(
        "/api/v1/auth/otp/request",
        {"phone": phone(n)},
        content_type="application/json",
        REMOTE_ADDR=address(n),
    )
    assert response.status_code == 202


def verify_code(n: int, is_known: bool) -> None:
    """A guess at a number that no code was sent to; without one there is nothing to be right."""
    response = CLIENT.post(
        "/api/v1/auth/otp/verify",
        {"phone": phone(n), "code": "000000"},
        content_type="application/json",
        REMOTE_ADDR=address(n),
    )
    assert response.status_code == 400


def change_phone(n: int, is_known: bool) -> None:
    """Somebody who is signed in asks for the number, and guesses at the code it got."""
    session = AppSession.objects.select_related("user").latest("pk")
    headers = {"Authorization": f"Bearer {tokens._access(session)}"}
    for path, body, status in (("request", {"phone": phone(n)}, 202), ("confirm", WRONG, 400)):
        response = CLIENT.post(
            f"/api/v1/me/phone/{path}",
            body,
            content_type="application/json",
            REMOTE_ADDR=address(n),
            headers=headers,
        )
        assert response.status_code == status, response.content


@pytest.fixture
def _somebody(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signed in, with a code entered that stays fresh; no code of theirs is ever `WRONG`."""
    settings.STEP_UP_LIFE = timedelta(hours=1)
    monkeypatch.setattr(codes.secrets, "randbelow", lambda _n: 123456)
    trusted_app(FamilyUserFactory(phone="+919000000000"))


@pytest.mark.usefixtures("_somebody")
@pytest.mark.parametrize("ask", [request_code, verify_code, change_phone])
def test_sec_06_the_time_taken_tells_nothing(ask: Ask):
    assert not finds_difference(ask)


def test_sec_06_three_milliseconds_more_would_be_found():
    """The negative control: the same measurement of a sign-in that gives known numbers away."""

    def ask(n: int, is_known: bool) -> None:
        if is_known:
            time.sleep(0.003)
        verify_code(n, is_known)

    assert finds_difference(ask, each=500)
