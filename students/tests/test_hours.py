"""A child's free hours: hours of the week, put together as spans for people."""

import pytest
from django.db import IntegrityError
from rest_framework.test import APIClient

from students.models import Learner
from students.queries import Span, hours, spans
from students.services import learners
from students.tests.factories import LearnerFactory
from tutorhub.core.week import HoursForm

pytestmark = pytest.mark.django_db

MONDAY_4_TO_6 = [16, 17]
SUNDAY_NIGHT = 167


def test_hours_and_spans_are_the_same_thing():
    found = [*MONDAY_4_TO_6, 19, 24, SUNDAY_NIGHT]
    assert spans(reversed(found)) == [
        Span(0, 16, 18),
        Span(0, 19, 20),
        Span(1, 0, 1),
        Span(6, 23, 24),
    ]
    assert hours(spans(found)) == found


def test_a_span_ends_with_its_day():
    assert spans([23, 24]) == [Span(0, 23, 24), Span(1, 0, 1)]


def test_overlapping_spans_count_once():
    assert hours([Span(0, 16, 18), Span(0, 17, 19)]) == [16, 17, 18]


def test_they_are_kept_once_and_in_order():
    learner = LearnerFactory()
    learners.set_hours(learner, by=learner.family.user, hours=[17, 16, 17])
    assert Learner.objects.get(pk=learner.pk).free_hours == MONDAY_4_TO_6


def test_the_week_has_168_hours():
    with pytest.raises(IntegrityError, match="learner_hours_of_a_week"):
        LearnerFactory(free_hours=[168])


def test_the_page_ticks_what_is_free_and_saves_what_is_ticked(client):
    learner = LearnerFactory(free_hours=[2, 16])
    client.force_login(learner.family.user, backend="accounts.backends.PhoneBackend")
    url = f"/family/learners/{learner.pk}/hours/"
    page = client.get(url).content.decode()
    assert 'value="16" aria-label="Monday 16:00" checked' in page
    assert page.count('name="hours"') == 7 * 16
    assert client.post(url, {"hours": ["17", "40"]}).status_code == 302
    # Two in the night is not on the page, and stays.
    assert Learner.objects.get(pk=learner.pk).free_hours == [2, 17, 40]
    assert client.post(url, {"hours": ["500"]}).status_code == 422


def test_the_grid_names_each_box():
    rows = HoursForm(initial={"hours": [SUNDAY_NIGHT - 2]}).rows()
    assert [hour for hour, _cells in rows][:2] == ["06", "07"]
    last = rows[-1][1][-1]
    assert (last.value, last.name, last.is_ticked) == (165, "Sunday 21:00", True)


class TestTheApi:
    @pytest.fixture
    def learner(self):
        return LearnerFactory()

    def patch(self, learner, free_hours):
        api = APIClient()
        api.force_authenticate(learner.family.user)
        body = {"free_hours": free_hours}
        return api.patch(f"/api/v1/students/learners/{learner.pk}", body, format="json")

    def test_it_takes_and_answers_spans(self, learner):
        wanted = [{"day": "mon", "from": "16:00", "to": "18:00"}]
        answer = self.patch(learner, wanted)
        assert answer.status_code == 200, answer.json()
        assert answer.json()["free_hours"] == wanted
        assert Learner.objects.get(pk=learner.pk).free_hours == MONDAY_4_TO_6

    @pytest.mark.parametrize(
        "span",
        [
            {"day": "mon", "from": "16:30", "to": "18:00"},
            {"day": "mon", "from": "18:00", "to": "16:00"},
            {"day": "mon", "from": "16:00", "to": "16:00"},
            {"day": "someday", "from": "16:00", "to": "18:00"},
            {"day": "mon", "from": "16:00", "to": "25:00"},
            {"day": "mon", "from": "24:00", "to": "24:00"},
            "mon 16-18",
        ],
    )
    def test_what_is_no_span_is_400(self, learner, span):
        assert self.patch(learner, [span]).status_code == 400

    def test_left_out_they_stay(self, learner):
        learners.set_hours(learner, by=learner.family.user, hours=[5])
        api = APIClient()
        api.force_authenticate(learner.family.user)
        api.patch(f"/api/v1/students/learners/{learner.pk}", {"grade": 10}, format="json")
        assert Learner.objects.get(pk=learner.pk).free_hours == [5]
