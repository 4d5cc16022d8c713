"""Pages of the API: `{results, next, previous}`, by cursor, never by offset."""

from rest_framework.pagination import CursorPagination


class KeysetPagination(CursorPagination):
    """Newest first by UUIDv7, 20 a page, at most 50."""

    page_size = 20
    max_page_size = 50
    page_size_query_param = "page_size"
    ordering = "-pk"
