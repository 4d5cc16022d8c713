"""A few tutors side by side, each as this question finds the tutor."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from uuid import UUID

from tutors.models import FreeHours, TutorProfile
from tutors.models.hours import HOURS_A_DAY
from tutors.queries.criteria import Names, SearchCriteria
from tutors.queries.search import Result, search

MOST = 3


class Span(NamedTuple):
    """Free hours in a row: day 0 is Monday, from the full hour `first` up to `last`."""

    day: int
    first: int
    last: int


@dataclass(frozen=True)
class Compared:
    """`fits` is false where nothing that the tutor offers fits; price and score are then those of
    what the tutor offers otherwise."""

    result: Result
    fits: bool
    free: list[Span]
    trial_price_paise: int | None


def compare(criteria: SearchCriteria, ids: Sequence[UUID]) -> list[Compared]:
    """Those of the first `MOST` tutors who are listed, in the order given."""
    wanted = tuple(dict.fromkeys(ids))[:MOST]
    if not wanted:
        return []
    fitting = _found(criteria, wanted)
    found = dict(fitting)
    # Then by anything that they offer at this place, then anywhere.
    for plain in (SearchCriteria(point=criteria.point), SearchCriteria()):
        if others := tuple(pk for pk in wanted if pk not in found):
            found |= _found(plain, others)
    about = _about(wanted)
    return [
        Compared(found[pk], pk in fitting, spans(about[pk][0]), about[pk][1])
        for pk in wanted
        if pk in found
    ]


def spans(free: FreeHours) -> list[Span]:
    """Free hours as spans, none over midnight."""
    found: list[Span] = []
    for hour in sorted(free):
        day, of_day = divmod(hour, HOURS_A_DAY)
        if found and found[-1].day == day and found[-1].last == of_day:
            found[-1] = found[-1]._replace(last=of_day + 1)
        else:
            found.append(Span(day, of_day, of_day + 1))
    return found


def _found(criteria: SearchCriteria, ids: tuple[UUID, ...]) -> dict[UUID, Result]:
    page = search(replace(criteria, names=Names((), ids)), limit=MOST)
    return {result.tutor.id: result for result in page.results}


def _about(ids: Sequence[UUID]) -> dict[UUID, tuple[Any, ...]]:
    rows = TutorProfile.objects.filter(pk__in=ids)
    return {pk: rest for pk, *rest in rows.values_list("pk", "free_hours", "trial_price_paise")}  # type: ignore[misc]
