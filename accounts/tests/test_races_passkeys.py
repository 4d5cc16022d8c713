"""One answer to a challenge that is sent twice at the same moment."""

import threading

import pytest
from django.db import transaction
from django.db.models import QuerySet

from accounts.clients import Client
from accounts.models import PasskeyChallenge
from accounts.services import passkey_answers
from accounts.services.passkey_answers import Asker
from accounts.services.passkey_sites import Site
from tutorhub.core.tests.threads import run_together

pytestmark = pytest.mark.django_db(transaction=True)

SIGN_IN = PasskeyChallenge.Purpose.SIGN_IN
ASKER = Asker("a browser", Client("192.0.2.7", "x"))


def asked() -> PasskeyChallenge:
    with transaction.atomic():
        return passkey_answers.ask(SIGN_IN, ASKER, Site("localhost", "http://localhost"))


def took(challenge: PasskeyChallenge, count: int) -> int:
    """How many of so many at once were let through."""

    def take(_number: int) -> bool:
        with transaction.atomic():
            return passkey_answers.take(SIGN_IN, ASKER, challenge.challenge) is not None

    results = run_together(count, take)
    assert {type(result) for result in results} == {bool}, results
    return results.count(True)


def test_sec_03_a_challenge_is_answered_once() -> None:
    assert took(asked(), 8) == 1


def test_sec_03_the_control_without_the_lock_it_is_answered_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    challenge, both, save = asked(), threading.Barrier(2, timeout=10), PasskeyChallenge.save

    def slow_save(self: PasskeyChallenge, **options: object) -> None:
        both.wait()
        save(self, **options)

    monkeypatch.setattr(PasskeyChallenge, "save", slow_save)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self)
    assert took(challenge, 2) == 2
