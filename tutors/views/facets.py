"""How many tutors each further wish would leave, for the filters beside the results.

The page asks for these after it is shown, so that counting costs the search nothing.
"""

from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tutors import queries
from tutors.forms import SearchForm
from tutors.queries import Facets

LISTS = ("grade", "board", "language")
CHIPS = {"mode": ["home", "online"], "min_rating": ["4", "4.5", "4.8"]}


class Option(NamedTuple):
    value: str
    label: str
    tutors: int | None
    is_chosen: bool


@require_safe
def tutor_facets(request: HttpRequest) -> HttpResponse:
    """Pieces that take their places on the search page; nothing while the filters are wrong."""
    form = SearchForm(request.GET)
    if not form.is_valid():
        return HttpResponse(status=204)
    found = queries.facets(form.criteria())
    context = {
        "found": found,
        "lists": [(name, form[name].id_for_label, _options(form, name, found)) for name in LISTS],
        "chips": [
            (f"n-{name}-{value.replace('.', '-')}", found.counts[name].get(value, 0))
            for name, values in {**CHIPS, "gender": _genders(form)}.items()
            for value in values
        ],
        "trials": found.counts["trial"].get("true", 0),
    }
    return render(request, "tutors/_facets.html", context)


def _options(form: SearchForm, name: str, found: Facets) -> list[Option]:
    """The choices of a list, with counts behind all but the first, which is no wish."""
    chosen, counts = str(form.data.get(name, "")), found.counts[name]
    return [
        Option(
            str(value),
            str(label),
            counts.get(str(value), 0) if value else None,
            str(value) == chosen,
        )
        for value, label in form.fields[name].choices
    ]


def _genders(form: SearchForm) -> list[Any]:
    return [value for value, _ in form.fields["gender"].choices if value]
