"""Tutors for what somebody looks for, page by page.

One statement finds the ids of a page with price, distance and score; one more fetches what a card
shows. Offers to come home are reached through the index of circles that cover a point, offers
online through the index of subject and price, so neither reads the whole table.

The score runs from 0 to 1000: rating 350 (pulled towards 4.2 by five imagined reviews, so that one
happy review does not win), distance 250, price 150, hours taught 150, years of experience 100.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection

from curriculum.models import Board, Subject
from tutorhub.core.models import Place
from tutors.models import TutorProfile
from tutors.queries.cards import Card, cards
from tutors.queries.criteria import Mode, Point, SearchCriteria, Sort
from tutors.queries.cursors import Position
from tutors.queries.reasons import reasons

PAGE_SIZE = 20

# Everything in braces is SQL from this module; what people typed goes through parameters.
STATEMENT = """
WITH offers AS (
    SELECT tutor_id, min(online) AS online, min(home) AS home
      FROM ({branches}) AS branch GROUP BY tutor_id),
found AS (
    SELECT t.id, t.rating_sum, t.rating_count, t.minutes_taught, t.experience_years,
           least(o.online, o.home) AS rate, o.online, o.home, t.radius_km,
           {metres} AS metres
      FROM offers o
      JOIN tutors_tutorprofile t ON t.id = o.tutor_id
      JOIN accounts_user u ON u.id = t.user_id
     WHERE t.status = 'APPROVED' AND u.is_active {filters}),
scored AS (
    SELECT id, rate, online, home, metres, rating_sum, rating_count, round(
         350 * greatest(0, ((rating_sum + 21.0) / (rating_count + 5) - 3) / 2)
       + 150 * least(1, ln(1 + minutes_taught / 60.0) / ln(1001))
       + 100 * least(experience_years, 10) / 10.0
       + {near} + {cheap})::bigint AS score
      FROM found {within}),
keyed AS (SELECT id, rate, online, home, metres, score, {key} AS sort_key FROM scored)
SELECT id, rate, online, home, metres, score, sort_key FROM keyed {after}
 ORDER BY sort_key {direction}, id {direction} LIMIT %(limit)s
"""
ONLINE_BRANCH = """
    SELECT o.tutor_id, o.online_rate_paise AS online, NULL::int AS home FROM tutors_offering o
     WHERE o.online_rate_paise IS NOT NULL {offering} {online_budget}
"""
HOME_BRANCH = """
    SELECT o.tutor_id, NULL::int AS online, o.home_rate_paise AS home
      FROM tutors_tutorprofile c JOIN tutors_offering o ON o.tutor_id = c.id
     WHERE c.status = 'APPROVED' AND c.radius_km > 0 AND o.home_rate_paise IS NOT NULL
       {covers} {offering} {home_budget}
"""
COVERS = """
       AND earth_box(ll_to_earth(c.latitude, c.longitude), c.radius_km * 1000.0)
           @> ll_to_earth(%(latitude)s, %(longitude)s)
       AND earth_distance(ll_to_earth(c.latitude, c.longitude),
                          ll_to_earth(%(latitude)s, %(longitude)s)) <= c.radius_km * 1000.0
"""
METRES = """CASE WHEN t.latitude IS NOT NULL THEN earth_distance(
               ll_to_earth(t.latitude, t.longitude),
               ll_to_earth(%(latitude)s, %(longitude)s)) END"""
# An online tutor is as near as one at three tenths of the way.
NEAR = """CASE WHEN home IS NOT NULL THEN 250 * greatest(0.3, 1 - metres / (radius_km * 1000.0))
               ELSE 75 END"""
KEYS: dict[str, str] = {
    Sort.MATCH: "-score",
    Sort.PRICE: "rate::bigint",
    Sort.RATING: "CASE WHEN rating_count >= %(enough)s"
    " THEN -(rating_sum * 1000::bigint / rating_count) ELSE 0 END",
    Sort.DISTANCE: "coalesce(round(metres)::bigint, 100000000)",
}


class Row(NamedTuple):
    """What the statement says about one tutor: paise per hour, metres, and where it sorts."""

    id: UUID
    rate: int
    online: int | None
    home: int | None
    metres: float | None
    score: int
    sort_key: int


@dataclass(frozen=True)
class Result:
    """A tutor who was found, at which price, how far away, and why."""

    tutor: Card
    rate_paise: int
    mode: str
    distance_km: float | None
    score: int
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
        point=Point(place.latitude, place.longitude) if place else None,
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
        return [Row(*row) for row in cursor.fetchall()]


def compose(
    criteria: SearchCriteria, *, after: Position | None, limit: int
) -> tuple[str, dict[str, Any]]:
    """The statement and its parameters."""
    backwards = after is not None and after.is_backwards
    sides = {
        "branches": _branches(criteria),
        "metres": METRES if criteria.point else "NULL::float8",
        "filters": _filters(criteria),
        "near": NEAR if criteria.point else "0",
        "cheap": "150 * (1 - 0.5 * rate / %(budget)s::float8)"
        if criteria.budget_max_paise
        else "0",
        "within": "WHERE metres <= %(within)s" if criteria.point and criteria.within_km else "",
        "key": KEYS[criteria.sort],
        "after": f"WHERE (sort_key, id) {'<' if backwards else '>'} (%(key)s, %(id)s)"
        if after
        else "",
        "direction": "DESC" if backwards else "ASC",
    }
    return STATEMENT.format(**sides), _values(criteria, after, limit)


def _branches(criteria: SearchCriteria) -> str:
    offering = "".join(
        condition
        for wanted, condition in (
            (criteria.subject, " AND o.subject_id = %(subject)s"),
            (criteria.grade, " AND o.grade_min <= %(grade)s AND o.grade_max >= %(grade)s"),
            (criteria.board, " AND %(board)s = ANY(o.boards)"),
        )
        if wanted is not None
    )
    budget = criteria.budget_max_paise is not None
    sides = {
        "offering": offering,
        "online_budget": " AND o.online_rate_paise <= %(budget)s" if budget else "",
        "home_budget": " AND o.home_rate_paise <= %(budget)s" if budget else "",
        "covers": COVERS if criteria.point else "",
    }
    wanted = {Mode.ONLINE: [ONLINE_BRANCH], Mode.HOME: [HOME_BRANCH]}
    branches = wanted.get(Mode(criteria.mode), [ONLINE_BRANCH, HOME_BRANCH])
    return " UNION ALL ".join(branch.format(**sides) for branch in branches)


def _filters(criteria: SearchCriteria) -> str:
    return "".join(
        condition
        for wanted, condition in (
            (criteria.gender, " AND t.gender = %(gender)s"),
            (criteria.language, " AND %(language)s = ANY(t.languages)"),
            (
                criteria.min_rating,
                " AND t.rating_count >= %(enough)s"
                " AND t.rating_sum >= %(min_rating)s * t.rating_count",
            ),
        )
        if wanted
    )


def _values(criteria: SearchCriteria, after: Position | None, limit: int) -> dict[str, Any]:
    point = criteria.point or Point(0, 0)
    return {
        "subject": criteria.subject.pk if criteria.subject else None,
        "grade": criteria.grade,
        "board": criteria.board.pk if criteria.board else None,
        "budget": criteria.budget_max_paise,
        "latitude": point.latitude,
        "longitude": point.longitude,
        "within": criteria.within_km * 1000 if criteria.within_km else None,
        "gender": criteria.gender,
        "language": criteria.language.pk if criteria.language else None,
        "min_rating": criteria.min_rating,
        "enough": settings.REVIEWS_FOR_AVERAGE,
        "key": after.key if after else None,
        "id": after.id if after else None,
        "limit": limit,
    }


def _results(rows: Sequence[Row], criteria: SearchCriteria) -> list[Result]:
    tutors = cards([row.id for row in rows])
    return [_result(tutors[row.id], row, criteria) for row in rows if row.id in tutors]


def _result(tutor: Card, row: Row, criteria: SearchCriteria) -> Result:
    at_home = row.home is not None and (row.online is None or row.home <= row.online)
    distance = None if row.metres is None else round(row.metres / 1000, 1)
    mode = Mode.HOME if at_home else Mode.ONLINE
    near = replace(criteria, point=None) if row.home is None else criteria
    return Result(
        tutor=tutor,
        rate_paise=row.rate,
        mode=mode,
        distance_km=distance,
        score=row.score,
        why=reasons(tutor, near, distance_km=distance),
    )
