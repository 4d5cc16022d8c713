"""The authenticator app of families and tutors: set up, replaced, removed; and why payouts ask."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.clients import sign_in_of
from accounts.decorators import person_required, strong_step_up_required, tutor_required
from accounts.forms import AuthenticatorForm
from accounts.services import authenticator_codes, authenticators, factors
from accounts.views.passkeys import is_offered
from accounts.views.pending import safe_next
from accounts.views.squares import squares_of
from tutorhub.core.errors import DomainError


@never_cache
@person_required
@require_http_methods(["GET", "HEAD", "POST"])
@strong_step_up_required
def show(request: HttpRequest) -> HttpResponse:
    """The authenticator there is, and the way to another one or to none."""
    if "remove" in request.POST:
        authenticators.remove(request.user, sign_in_of(request))
        messages.success(request, _("The authenticator app is removed."))
        return redirect("accounts:device-list")
    if request.method == "POST":
        authenticators.begin(request.user, sign_in_of(request))
        return redirect(_with_next(request, "accounts:authenticator-confirm"))
    context = {"authenticator": authenticator_codes.of(request.user)}
    return render(request, "accounts/authenticator_show.html", context)


@never_cache
@person_required
@require_http_methods(["GET", "HEAD", "POST"])
@strong_step_up_required
def confirm(request: HttpRequest) -> HttpResponse:
    """The new key to scan or copy, and the question for its first code."""
    device = authenticators.waiting(request.user, sign_in_of(request))
    if device is None:
        return redirect(_with_next(request, "accounts:authenticator-show"))
    form = AuthenticatorForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            authenticators.confirm(request.user, sign_in_of(request), **form.cleaned_data)
        except DomainError as error:
            form.add_error("token", str(error))
        else:
            messages.success(request, _("The authenticator app is set up."))
            return redirect(_next(request) or "accounts:device-list")
    address = authenticator_codes.address_of(device, request.user)
    width, squares = squares_of(address)
    context = {
        "form": form,
        "address": address,
        "key": authenticator_codes.key_of(device),
        "width": width,
        "squares": squares,
    }
    status = 400 if form.errors else 200
    return render(request, "accounts/authenticator_confirm.html", context, status=status)


@never_cache
@tutor_required
@require_safe
def factor_needed(request: HttpRequest) -> HttpResponse:
    """Why payouts take a second factor, the ways to one, and from there back to `next`."""
    onward = _next(request) or reverse("accounts:device-list")
    if factors.has_any(request.user):
        return redirect(onward)
    context = {"onward": onward, "is_offered": is_offered(request)}
    return render(request, "accounts/factor_needed.html", context)


def _next(request: HttpRequest) -> str:
    return safe_next(request, request.GET.get("next", ""))


def _with_next(request: HttpRequest, name: str) -> str:
    onward = _next(request)
    return f"{reverse(name)}?{urlencode({'next': onward})}" if onward else reverse(name)
