"""What families say about a tutor, for everybody to read."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from marketplace import queries
from tutors.models import TutorProfile

SHOWN = 30


@require_safe
def review_list(request: HttpRequest, slug: str) -> HttpResponse:
    """A page of its own, or for htmx the part that the tutor's page holds."""
    tutor = get_object_or_404(TutorProfile.objects.listed().select_related("user"), slug=slug)
    template = "marketplace/_reviews.html" if request.htmx else "marketplace/review_list.html"
    reviews = queries.reviews_about(tutor.pk)[:SHOWN]
    response = render(request, template, {"tutor": tutor, "reviews": reviews})
    patch_vary_headers(response, ["HX-Request"])
    return response
