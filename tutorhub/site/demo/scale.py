"""Many tutors for measurements: plain rows by whole statements, without papers or money.

Everything about a tutor follows from the tutor's number by hashing, so that the same number gives
the same tutor on every machine, and a run that was stopped goes on where it stopped.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from random import Random
from typing import Any

from django.core.management.base import CommandError
from django.db import ProgrammingError, connection, transaction
from django.db.models import Index

from curriculum.models import Board, Subject
from tutorhub.core import clock
from tutorhub.core.models import Place
from tutorhub.site.demo import crowd, words
from tutorhub.site.demo.statements import CHUNK, HELPERS
from tutors.models import SearchEntry, TutorProfile

BATCH = 25_000
MANY = 50_000
SLOTS = 10_000
# One in twenty is suspended or has let the identity badge lapse.
HIDDEN_EVERY = 20
SEED = 7

Progress = Callable[[int, int, str], None]


def fill(wanted: int, progress: Progress) -> None:
    """Add tutors all over India until `wanted` are listed; says how many are done, and of how many.

    From `MANY` on, the indexes of search are made afresh at the end instead of row by row.
    """
    missing = wanted - TutorProfile.objects.listed().count()
    if missing > 0:
        first = _next_number()
        last = _last_number(first, missing)
        indexes = _drop_indexes() if missing >= MANY else []
        with connection.cursor() as cursor:
            _prepare(cursor)
            for start in range(first, last + 1, BATCH):
                end = min(start + BATCH - 1, last)
                _add(cursor, start, end)
                progress(end - first + 1, last - first + 1, "tutors")
        for count, index in enumerate(indexes, 1):
            with connection.schema_editor() as editor:
                editor.add_index(SearchEntry, index)
            progress(count, len(indexes), "indexes")
    _restore_indexes()
    _tidy()


def add_rows(cursor: Any, first: int, last: int) -> None:
    """Those tutors alone, for tests. Triggers are off until `session_replication_role` is reset."""
    _prepare(cursor)
    _add(cursor, first, last)


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(max(substr(slug, 7)::int), -1) + 1 FROM tutors_tutorprofile"
            " WHERE slug ~ '^tutor-[0-9]+$'"
        )
        return int(cursor.fetchone()[0])


def _last_number(first: int, missing: int) -> int:
    """The number of the last tutor, so that exactly `missing` of them are listed."""
    last = first - 1 + missing * HIDDEN_EVERY // (HIDDEN_EVERY - 1)
    while _listed_among(first, last) < missing:
        last += 1
    while _listed_among(first, last) > missing:
        last -= 1
    return last


def _listed_among(first: int, last: int) -> int:
    hidden = (last + 1) // HIDDEN_EVERY - first // HIDDEN_EVERY
    return last - first + 1 - hidden


def _prepare(cursor: Any) -> None:
    """Triggers and foreign keys are not asked row by row: these rows are right as they are."""
    try:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute("SET synchronous_commit = off")
        _write_lists(cursor)
    except ProgrammingError as error:
        raise CommandError(
            "Filling in many tutors needs the database's owner with superuser rights."
        ) from error


def _missing_indexes() -> list[Index]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'tutors_searchentry'")
        there = {row[0] for row in cursor.fetchall()}
    return [index for index in SearchEntry._meta.indexes if index.name not in there]


def _drop_indexes() -> list[Index]:
    with connection.cursor() as cursor:
        for index in SearchEntry._meta.indexes:
            cursor.execute(f"DROP INDEX IF EXISTS {index.name}")
    return list(SearchEntry._meta.indexes)


def _restore_indexes() -> None:
    """Also after a run that was stopped between dropping and making them."""
    for index in _missing_indexes():
        with connection.schema_editor() as editor:
            editor.add_index(SearchEntry, index)


def _tidy() -> None:
    with connection.cursor() as cursor:
        cursor.execute("RESET session_replication_role")
        cursor.execute("RESET synchronous_commit")
        for table in (
            "accounts_user",
            "tutors_badge",
            "tutors_offering",
            "tutors_tutorprofile",
            "tutors_searchentry",
            "tutors_searchname",
            "tutors_searchword",
        ):
            cursor.execute(f"VACUUM (ANALYZE) {table}")


@transaction.atomic
def _add(cursor: Any, start: int, end: int) -> None:
    values = {"start": start, "end": end, "now": clock.now(), "today": clock.today()}
    for statement in CHUNK:
        cursor.execute(statement, values)


def _write_lists(cursor: Any) -> None:
    """Lists of which each row is as likely as any other, for hashing to choose from."""
    for statement in HELPERS:
        cursor.execute(statement)
    chance = Random(SEED)  # noqa: S311 - rows for measurements
    _insert(cursor, "demo_spot", _spots())
    _insert(cursor, "demo_subject", _subjects())
    _insert(cursor, "demo_board", _boards_of_states())
    _insert(cursor, "demo_week", ((_week(chance),) for _ in range(400)))
    _insert(
        cursor, "demo_name", ((n, g) for g, some in crowd.FIRST_NAMES.items() for n in some.split())
    )
    _insert(cursor, "demo_surname", ((name,) for name in crowd.SURNAMES.split()))
    _insert(cursor, "demo_text", ((s.headline, s.bio, s.degree) for s in words.SPECIALITIES))


def _insert(cursor: Any, table: str, rows: Any) -> None:
    numbered = [(number, *row) for number, row in enumerate(rows)]
    marks = ", ".join(["%s"] * len(numbered[0]))
    cursor.executemany(f"INSERT INTO pg_temp.{table} VALUES ({marks})", numbered)  # noqa: S608


def _spots() -> Iterator[tuple[Any, ...]]:
    """Places, great cities as often as they have tutors; half of a city's in its known areas."""
    places = list(Place.objects.order_by("pk"))
    by_pin = {place.pk: place for place in places}
    by_city: dict[str, list[Place]] = {}
    for place in places:
        by_city.setdefault(place.city, []).append(place)
    in_cities = SLOTS * crowd.IN_CITIES // 100
    cities = list(words.CITIES.items())
    for number, city in enumerate(_shares(in_cities, len(cities), crowd.CITY_STEEPNESS)):
        name, pins = cities[city]
        known = [by_pin[pin] for pin in pins if pin in by_pin]
        others = by_city.get(name) or known
        yield _spot(_turn(known, number) if number % 2 else _turn(others, number))
    for number in range(SLOTS - in_cities):
        yield _spot(places[number * 7919 % len(places)])


def _turn(places: Sequence[Place], number: int) -> Place:
    return places[number // 2 % len(places)]


def _spot(place: Place) -> tuple[Any, ...]:
    language = crowd.LANGUAGE_OF_STATE.get(place.state, "hi")
    return place.pk, place.latitude, place.longitude, place.city, place.state, language


def _subjects() -> Iterator[tuple[str]]:
    slugs = list(Subject.objects.order_by("position").values_list("pk", flat=True))
    for subject in _shares(1000, len(slugs), crowd.SUBJECT_STEEPNESS):
        yield (slugs[subject],)


def _shares(slots: int, count: int, steepness: float) -> Iterator[int]:
    """The numbers 0 to `count` - 1, each as often as the power law of its rank says."""
    weights = [1 / (rank + 1) ** steepness for rank in range(count)]
    before = 0
    for rank, until in enumerate(accumulate(weights)):
        upto = round(slots * until / sum(weights))
        for _ in range(before, upto):
            yield rank
        before = upto


def _boards_of_states() -> list[tuple[str, list[str]]]:
    codes: dict[str, list[str]] = {}
    for board in Board.objects.exclude(state="").order_by("pk"):
        codes.setdefault(board.state, []).append(board.pk)
    return list(codes.items())


def _week(chance: Random) -> str:
    """Free hours: some evenings, some mornings, much of the weekend."""
    free = set()
    for day in range(7):
        hours = range(8, 20) if day > 4 else [*range(6, 8), *range(16, 21)]
        free |= {day * 24 + hour for hour in hours if chance.random() < 0.4}
    return "".join("1" if hour in free else "0" for hour in range(168))
