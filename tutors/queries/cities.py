"""The cities that people name in a search, each with a point in its middle."""

from dataclasses import dataclass

from django.db import connection
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from tutorhub.core import memo
from tutorhub.core.errors import DomainError
from tutors.queries.criteria import Point

# The larger city has the plain slug; of two with one name the smaller adds its state.
STATEMENT = """
SELECT city, state, avg(latitude), avg(longitude) FROM core_place
 WHERE city <> '' GROUP BY city, state ORDER BY count(*) DESC, city, state
"""


class UnknownCity(DomainError):
    code = "unknown_city"
    message = _("We know no city of this name.")


@dataclass(frozen=True)
class City:
    slug: str
    name: str
    state: str
    latitude: float
    longitude: float

    @property
    def point(self) -> Point:
        return Point(self.latitude, self.longitude)


@memo.for_a_minute(size=1)
def cities() -> dict[str, City]:
    """Every city by slug, largest first. Only migrations change them."""
    found: dict[str, City] = {}
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT)
        for name, state, latitude, longitude in cursor.fetchall():
            slug = slugify(name)
            if slug in found:
                slug = slugify(f"{name} {state}")
            found[slug] = City(slug, name, state, latitude, longitude)
    return found


def find_city(text: str) -> City:
    """By slug or name, in any case. Raises UnknownCity."""
    city = cities().get(slugify(text))
    if city is None:
        raise UnknownCity
    return city
