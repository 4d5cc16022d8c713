"""Tutors of one city, perhaps of one subject: pages that search engines can find."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from curriculum.models import Subject
from curriculum.queries import catalogue
from tutorhub.core.cities import City, cities
from tutors import queries
from tutors.queries import Point, Result, SearchCriteria, landing
from tutors.views.cards import card_of

PER_PAGE = 12


@require_safe
def city_show(request: HttpRequest, city: str, subject: str = "") -> HttpResponse:
    """The same search as from the PIN code in the middle of the city, with the city's figures."""
    here, taught = cities().get(city), catalogue().subjects.get(subject)
    if here is None or (subject and taught is None):
        raise Http404
    point = Point.of(here)
    found = queries.search(SearchCriteria(subject=taught, point=point), limit=PER_PAGE).results
    query = f"pin_code={here.pin_code}" + (f"&subject={subject}" if taught else "")
    context: dict[str, Any] = {
        "city": here,
        "subject": taught,
        "title": _title(here, taught),
        "figures": landing.figures(here, subject),
        "cards": [card_of(result, query) for result in found],
        "search_query": query,
        "crumbs": _crumbs(here, taught),
        "other_subjects": _subjects(here, but=subject),
        "other_cities": _cities(here, subject),
        "structured": [_breadcrumbs(here, taught), _items(found)],
    }
    context["is_hidden"] = not context["figures"].is_enough
    return render(request, "tutors/city_show.html", context)


def _title(city: City, subject: Subject | None) -> str:
    if subject is None:
        return _("Tutors in %(city)s") % {"city": city.name}
    return _("%(subject)s tutors in %(city)s") % {"subject": subject.name, "city": city.name}


def _url(city: City, subject: str = "") -> str:
    if subject:
        return reverse("tutors:city-subject", args=[city.slug, subject])
    return reverse("tutors:city-show", args=[city.slug])


def _crumbs(city: City, subject: Subject | None) -> list[tuple[str, str]]:
    crumbs = [(_("Tutors"), reverse("tutors:tutor-search"))]
    if subject is None:
        return [*crumbs, (city.name, "")]
    return [*crumbs, (city.name, _url(city)), (subject.name, "")]


def _subjects(city: City, *, but: str) -> list[tuple[str, str]]:
    """Subjects that enough tutors of the city teach, the most taught first."""
    known = catalogue().subjects
    taught = [slug for slug in landing.figures(city, "").subjects if slug != but and slug in known]
    return [(known[slug].name, _url(city, slug)) for slug in taught[: landing.SUBJECTS]]


def _cities(city: City, subject: str) -> list[tuple[str, str]]:
    """Cities near by, for the same subject."""
    return [(other.name, _url(other, subject)) for other in landing.neighbours(city, subject)]


def _breadcrumbs(city: City, subject: Subject | None) -> dict[str, Any]:
    own = _url(city, subject.pk if subject else "")
    crumbs = [(_("Home"), "/"), *_crumbs(city, subject)]
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": number,
                "name": str(label),
                "item": settings.SITE_URL + (url or own),
            }
            for number, (label, url) in enumerate(crumbs, start=1)
        ],
    }


def _items(found: list[Result]) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "ItemList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": number,
                "name": result.tutor.name,
                "url": settings.SITE_URL + result.tutor.get_absolute_url(),
            }
            for number, result in enumerate(found, start=1)
        ],
    }
