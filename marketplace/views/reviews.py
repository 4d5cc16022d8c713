"""What families say about a tutor, and when the tutor is free, for everybody to read."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from marketplace.models import Review
from marketplace.queries.reputation import reviews_about, spread_of_stars
from marketplace.queries.times import free_times
from tutorhub.core import clock
from tutors.models import TutorProfile

SHOWN = 10


@require_safe
def review_list(request: HttpRequest, slug: str) -> HttpResponse:
    """A page of its own, or for htmx the part that the tutor's page holds."""
    tutor = _listed(slug)
    after = _after(tutor, request.GET.get("after", ""))
    reviews = list(reviews_about(tutor.pk, after=after)[: SHOWN + 1])
    context = {
        "tutor": tutor,
        "reviews": reviews[:SHOWN],
        "is_first_page": after is None,
        "spread": spread_of_stars(tutor.pk) if after is None and tutor.rating_count else [],
        "more_url": f"{request.path}?after={reviews[SHOWN - 1].pk}" if reviews[SHOWN:] else "",
    }
    template = "marketplace/_reviews.html" if request.htmx else "marketplace/review_list.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
def times_show(request: HttpRequest, slug: str) -> HttpResponse:
    """The free times of the next two weeks: a page, or for htmx a part of the tutor's."""
    tutor = _listed(slug)
    days = free_times(tutor, now=clock.now())
    context = {"tutor": tutor, "days": days, "is_hidden": True}
    template = "marketplace/_times.html" if request.htmx else "marketplace/times_show.html"
    response = render(request, template, context)
    response["Cache-Control"] = "no-store"
    patch_vary_headers(response, ["HX-Request"])
    return response


def _listed(slug: str) -> TutorProfile:
    return get_object_or_404(TutorProfile.objects.listed().select_related("user"), slug=slug)


def _after(tutor: TutorProfile, text: str) -> Review | None:
    """The last review of the page before; an address that was cut off begins again."""
    try:
        pk = UUID(text)
    except ValueError:
        return None
    return Review.objects.shown().about_tutors().filter(tutor=tutor, pk=pk).first()
