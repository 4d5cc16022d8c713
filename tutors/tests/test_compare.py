"""Tutors side by side: page and API say the same, for the question asked."""

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from curriculum.models import Subject
from tutors import queries
from tutors.models import FreeHours, TutorProfile
from tutors.queries import Mode, Point, SearchCriteria, Span
from tutors.queries.comparing import spans
from tutors.tests.factories import OfferingFactory, TutorFactory

pytestmark = pytest.mark.django_db

API = "/api/v1"
KORAMANGALA = Point(12.9343, 77.6211)


def test_each_is_shown_as_the_question_finds_the_tutor() -> None:
    near, far = TutorFactory(), TutorFactory(pin_code="110001")
    OfferingFactory(tutor=near, subject_slug="maths", home_rate_paise=900_00)
    criteria = SearchCriteria(
        subject=Subject.objects.get(pk="maths"), mode=Mode.HOME, point=KORAMANGALA
    )
    first, second = queries.compare(criteria, [far.pk, near.pk])
    assert (first.result.tutor.id, first.fits) == (far.pk, False)
    assert (second.result.tutor.id, second.fits) == (near.pk, True)
    assert (second.result.rate_paise, second.result.mode) == (900_00, "home")
    assert sum(part.points for part in second.result.parts) == second.result.score


def test_who_is_not_listed_is_left_out_and_the_order_stays() -> None:
    tutors = [TutorFactory() for _ in range(3)]
    TutorProfile.objects.filter(pk=tutors[1].pk).update(status="SUSPENDED")
    ids = [tutor.pk for tutor in reversed(tutors)]
    found = queries.compare(SearchCriteria(), [*ids, ids[0]])
    assert [one.result.tutor.id for one in found] == [tutors[2].pk, tutors[0].pk]


def test_one_too_far_for_a_visit_is_compared_all_the_same() -> None:
    """Whom no offering fits at this place is shown by what they offer elsewhere."""
    far = TutorFactory(
        pin_code="110001", offering__online_rate_paise=None, offering__home_rate_paise=700_00
    )
    (only,) = queries.compare(SearchCriteria(mode=Mode.HOME, point=KORAMANGALA), [far.pk])
    assert (only.result.tutor.id, only.fits, only.result.rate_paise) == (far.pk, False, 700_00)


def test_free_hours_in_a_row_are_one_span() -> None:
    assert spans(FreeHours({17, 18, 19, 23, 24, 24 + 7})) == [
        Span(0, 17, 20),
        Span(0, 23, 24),
        Span(1, 0, 1),
        Span(1, 7, 8),
    ]


class TestPage:
    def test_three_side_by_side(self, client: Client) -> None:
        tutors = [
            TutorFactory(
                user__name=f"Meera {n}",
                trial_minutes=30,
                trial_price_paise=0,
                free_hours=FreeHours({24 + 17}),
            )
            for n in range(3)
        ]
        asked = {"t": [t.slug for t in tutors], "subject": "physics", "pin_code": "560034"}
        page = client.get("/tutors/compare/", asked).content.decode()
        assert [page.count(f">Meera {n}</a>") for n in range(3)] == [1, 1, 1]
        for said in ("Tuesday 5 pm to 6 pm", "30 min, free", "12 Oct 2026", "in your area", "CBSE"):
            assert page.count(said) >= 3, said
        assert f"/enquiries/new/?tutor={tutors[0].slug}&amp;subject=physics" in page

    def test_a_fourth_is_left_out_and_said(self, client: Client) -> None:
        tutors = [TutorFactory(user__name=f"Meera {n}") for n in range(4)]
        page = client.get("/tutors/compare/", {"t": [t.slug for t in tutors]}).content.decode()
        assert "These are the first three." in page
        assert "Meera 3" not in page

    @pytest.mark.parametrize("asked", [{}, {"t": "nobody"}, {"t": "x", "pin_code": "999999"}])
    def test_nobody(self, client: Client, asked: dict[str, Any]) -> None:
        assert "Nobody to compare" in client.get("/tutors/compare/", asked).content.decode()

    def test_the_list_has_a_box_for_each(self, client: Client) -> None:
        tutor = TutorFactory()
        page = client.get("/tutors/?subject=physics").content.decode()
        assert f'<input type="checkbox" name="t" value="{tutor.slug}" form="compare">' in page
        assert '<input type="hidden" name="subject" value="physics">' in page

    def test_few_statements(self, client: Client, django_assert_max_num_queries: Any) -> None:
        tutors = [TutorFactory() for _ in range(3)]
        client.get("/tutors/compare/")
        with django_assert_max_num_queries(6):
            client.get("/tutors/compare/", {"t": [t.slug for t in tutors], "pin_code": "560034"})


class TestApi:
    def test_the_same_as_on_the_page(self) -> None:
        tutors = [TutorFactory(trial_minutes=45, trial_price_paise=100_00) for _ in range(2)]
        ids = ",".join(str(tutor.pk) for tutor in tutors)
        answer = APIClient().get(f"{API}/tutors/compare", {"ids": ids, "pin_code": "560034"})
        rows = answer.json()
        assert [row["tutor"]["id"] for row in rows] == [str(tutor.pk) for tutor in tutors]
        assert rows[0]["fits"] is True
        assert (rows[0]["trial_minutes"], rows[0]["trial_price_paise"]) == (45, 100_00)
        assert rows[0]["boards"] == ["CBSE"]

    @pytest.mark.parametrize("ids", ["", "1", ",".join(["0198" + "0" * 28] * 4)])
    def test_bad_ids_are_400(self, ids: str) -> None:
        assert APIClient().get(f"{API}/tutors/compare", {"ids": ids}).status_code == 400
