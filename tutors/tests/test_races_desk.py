"""Two moderators at one queue at the same moment, in real transactions."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from django.db.models import Q, QuerySet

from accounts.services import staff
from accounts.tests.factories import StaffFactory
from tutorhub.core.errors import DomainError
from tutors.models import ReviewClaim
from tutors.models.profiles import TutorQuerySet
from tutors.services import desk
from tutors.tests.factories import TutorPendingFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def moderators(number: int) -> list[Any]:
    staff.ensure_groups()
    return [StaffFactory(group="moderator") for _ in range(number)]


def together(acts: list[Callable[[], Any]]) -> list[Any]:
    """What each gets: a claim, or the code of a refusal."""
    gate, got = threading.Barrier(len(acts)), []

    def run(act: Callable[[], Any]) -> None:
        try:
            gate.wait(10)
            got.append(act())
        except DomainError as error:
            got.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return got


def test_of_two_moderators_one_gets_it() -> None:
    for _round in range(5):
        tutor, pair = TutorPendingFactory(), moderators(2)
        got = together([lambda by=by: desk.claim(tutor, by=by) for by in pair])  # noqa: B023 - ends in the round
        assert sorted(type(one).__name__ for one in got) == ["ReviewClaim", "str"]
        assert "claimed_by_another" in got


def test_two_who_take_the_next_get_two_cases() -> None:
    for _round in range(5):
        ReviewClaim.objects.all().delete()
        TutorPendingFactory.create_batch(2)
        got = together([lambda by=by: desk.take_next(by=by) for by in moderators(2)])
        assert len({claim.tutor_id for claim in got}) == 2
        for claim in got:
            claim.tutor.documents.all().delete()
            claim.tutor.delete()


def test_of_one_case_and_two_who_take_the_next_one_goes_away_empty() -> None:
    for _round in range(5):
        tutor = TutorPendingFactory()
        got = together([lambda by=by: desk.take_next(by=by) for by in moderators(2)])
        assert sorted(type(one).__name__ for one in got) == ["ReviewClaim", "str"]
        assert "nobody_waits" in got
        tutor.documents.all().delete()
        tutor.delete()


def test_control_without_the_lock_both_believe_they_have_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tutor, pair = TutorPendingFactory(), moderators(2)
    both_looked = threading.Barrier(2, timeout=10)
    write = desk._write

    def slow_write(*args: Any) -> ReviewClaim:
        both_looked.wait()
        return write(*args)

    monkeypatch.setattr(desk, "_write", slow_write)
    monkeypatch.setattr(TutorQuerySet, "locked", QuerySet.all)
    got = together([lambda by=by: desk.claim(tutor, by=by) for by in pair])
    assert [type(one).__name__ for one in got] == ["ReviewClaim", "ReviewClaim"]


def test_a_claim_younger_than_the_first_look_is_seen_under_the_lock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The query that finds the next case may be older than the claim; then it names a taken one."""
    tutor = TutorPendingFactory()
    first, second = moderators(2)
    claim = desk.take_next(by=first)
    monkeypatch.setattr(desk, "Exists", lambda _claims: Q(pk__in=[]))
    with pytest.raises(desk.NobodyWaits):
        desk.take_next(by=second)
    assert ReviewClaim.objects.get(tutor=tutor).moderator_id == claim.moderator_id == first.pk
