"""Counts beside the results: each facet without its own filter, each tutor once."""

import re
from typing import Any

import pytest
from django.test import Client

from curriculum.models import Board
from tutors import queries
from tutors.queries import Mode, Point, SearchCriteria
from tutors.tests.factories import OfferingFactory, TutorFactory

pytestmark = pytest.mark.django_db

KORAMANGALA = Point(12.9343, 77.6211)


def test_each_facet_is_counted_without_its_own_filter() -> None:
    TutorFactory(offering__boards=["CBSE"])
    TutorFactory(offering__boards=["ICSE"], gender="male")
    TutorFactory(offering__boards=["CBSE", "ICSE"], gender="male")
    found = queries.facets(SearchCriteria(board=Board.objects.get(pk="ICSE")))
    assert found.counts["board"] == {"CBSE": 2, "ICSE": 2}
    assert found.counts["gender"] == {"male": 2}
    assert (found.total, found.is_all) == (2, True)


def test_a_tutor_counts_once_and_one_offering_has_to_fit_all() -> None:
    tutor = TutorFactory()
    OfferingFactory(tutor=tutor, grade_min=1, grade_max=5, online_rate_paise=300_00)
    found = queries.facets(SearchCriteria(grade=10, mode=Mode.ONLINE))
    assert found.counts["mode"] == {"home": 1, "online": 1}
    assert found.prices == {"low": 500_00, "middle": 500_00, "high": 500_00}
    cheap = queries.facets(SearchCriteria(grade=10, budget_max_paise=400_00))
    assert cheap.total == 0
    assert cheap.prices["middle"] is None


def test_only_home_visits_that_cover_the_place_count() -> None:
    TutorFactory(radius_km=10)
    TutorFactory(pin_code="110001")
    found = queries.facets(SearchCriteria(point=KORAMANGALA))
    assert found.counts["mode"] == {"home": 1, "online": 2}
    assert queries.facets(SearchCriteria(point=KORAMANGALA, mode=Mode.HOME)).total == 1
    assert queries.facets(SearchCriteria(point=KORAMANGALA, within_km=20)).total == 1


def test_more_than_it_counts_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        TutorFactory()
    monkeypatch.setattr("tutors.queries.counting.MOST", 3)
    assert not queries.facets(SearchCriteria()).is_all
    assert not queries.facets(SearchCriteria(point=KORAMANGALA)).is_all


def test_the_other_mode_is_counted_too() -> None:
    TutorFactory(offering__home_rate_paise=None)
    TutorFactory()
    found = queries.facets(SearchCriteria(mode=Mode.HOME))
    assert found.counts["mode"] == {"home": 1, "online": 2}
    assert found.total == 1
    assert found.counts["gender"] == {"female": 1}


class TestOnThePage:
    def test_counts_take_their_places(self, client: Client) -> None:
        TutorFactory(offering__boards=["CBSE"])
        TutorFactory(offering__boards=["ICSE"], gender="male")
        page = client.get("/tutors/?subject=physics").content.decode()
        fragment = client.get("/tutors/facets/?subject=physics").content.decode()
        assert "Show 2 tutors" in fragment
        assert '<span class="n" id="n-gender-male" hx-swap-oob="true">1</span>' in fragment
        assert '<option value="ICSE">ICSE (1)</option>' in fragment
        assert "Half the tutors here charge ₹\u00a0500 to ₹\u00a0650" in fragment
        places = set(re.findall(r'id="([^"]+)"', fragment))
        assert len(places) > 12
        assert [place for place in places if f'id="{place}"' not in page] == []

    def test_one_price_is_no_range(self, client: Client) -> None:
        TutorFactory()
        fragment = client.get("/tutors/facets/?subject=physics&mode=online").content.decode()
        assert "Most tutors here charge ₹\u00a0500" in fragment

    def test_wrong_filters_get_nothing(self, client: Client) -> None:
        assert client.get("/tutors/facets/?pin_code=999999").status_code == 204

    def test_a_choice_stays_chosen(self, client: Client) -> None:
        TutorFactory(trial_minutes=30, trial_price_paise=0)
        fragment = client.get("/tutors/facets/?board=ICSE&grade=11").content.decode()
        assert '<option value="ICSE" selected>ICSE (0)</option>' in fragment
        assert '<option value="11" selected>Class 11 (0)</option>' in fragment
        assert "No tutor fits all of this" in fragment

    def test_one_statement_and_the_next_minute_is_free(
        self, client: Client, django_assert_max_num_queries: Any
    ) -> None:
        TutorFactory()
        client.get("/tutors/facets/")
        with django_assert_max_num_queries(0):
            client.get("/tutors/facets/")
