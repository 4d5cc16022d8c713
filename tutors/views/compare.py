"""Up to three tutors side by side."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from curriculum.queries import catalogue, language_names
from tutors import queries
from tutors.forms import SearchForm
from tutors.forms.search import DAYS
from tutors.models import TutorProfile
from tutors.queries import Compared, Mode, SearchCriteria, Span
from tutors.queries.comparing import MOST


@require_safe
def tutor_compare(request: HttpRequest) -> HttpResponse:
    """The tutors `t`, for the question in the rest of the address."""
    slugs = list(dict.fromkeys(request.GET.getlist("t")))
    form = SearchForm(request.GET)
    criteria = form.criteria() if form.is_valid() else SearchCriteria()
    ids = dict(TutorProfile.objects.filter(slug__in=slugs[:MOST]).values_list("slug", "pk"))
    compared = queries.compare(criteria, [ids[slug] for slug in slugs if slug in ids])
    carried = form.carried() if form.is_valid() else {}
    context = {
        "columns": [_column(one, carried) for one in compared],
        "criteria": criteria,
        "has_more": len(slugs) > MOST,
        "search_query": urlencode(form.data),
    }
    return render(request, "tutors/tutor_compare.html", context)


def _column(one: Compared, carried: dict[str, str]) -> dict[str, Any]:
    result, offered = one.result, catalogue()
    tutor, query = result.tutor, urlencode(carried)
    url = tutor.get_absolute_url()
    boards = dict.fromkeys(board for offer in tutor.offers for board in offer.boards)
    return {
        "tutor": tutor,
        "result": result,
        "fits": one.fits,
        "url": f"{url}?{query}" if query else url,
        "ask_query": urlencode({"tutor": tutor.slug, **carried}),
        "is_home": result.mode == Mode.HOME,
        "languages": language_names(tutor.languages),
        "boards": list(boards),
        "subjects": list(dict.fromkeys(offered.subjects[o.subject].name for o in tutor.offers)),
        "free": [_free(span) for span in one.free],
        "trial_price_paise": one.trial_price_paise,
    }


def _free(span: Span) -> str:
    hours = {"first": _hour(span.first), "last": _hour(span.last)}
    return f"{dict(DAYS)[span.day]} " + _("%(first)s to %(last)s") % hours


def _hour(hour: int) -> str:
    half = _("am") if hour % 24 < 12 else _("pm")
    return f"{hour % 12 or 12} {half}"
