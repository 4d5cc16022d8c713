"""Pages of the API: `{results, next, previous}`, by cursor, never by offset."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request


class KeysetPagination(CursorPagination):
    """Newest first by UUIDv7, 20 a page, at most 50."""

    page_size = 20
    max_page_size = 50
    page_size_query_param = "page_size"
    ordering: Any = "-pk"
    position_type: ClassVar[Callable[[str], object]] = UUID
    """What the first column of `ordering` holds: a cursor is text from outside."""

    def decode_cursor(self, request: Request) -> Cursor | None:
        """The place in a cursor that came back to us. Raises NotFound for anything else."""
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None:
            try:
                type(self).position_type(str(cursor.position))
            except ValueError as error:
                raise NotFound(self.invalid_cursor_message) from error
        return cursor
