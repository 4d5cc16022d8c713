"""Passkeys of families and tutors: made, named, removed, and asked for in the place of a code."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.clients import client_of, sign_in_of
from accounts.decorators import person_required, strong_step_up_required
from accounts.forms import PasskeyForm, PasskeyNameForm
from accounts.models import Passkey
from accounts.services import passkey_sites, passkeys, proofs, stepup
from accounts.services.passkey_answers import Options
from accounts.views.ceremonies import in_json
from accounts.views.pending import safe_next
from tutorhub.core.errors import DomainError


@never_cache
@person_required
@require_POST
@in_json
def challenge(request: HttpRequest) -> Options:
    """For the page that asks for a step-up, or for a proof on a device that owes one."""
    here = sign_in_of(request)
    asking = proofs if proofs.is_due(request.user, here) else stepup
    return asking.request_passkey(request.user, here, client=client_of(request))


@never_cache
@person_required
@require_POST
@strong_step_up_required
@in_json
def options(request: HttpRequest) -> Options:
    return passkeys.begin(request.user, sign_in_of(request), client=client_of(request))


@never_cache
@person_required
@require_http_methods(["GET", "HEAD", "POST"])
@strong_step_up_required
def add(request: HttpRequest) -> HttpResponse:
    """The device makes the passkey; the form brings it here."""
    form = PasskeyForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            passkeys.add(
                request.user,
                sign_in_of(request),
                answer=form.cleaned_data["passkey"],
                name=form.cleaned_data["name"],
                client=client_of(request),
            )
        except DomainError as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, _("The passkey is added."))
            onward = safe_next(request, request.GET.get("next", ""))
            return redirect(onward or "accounts:device-list")
    context = {"form": form, "is_offered": is_offered(request)}
    return render(request, "accounts/passkey_add.html", context, status=400 if form.errors else 200)


@never_cache
@person_required
@require_http_methods(["GET", "HEAD", "POST"])
@strong_step_up_required
def edit(request: HttpRequest, passkey_id: UUID) -> HttpResponse:
    """Another name, or away with it."""
    passkey = get_object_or_404(Passkey.objects.filter(user=request.user), pk=passkey_id)
    if "remove" in request.POST:
        passkeys.remove(passkey, sign_in_of(request), by=request.user)
        messages.success(request, _("The passkey is removed."))
        return redirect("accounts:device-list")
    bound = request.POST if request.method == "POST" else None
    form = PasskeyNameForm(bound, initial={"name": passkey.name})
    if form.is_bound and form.is_valid():
        passkeys.rename(passkey, name=form.cleaned_data["name"], by=request.user)
        messages.success(request, _("Saved."))
        return redirect("accounts:device-list")
    context = {"form": form, "passkey": passkey}
    status = 400 if form.errors else 200
    return render(request, "accounts/passkey_edit.html", context, status=status)


def is_offered(request: HttpRequest) -> bool:
    """Whether a browser gives passkeys to the page that was asked for."""
    return passkey_sites.public().is_at(request.get_host())
