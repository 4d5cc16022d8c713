"""The cities of India as addresses: a slug for each, and the PIN code in its middle."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from tutorhub.core import memo, places
from tutorhub.core.errors import DomainError

# Of each city the place that lies nearest to the middle of all its places.
MIDDLES = """
SELECT city, state, pin_code, latitude, longitude FROM (
  SELECT DISTINCT ON (p.city, p.state) p.city, p.state, p.pin_code, p.latitude, p.longitude, places
    FROM core_place p
    JOIN (SELECT city, state, avg(latitude) AS latitude, avg(longitude) AS longitude,
                 count(*) AS places
            FROM core_place WHERE city <> '' GROUP BY city, state) AS middle USING (city, state)
   ORDER BY p.city, p.state,
         (p.latitude - middle.latitude) ^ 2 + (p.longitude - middle.longitude) ^ 2, p.pin_code
) AS of_city
 ORDER BY places DESC, city, state
"""


class UnknownCity(DomainError):
    code = "unknown_city"
    message = _("We know no city of this name.")


@dataclass(frozen=True)
class City:
    """`name` and `state` as on a Place; the point is that of `pin_code`."""

    slug: str
    name: str
    state: str
    pin_code: str
    latitude: float
    longitude: float


@memo.for_a_minute(size=1)
def cities() -> Mapping[str, City]:
    """By slug, the largest first. Where two states have a city of this name, the slug names the
    state as well. Only migrations change them."""
    with connection.cursor() as cursor:
        cursor.execute(MIDDLES)
        rows = cursor.fetchall()
    alike = Counter(slugify(name) for name, *_rest in rows)
    found = {}
    for name, state, *rest in rows:
        slug = slugify(name)
        if alike[slug] > 1:
            slug = f"{slug}-{slugify(state)}"
        found[slug] = City(slug, name, state, *rest)
    return found


@memo.for_a_minute(size=1)
def _by_name() -> Mapping[str, City]:
    """Of cities of one name the largest."""
    found: dict[str, City] = {}
    for city in cities().values():
        found.setdefault(slugify(city.name), city)
    return found


def find_city(text: str) -> City:
    """By slug, or by name: then the largest of that name. Raises UnknownCity."""
    slug = slugify(text)
    city = cities().get(slug) or _by_name().get(slug)
    if city is None:
        raise UnknownCity
    return city


def around(city: City, *, most: int) -> list[City]:
    """The cities nearest to this one, the nearest first."""
    others = [other for other in cities().values() if other.slug != city.slug]
    return sorted(others, key=lambda other: _km(city, other))[:most]


def _km(city: City, other: City) -> float:
    return places.distance_km(city.latitude, city.longitude, other.latitude, other.longitude)
