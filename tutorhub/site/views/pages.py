"""Pages that belong to no app."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.i18n import set_language

from tutorhub.site.forms import TutorSearchForm

CITIES = (
    ("Bengaluru", "560034"),
    ("Mumbai", "400053"),
    ("Delhi", "110024"),
    ("Hyderabad", "500034"),
    ("Chennai", "600017"),
    ("Pune", "411038"),
    ("Kolkata", "700019"),
    ("Ahmedabad", "380015"),
)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "site/home.html", {"form": TutorSearchForm(), "cities": CITIES})


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "site/help.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "site/privacy.html")


def language_set(request: HttpRequest) -> HttpResponse:
    return set_language(request)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Says in plain words what to do when a form's token did not fit."""
    return render(request, "403_csrf.html", status=403)
