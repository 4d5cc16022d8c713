import re

import pytest

from tutorhub.core import places
from tutorhub.core.models import Place

pytestmark = pytest.mark.django_db


def test_all_pin_codes_are_there():
    assert Place.objects.count() > 19_000


@pytest.mark.parametrize(
    ("pin_code", "city", "state"),
    [
        ("560034", "Bengaluru", "Karnataka"),
        ("110001", "Delhi", "Delhi"),
        ("400050", "Mumbai", "Maharashtra"),
        ("600001", "Chennai", "Tamil Nadu"),
        ("122001", "Gurugram", "Haryana"),
        ("201301", "Noida", "Uttar Pradesh"),
        ("682001", "Kochi", "Kerala"),
        ("190001", "Srinagar", "Jammu and Kashmir"),
    ],
)
def test_cities_have_their_usual_names(pin_code, city, state):
    place = places.find(pin_code)
    assert (place.city, place.state) == (city, state)


def test_spaces_are_allowed_and_areas_have_no_office_suffix():
    assert places.find("560 034").area == "Koramangala"
    assert places.find("560038").area == "Indiranagar"
    kind = re.compile(r"\b(S\.?O|H\.?O|B\.?O|P\.?O|GPO)\b")
    areas = Place.objects.values_list("area", flat=True)
    assert [area for area in areas if kind.search(area)] == []


@pytest.mark.parametrize("pin_code", ["999999", "", "56003", "abc"])
def test_unknown_pin_codes_are_refused(pin_code):
    with pytest.raises(places.UnknownPinCode):
        places.find(pin_code)


def test_distance_from_bengaluru_to_delhi_is_about_1740_km():
    here, there = places.find("560034"), places.find("110001")
    km = places.distance_km(here.latitude, here.longitude, there.latitude, there.longitude)
    assert km == pytest.approx(1740, abs=20)
    assert places.distance_km(12.9, 77.6, 12.9, 77.6) == 0
