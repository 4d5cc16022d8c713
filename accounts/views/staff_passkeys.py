"""Passkeys of staff: a second factor beside the authenticator."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import sudo
from accounts.clients import client_of, holder_of, keep_holder, sign_in_of
from accounts.forms import PasskeyForm, StaffPasskeyForm
from accounts.models import Passkey, User
from accounts.services import passkeys, staff_codes
from accounts.services.passkey_answers import Asker, Options, PasskeyRefused
from accounts.views.ceremonies import in_json
from tutorhub.core.errors import DomainError


@never_cache
@require_POST
@in_json
def challenge(request: HttpRequest) -> Options:
    """For the door, where nobody has said yet who it is, and for a fresh code."""
    is_inside = request.user.is_authenticated and request.user.is_verified()
    user = _me(request) if is_inside else None
    asker = Asker(holder_of(request), client_of(request), user)
    options = staff_codes.request_passkey(asker)
    keep_holder(request, asker.holder)
    return options


@never_cache
@require_POST
@sudo.required
@in_json
def options(request: HttpRequest) -> Options:
    return passkeys.begin(_me(request), sign_in_of(request), client=client_of(request))


@require_POST
@sudo.required
def add(request: HttpRequest) -> HttpResponse:
    form = PasskeyForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(PasskeyRefused.message))
        return redirect("admin:security")
    try:
        passkeys.add(
            _me(request),
            sign_in_of(request),
            answer=form.cleaned_data["passkey"],
            name=form.cleaned_data["name"],
            client=client_of(request),
        )
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The passkey is added."))
    return redirect("admin:security")


@require_POST
@sudo.required
def rename(request: HttpRequest) -> HttpResponse:
    form = StaffPasskeyForm(request.POST)
    if form.is_valid():
        passkeys.rename(_mine(request, form), name=form.cleaned_data["name"], by=_me(request))
        messages.success(request, _("Saved."))
    return redirect("admin:security")


@require_POST
@sudo.required
def remove(request: HttpRequest) -> HttpResponse:
    form = StaffPasskeyForm(request.POST)
    if "key" in (form.errors or {}):
        return redirect("admin:security")
    passkeys.remove(_mine(request, form), sign_in_of(request), by=_me(request))
    messages.success(request, _("The passkey is removed."))
    return redirect("admin:security")


def _mine(request: HttpRequest, form: StaffPasskeyForm) -> Passkey:
    return get_object_or_404(Passkey.objects.filter(user=_me(request)), pk=form.cleaned_data["key"])


def _me(request: HttpRequest) -> User:
    return cast(User, request.user)
