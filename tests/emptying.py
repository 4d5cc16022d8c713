"""A pytest plugin: tests with real transactions leave empty tables behind, in milliseconds.

Django truncates every table and then makes rights and content types anew, a quarter of a second for
each such test. Most tables are empty anyway; what migrations filled stays.
"""

from typing import Any

import pytest
from django.db import connection
from django.test import TransactionTestCase

KEPT = {
    "accounts_consentnotice",
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "core_place",
    "curriculum_board",
    "curriculum_language",
    "curriculum_subject",
    "django_content_type",
    "payments_creditpack",
    "payments_taxrate",
    "tutors_answertemplate",
}
# In the role of a replica no trigger and no foreign key stands in the way (superusers only).
EMPTY = """
DO $$
DECLARE
    name text;
    has_rows boolean;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOREACH name IN ARRAY ARRAY[{names}] LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I)', name) INTO has_rows;
        IF has_rows THEN
            EXECUTE format('DELETE FROM %I', name);
        END IF;
    END LOOP;
END $$
"""


def empty_tables() -> None:
    """Delete every row that is not from a migration."""
    names = set(connection.introspection.django_table_names(only_existing=True)) - KEPT
    with connection.cursor() as cursor:
        cursor.execute(EMPTY.format(names=", ".join(f"'{name}'" for name in sorted(names))))


@pytest.fixture(scope="session", autouse=True)
def _empty_fast(django_db_setup: None) -> None:
    TransactionTestCase._fixture_teardown = _teardown  # type: ignore[method-assign]


def _teardown(case: Any) -> None:
    empty_tables()
