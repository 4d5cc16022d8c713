"""Statements that PostgreSQL parses and plans once for each connection.

For the few that run so often that parsing them is a good part of their cost. Django writes the
values into the text of a statement, so that each is new to the server; here they travel apart from
it. A pool in front of PostgreSQL has to know prepared statements (PgBouncer does from 1.21 on).
"""

from collections.abc import Mapping
from typing import Any, cast

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper


class PreparedCursor(psycopg.Cursor[tuple[Any, ...]]):
    def execute(self, query: Any, params: Any = None, **_options: Any) -> "PreparedCursor":
        return super().execute(query, params, prepare=True)


def fetch_one(statement: str, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """The first row. Errors, counted queries and logs are those of Django's own cursors."""
    connection.ensure_connection()
    raw = connection.connection
    if raw.prepare_threshold is None:
        # Django turns preparing off. The number is psycopg's own and never reached: Django's
        # cursors prepare nothing, and ours asks for it at once.
        raw.prepare_threshold = 5
    with connection.wrap_database_errors:
        cursor = PreparedCursor(raw)
    wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with wrap(cast(CursorWrapper, cursor)) as wrapped:
        wrapped.execute(statement, values)
        row: tuple[Any, ...] = wrapped.fetchone()
        return row
