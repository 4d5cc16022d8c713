"""Two moderators decide about one review at the same moment: its stars move once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from accounts.tests.factories import StaffFactory
from marketplace.models import Review
from marketplace.models.reviews import ReviewQuerySet
from marketplace.services import reviews
from marketplace.tests.factories import make_released
from tutorhub.core.models import AuditEvent
from tutorhub.core.tests.threads import run_together, somebody_waits, wait_until
from tutors.services import stats

pytestmark = pytest.mark.django_db(transaction=True)

WHY = "It names a child"


@pytest.fixture
def moderators() -> list[User]:
    return [StaffFactory(group="moderator") for _ in range(2)]


@pytest.fixture
def shown(settings: Any) -> Review:
    """One of three reviews, which have three, three and four stars."""
    settings.REVIEW_HIDDEN_FOR = timedelta(0)
    session = make_released()
    for _ in range(2):
        stats.add_rating(session.tutor, 3)
    return reviews.write(session, by=session.learner.family.user, stars=4)


@pytest.fixture(params=[True, False], ids=["locked", "control"])
def is_locked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Without the lock both find the review as it was before either."""
    if not request.param:
        monkeypatch.setattr(ReviewQuerySet, "locked", lambda self: self.order_by("pk"))
    return bool(request.param)


def both(
    act: Callable[..., Review],
    review: Review,
    moderators: list[User],
    is_locked: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> list[str]:
    """What comes of both, neither of whom goes on before the other waits or has looked."""
    find, found = reviews._found, []

    def slow_find(review: Review) -> Review:
        fresh = find(review)
        found.append(fresh)
        wait_until(lambda: len(found) == 2 or (is_locked and somebody_waits()))
        return fresh

    monkeypatch.setattr(reviews, "_found", slow_find)
    results = run_together(2, lambda n: act(review, by=moderators[n], reason=WHY))
    return sorted(type(result).__name__ for result in results)


def stars(review: Review) -> tuple[int, int]:
    review.tutor.refresh_from_db()
    return review.tutor.rating_sum, review.tutor.rating_count


def test_it_is_taken_down_once(shown, moderators, is_locked, monkeypatch):
    assert stars(shown) == (10, 3)
    results = both(reviews.take_down, shown, moderators, is_locked, monkeypatch)
    if is_locked:
        assert (results, stars(shown)) == (["AlreadyDown", "Review"], (6, 2))
    else:
        assert (results, stars(shown)) == (["Review", "Review"], (2, 1))
    said = AuditEvent.objects.filter(action="review.taken_down")
    assert said.count() == results.count("Review")


def test_it_is_put_back_once(shown, moderators, is_locked, monkeypatch):
    reviews.take_down(shown, by=moderators[0], reason=WHY)
    results = both(reviews.put_back, shown, moderators, is_locked, monkeypatch)
    if is_locked:
        assert (results, stars(shown)) == (["NotDown", "Review"], (10, 3))
    else:
        assert (results, stars(shown)) == (["Review", "Review"], (14, 4))
    said = AuditEvent.objects.filter(action="review.put_back")
    assert said.count() == results.count("Review")
