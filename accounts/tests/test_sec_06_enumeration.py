"""SEC-06: nothing tells whether a number is known here."""

import statistics
import time
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import LoginAttempt
from accounts.tests.cast import ask_code
from accounts.tests.factories import FamilyUserFactory, TutorUserFactory

pytestmark = pytest.mark.django_db


def numbers() -> dict[str, str]:
    """A number of each kind, asked about from an address of its own."""
    FamilyUserFactory(phone="+919876500011")
    TutorUserFactory(phone="+919876500012")
    FamilyUserFactory(phone="+919876500013", is_active=False)
    return {
        "family": "+919876500011",
        "tutor": "+919876500012",
        "suspended": "+919876500013",
        "unknown": "+919876500014",
    }


def shape(response: Any) -> tuple[int, bytes, list[tuple[str, str]]]:
    return response.status_code, response.content, sorted(response.items())


def test_sec_06_the_answers_are_equal_to_the_byte():
    shapes = [shape(ask_code(Client(), number)) for number in numbers().values()]
    assert len(set(map(str, shapes))) == 1


def test_sec_06_an_empty_budget_gives_the_same_answer(settings):
    ok = shape(ask_code(Client(), "+919876500021"))
    settings.SMS_DAILY_BUDGET_PAISE = 0
    assert shape(ask_code(Client(), "+919876500022")) == ok
    assert LoginAttempt.objects.get(phone="+919876500022").reason == "over_budget"


def test_sec_06_refusals_are_equal_too():
    known = numbers()
    shapes = []
    for number in known.values():
        ask_code(Client(), number)
        refused = ask_code(Client(), number)
        assert refused.status_code == 429
        shapes.append(refused.json()["errors"][0]["code"])
    assert set(shapes) == {"throttled"}


def test_sec_06_the_same_work_is_done_for_each():
    """The same statements, whose only difference is their values: there is no account in them."""
    statements = set()
    for number in numbers().values():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            ask_code(Client(), number)
        assert not any('accounts_user"' in query["sql"] for query in captured.captured_queries)
        statements.add(len(captured.captured_queries))
    assert len(statements) == 1


@pytest.mark.slow
def test_sec_06_the_time_taken_tells_nothing(settings):
    settings.OTP_SENDS_PER_HOUR_BY_ADDRESS = settings.OTP_SENDS_PER_DAY_BY_ADDRESS = 10**6
    settings.SMS_DAILY_BUDGET_PAISE = 10**9
    client = Client()
    times: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(150):
        for is_known in (True, False):
            number = f"+9198{'1' if is_known else '2'}{turn:07d}"
            if is_known:
                FamilyUserFactory(phone=number)
            begin = time.perf_counter()
            response = ask_code(client, number)
            times[is_known].append(time.perf_counter() - begin)
            assert response.status_code == 202
    difference = abs(statistics.median(times[True]) - statistics.median(times[False]))
    assert difference < 0.002
