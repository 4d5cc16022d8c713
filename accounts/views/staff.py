"""The second factor of whoever is signed in to the back office."""

from typing import Any, cast

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django_otp import login as remember_device

from accounts import sudo
from accounts.clients import client_of, holder_of
from accounts.forms import StaffCodeForm, StaffConfirmForm
from accounts.models import User
from accounts.services import passkey_answers, passkey_sites, recovery, staff_codes
from accounts.services.authenticator_codes import WrongCode
from accounts.services.passkey_answers import Asker, PasskeyRefused
from accounts.views.squares import squares_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask for the code of this moment, then go on to `next`."""
    form = StaffConfirmForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        refusal = _refusal(request, **form.cleaned_data)
        if not refusal:
            return redirect(_way_on(request))
        form.add_error("token", refusal)
    context = {
        "form": form,
        "next": _way_on(request),
        "title": _("Confirm that it is you"),
        "has_passkey": _is_offered(request) and bool(passkey_answers.of(_me(request))),
    }
    return _page(request, "admin/confirm.html", context, status=422 if form.errors else 200)


@never_cache
@sudo.required
@require_http_methods(["GET", "HEAD"])
def security(request: HttpRequest) -> HttpResponse:
    """How many recovery codes are left, and what can be renewed."""
    context = {
        "left": recovery.left(_me(request)),
        "title": _("Your second factor"),
        "passkeys": passkey_answers.of(_me(request)),
        "is_offered": _is_offered(request),
    }
    return _page(request, "admin/security.html", context)


@never_cache
@require_POST
@sudo.required
def renew_codes(request: HttpRequest) -> HttpResponse:
    """Make a new list and show it, this once."""
    user = _me(request)
    codes = recovery.renew(user, by=user)
    context = {"codes": codes, "left": len(codes), "title": _("Your recovery codes")}
    return _page(request, "admin/security.html", context)


@never_cache
@sudo.required
@require_http_methods(["GET", "HEAD", "POST"])
def authenticator(request: HttpRequest) -> HttpResponse:
    """Set up another authenticator: scan, then enter its first code.

    Each time the page is opened there is a new key; after a wrong code it stays.
    """
    form = StaffCodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            device = recovery.confirm_authenticator(_me(request), token=form.cleaned_data["token"])
        except WrongCode as error:
            form.add_error("token", str(error))
        else:
            remember_device(request, device)
            messages.success(request, _("Your new authenticator counts; the old one does not."))
            return redirect("admin:security")
    waiting = recovery.waiting_authenticator(_me(request)) if form.is_bound else None
    device = waiting or recovery.begin_authenticator(_me(request))
    width, squares = squares_of(device.config_url)
    context = {
        "form": form,
        "width": width,
        "squares": squares,
        "address": device.config_url,
        "title": _("Set up another authenticator"),
    }
    return _page(request, "admin/authenticator.html", context, status=422 if form.errors else 200)


def _refusal(request: HttpRequest, token: str, passkey: str) -> str:
    """Why neither the code nor the passkey counts; nothing if one does."""
    if not passkey:
        is_right = staff_codes.confirm(request.session, _me(request), token)
        return "" if is_right else str(WrongCode.message)
    asker = Asker(holder_of(request), client_of(request), _me(request))
    try:
        staff_codes.confirm_passkey(request.session, _me(request), asker, passkey)
    except PasskeyRefused as error:
        return str(error)
    return ""


def _is_offered(request: HttpRequest) -> bool:
    return passkey_sites.office().is_at(request.get_host())


def _page(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    context = {**admin.site.each_context(request), **context}
    return TemplateResponse(request, template, context, status=status)


def _me(request: HttpRequest) -> User:
    return cast(User, request.user)


def _way_on(request: HttpRequest) -> str:
    path = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(path, {request.get_host()}, request.is_secure())
    return path if is_ours else "/admin/"
