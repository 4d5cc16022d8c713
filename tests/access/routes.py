"""Every route of the product, as Django resolves it."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

ADMIN = "admin"


def all_routes() -> dict[str, URLPattern]:
    """Route name -> pattern. The admin's own routes are left out: `test_admin.py` has them."""
    return dict(_walk(get_resolver().url_patterns, ""))


def methods_of(pattern: URLPattern) -> set[str] | None:
    """The methods an API operation has; None for a page, whose table row says it."""
    view: Any = getattr(pattern.callback, "view_class", None) or getattr(
        pattern.callback, "cls", None
    )
    if view is None:
        return None
    return {
        method.upper()
        for method in ("get", "post", "put", "patch", "delete")
        if hasattr(view, method)
    }


def _walk(
    patterns: list[URLPattern | URLResolver], namespace: str
) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name == ADMIN:
                continue
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, inner)
        else:
            yield f"{namespace}{pattern.name}", pattern
