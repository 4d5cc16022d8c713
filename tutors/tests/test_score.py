"""The score in Python and in the database are the same arithmetic."""

from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tutors.queries import score
from tutors.queries.cells import around
from tutors.queries.criteria import Mode, Point


def ask(expression: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {expression}", values)
        return cursor.fetchone()[0]


FEW = hypothesis_settings(max_examples=40)
LATITUDES = st.floats(min_value=6, max_value=37)
LONGITUDES = st.floats(min_value=68, max_value=98)


class TestSameInBoth(TestCase):
    @FEW
    @given(reviews=st.integers(0, 5000), share=st.floats(1, 5))
    def test_rating(self, reviews: int, share: float) -> None:
        stars = round(reviews * share)
        in_database = ask("search_rating_points(%s, %s)", stars, reviews)
        assert in_database == score.rating_points(stars, reviews)
        assert 0 <= in_database <= 350

    @FEW
    @given(minutes=st.integers(0, 10_000_000))
    def test_hours(self, minutes: int) -> None:
        assert ask("search_hours_points(%s)", minutes) == score.hours_points(minutes)

    @FEW
    @given(years=st.integers(0, 60))
    def test_years(self, years: int) -> None:
        assert ask("search_years_points(%s)", years) == score.years_points(years)

    @FEW
    @given(rate=st.integers(50_00, 10_000_00))
    def test_price(self, rate: int) -> None:
        assert ask("search_price_points(%s)", rate) == score.price_points(rate)

    @FEW
    @given(km=st.floats(0, 20_000, allow_subnormal=False))
    def test_near(self, km: float) -> None:
        points = ask("search_near_points(%s)", km)
        assert points == score.near_points(km)
        assert score.ONLINE_POINTS <= points <= score.MAX_NEAR_POINTS

    @FEW
    @given(
        here=st.tuples(LATITUDES, LONGITUDES),
        north=st.floats(-0.5, 0.5),
        east=st.floats(-0.5, 0.5),
        radius=st.integers(1, 50),
    )
    def test_whoever_covers_a_point_lives_in_one_of_its_cells(
        self, here: tuple[float, float], north: float, east: float, radius: int
    ) -> None:
        home = here[0] + north, here[1] + east
        km = ask("search_km(%s, %s, %s, %s)", *here, *home)
        if km > radius:
            return
        number = ask("search_cell(%s, %s, %s)", radius, *home)
        cells = {cell.number: cell for cell in around(Point(*here), mode=Mode.HOME)}
        assert cells[number].from_km <= km <= cells[number].until_km


@pytest.mark.django_db
def test_an_average_counts_from_the_same_number_of_reviews() -> None:
    enough = settings.REVIEWS_FOR_AVERAGE
    assert ask("search_rating_gap(%s, %s)", 5 * enough, enough) == 0
    assert ask("search_rating_gap(%s, %s)", 5 * (enough - 1), enough - 1) == 5000
