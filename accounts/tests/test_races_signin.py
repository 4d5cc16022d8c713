"""Asking for a code and entering one for the same number, while the breaker is open.

Both write the hour's alarm, and both lock the number. Whoever did it the other way round would
wait for the one who waits for them, and PostgreSQL would end one of the two.
"""

import threading
from typing import Any

import pytest
from django.db import OperationalError

from accounts.clients import Client
from accounts.models import LoginAttempt, OtpChallenge
from accounts.services import locks, signin, spraying, work
from accounts.services.codes import CodeRefused, CodeSent
from accounts.tests.cast import PHONE
from accounts.tests.test_sec_02_spraying import failures
from accounts.tests.test_sec_02_work import HERE, solved
from tutorhub.core import clock
from tutorhub.core.models import OutboxRow
from tutorhub.core.tests.threads import run_together, somebody_waits, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

ASKS, ENTERS = "asks", "enters"


@pytest.fixture(autouse=True)
def _little_work(settings: Any) -> None:
    settings.WORK_COST, settings.WORK_TRIES = 10, 20


def do(what: str, payload: str) -> Any:
    if what == ASKS:
        return signin.request_code(phone=PHONE, client=HERE, work=payload)
    return signin.verify_code(phone=PHONE, code="123456", client=HERE, work=payload)


def at_once(monkeypatch: pytest.MonkeyPatch, first: str) -> dict[str, Any]:
    """What comes of both, the second of whom begins when the first has rung the alarm."""
    order = [ASKS, ENTERS] if first == ASKS else [ENTERS, ASKS]
    has_rung, refusal = threading.Event(), spraying.refusal
    failures(2000)

    def slow_refusal(phone: str, client: Client, payload: str = "") -> Any:
        found = refusal(phone, client, payload)
        if not has_rung.is_set():
            assert OutboxRow.objects.filter(handler="accounts.ring_alarm").exists()
            has_rung.set()
            wait_until(somebody_waits)
        return found

    monkeypatch.setattr(spraying, "refusal", slow_refusal)
    worked, now = [solved(work.ask(PHONE)) for _ in order], clock.now()

    def one(number: int) -> Any:
        if number == 1:
            assert has_rung.wait(10)
        # The alarm of an hour is one row.
        with clock.at(now):
            return do(order[number], worked[number])

    return dict(zip(order, run_together(2, one), strict=True))


@pytest.mark.parametrize("first", [ASKS, ENTERS])
def test_sec_02_both_come_through(monkeypatch: pytest.MonkeyPatch, first: str) -> None:
    found = at_once(monkeypatch, first)
    assert {did: type(result) for did, result in found.items()} == {
        ASKS: CodeSent,
        ENTERS: CodeRefused,
    }
    assert OtpChallenge.objects.filter(phone=PHONE).count() == 1
    assert LoginAttempt.objects.filter(phone=PHONE).count() == 2


def test_sec_02_the_control_whoever_locks_the_number_later_stops_one_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asking = threading.local()
    hold, request = locks.hold, signin._request_code

    def late_request(*args: Any) -> Any:
        asking.now = True
        return request(*args)

    def late_hold(kind: str, name: str) -> None:
        """Without the first lock of whoever asks; the limits of sends take it after the alarm."""
        if getattr(asking, "now", False):
            asking.now = False
            return
        hold(kind, name)

    monkeypatch.setattr(signin, "_request_code", late_request)
    monkeypatch.setattr(locks, "hold", late_hold)
    found = at_once(monkeypatch, ASKS)
    assert [type(result) for result in found.values()].count(OperationalError) == 1, found
