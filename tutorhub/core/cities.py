"""The cities of India as addresses: a slug for each, and the PIN code in its middle."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection
from django.utils.text import slugify

from tutorhub.core import memo, places

# Of each city the place that lies nearest to the middle of all its places.
MIDDLES = """
SELECT DISTINCT ON (p.city, p.state) p.city, p.state, p.pin_code, p.latitude, p.longitude
  FROM core_place p
  JOIN (SELECT city, state, avg(latitude) AS latitude, avg(longitude) AS longitude
          FROM core_place GROUP BY city, state) AS middle USING (city, state)
 ORDER BY p.city, p.state,
       (p.latitude - middle.latitude) ^ 2 + (p.longitude - middle.longitude) ^ 2, p.pin_code
"""


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
    """By slug. Where two states have a city of this name, the slug names the state as well."""
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


def around(city: City, *, most: int) -> list[City]:
    """The cities nearest to this one, the nearest first."""
    others = [other for other in cities().values() if other.slug != city.slug]
    return sorted(others, key=lambda other: _km(city, other))[:most]


def _km(city: City, other: City) -> float:
    return places.distance_km(city.latitude, city.longitude, other.latitude, other.longitude)
