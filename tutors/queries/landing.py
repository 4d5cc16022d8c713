"""Figures about the tutors of one city, for its pages and for the list of such pages.

Counted are listed tutors who live there, the first `MOST` by id: where there are more, the figures
are those of the first, so that the largest city costs no more than a page may.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from statistics import median
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from tutorhub.core import clock, memo
from tutorhub.core.cities import City, around, cities
from tutors.models import TutorProfile

MOST = 2000
# A page about fewer is of no use to somebody who searches.
FEWEST = 3
AREAS, SUBJECTS, NEIGHBOURS = 6, 16, 8

SAMPLE = """
WITH sample AS MATERIALIZED (
  SELECT t.id, t.place_id
    FROM tutors_tutorprofile t JOIN accounts_user u ON u.id = t.user_id AND u.is_active
   WHERE t.city = %(city)s AND t.state = %(state)s AND t.status = 'APPROVED'
     AND t.listed_until >= %(today)s
     AND (%(subject)s = '' OR EXISTS (
           SELECT FROM tutors_offering o WHERE o.tutor_id = t.id AND o.subject_id = %(subject)s))
   ORDER BY t.id LIMIT %(most)s)
SELECT sample.id, p.area, p.pin_code, o.subject_id, o.online_rate_paise, o.home_rate_paise
  FROM sample
  JOIN core_place p ON p.pin_code = sample.place_id
  JOIN tutors_offering o ON o.tutor_id = sample.id
 WHERE %(subject)s = '' OR o.subject_id = %(subject)s
"""
WITH_ENOUGH = """
SELECT c.city, c.state FROM unnest(%(cities)s::text[], %(states)s::text[]) AS c (city, state)
 WHERE (SELECT count(*) FROM (
          SELECT FROM tutors_tutorprofile t
           WHERE t.city = c.city AND t.state = c.state AND t.status = 'APPROVED'
             AND t.listed_until >= %(today)s
             AND (%(subject)s = '' OR EXISTS (
                   SELECT FROM tutors_offering o
                    WHERE o.tutor_id = t.id AND o.subject_id = %(subject)s))
           LIMIT %(fewest)s) AS first) >= %(fewest)s
"""


class Area(NamedTuple):
    name: str
    pin_code: str
    tutors: int


@dataclass(frozen=True)
class Figures:
    """Tutors of a city, perhaps of one subject. Of `subjects` only those with enough tutors."""

    total: int
    is_all: bool
    middle_paise: int | None
    areas: list[Area]
    subjects: dict[str, int]

    @property
    def is_enough(self) -> bool:
        return self.total >= FEWEST


@memo.for_a_minute(size=256)
def figures(city: City, subject: str) -> Figures:
    """`subject` is a slug or empty."""
    return count(city, subject)


def count(city: City, subject: str = "") -> Figures:
    given: dict[str, Any] = {
        "city": city.name,
        "state": city.state,
        "subject": subject,
        "today": clock.today(),
        "most": MOST,
    }
    with connection.cursor() as cursor:
        cursor.execute(SAMPLE, given)
        rows = cursor.fetchall()
    tutors = {pk: (area, pin_code) for pk, area, pin_code, *_rest in rows}
    rates = [rate for *_rest, online, home in rows for rate in (online, home) if rate]
    taught = Counter(subject for subject, _pk in {(row[3], row[0]) for row in rows})
    return Figures(
        total=len(tutors),
        is_all=len(tutors) < MOST,
        middle_paise=int(median(rates)) // 100 * 100 if rates else None,
        areas=[
            Area(area, pin_code, number)
            for (area, pin_code), number in Counter(tutors.values()).most_common(AREAS)
        ],
        subjects={name: number for name, number in taught.most_common() if number >= FEWEST},
    )


@memo.for_a_minute(size=256)
def neighbours(city: City, subject: str) -> list[City]:
    """Cities near by whose page, perhaps of this subject, is worth a visit."""
    return _with_enough(around(city, most=3 * NEIGHBOURS), subject)[:NEIGHBOURS]


def _with_enough(some: Sequence[City], subject: str = "") -> list[City]:
    given: dict[str, Any] = {
        "cities": [city.name for city in some],
        "states": [city.state for city in some],
        "subject": subject,
        "today": clock.today(),
        "fewest": FEWEST,
    }
    with connection.cursor() as cursor:
        cursor.execute(WITH_ENOUGH, given)
        found = set(cursor.fetchall())
    return [city for city in some if (city.name, city.state) in found]


@memo.for_a_minute(size=1)
def pages() -> list[tuple[City, str]]:
    """Every city page worth a visit, with a subject or "". One statement for each city."""
    return [
        (city, subject)
        for city in _with_enough(list(cities().values()))
        for subject in ("", *sorted(count(city).subjects))
    ]


class Listed(NamedTuple):
    id: UUID
    slug: str
    updated_at: datetime


@memo.for_a_minute(size=1)
def range_starts(size: int) -> list[UUID]:
    """After which ids the ranges of `size` approved tutors begin; none where there is nobody."""
    approved = TutorProfile.objects.filter(status=TutorProfile.Status.APPROVED).order_by("pk")
    starts = [UUID(int=0)] if approved.exists() else []
    while starts:
        after = approved.filter(pk__gt=starts[-1]).values_list("pk", flat=True)
        last_and_next = list(after[size - 1 : size + 1])
        if len(last_and_next) < 2:
            break
        starts.append(last_and_next[0])
    return starts


def in_range(after: UUID, *, size: int, batch: int = 1000) -> Iterator[Listed]:
    """The listed tutors of one range, read in batches by id so that nothing is held open."""
    return (
        Listed(pk, slug, updated_at)
        for pk, slug, updated_at, is_listed in islice(_approved(after, batch), size)
        if is_listed
    )


def _approved(after: UUID, batch: int) -> Iterator[tuple[UUID, str, datetime, bool]]:
    today = clock.today()
    approved = TutorProfile.objects.filter(status=TutorProfile.Status.APPROVED).order_by("pk")
    names = ("pk", "slug", "updated_at", "listed_until", "user__is_active")
    last: UUID | None = after
    while last is not None:
        rows = list(approved.filter(pk__gt=last).values_list(*names)[:batch])
        for pk, slug, updated_at, until, is_active in rows:
            yield pk, slug, updated_at, bool(is_active and until and until >= today)
        last = rows[-1][0] if len(rows) == batch else None
