"""What search reads: indexes in their order, and no more than a page and a change need."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from django.db import connection, transaction

from curriculum.models import Board, Language, Subject
from tutorhub.site.demo import scale
from tutors.models import FreeHours, SearchEntry
from tutors.queries import Mode, Point, SearchCriteria, Sort, landing
from tutors.queries.statements import compose

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

KORAMANGALA = Point(12.9343, 77.6211)


BY_PLACE = {"entry_place", "entry_near"}
ORDERS = {Sort.MATCH: "quality", Sort.PRICE: "price", Sort.RATING: "rating"}


@contextmanager
def only_its_indexes(wish: SearchCriteria) -> Iterator[None]:
    """Among so few tutors any index would do, so those for other questions are away."""
    home, order = "home_" * (wish.mode == Mode.HOME), ORDERS.get(Sort(wish.sort))
    its = {f"entry_{home}{order}", f"entry_{home}subject_{order}"} if order else BY_PLACE
    names = {index.name for index in SearchEntry._meta.indexes} - its - {"entry_tutor"}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {', '.join(names)}")
        yield
        transaction.set_rollback(True)


@pytest.fixture
def physics(db: None) -> Subject:
    return Subject.objects.get(pk="physics")


@pytest.fixture
def crowd(db: None) -> Iterator[None]:
    with connection.cursor() as cursor:
        # What other tests have left in the files would count in the plans.
        cursor.execute("TRUNCATE tutors_searchentry")
        scale.add_rows(cursor, 0, 1999)
        cursor.execute("ANALYZE tutors_searchentry")
        # What docs/deployment.md asks for; and a plan for a table of any size.
        cursor.execute("SET LOCAL random_page_cost = 1.1")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        yield
        cursor.execute("RESET session_replication_role")


@pytest.mark.usefixtures("crowd")
def test_search_reads_indexes_in_their_order(physics: Subject) -> None:
    home = {"mode": Mode.HOME, "point": KORAMANGALA}
    # A crowd this small has few entries in a cell, so that each index by cell is as good.
    by_cell = r"entry_home_\w+|entry_place|entry_near"
    asked: list[tuple[dict[str, Any], str]] = [
        ({"mode": Mode.ONLINE}, "entry_subject_quality"),
        ({"mode": Mode.ONLINE, "sort": Sort.PRICE}, "entry_subject_price"),
        ({"mode": Mode.EITHER, "sort": Sort.RATING}, "entry_subject_rating"),
        (home, by_cell),
        ({**home, "sort": Sort.PRICE}, r"entry_\w+"),
        ({**home, "sort": Sort.DISTANCE}, by_cell),
        ({"point": KORAMANGALA}, by_cell),
        ({"subject": None}, "entry_quality"),
        ({"subject": None, "sort": Sort.PRICE}, "entry_price"),
        ({"subject": None, "sort": Sort.RATING}, "entry_rating"),
        ({"subject": None, **home}, by_cell),
    ]
    for filters, index in asked:
        criteria = SearchCriteria(**{"subject": physics, "grade": 11, **filters})
        plan, passed_over = explained(criteria)
        assert re.search(f"(using|on) ({index}) ", plan), filters
        assert "Seq Scan on tutors" not in plan, filters
        assert passed_over < 1000, filters


@pytest.mark.usefixtures("crowd")
def test_no_wish_needs_a_look_at_the_table(physics: Subject) -> None:
    """All wishes at once are judged in the index: one that is not costs a row of each entry."""
    wishes = SearchCriteria(
        grade=11,
        board=Board.objects.get(pk="CBSE"),
        budget_max_paise=100_000,
        gender="female",
        language=Language.objects.get(pk="en"),
        min_rating=4,
        has_trial=True,
        free_hours=FreeHours({40}),
    )
    places = [(Mode.HOME, KORAMANGALA), (Mode.ONLINE, None)]
    asked = [*product(places, ORDERS), ((Mode.HOME, KORAMANGALA), Sort.DISTANCE)]
    for ((mode, point), sort), subject in product(asked, [physics, None]):
        wish = replace(wishes, mode=mode, point=point, sort=sort, subject=subject)
        with only_its_indexes(wish):
            plan, _ = explained(wish)
        read = set(re.findall(r"(Index.*Scan) using (entry_\w+|tutors_searchentry\w*)", plan))
        # The other entries of a tutor are few, and so are the rows of the page.
        read -= {("Index Scan", "entry_tutor"), ("Index Scan", "tutors_searchentry_pkey")}
        assert {how for how, _ in read} == {"Index Only Scan"}, plan


@pytest.mark.usefixtures("crowd")
def test_by_distance_a_ring_reads_its_band_of_latitudes(physics: Subject) -> None:
    for subject in (physics, None):
        wish = SearchCriteria(
            subject=subject, mode=Mode.HOME, point=KORAMANGALA, sort=Sort.DISTANCE
        )
        with only_its_indexes(wish):
            plan, _ = explained(wish)
        assert re.search(r"Index Cond: \(\(cell = .*latitude >= .*latitude <= ", plan), plan


@pytest.mark.usefixtures("crowd")
def test_the_figures_of_a_city_read_its_own_tutors() -> None:
    values = {
        "city": "Pune",
        "state": "Maharashtra",
        "subject": "physics",
        "today": "2026-11-25",
        "most": landing.MOST,
    }
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tutors_tutorprofile, tutors_offering, accounts_user")
        cursor.execute(f"EXPLAIN {landing.SAMPLE}", values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert re.search("(using|on) tutor_city ", plan), plan


def explained(criteria: SearchCriteria) -> tuple[str, int]:
    """The plan, and how many rows were read that were not wanted."""
    statement, values = compose(criteria, after=None, limit=5)
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE) " + statement, values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    steps = re.findall(r"loops=(\d+)\)(?:\n(?!.*->).*)*?\n +Rows Removed by Filter: (\d+)", plan)
    return plan, sum(int(loops) * int(removed) for loops, removed in steps)


def test_one_change_reads_one_tutor() -> None:
    with connection.cursor() as cursor:
        scale.add_rows(cursor, 0, 999)
        cursor.execute("RESET session_replication_role")
        cursor.execute("ANALYZE tutors_tutorprofile, tutors_offering, tutors_searchentry")
        before = _rows_read(cursor)
        cursor.execute("UPDATE tutors_tutorprofile SET radius_km = 7 WHERE slug = 'tutor-3'")
        assert _rows_read(cursor) - before < 100


def _rows_read(cursor: Any) -> int:
    """Of the tables with offerings and entries, in this transaction."""
    cursor.execute(
        "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables"
        " WHERE relname IN ('tutors_offering', 'tutors_searchentry')"
    )
    return int(cursor.fetchone()[0])
