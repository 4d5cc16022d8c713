"""When a tutor is really free: the hours of a usual week less the classes that hold them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from marketplace.models import TutoringSession
from tutorhub.core import clock
from tutors.models import TutorProfile
from tutors.models.hours import HOURS_A_DAY

DAYS = 14
HOUR = timedelta(hours=1)
# Nobody books a class that begins in the next minutes.
NOTICE = timedelta(hours=2)


@dataclass(frozen=True)
class FreeDay:
    """The free times of one day in India, each from when to when."""

    day: date
    spans: list[tuple[datetime, datetime]]


def free_times(tutor: TutorProfile, *, now: datetime) -> list[FreeDay]:
    """Days of the next two weeks with a free hour; says nothing about whose the others are."""
    first = now.astimezone(clock.IST).replace(hour=0, minute=0, second=0, microsecond=0)
    taken = list(
        TutoringSession.objects.filter(tutor=tutor, status__in=TutoringSession.HOLDS_TUTOR)
        .overlapping(first, first + timedelta(days=DAYS))
        .values_list("start_at", "end_at")
    )
    days = [first + timedelta(days=number) for number in range(DAYS)]
    found = [FreeDay(day.date(), _spans(tutor, day, taken, now + NOTICE)) for day in days]
    return [day for day in found if day.spans]


def _spans(
    tutor: TutorProfile,
    midnight: datetime,
    taken: list[tuple[datetime, datetime]],
    earliest: datetime,
) -> list[tuple[datetime, datetime]]:
    spans: list[tuple[datetime, datetime]] = []
    for hour in range(HOURS_A_DAY):
        start = midnight + hour * HOUR
        is_free = midnight.weekday() * HOURS_A_DAY + hour in tutor.free_hours
        if not is_free or start < earliest or _is_taken(start, taken):
            continue
        if spans and spans[-1][1] == start:
            spans[-1] = (spans[-1][0], start + HOUR)
        else:
            spans.append((start, start + HOUR))
    return spans


def _is_taken(start: datetime, taken: list[tuple[datetime, datetime]]) -> bool:
    return any(begin < start + HOUR and end > start for begin, end in taken)
