"""How many tutors each further wish would leave, for the filters beside the results.

Counted among the best `MOST` entries of each mode that fit subject, names and place; of home visits
around a point among the first `MOST` that its cells have, for sorting them all would be dear. Where
there are more, `is_all` is false. Each facet is counted with its
own filter left out: with a board chosen, the counts of the other boards say what choosing them
instead would give.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from curriculum.models import GRADES
from curriculum.queries import catalogue
from tutorhub.core import memo
from tutors.queries import conditions
from tutors.queries.cells import around
from tutors.queries.criteria import ANY_HOUR, Mode, SearchCriteria

MOST = 2000
RATINGS = (4.0, 4.5, 4.8)

POOL = """
(SELECT e.tutor_id, e.is_home, e.rate, e.boards, e.grades, e.languages, e.gender, e.rating_gap,
        e.has_trial, {hours} AS is_free
   FROM {source}
  WHERE {mode} AND {offering} AND {tutor} {place} {order} LIMIT %(most)s)
"""
AT_CELLS = """unnest(%(cells)s::int[]) AS cell (number)
   JOIN tutors_searchentry e ON e.is_home AND e.cell = cell.number"""
COVERS = """AND search_km(e.latitude, e.longitude, %(latitude)s, %(longitude)s)
        <= least(e.radius_km, %(within)s)"""
NEAR = "AND search_km(e.latitude, e.longitude, %(latitude)s, %(longitude)s) <= %(within)s"


class Candidate(NamedTuple):
    """An entry as the filters see it; sets are bits."""

    tutor_id: UUID
    is_home: bool
    rate: int
    boards: int
    grades: int
    languages: int
    gender: int
    rating_gap: int
    has_trial: bool
    is_free: bool


@dataclass(frozen=True)
class Facets:
    """Tutors by value of each facet; prices in paise per hour, None where nobody fits."""

    total: int
    is_all: bool
    counts: dict[str, dict[str, int]]
    prices: dict[str, int | None]


@memo.for_a_minute(size=256)
def facets(criteria: SearchCriteria) -> Facets:
    """Kept for a minute: counts need not be of this very moment, and are dear."""
    pool = _pool(criteria)
    tests = _tests(criteria)
    values = _values()
    counts = {
        name: _counted([c for c in pool if _passes(c, tests, but=name)], of)
        for name, of in values.items()
    }
    fitting = [candidate for candidate in pool if _passes(candidate, tests)]
    return Facets(
        total=len({candidate.tutor_id for candidate in fitting}),
        is_all=max(Counter(c.is_home for c in pool).values(), default=0) < MOST,
        counts=counts,
        prices=_prices([candidate.rate for candidate in fitting]),
    )


def _pool(criteria: SearchCriteria) -> list[Candidate]:
    """Entries that fit what is no facet: subject, names and place. So many of each mode."""
    asked = replace(
        criteria,
        grade=None,
        board=None,
        budget_max_paise=None,
        gender="",
        language=None,
        min_rating=None,
        has_trial=False,
        free_hours=ANY_HOUR,
    )
    sides = {
        "offering": conditions.of_offering(asked, "e"),
        "tutor": conditions.of_tutor(asked, "e"),
        "hours": f"(e.free_hours & %(hours)s::bit(168)) <> {conditions.NOBODY}"
        if criteria.free_hours
        else "true",
    }
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(_branches(criteria, sides)),
            {
                **conditions.values(criteria),
                "within": criteria.within_km or 100_000,
                "cells": [cell.number for cell in around(criteria.point)] if criteria.point else [],
                "most": MOST,
            },
        )
        return [Candidate(*row) for row in cursor.fetchall()]


def _branches(criteria: SearchCriteria, sides: dict[str, str]) -> Iterator[str]:
    source, order = "tutors_searchentry e", "ORDER BY e.quality_gap, e.tutor_id"
    if criteria.point is None:
        for mode in ("e.is_home", "NOT e.is_home"):
            yield POOL.format(source=source, mode=mode, place="", order=order, **sides)
        return
    yield POOL.format(source=AT_CELLS, mode="e.is_home", place=COVERS, order="", **sides)
    place = NEAR if criteria.within_km else ""
    yield POOL.format(source=source, mode="NOT e.is_home", place=place, order=order, **sides)


def _tests(criteria: SearchCriteria) -> dict[str, Callable[[Candidate], bool]]:
    """What a candidate has to pass, by the facet that asks for it."""
    given = conditions.values(criteria)
    tests: dict[str, tuple[Any, Callable[[Candidate], bool]]] = {
        "grade": (criteria.grade, lambda c: bool(c.grades & given["grade"])),
        "board": (criteria.board, lambda c: bool(c.boards & given["board"])),
        "language": (criteria.language, lambda c: bool(c.languages & given["language"])),
        "gender": (criteria.gender, lambda c: c.gender == given["gender"]),
        "min_rating": (criteria.min_rating, lambda c: c.rating_gap <= given["rating_gap"]),
        "trial": (criteria.has_trial, lambda c: c.has_trial),
        "mode": (
            criteria.mode != Mode.EITHER,
            lambda c: c.is_home == (criteria.mode == Mode.HOME),
        ),
        "price": (criteria.budget_max_paise, lambda c: c.rate <= given["budget"]),
        "hours": (criteria.free_hours, lambda c: c.is_free),
    }
    return {name: test for name, (wanted, test) in tests.items() if wanted}


def _passes(
    candidate: Candidate, tests: dict[str, Callable[[Candidate], bool]], *, but: str = ""
) -> bool:
    return all(test(candidate) for name, test in tests.items() if name != but)


def _values() -> dict[str, Callable[[Candidate], list[str]]]:
    """The values of each facet that a candidate has."""
    offered = catalogue()
    boards = {code: 1 << board.number for code, board in offered.boards.items()}
    languages = {code: 1 << language.number for code, language in offered.languages.items()}
    genders = {number: str(gender) for gender, number in conditions.GENDERS.items()}
    return {
        "mode": lambda c: [Mode.HOME.value if c.is_home else Mode.ONLINE.value],
        "grade": lambda c: [str(grade) for grade in GRADES if c.grades >> grade & 1],
        "board": lambda c: [code for code, bit in boards.items() if c.boards & bit],
        "language": lambda c: [code for code, bit in languages.items() if c.languages & bit],
        "gender": lambda c: [genders[c.gender]] if c.gender else [],
        "min_rating": lambda c: [
            f"{stars:g}" for stars in RATINGS if c.rating_gap <= 5000 - round(stars * 1000)
        ],
        "trial": lambda c: ["true"] if c.has_trial else [],
    }


def _counted(
    candidates: list[Candidate], values: Callable[[Candidate], list[str]]
) -> dict[str, int]:
    """How many tutors have each value; one with three offerings counts once."""
    pairs = {(value, c.tutor_id) for c in candidates for value in values(c)}
    return dict(Counter(value for value, _ in pairs))


def _prices(rates: list[int]) -> dict[str, int | None]:
    """A quarter of the prices are below `low`, half below `middle`, three quarters below `high`."""
    ordered = sorted(rates)
    places = {"low": len(ordered) // 4, "middle": len(ordered) // 2, "high": len(ordered) * 3 // 4}
    return {name: ordered[place] if ordered else None for name, place in places.items()}
