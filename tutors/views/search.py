"""Finding a tutor."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from tutors import queries
from tutors.forms import SearchForm, chips
from tutors.queries import Page, Position, Result, SearchCriteria, Sort
from tutors.views.cards import card_of

PER_PAGE = 12


@require_safe
def tutor_search(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    criteria, page, after = None, None, _position(request)
    if form.is_valid():
        criteria = form.criteria()
        page = queries.search(criteria, after=after, limit=PER_PAGE)
    context = {
        "form": form,
        "criteria": criteria,
        "cards": _cards(page, form),
        "is_first_page": after is None,
        "more_url": _more_url(request, page),
        "sorts": _sorts(form, criteria),
        "chips": chips(form, criteria) if criteria else [],
        "enquiry_query": urlencode(form.carried()),
    }
    name = "_tutor_results" if request.htmx else "tutor_search"
    response = render(request, f"tutors/{name}.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _position(request: HttpRequest) -> Position | None:
    """Where to go on; an address that was cut off starts again from the first tutor."""
    try:
        return Position.decode(request.GET.get("cursor", ""))
    except ValueError:
        return None


def _cards(page: Page | None, form: SearchForm) -> list[dict[str, Any]]:
    query = urlencode(form.carried())
    return [_card(result, query) for result in (page.results if page else [])]


def _card(result: Result, query: str) -> dict[str, Any]:
    """With the box for comparing, and why it is where it is."""
    return {**card_of(result, query), "slug": result.tutor.slug, "why": result.why}


def _more_url(request: HttpRequest, page: Page | None) -> str:
    if page is None or page.next is None:
        return ""
    query = request.GET.copy()
    query["cursor"] = page.next.encode()
    return f"{request.path}?{query.urlencode()}"


def _sorts(form: SearchForm, criteria: SearchCriteria | None) -> list[dict[str, Any]]:
    kept = {name: value for name, value in form.data.items() if name != "sort"}
    return [
        {
            "label": sort.label,
            "url": f"?{urlencode({**kept, 'sort': sort.value})}",
            "is_current": criteria is not None and criteria.sort == sort,
        }
        for sort in Sort
        if sort != Sort.DISTANCE or (criteria is not None and criteria.point is not None)
    ]
