"""One answer that is sent twice at the same moment, and two passkeys for the last place."""

import threading
from typing import Any

import pytest
from django.db import transaction
from django.db.models import QuerySet

from accounts.clients import Client
from accounts.models import Passkey, PasskeyChallenge, User
from accounts.services import passkey_answers, passkeys
from accounts.services.passkey_answers import Asker
from accounts.services.passkey_sites import Site
from accounts.tests.authenticator import SITE, Authenticator
from accounts.tests.factories import FamilyUserFactory
from accounts.tests.passkey_cast import HERE, proved
from tutorhub.core.tests.threads import run_together, somebody_waits, wait_until

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


@pytest.mark.parametrize("is_locked", [True, False], ids=["locked", "control"])
def test_sec_11_of_two_passkeys_for_the_last_place_one_is_added(
    monkeypatch: pytest.MonkeyPatch, settings: Any, is_locked: bool
) -> None:
    """Made on two devices of one person; without the lock of the account both find room."""
    settings.SITE_URL, settings.PASSKEYS_AT_MOST = SITE, 1
    user, look, looked = FamilyUserFactory(), passkeys._check_has_room, []
    doors = [proved(user) for _ in range(2)]
    made = [Authenticator().make(passkeys.begin(user, door, client=HERE)) for door in doors]

    def slow_look(person: User) -> None:
        look(person)
        looked.append(person)
        wait_until(lambda: len(looked) == 2 or (is_locked and somebody_waits()))

    monkeypatch.setattr(passkeys, "_check_has_room", slow_look)
    if not is_locked:
        monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self)
    results = run_together(
        2, lambda n: passkeys.add(user, doors[n], answer=made[n], name="", client=HERE)
    )
    kinds = sorted(type(result).__name__ for result in results)
    assert kinds == (["Passkey", "TooManyPasskeys"] if is_locked else ["Passkey", "Passkey"])
    assert Passkey.objects.filter(user=user).count() == kinds.count("Passkey")
