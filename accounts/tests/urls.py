"""Every URL of the product, for tests that try them all."""

import re
import uuid
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, get_resolver
from django.urls.resolvers import URLResolver

SAMPLES = {"uuid": str(uuid.UUID(int=1)), "int": "1", "slug": "some-slug", "str": "x", "path": "x"}


def every_url(resolver: URLResolver | None = None, prefix: str = "/") -> Iterator[tuple[str, Any]]:
    """A path for each pattern, its parameters filled with samples, and its view."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + filled(str(pattern.pattern))
        if isinstance(pattern, URLPattern):
            yield route, pattern.callback
        else:
            yield from every_url(pattern, route)


def filled(route: str) -> str:
    route = re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES[found[1] or "str"], route)
    route = re.sub(r"\(\?P<\w+>[^)]*\)", "x", route)
    return route.replace("^", "").replace("$", "").replace("\\Z", "").replace("\\", "")
