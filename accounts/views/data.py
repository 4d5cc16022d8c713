"""What we hold about somebody, a copy of it, and the way out."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.clients import sign_in_of
from accounts.decorators import (
    person_required,
    settled_device_required,
    strong_step_up_required,
    strong_step_up_to_change,
    way_to_strong_step_up,
)
from accounts.forms import DataRequestForm, EraseForm
from accounts.models import DataRequest
from accounts.services import data_requests, erasures, exports, holdings, leaving, stepup
from tutorhub.core.errors import DomainError


@never_cache
@person_required
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """What is held, for what, since when and for how long."""
    context = {"sections": holdings.of(request.user), "copy": exports.latest(request.user)}
    return render(request, "accounts/data_show.html", context)


@never_cache
@person_required
@require_http_methods(["GET", "HEAD", "POST"])
@strong_step_up_to_change
@settled_device_required("export")
def export(request: HttpRequest) -> HttpResponse:
    """Ask for a copy of everything."""
    if request.method == "POST":
        exports.ask(request.user)
        messages.success(request, _("The copy is being made. Look again in a few minutes."))
        return redirect("accounts:data-show")
    return render(request, "accounts/data_export.html", _what_is_first(request))


@never_cache
@person_required
@require_GET
@strong_step_up_required
def export_fetch(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """On to the file, by a link that dies within a minute."""
    copies = DataRequest.objects.filter(user=request.user, kind=DataRequest.Kind.EXPORT)
    return redirect(exports.link(get_object_or_404(copies, pk=request_id), by=request.user))


@never_cache
@person_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """A correction or a complaint, and what became of the ones before."""
    form = DataRequestForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            data_requests.ask(request.user, **form.cleaned_data)
        except DomainError as error:
            form.add_error("words", str(error))
        else:
            messages.success(request, _("Thank you. We answer here within 15 days."))
            return redirect("accounts:data-ask")
    mine = DataRequest.objects.written_by(request.user)
    context = {"form": form, "requests": mine.order_by("-pk")}
    return render(request, "accounts/data_ask.html", context, status=400 if form.errors else 200)


@never_cache
@person_required
@require_http_methods(["GET", "HEAD", "POST"])
@strong_step_up_to_change
def erase(request: HttpRequest) -> HttpResponse:
    """What stands in the way, what would happen, and the form that does it."""
    is_asked = request.method == "POST"
    form = EraseForm(request.POST if is_asked else None)
    if is_asked and form.is_valid():
        try:
            erasures.leave(request.user, by=request.user)
        except leaving.CannotLeaveYet:
            return _erase_page(request, form, status=409)
        logout(request)
        messages.success(request, _("Your account is erased. You are signed out everywhere."))
        return redirect("site:home")
    return _erase_page(request, form, status=400 if form.errors else 200)


def _erase_page(request: HttpRequest, form: EraseForm, *, status: int) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "hindrances": leaving.hindrances(request.user),
        "consequences": leaving.consequences(request.user),
        **_what_is_first(request),
    }
    return render(request, "accounts/data_erase.html", context, status=status)


def _what_is_first(request: HttpRequest) -> dict[str, str]:
    """Why and where the person says first who they are; nothing if they just have."""
    try:
        stepup.check_enough(request.user, sign_in_of(request))
    except stepup.StepUpNeeded as error:
        return {"why": str(error), "way": way_to_strong_step_up(request)}
    return {}
