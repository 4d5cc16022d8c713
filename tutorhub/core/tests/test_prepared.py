from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from tutorhub.core import prepared
from tutorhub.core.models import Place

pytestmark = pytest.mark.django_db

SQUARE = "SELECT %(side)s::int * %(side)s::int, pg_backend_pid()"
PREPARED = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s"


def prepared_of(text: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(PREPARED, [text])
        number: int = cursor.fetchone()[0]
        return number


def test_planned_once_and_in_djangos_own_session() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (session,) = cursor.fetchone()
    assert [prepared.fetch_one(SQUARE, {"side": side}) for side in (2, 3, 4)] == [
        (4, session),
        (9, session),
        (16, session),
    ]
    assert prepared_of("SELECT $1::int * $1::int%") == 1


def test_nothing_else_is_prepared() -> None:
    prepared.fetch_one(SQUARE, {"side": 1})
    for _ in range(8):
        Place.objects.filter(pk="560034").exists()
    assert prepared_of("%core_place%") == 0


def test_it_counts_as_a_query(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        for side in (1, 2):
            prepared.fetch_one(SQUARE, {"side": side})


def test_errors_are_djangos_and_the_statement_still_works_afterwards() -> None:
    insert = "INSERT INTO core_place (pin_code) VALUES (%(code)s) RETURNING pin_code"
    for _ in range(2):
        with pytest.raises(IntegrityError), transaction.atomic():
            prepared.fetch_one(insert, {"code": "560034"})
    assert prepared.fetch_one(SQUARE, {"side": 5})[0] == 25
