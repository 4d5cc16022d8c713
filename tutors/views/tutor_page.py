"""The public page of one tutor, its picture for links, and the form to say that it is wrong."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import person_required
from curriculum.queries import language_names
from tutorhub.core import places
from tutorhub.core.errors import DomainError
from tutorhub.core.storage.base import FOREVER
from tutors import queries
from tutors.forms.reports import ReportForm
from tutors.forms.search import CARRIED
from tutors.models import TutorProfile
from tutors.queries import Point, public_profiles
from tutors.services import homes, previews, reports


@require_safe
def tutor_detail(request: HttpRequest, slug: str) -> HttpResponse:
    visible = queries.public_profile(TutorProfile.objects.visible_to(request.user))
    tutor = get_object_or_404(visible, slug=slug)
    carried = {name: request.GET[name] for name in CARRIED if request.GET.get(name)}
    url = settings.SITE_URL + tutor.get_absolute_url()
    card = reverse("tutors:tutor-card", args=[slug, previews.mark_of(tutor)])
    context = {
        "tutor": tutor,
        "claims": public_profiles.claims(tutor),
        "languages": language_names(tutor.languages),
        "response": public_profiles.response(tutor),
        "distance_km": public_profiles.distance_km(tutor, _point(request)),
        "enquiry_query": urlencode({"tutor": tutor.slug, **carried}),
        "search_query": urlencode(carried),
        "url": url,
        "card_url": settings.SITE_URL + card,
        "structured": public_profiles.structured(
            tutor, url=url, image_url=settings.SITE_URL + card
        ),
        "is_own": tutor.user_id == getattr(request.user, "pk", None),
    }
    return render(request, "tutors/tutor_detail.html", context)


def _point(request: HttpRequest) -> Point | None:
    """Where the family is: by the PIN code in the address, else by where its child lives."""
    if pin_code := request.GET.get("pin_code", ""):
        try:
            place = places.find(pin_code)
        except places.UnknownPinCode:
            return None
        return Point.of(place)
    return homes.of(request.user) if request.user.is_authenticated else None


@require_safe
def tutor_card(request: HttpRequest, slug: str, mark: str) -> HttpResponse:
    """The picture of 1200 by 630 for links. An address of before leads to the one of now."""
    tutor = get_object_or_404(queries.public_profile(TutorProfile.objects.listed()), slug=slug)
    picture = previews.picture_of(tutor, mark)
    if picture is None:
        response: HttpResponse = redirect("tutors:tutor-card", slug, previews.mark_of(tutor))
        response["Cache-Control"] = "public, max-age=300"
        return response
    response = HttpResponse(picture, content_type="image/jpeg")
    response["Cache-Control"] = FOREVER
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Content-Security-Policy"] = "default-src 'none'"
    return response


@person_required
@require_http_methods(["GET", "HEAD", "POST"])
def tutor_report(request: HttpRequest, slug: str) -> HttpResponse:
    tutor = get_object_or_404(TutorProfile.objects.listed().select_related("user"), slug=slug)
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reports.report(tutor, by=request.user, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Thank you. A person of our staff looks at it."))
            return redirect(tutor)
    context: dict[str, Any] = {"tutor": tutor, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "tutors/tutor_report.html", context, status=status)
