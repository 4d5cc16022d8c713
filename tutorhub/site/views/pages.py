"""Pages that belong to no app."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import check_for_language, get_language
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from accounts.services import notices, users
from tutorhub.site import queries
from tutorhub.site.forms import TutorSearchForm


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "site/home.html", {"form": TutorSearchForm(), **queries.home()})


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "site/help.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    notice = notices.in_force(get_language() or "en")
    return render(request, "site/privacy.html", {"notice": notice})


@require_POST
def language_set(request: HttpRequest) -> HttpResponse:
    """Keep the language in this browser, and on the account of whoever is signed in."""
    response = set_language(request)
    language = request.POST.get("language", "")
    if request.user.is_authenticated and check_for_language(language):
        users.update_profile(request.user, language=language)
    return response


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Says in plain words what to do when a form's token did not fit."""
    return render(request, "403_csrf.html", status=403)
