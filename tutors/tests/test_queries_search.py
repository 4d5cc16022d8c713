"""Search: every filter, every order, every page, and who is never found."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from curriculum.models import Board, Language, Subject
from tutorhub.core import clock, places
from tutors import queries
from tutors.queries import Mode, Point, Position, SearchCriteria, Sort
from tutors.tests.factories import (
    BadgeFactory,
    OfferingFactory,
    TutorDraftFactory,
    TutorFactory,
    TutorPendingFactory,
    TutorRejectedFactory,
    TutorSuspendedFactory,
)

pytestmark = pytest.mark.django_db

KORAMANGALA = Point(12.9343, 77.6211)


def names(criteria: SearchCriteria | None = None, **filters: Any) -> list[str]:
    found = queries.search(criteria or SearchCriteria(**filters))
    return [result.tutor.slug for result in found.results]


@pytest.fixture
def physics(db: None) -> Subject:
    return Subject.objects.get(pk="physics")


class TestWho:
    @pytest.mark.parametrize(
        "factory",
        [TutorDraftFactory, TutorPendingFactory, TutorRejectedFactory, TutorSuspendedFactory],
    )
    def test_only_approved_tutors_are_found(self, factory: Callable[..., Any]) -> None:
        factory()
        seen = TutorFactory()
        assert names() == [seen.slug]

    def test_a_blocked_account_is_not_found(self) -> None:
        tutor = TutorFactory()
        tutor.user.is_active = False
        tutor.user.save()
        assert names() == []

    def test_an_approved_tutor_without_offerings_is_not_found(self) -> None:
        TutorFactory(offering=False)
        assert names() == []

    def test_two_fitting_offerings_make_one_result_at_the_lower_price(self) -> None:
        tutor = TutorFactory()
        OfferingFactory(tutor=tutor, grade_min=6, grade_max=11, online_rate_paise=300_00)
        (result,) = queries.search(SearchCriteria(grade=10)).results
        assert result.rate_paise == 300_00


class TestFilters:
    def test_subject(self, physics: Subject) -> None:
        tutor = TutorFactory()
        TutorFactory(offering__subject_slug="maths")
        assert names(subject=physics) == [tutor.slug]

    @pytest.mark.parametrize(("grade", "found"), [(8, 0), (9, 1), (12, 1)])
    def test_grade(self, grade: int, found: int) -> None:
        TutorFactory()
        assert len(names(grade=grade)) == found

    def test_board(self) -> None:
        tutor = TutorFactory(offering__boards=["CBSE", "ICSE"])
        TutorFactory()
        assert names(board=Board.objects.get(pk="ICSE")) == [tutor.slug]

    def test_subject_grade_and_board_must_fit_one_offering(self, physics: Subject) -> None:
        tutor = TutorFactory()
        OfferingFactory(tutor=tutor, subject_slug="maths", grade_min=1, grade_max=5)
        assert names(subject=physics, grade=3) == []

    def test_mode(self) -> None:
        online = TutorFactory(offering__home_rate_paise=None)
        home = TutorFactory(offering__online_rate_paise=None)
        assert names(mode=Mode.ONLINE) == [online.slug]
        assert names(mode=Mode.HOME) == [home.slug]
        assert set(names(mode=Mode.EITHER)) == {online.slug, home.slug}

    def test_the_rate_is_that_of_the_mode(self) -> None:
        TutorFactory()
        (home,) = queries.search(SearchCriteria(mode=Mode.HOME)).results
        (online,) = queries.search(SearchCriteria(mode=Mode.ONLINE)).results
        assert (home.rate_paise, home.mode) == (650_00, "home")
        assert (online.rate_paise, online.mode) == (500_00, "online")

    @pytest.mark.parametrize(("budget", "found"), [(499_99, 0), (500_00, 1)])
    def test_budget(self, budget: int, found: int) -> None:
        TutorFactory()
        assert len(names(budget_max_paise=budget)) == found

    def test_gender(self) -> None:
        TutorFactory()
        man = TutorFactory(gender="male")
        assert names(gender="male") == [man.slug]

    def test_language(self) -> None:
        tutor = TutorFactory(languages=["ta"])
        TutorFactory()
        assert names(language=Language.objects.get(pk="ta")) == [tutor.slug]

    def test_minimum_rating_counts_only_averages_that_are_shown(self) -> None:
        TutorFactory(rating_sum=10, rating_count=2)
        TutorFactory(rating_sum=13, rating_count=3)
        good = TutorFactory(rating_sum=14, rating_count=3)
        assert names(min_rating=4.5) == [good.slug]


class TestDistance:
    def test_a_home_visit_stays_inside_the_tutors_own_radius(self) -> None:
        near = TutorFactory(pin_code="560034", radius_km=10)
        far = TutorFactory(pin_code="560064", radius_km=40)
        TutorFactory(pin_code="560064", radius_km=5)
        found = names(mode=Mode.HOME, point=KORAMANGALA, sort=Sort.DISTANCE)
        assert found == [near.slug, far.slug]

    def test_a_tutor_who_does_not_travel_is_found_online_only(self) -> None:
        tutor = TutorFactory(radius_km=0)
        assert names(mode=Mode.HOME, point=KORAMANGALA) == []
        assert names(mode=Mode.EITHER, point=KORAMANGALA) == [tutor.slug]

    def test_online_knows_no_distance(self) -> None:
        tutor = TutorFactory(pin_code="110001")
        assert names(mode=Mode.ONLINE, point=KORAMANGALA) == [tutor.slug]

    def test_within_km(self) -> None:
        near = TutorFactory(pin_code="560034")
        TutorFactory(pin_code="110001")
        assert names(point=KORAMANGALA, within_km=25) == [near.slug]

    def test_the_distance_agrees_with_the_haversine(self) -> None:
        tutor = TutorFactory(pin_code="560064", radius_km=50)
        (result,) = queries.search(SearchCriteria(point=KORAMANGALA)).results
        expected = places.distance_km(*KORAMANGALA, tutor.latitude, tutor.longitude)
        assert result.distance_km == pytest.approx(expected, rel=0.01)


class TestOrder:
    def test_price(self) -> None:
        dear = TutorFactory(offering__online_rate_paise=900_00, offering__home_rate_paise=None)
        cheap = TutorFactory(offering__online_rate_paise=200_00)
        assert names(sort=Sort.PRICE) == [cheap.slug, dear.slug]

    def test_rating_puts_unproven_averages_last(self) -> None:
        unproven = TutorFactory(rating_sum=10, rating_count=2)
        good = TutorFactory(rating_sum=12, rating_count=3)
        best = TutorFactory(rating_sum=14, rating_count=3)
        assert names(sort=Sort.RATING) == [best.slug, good.slug, unproven.slug]

    def test_match_likes_rating_nearness_and_a_low_price(self) -> None:
        good = TutorFactory(rating_sum=320, rating_count=64)
        plain = TutorFactory()
        far = TutorFactory(pin_code="560064", radius_km=40)
        dear = TutorFactory(offering__online_rate_paise=None, offering__home_rate_paise=790_00)
        found = names(mode=Mode.HOME, point=KORAMANGALA, budget_max_paise=800_00)
        assert found[0] == good.slug
        assert found.index(plain.slug) < found.index(far.slug)
        assert found.index(plain.slug) < found.index(dear.slug)

    @pytest.mark.parametrize("sort", Sort.values)
    def test_pages_walk_everybody_once_and_back(self, sort: str) -> None:
        chance = random.Random(7)
        made = {
            TutorFactory(
                offering__online_rate_paise=chance.choice([300_00, 400_00]),
                rating_count=4,
                rating_sum=chance.choice([12, 16, 20]),
                pin_code=chance.choice(["560034", "560064"]),
            ).slug
            for _ in range(23)
        }
        criteria = SearchCriteria(sort=sort, point=KORAMANGALA)
        walked, pages, after = [], [], None
        while True:
            page = queries.search(criteria, after=after, limit=5)
            pages.append([result.tutor.slug for result in page.results])
            walked += pages[-1]
            if page.next is None:
                break
            after = Position.decode(page.next.encode())
        assert len(walked) == 23
        assert set(walked) == made
        while page.previous is not None:
            pages.pop()
            page = queries.search(criteria, after=page.previous, limit=5)
            assert [result.tutor.slug for result in page.results] == pages[-1]
        assert len(pages) == 1

    @pytest.mark.parametrize("text", ["", "x", "bm8", "WzEsMiwzXQ", "é", "W10"])
    def test_a_broken_cursor_is_a_value_error(self, text: str) -> None:
        with pytest.raises(ValueError, match="cursor"):
            Position.decode(text)


class TestWhy:
    def test_the_same_pin_code_is_the_area(self) -> None:
        tutor = TutorFactory()
        (result,) = queries.search(SearchCriteria(mode=Mode.HOME, point=Point.of(tutor))).results
        assert result.why[1] == "in your area"

    def test_the_reasons_follow_what_was_asked(self, physics: Subject) -> None:
        TutorFactory(rating_sum=314, rating_count=64, pin_code="560068")
        (result,) = queries.search(
            SearchCriteria(
                subject=physics,
                grade=11,
                board=Board.objects.get(pk="CBSE"),
                mode=Mode.HOME,
                budget_max_paise=800_00,
                point=KORAMANGALA,
                language=Language.objects.get(pk="hi"),
            )
        ).results
        assert result.why == [
            "teaches CBSE class 11 Physics",
            f"{result.distance_km:.1f} km from you",
            "within your budget",
            "speaks Hindi",
            "4.9 from 64 reviews",
        ]

    def test_without_a_question_it_says_what_is_taught(self) -> None:
        tutor = TutorFactory(rating_sum=10, rating_count=2, experience_years=9)
        OfferingFactory(tutor=tutor, subject_slug="maths", grade_min=6, grade_max=8)
        (result,) = queries.search(SearchCriteria()).results
        assert result.why[0].startswith("teaches ")
        assert "classes 6-12" in result.why[0]
        assert result.why[1:] == ["9 years of experience"]

    def test_a_tutor_found_online_only_is_not_called_near(self) -> None:
        TutorFactory(radius_km=0)
        (result,) = queries.search(SearchCriteria(point=KORAMANGALA)).results
        assert not any("km from you" in reason for reason in result.why)


def test_match_for_an_enquiry_is_the_same_search(physics: Subject) -> None:
    best = TutorFactory(rating_sum=320, rating_count=64)
    other = TutorFactory()
    TutorPendingFactory()
    found = queries.match(
        subject=physics,
        grade=11,
        board=Board.objects.get(pk="CBSE"),
        mode=Mode.HOME,
        budget_max_paise=800_00,
        place=places.find("560034"),
        limit=10,
    )
    assert [item.tutor for item in found] == [best, other]
    assert found[0].score > found[1].score > 0
    assert "teaches CBSE class 11 Physics" in found[0].reasons


def test_only_badges_in_force_are_shown() -> None:
    tutor = TutorFactory(badge__valid_until=clock.today())
    BadgeFactory(tutor=tutor, claim="police", valid_until=clock.today() - timedelta(days=1))
    (result,) = queries.search(SearchCriteria()).results
    assert [badge.claim for badge in result.tutor.badges] == ["identity"]


def test_a_page_takes_two_queries_and_the_catalogue_three(django_assert_num_queries: Any) -> None:
    for _ in range(8):
        TutorFactory()
    with django_assert_num_queries(5):
        page = queries.search(SearchCriteria(point=KORAMANGALA))
        assert all(r.tutor.name and r.tutor.badges and r.why for r in page.results)
