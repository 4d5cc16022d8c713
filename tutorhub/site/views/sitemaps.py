"""The list of public pages for search engines, written while it is sent.

Tutors come in ranges of at most 25,000 by id, each read in batches: no offset, no list in memory,
however many there are. The address of a range is the id it begins after.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain
from typing import Any
from uuid import UUID
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from tutorhub.core import clock
from tutors.queries import landing

RANGE = 25_000
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
DAY = 24 * 60 * 60
PAGES = ("site:home", "tutors:tutor-search", "site:help", "site:privacy")


@require_safe
def sitemap_index(request: HttpRequest) -> Any:
    """The other lists: pages, cities, and one for each range of tutors."""
    ranges = (reverse("site:sitemap-tutors", args=[start]) for start in landing.range_starts(RANGE))
    paths = chain([reverse("site:sitemap-pages"), reverse("site:sitemap-cities")], ranges)
    return _streamed(request, "sitemapindex", "sitemap", ((path, None) for path in paths), 3600)


@require_safe
def sitemap_pages(request: HttpRequest) -> Any:
    return _streamed(request, "urlset", "url", ((reverse(name), None) for name in PAGES), DAY)


@require_safe
def sitemap_cities(request: HttpRequest) -> Any:
    """City pages with enough tutors; a page with fewer asks not to be listed."""
    paths = (
        reverse("tutors:city-subject", args=[city.slug, subject])
        if subject
        else reverse("tutors:city-show", args=[city.slug])
        for city, subject in landing.pages()
    )
    return _streamed(request, "urlset", "url", ((path, None) for path in paths), DAY)


@require_safe
def sitemap_tutors(request: HttpRequest, after: UUID) -> Any:
    rows = (
        (
            reverse("tutors:tutor-detail", args=[tutor.slug]),
            tutor.updated_at.astimezone(clock.IST).date(),
        )
        for tutor in landing.in_range(after, size=RANGE)
    )
    return _streamed(request, "urlset", "url", rows, DAY)


def _streamed(
    request: HttpRequest,
    outer: str,
    inner: str,
    rows: Iterable[tuple[str, date | None]],
    seconds: int,
) -> HttpResponse | StreamingHttpResponse:
    content_type = "application/xml; charset=utf-8"
    response: HttpResponse | StreamingHttpResponse
    if request.method == "HEAD":
        response = HttpResponse(content_type=content_type)
    else:
        response = StreamingHttpResponse(_lines(outer, inner, rows), content_type=content_type)
    response["Cache-Control"] = f"public, max-age={seconds}"
    return response


def _lines(outer: str, inner: str, rows: Iterable[tuple[str, date | None]]) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<{outer} xmlns="{NAMESPACE}">\n'
    for path, day in rows:
        changed = f"<lastmod>{day:%Y-%m-%d}</lastmod>" if day else ""
        yield f"<{inner}><loc>{escape(settings.SITE_URL + path)}</loc>{changed}</{inner}>\n"
    yield f"</{outer}>\n"
