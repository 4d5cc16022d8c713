"""SEC-01: guessing a code, one after the other and all at once."""

import threading
from collections import defaultdict
from datetime import timedelta

import pytest
from django.test import Client as HttpClient

from accounts.clients import Client
from accounts.models import AppSession, LoginAttempt, OtpChallenge, User
from accounts.models.challenges import ChallengeQuerySet
from accounts.services import codes, locks, signin
from accounts.tests.cast import PHONE, ask_code, last_code, together, wrong_code
from accounts.tests.factories import FamilyUserFactory
from tutorhub.core import clock

pytestmark = pytest.mark.django_db(transaction=True)

HERE = Client("203.0.113.7", "test")


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every code that was compared with a stored one."""
    seen: list[str] = []
    is_right = codes._is_right

    def count(challenge: OtpChallenge, code: str) -> bool:
        seen.append(code)
        return is_right(challenge, code)

    monkeypatch.setattr(codes, "_is_right", count)
    return seen


def guess(code: str) -> signin.SignedIn:
    return signin.verify_code(phone=PHONE, code=code, role="student", client=HERE)


def test_sec_01_of_200_wrong_guesses_at_once_5_are_compared(compared: list[str]):
    signin.request_code(phone=PHONE, client=HERE)
    wrong = wrong_code(PHONE)

    results = together(200, lambda _n: guess(wrong))

    assert len(compared) == 5
    assert all(isinstance(result, signin.CodeRefused) for result in results)
    assert OtpChallenge.objects.get().attempts == 5
    assert LoginAttempt.objects.filter(kind="code", reason="code_invalid").count() == 200
    with pytest.raises(signin.CodeRefused):
        guess(last_code(PHONE))
    assert not User.objects.exists()


def test_sec_01_of_50_right_codes_at_once_1_signs_in():
    FamilyUserFactory(phone=PHONE)
    ask_code(HttpClient())
    body = {"phone": PHONE, "code": last_code(PHONE)}

    def verify(_n: int) -> int:
        client = HttpClient()
        return client.post("/api/v1/auth/otp/verify", body, "application/json").status_code

    statuses = together(50, verify)

    assert sorted(statuses) == [200] + [400] * 49
    assert AppSession.objects.count() == 1


def test_sec_01_negative_control_without_the_locks_the_database_alone_stops_the_sixth(
    monkeypatch: pytest.MonkeyPatch,
):
    signin.request_code(phone=PHONE, client=HERE)
    wrong = wrong_code(PHONE)
    monkeypatch.setattr(locks, "hold", lambda kind, name: None)
    monkeypatch.setattr(ChallengeQuerySet, "locked", lambda self: self)
    guesses_left, all_have_looked = codes._guesses_left, threading.Barrier(6, timeout=10)

    def slowly(phone: str, purpose: str) -> defaultdict[str, int]:
        left = guesses_left(phone, purpose)
        all_have_looked.wait()
        return left

    monkeypatch.setattr(codes, "_guesses_left", slowly)
    # The row lock of the UPDATE itself still makes them queue; without it being taken first, the
    # check of the count reads an old value and only the constraint in the database is left.
    results = together(6, lambda _n: guess(wrong))
    kinds = sorted(type(result).__name__ for result in results)
    assert kinds == [*["CodeRefused"] * 5, "IntegrityError"]


def test_sec_01_ten_wrong_guesses_a_day_over_all_codes():
    start = clock.now()
    for number in range(2):
        with clock.at(start + timedelta(minutes=10 * number)):
            signin.request_code(phone=PHONE, client=HERE)
            for _ in range(5):
                with pytest.raises(signin.CodeRefused):
                    guess(wrong_code(PHONE))
    with clock.at(start + timedelta(minutes=20)):
        signin.request_code(phone=PHONE, client=HERE)
        with pytest.raises(signin.GuessedTooOften):
            guess(last_code(PHONE))
    with clock.at(start + timedelta(hours=25)):
        signin.request_code(phone=PHONE, client=HERE)
        assert guess(last_code(PHONE)).is_new


def test_sec_01_a_code_dies_after_five_minutes_and_after_one_use():
    start = clock.now()
    with clock.at(start):
        signin.request_code(phone=PHONE, client=HERE)
    code = last_code(PHONE)
    with clock.at(start + timedelta(minutes=5)), pytest.raises(signin.CodeRefused):
        guess(code)
    with clock.at(start + timedelta(minutes=4, seconds=59)):
        guess(code)
        with pytest.raises(signin.CodeRefused):
            guess(code)


def test_sec_01_a_resend_leaves_the_first_code_alive():
    start = clock.now()
    with clock.at(start):
        signin.request_code(phone=PHONE, client=HERE)
        first = last_code(PHONE)
    with clock.at(start + timedelta(seconds=61)):
        signin.request_code(phone=PHONE, client=HERE)
        assert guess(first).is_new


def test_sec_01_the_code_is_not_stored():
    signin.request_code(phone=PHONE, client=HERE)
    code = last_code(PHONE)
    assert code not in str(list(OtpChallenge.objects.values()))
