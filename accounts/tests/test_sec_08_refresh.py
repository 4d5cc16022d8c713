"""SEC-08: refresh tokens stolen, replayed, raced."""

import threading
from datetime import timedelta

import pytest
from django.core import serializers
from django.db import connection

from accounts.clients import Client
from accounts.models import AppSession, LoginAttempt, RefreshToken
from accounts.services import tokens
from accounts.tests.cast import together
from accounts.tests.factories import FamilyUserFactory
from notifications.models import Message
from tutorhub.core import clock, retention
from tutorhub.core.models import AuditEvent

HERE = Client("203.0.113.7", "test")

db = pytest.mark.django_db
race = pytest.mark.django_db(transaction=True)


def rotate(refresh: str) -> tokens.Pair:
    return tokens.rotate(refresh=refresh, client=HERE)


@race
def test_sec_08_twelve_refreshes_at_once_make_one_child_in_100_rounds():
    rounds, threads = 100, 12
    current = [tokens.issue(user=FamilyUserFactory(), client=HERE).refresh]
    answers: list[set[str]] = [set() for _ in range(rounds)]
    errors: list[BaseException] = []

    def next_round() -> None:
        done = len(current) - 1
        current.append(next(iter(answers[done])))

    barrier = threading.Barrier(threads)
    end_of_round = threading.Barrier(threads, action=next_round)

    def work() -> None:
        try:
            for number in range(rounds):
                barrier.wait(30)
                answers[number].add(rotate(current[number]).refresh)
                end_of_round.wait(30)
        except BaseException as error:
            errors.append(error)
            barrier.abort()
            end_of_round.abort()
            raise
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)

    assert errors == []
    assert [len(answer) for answer in answers] == [1] * rounds
    assert RefreshToken.objects.count() == rounds + 1
    assert AppSession.objects.get().ended_at is None


@race
def test_sec_08_negative_control_without_the_lock_they_collide(monkeypatch: pytest.MonkeyPatch):
    refresh = tokens.issue(user=FamilyUserFactory(), client=HERE).refresh
    everyone = threading.Barrier(8)

    def unlocked(digest: str) -> AppSession:
        session = AppSession.objects.select_related("user").get(tokens__token_hash=digest)
        everyone.wait(10)
        return session

    monkeypatch.setattr(tokens, "_lock_session_of", unlocked)
    make = tokens._new_token

    def make_together(session: AppSession, *, parent: RefreshToken | None) -> str:
        everyone.wait(10)
        return make(session, parent=parent)

    monkeypatch.setattr(tokens, "_new_token", make_together)
    results = together(8, lambda _n: rotate(refresh))
    # Only the unique parent in the database is left to stop them.
    assert sum(type(result).__name__ == "IntegrityError" for result in results) == 7


@db
def test_sec_08_the_answer_that_got_lost_can_be_asked_for_again():
    start = clock.now()
    first = tokens.issue(user=FamilyUserFactory(), client=HERE).refresh
    with clock.at(start):
        second = rotate(first).refresh
    with clock.at(start + timedelta(seconds=30)):
        assert rotate(first).refresh == second
    assert AppSession.objects.get().ended_at is None


@db
def test_sec_08_a_replay_after_31_seconds_ends_the_whole_family():
    start = clock.now()
    first = tokens.issue(user=FamilyUserFactory(), client=HERE).refresh
    with clock.at(start):
        second = rotate(first).refresh
    with clock.at(start + timedelta(seconds=31)):
        with pytest.raises(tokens.SessionEnded):
            rotate(first)
        with pytest.raises(tokens.SessionEnded):
            rotate(second)
    assert AppSession.objects.get().ended_by == "reuse"
    assert LoginAttempt.objects.get(kind="refresh").reason == "reused"
    assert AuditEvent.objects.filter(action="session.token_reused").exists()


@db
def test_sec_08_a_replay_once_the_child_was_used_ends_the_family_at_once():
    first = tokens.issue(user=FamilyUserFactory(), client=HERE).refresh
    with clock.at(clock.now()):
        second = rotate(first).refresh
        third = rotate(second).refresh
        with pytest.raises(tokens.SessionEnded):
            rotate(first)
        with pytest.raises(tokens.SessionEnded):
            rotate(third)


@db
def test_sec_08_sixty_days_are_the_end_though_used_daily():
    start = clock.now()
    with clock.at(start):
        refresh = tokens.issue(user=FamilyUserFactory(), client=HERE).refresh
    for day in range(1, 60):
        with clock.at(start + timedelta(days=day)):
            refresh = rotate(refresh).refresh
    with clock.at(start + timedelta(days=60)), pytest.raises(tokens.SessionEnded):
        rotate(refresh)


@db
def test_sec_08_fourteen_idle_days_are_the_end():
    start = clock.now()
    with clock.at(start):
        refresh = tokens.issue(user=FamilyUserFactory(), client=HERE).refresh
    with clock.at(start + timedelta(days=14)), pytest.raises(tokens.SessionEnded):
        rotate(refresh)


@db
def test_sec_08_a_dump_of_the_database_holds_no_usable_token():
    first = tokens.issue(user=FamilyUserFactory(), client=HERE).refresh
    second = rotate(first).refresh
    third = rotate(second).refresh
    dump = serializers.serialize("json", [*RefreshToken.objects.all(), *AppSession.objects.all()])
    assert not [token for token in (first, second, third) if token in dump]
    for value in RefreshToken.objects.values_list("token_hash", flat=True):
        with pytest.raises(tokens.SessionEnded):
            rotate(value)
    for value in RefreshToken.objects.exclude(child_sealed="").values_list(
        "child_sealed", flat=True
    ):
        with pytest.raises(tokens.SessionEnded):
            rotate(value)


@db
def test_sec_08_the_owner_is_told_of_the_theft_and_nobody_of_a_lost_answer():
    start = clock.now()
    user = FamilyUserFactory(email="asha@example.com")
    first = tokens.issue(user=user, client=HERE).refresh
    with clock.at(start):
        rotate(first)
    with clock.at(start + timedelta(seconds=30)):
        rotate(first)
        assert not Message.objects.exists()
    with clock.at(start + timedelta(seconds=31)):
        for _ in range(2):
            with pytest.raises(tokens.SessionEnded):
                rotate(first)
    told = Message.objects.filter(template="session_stolen").values_list("channel", "to")
    assert sorted(told) == [("email", "asha@example.com"), ("whatsapp", user.phone)]


@db
def test_sec_08_dead_families_are_cleared_and_living_ones_stay():
    start = clock.now()
    user = FamilyUserFactory()
    with clock.at(start - timedelta(days=100)):
        tokens.issue(user=user, client=HERE)
    with clock.at(start - timedelta(days=31)):
        tokens.revoke(refresh=tokens.issue(user=user, client=HERE).refresh)
    with clock.at(start - timedelta(days=29)):
        tokens.revoke(refresh=tokens.issue(user=user, client=HERE).refresh)
        alive = tokens.issue(user=user, client=HERE)
    rule = retention.rules()["sign_ins"]
    assert rule.clear(clock.now() - rule.after) == 2
    assert AppSession.objects.count() == 2
    assert RefreshToken.objects.count() == 2
    with clock.at(start - timedelta(days=28)):
        assert rotate(alive.refresh)
