"""Reviews that moderators take down, and put back."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.tests.factories import StaffFactory
from marketplace.models import Review, TutoringSession
from marketplace.services import reviews
from marketplace.tests.factories import make_released
from notifications.models import Message
from tutorhub.core import clock, datamap
from tutorhub.core.errors import NotAllowed
from tutorhub.core.models import AuditEvent

pytestmark = pytest.mark.django_db

WHY = "It names a child"


@pytest.fixture
def moderator() -> User:
    return StaffFactory(group="moderator")


@pytest.fixture
def session() -> TutoringSession:
    return make_released()


def write(session: TutoringSession) -> Review:
    return reviews.write(session, by=session.learner.family.user, stars=4, text="Asha liked it")


@pytest.fixture
def shown(session: TutoringSession, settings) -> Review:
    settings.REVIEW_HIDDEN_FOR = timedelta(0)
    return write(session)


def stars(session: TutoringSession) -> tuple[int, int]:
    session.tutor.refresh_from_db()
    return session.tutor.rating_sum, session.tutor.rating_count


def public(client, session: TutoringSession) -> str:
    return client.get(f"/tutors/{session.tutor.slug}/reviews/").text


@pytest.mark.usefixtures("whatsapp")
def test_words_and_stars_are_gone_and_come_back(shown, session, moderator, client):
    assert "Asha liked it" in public(client, session)
    reviews.take_down(shown, by=moderator, reason=f" {WHY} ")
    assert "Asha liked it" not in public(client, session)
    assert stars(session) == (0, 0)
    told = Message.objects.get(template="review_taken_down")
    assert told.user_id == session.learner.family.user_id
    assert WHY in told.body
    trail = AuditEvent.objects.get(action="review.taken_down")
    assert (trail.actor_id, trail.data["reason"]) == (moderator.pk, WHY)

    reviews.put_back(shown, by=moderator, reason="It does not")
    assert "Asha liked it" in public(client, session)
    assert stars(session) == (4, 1)


def test_whoever_wrote_it_reads_why_and_the_tutor_reads_nothing(
    shown, session, moderator, browse, as_user
):
    reviews.take_down(shown, by=moderator, reason=WHY)
    path = f"/classes/{session.pk}/"
    family, tutor = session.learner.family.user, session.tutor.user
    assert WHY in browse(family).get(path).text
    page = browse(tutor).get(path).text
    assert "Asha liked it" not in page
    assert WHY not in page
    answer = as_user(tutor).get(f"/api/v1/sessions/{session.pk}").json()
    assert "Asha liked it" not in str(answer)


def test_one_that_is_hidden_still_never_counts(session, moderator, drain):
    review = write(session)
    reviews.take_down(review, by=moderator, reason=WHY)
    with clock.at(review.written_at + timedelta(days=8)):
        drain()
        review.refresh_from_db()
        assert review.published_at is not None
        assert stars(session) == (0, 0)
        reviews.put_back(review, by=moderator, reason="It does not")
    assert stars(session) == (4, 1)


def test_twice_counts_once(shown, session, moderator):
    reviews.take_down(shown, by=moderator, reason=WHY)
    with pytest.raises(reviews.AlreadyDown):
        reviews.take_down(shown, by=moderator, reason=WHY)
    assert stars(session) == (0, 0)
    reviews.put_back(shown, by=moderator, reason=WHY)
    with pytest.raises(reviews.NotDown):
        reviews.put_back(shown, by=moderator, reason=WHY)
    assert stars(session) == (4, 1)


@pytest.mark.parametrize("act", [reviews.take_down, reviews.put_back])
def test_moderators_alone(shown, session, act):
    for by in (session.tutor.user, StaffFactory(group="finance"), StaffFactory(group="support")):
        with pytest.raises(NotAllowed):
            act(shown, by=by, reason=WHY)


def test_it_takes_a_reason(shown, moderator):
    with pytest.raises(reviews.ReasonMissing):
        reviews.take_down(shown, by=moderator, reason="  ")
    reviews.take_down(shown, by=moderator, reason=WHY)
    with pytest.raises(reviews.ReasonMissing):
        reviews.put_back(shown, by=moderator, reason="")


def test_the_database_wants_to_know_who(shown):
    rows = Review.objects.filter(pk=shown.pk)
    with pytest.raises(IntegrityError, match="review_taken_down_by"), transaction.atomic():
        rows.update(taken_down_at=clock.now())


def test_the_copy_of_the_tutors_data_has_it_no_more(shown, session, moderator):
    table = next(table for table in datamap.tables() if table.label == "marketplace.Review")
    family, tutor = session.learner.family.user, session.tutor.user
    assert shown in table.of(tutor)
    reviews.take_down(shown, by=moderator, reason=WHY)
    assert shown not in table.of(tutor)
    assert shown in table.of(family)
