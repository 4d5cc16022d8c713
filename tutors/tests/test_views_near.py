"""Near me: a point from the browser, named by the nearest PIN code, and a PIN code instead."""

import pytest
from django.test import Client

from tutorhub.core import places
from tutors.tests.factories import TutorFactory

pytestmark = pytest.mark.django_db


def test_a_point_is_a_place_with_a_name(client: Client) -> None:
    TutorFactory()
    page = client.get("/tutors/?lat=12.93&lon=77.62&sort=distance&mode=home").content.decode()
    place = places.nearest(12.93, 77.62)
    assert place is not None
    assert f"Tutors near {place.area}" in page
    assert "km from you" in page or "in your area" in page
    assert '<input type="hidden" name="lat" value="12.93">' in page


def test_a_pin_code_goes_before_it(client: Client) -> None:
    page = client.get("/tutors/?lat=12.93&lon=77.62&pin_code=110001").content.decode()
    assert "Tutors near 110001" in page
    assert 'name="lat"' not in page


@pytest.mark.parametrize(
    "query",
    [
        "lat=12.93",
        "lat=nan&lon=1",
        "lat=95&lon=77",
        "lat=x&lon=y",
        "lat=0&lon=0",
        "lat=1e400&lon=1",
    ],
)
def test_a_point_that_is_none_is_no_mistake_of_ours(client: Client, query: str) -> None:
    assert client.get(f"/tutors/?{query}").status_code == 200


def test_the_browser_may_be_asked_by_us_alone(client: Client) -> None:
    assert client.get("/tutors/").headers["Permissions-Policy"] == "geolocation=(self)"


def test_the_nearest_place_is_near_or_none() -> None:
    home = places.find("110001")
    place = places.nearest(home.latitude, home.longitude)
    assert place is not None
    assert place.pin_code == "110001"
    assert places.nearest(0, 0) is None
