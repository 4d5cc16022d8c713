"""SEC-01, SEC-04 and SEC-08 against two real web processes."""

import contextlib
import json
import socket
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from accounts.models import AppSession, OtpChallenge, RefreshToken, SmsBudgetDay
from accounts.tests.cast import PHONE, last_code, together, wrong_code
from accounts.tests.factories import FamilyUserFactory
from notifications.models import Message
from tests.gunicorn import serving
from tutorhub.core import clock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def post(
    url: str, body: dict[str, Any], headers: dict[str, str] | None = None
) -> tuple[int, dict[str, Any]]:
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json", **(headers or {})}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


@pytest.fixture(scope="module")
def site(django_db_setup: None) -> Iterator[str]:
    """The server, without Redis: this address answers nobody, and no limit may need it."""
    with serving(CACHE_REDIS_URL="redis://127.0.0.1:9") as address:
        yield address


def test_sec_01_two_processes_compare_five_guesses_and_accept_one_code(site: str):
    FamilyUserFactory(phone=PHONE)
    ask = f"{site}/api/v1/auth/otp/request"
    verify = f"{site}/api/v1/auth/otp/verify"
    assert post(ask, {"phone": PHONE})[0] == 202
    right = {"phone": PHONE, "code": last_code(PHONE)}
    statuses = Counter(together(50, lambda _n: post(verify, right)[0]))
    assert statuses == {200: 1, 400: 49}
    assert AppSession.objects.count() == 1

    assert post(ask, {"phone": PHONE})[0] == 202
    wrong = {"phone": PHONE, "code": wrong_code(PHONE)}
    statuses = Counter(together(200, lambda _n: post(verify, wrong)[0]))
    assert statuses == {400: 200}
    assert OtpChallenge.objects.get(used_at__isnull=True).attempts == 5


def test_sec_04_two_processes_send_ten_codes_for_one_address(site: str):
    ask = f"{site}/api/v1/auth/otp/request"
    answers = together(100, lambda n: post(ask, {"phone": f"+9198765{n:05d}"})[0])
    assert Counter(answers) == {202: 10, 429: 90}
    assert Message.objects.count() == 10


@contextlib.contextmanager
def black_hole() -> Iterator[str]:
    """A Redis that is frozen: it takes every connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}"


@contextlib.contextmanager
def redis_that_is(state: str) -> Iterator[str]:
    if state == "frozen":
        with black_hole() as url:
            yield url
    else:
        yield "redis://127.0.0.1:9" if state == "down" else settings.CACHE_REDIS_URL


@pytest.mark.parametrize("state", ["up", "down", "frozen"])
def test_sec_04_the_budget_holds_to_the_paisa_with_redis(state: str):
    """What is left of the day is 40 codes; 200 numbers ask for one at once."""
    left = 40
    spent = settings.SMS_DAILY_BUDGET_PAISE - left * settings.SMS_COST_PAISE
    day = clock.today()
    # Tomorrow has the same to give, if the attack should still go on by then.
    for each in (day, day + timedelta(days=1)):
        SmsBudgetDay.objects.create(day=each, spent_paise=spent)
    with redis_that_is(state) as url, serving(CACHE_REDIS_URL=url, TRUSTED_PROXY_COUNT="1") as site:
        ask = f"{site}/api/v1/auth/otp/request"

        def attack(n: int) -> int:
            address = {"X-Forwarded-For": f"10.{n}.1.1"}
            return post(ask, {"phone": f"+919{n:06d}000"}, address)[0]

        answers = Counter(together(200, attack))
    assert answers == {202: 200}
    used = SmsBudgetDay.objects.filter(sent__gt=0)
    assert {budget.day for budget in used} <= {day, clock.today()}
    for budget in used:
        assert budget.spent_paise == spent + budget.sent * settings.SMS_COST_PAISE
    assert max(budget.sent for budget in used) == left
    assert sum(budget.sent for budget in used) == Message.objects.count()


def test_sec_08_two_processes_make_one_child(site: str):
    FamilyUserFactory(phone=PHONE)
    post(f"{site}/api/v1/auth/otp/request", {"phone": PHONE})
    body = {"phone": PHONE, "code": last_code(PHONE)}
    refresh = post(f"{site}/api/v1/auth/otp/verify", body)[1]["refresh"]
    for number in range(20):
        url, token = f"{site}/api/v1/auth/token/refresh", {"refresh": refresh}
        answers = together(12, lambda _n, u=url, t=token: post(u, t), threads=12)
        assert {status for status, _body in answers} == {200}
        children = {answer["refresh"] for _status, answer in answers}
        assert len(children) == 1
        refresh = children.pop()
        assert RefreshToken.objects.count() == number + 2
