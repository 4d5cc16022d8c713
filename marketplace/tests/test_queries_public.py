"""Free times, time to answer and reviews, as the public page of a tutor shows them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.tests.factories import FamilyUserFactory
from marketplace.models import Lead, TutoringSession
from marketplace.queries.reputation import reviews_about, spread_of_stars, usual_response
from marketplace.queries.times import free_times
from marketplace.services import leads
from marketplace.tests.factories import LeadFactory, OfferFactory
from marketplace.tests.test_views_reviews import review_of
from payments.tests.factories import give_credits
from students.tests.factories import LearnerFactory
from tutorhub.core import clock
from tutors.models import FreeHours, TutorProfile
from tutors.tests.factories import TutorFactory, TutorPendingFactory

pytestmark = pytest.mark.django_db

PHONE = "accounts.backends.PhoneBackend"
# Wednesday, four in the afternoon in India.
NOW = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)
WEDNESDAY, THURSDAY = 2 * 24, 3 * 24


def spans(tutor: TutorProfile) -> list[tuple[str, str, str]]:
    return [
        (f"{day.day:%a %d}", f"{start.astimezone(clock.IST):%H}", f"{end.astimezone(clock.IST):%H}")
        for day in free_times(tutor, now=NOW)
        for start, end in day.spans
    ]


class TestFreeTimes:
    def test_two_weeks_of_the_usual_hours_joined_and_not_before_now(self) -> None:
        hours = FreeHours({WEDNESDAY + 9, WEDNESDAY + 17, WEDNESDAY + 18, WEDNESDAY + 19})
        assert spans(TutorFactory(free_hours=hours)) == [
            ("Wed 25", "18", "20"),
            ("Wed 02", "09", "10"),
            ("Wed 02", "17", "20"),
        ]

    def test_classes_are_taken_out_and_called_off_ones_are_not(self) -> None:
        tutor = TutorFactory(free_hours=FreeHours({THURSDAY + h for h in range(16, 20)}))
        start = datetime(2026, 11, 26, 11, 30, tzinfo=UTC)
        session = OfferFactory(
            lead=LeadFactory(tutor=tutor, status=Lead.Status.ACCEPTED, **answered()),
            start_at=start,
            end_at=start + timedelta(minutes=90),
        )
        first_week = [span for span in spans(tutor) if span[0] == "Thu 26"]
        assert first_week == [("Thu 26", "16", "17"), ("Thu 26", "19", "20")]
        TutoringSession.objects.filter(pk=session.pk).update(status="EXPIRED")
        assert ("Thu 26", "16", "20") in spans(tutor)

    def test_page_and_part(self, django_assert_max_num_queries: Any) -> None:
        tutor = TutorFactory(free_hours=FreeHours(range(168)))
        with django_assert_max_num_queries(4):
            page = Client().get(f"/tutors/{tutor.slug}/times/")
        assert "12:00\u00a0am" in page.content.decode()
        assert 'name="robots" content="noindex' in page.content.decode()
        part = Client().get(f"/tutors/{tutor.slug}/times/", headers={"HX-Request": "true"})
        assert "<html" not in part.content.decode()
        none = Client().get(f"/tutors/{TutorFactory().slug}/times/").content.decode()
        assert "No free times are given" in none
        assert Client().get(f"/tutors/{TutorPendingFactory().slug}/times/").status_code == 404


def answered(minutes: int = 0) -> dict[str, Any]:
    now = clock.now()
    return {
        "created_at": now - timedelta(minutes=minutes),
        "viewed_at": now - timedelta(minutes=minutes),
        "answered_at": now,
    }


class TestResponse:
    def test_the_middle_of_the_last_twenty_from_five_on(self) -> None:
        tutor = TutorFactory()
        for minutes in (10, 20, 500, 30):
            LeadFactory(tutor=tutor, status=Lead.Status.DECLINED, **answered(minutes))
        assert usual_response(tutor.pk) is None
        LeadFactory(tutor=tutor, status=Lead.Status.DECLINED, **answered(40))
        assert usual_response(tutor.pk) == 30
        for _ in range(20):
            LeadFactory(tutor=tutor, status=Lead.Status.DECLINED, **answered(500))
        for _ in range(20):
            LeadFactory(tutor=tutor, status=Lead.Status.DECLINED, **answered(7))
        assert usual_response(tutor.pk) == 7

    def test_each_answer_keeps_it(self) -> None:
        tutor = TutorFactory()
        give_credits(tutor.user)
        for _ in range(4):
            LeadFactory(tutor=tutor, status=Lead.Status.DECLINED, **answered(60))
        waiting = LeadFactory(tutor=tutor, created_at=clock.now() - timedelta(minutes=60))
        leads.decline(waiting, by=tutor.user)
        tutor.refresh_from_db()
        assert tutor.response_minutes == 60
        for _ in range(2):
            late = LeadFactory(tutor=tutor, created_at=clock.now() - timedelta(minutes=200))
            start = clock.now() + timedelta(days=3)
            leads.accept(late, by=tutor.user, start_at=start, duration_min=60, rate_paise=600_00)
            TutoringSession.objects.update(status="EXPIRED")
        for _ in range(5):
            LeadFactory(tutor=tutor, status=Lead.Status.DECLINED, **answered(200))
        leads.decline(LeadFactory(tutor=tutor), by=tutor.user)
        tutor.refresh_from_db()
        assert tutor.response_minutes == 200


class TestReviews:
    def test_pages_walk_every_review_once(self) -> None:
        session = OfferFactory()
        made = [self.another(session, number) for number in range(23)]
        seen, path = [], f"/tutors/{session.tutor.slug}/reviews/"
        for _ in range(3):
            page = Client().get(path, headers={"HX-Request": "true"})
            seen += [review.pk for review in page.context["reviews"]]
            path = page.context["more_url"]
        assert path == ""
        assert seen == [review.pk for review in reversed(made)]

    def another(self, session: Any, number: int) -> Any:
        start = clock.now() + timedelta(days=8, hours=2 * number)
        other = OfferFactory(lead__tutor=session.tutor, start_at=start) if number else session
        return review_of(
            other,
            tutor=session.tutor,
            stars=number % 5 + 1,
            published_at=NOW + timedelta(minutes=number // 2),
        )

    def test_spread(self) -> None:
        session = OfferFactory()
        for number in (4, 9, 2):
            self.another(session, number)
        rows = [(row.stars, row.count, row.percent) for row in spread_of_stars(session.tutor.pk)]
        assert rows == [(5, 2, 66), (4, 0, 0), (3, 1, 33), (2, 0, 0), (1, 0, 0)]

    def test_api(self, django_assert_max_num_queries: Any) -> None:
        session = OfferFactory()
        for number in range(3):
            self.another(session, number)
        path = f"/api/v1/tutors/{session.tutor.pk}/reviews"
        with django_assert_max_num_queries(3):
            first = Client().get(path, {"page_size": 2}).json()
        assert [review["stars"] for review in first["results"]] == [3, 2]
        assert set(first["results"][0]) == {"stars", "text", "subject", "published_at"}
        rest = Client().get(first["next"]).json()
        assert [review["stars"] for review in rest["results"]] == [1]
        assert rest["next"] is None
        assert Client().get(path, {"cursor": "garbage"}).status_code == 404
        hidden = TutorPendingFactory()
        assert Client().get(f"/api/v1/tutors/{hidden.pk}/reviews").status_code == 404

    def test_another_tutors_review_is_no_place_to_go_on_from(self) -> None:
        mine, others = OfferFactory(), OfferFactory()
        review_of(mine, published_at=NOW)
        strange = review_of(others, published_at=NOW - timedelta(days=1))
        page = Client().get(f"/tutors/{mine.tutor.slug}/reviews/?after={strange.pk}")
        assert len(page.context["reviews"]) == 1
        assert reviews_about(mine.tutor.pk).count() == 1


class TestDistance:
    def test_from_the_child_where_the_address_says_nothing(
        self, django_assert_max_num_queries: Any
    ) -> None:
        client, tutor = Client(), TutorFactory()
        path = tutor.get_absolute_url()
        client.force_login(LearnerFactory().family.user, backend=PHONE)
        with django_assert_max_num_queries(10):
            page = client.get(path)
        assert "0 km from you" in page.content.decode()
        client.force_login(FamilyUserFactory(), backend=PHONE)
        assert "km from you" not in client.get(path).content.decode()
        client.force_login(TutorFactory().user, backend=PHONE)
        assert "km from you" not in client.get(path).content.decode()
