"""Tutors for what somebody looks for, page by page.

One statement (`tutors.queries.statements`) finds the ids of a page with price and distance; one
more fetches what a card shows. The score is that of `tutors.queries.score`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from curriculum.models import Board, Subject
from tutorhub.core.models import Place
from tutors.models import TutorProfile
from tutors.queries.cards import Card, cards
from tutors.queries.criteria import Mode, Point, SearchCriteria
from tutors.queries.cursors import Position
from tutors.queries.reasons import Part, reasons, score_parts
from tutors.queries.statements import compose

PAGE_SIZE = 20


class Row(NamedTuple):
    """What the statement says about one tutor: the best offering, paise per hour, km, sort key."""

    id: UUID
    is_home: bool
    rate: int
    quality_gap: int
    km: float | None
    sort_key: int


@dataclass(frozen=True)
class Result:
    """A tutor who was found, at which price, how far away, and why."""

    tutor: Card
    rate_paise: int
    mode: str
    distance_km: float | None
    score: int
    parts: list[Part]
    why: list[str]


@dataclass(frozen=True)
class Page:
    results: list[Result]
    next: Position | None
    previous: Position | None


@dataclass(frozen=True)
class Match:
    """A tutor for an enquiry; `score` as in search, 0 to 1000."""

    tutor: TutorProfile
    score: int
    reasons: list[str]


def search(
    criteria: SearchCriteria, *, after: Position | None = None, limit: int = PAGE_SIZE
) -> Page:
    """One page of listed tutors in the order asked for. Sorting by distance needs a point."""
    rows = find_rows(criteria, after=after, limit=limit + 1)
    more, rows = len(rows) > limit, rows[:limit]
    backwards = after is not None and after.is_backwards
    if backwards:
        rows.reverse()
    has_next, has_previous = (True, more) if backwards else (more, after is not None)
    return Page(
        results=_results(rows, criteria),
        next=Position(rows[-1].sort_key, rows[-1].id) if rows and has_next else None,
        previous=Position(rows[0].sort_key, rows[0].id, True) if rows and has_previous else None,
    )


def match(
    *,
    subject: Subject,
    grade: int,
    board: Board | None = None,
    mode: str = Mode.EITHER,
    budget_max_paise: int | None = None,
    place: Place | None = None,
    limit: int = 20,
) -> list[Match]:
    """The best tutors for an enquiry, scored as search does."""
    criteria = SearchCriteria(
        subject=subject,
        grade=grade,
        board=board,
        mode=mode,
        budget_max_paise=budget_max_paise,
        point=Point.of(place) if place else None,
    )
    results = search(criteria, limit=limit).results
    tutors = TutorProfile.objects.select_related("user").in_bulk(
        [result.tutor.id for result in results]
    )
    return [
        Match(tutor=tutors[result.tutor.id], score=result.score, reasons=result.why)
        for result in results
    ]


def find_rows(criteria: SearchCriteria, *, after: Position | None, limit: int) -> list[Row]:
    """The bare rows of a page, `limit` at most, in the direction of `after`."""
    statement, values = compose(criteria, after=after, limit=limit)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows = [Row(*row) for row in cursor.fetchall()]
    backwards = after is not None and after.is_backwards
    return sorted(rows, key=lambda row: (row.sort_key, row.id), reverse=backwards)


def _results(rows: Sequence[Row], criteria: SearchCriteria) -> list[Result]:
    tutors, online = cards([row.id for row in rows]), replace(criteria, point=None)
    return [
        _result(tutors[row.id], row, criteria, said=criteria if row.is_home else online)
        for row in rows
        if row.id in tutors
    ]


def _result(tutor: Card, row: Row, criteria: SearchCriteria, *, said: SearchCriteria) -> Result:
    """`said` are the criteria to give reasons by: from online classes nobody is away."""
    parts = score_parts(tutor, criteria, is_home=row.is_home, rate_paise=row.rate, km=row.km)
    distance = None if row.km is None else round(row.km, 1)
    return Result(
        tutor=tutor,
        rate_paise=row.rate,
        mode=Mode.HOME if row.is_home else Mode.ONLINE,
        distance_km=distance,
        score=sum(part.points for part in parts),
        parts=parts,
        why=reasons(tutor, said, distance_km=distance),
    )
