"""Searches that a family keeps."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.decorators import family_required
from tutors.forms import SearchForm, chips, saving
from tutors.models import SavedSearch
from tutors.policies import SEARCHES_A_PERSON
from tutors.services import saved

NAME = 60


@family_required
@require_http_methods(["GET", "HEAD", "POST"])
def saved_list(request: HttpRequest) -> HttpResponse:
    """The list; a POST adds the search whose address is in `query`."""
    if request.method == "POST":
        form = SearchForm(QueryDict(request.POST.get("query", "")[:2000]))
        if form.is_valid():
            saved.save(by=request.user, name=_name(form), wishes=saving.wishes(form))
            messages.success(request, _("Saved. We tell you when new tutors fit."))
        else:
            messages.error(request, _("This search has a mistake in it; mend it first."))
        return redirect("tutors:saved-list")
    searches = SavedSearch.objects.of(request.user)
    context = {
        "searches": [_row(search) for search in searches],
        "most": SEARCHES_A_PERSON,
    }
    return render(request, "tutors/saved_list.html", context)


@family_required
@require_POST
def saved_tell(request: HttpRequest, pk: UUID) -> HttpResponse:
    search = _mine(request, pk)
    saved.set_told(search, by=request.user, is_told=request.POST.get("is_told") == "1")
    return redirect("tutors:saved-list")


@family_required
@require_POST
def saved_remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    saved.remove(_mine(request, pk), by=request.user)
    messages.success(request, _("Removed."))
    return redirect("tutors:saved-list")


def _mine(request: HttpRequest, pk: UUID) -> SavedSearch:
    return get_object_or_404(SavedSearch.objects.of(request.user), pk=pk)


def _row(search: SavedSearch) -> dict[str, Any]:
    return {"search": search, "query": saving.query_of(search.wishes)}


def _name(form: SearchForm) -> str:
    """The wishes in words, as the chips above the results have them."""
    said = ", ".join(chip.label for chip in chips(form, form.criteria()) if not chip.is_text)
    said = said or _("All tutors")
    return said if len(said) <= NAME else f"{said[: NAME - 1]}…"
