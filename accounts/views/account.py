"""The account's own pages: name and language, e-mail, devices, number."""

from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import phones, queries
from accounts.clients import NOTICE_SEEN, client_of, sign_in_of
from accounts.decorators import person_required, strong_step_up_required
from accounts.forms import AccountForm, CodeOnlyForm, EmailForm, NewPhoneForm
from accounts.services import (
    authenticator_codes,
    codes,
    emails,
    names,
    passkey_answers,
    phone_changes,
    sign_ins,
    users,
)
from accounts.views.passkeys import is_offered
from tutorhub.core.errors import DomainError


@never_cache
@person_required
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Name and language; the way to everything else."""
    user = request.user
    waiting_name = names.waiting(user)
    initial = {"name": waiting_name or user.name, "language": user.language}
    form = AccountForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        users.update_profile(user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        response = redirect("accounts:account")
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            form.cleaned_data["language"],
            max_age=settings.SESSION_COOKIE_AGE,
            samesite="Lax",
            secure=request.is_secure(),
        )
        return response
    return render(
        request,
        "accounts/account_show.html",
        {
            "form": form,
            "phone_text": phones.spaced(user.phone or ""),
            "waiting_name": waiting_name,
        },
    )


@never_cache
@person_required
@strong_step_up_required
@require_http_methods(["GET", "HEAD", "POST"])
def email(request: HttpRequest) -> HttpResponse:
    """Give an address; a link goes to it."""
    form = EmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            emails.request(request.user, sign_in_of(request), **form.cleaned_data)
        except DomainError as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, _("We have sent you a link. Open it to use the address."))
            return redirect("accounts:account")
    return render(request, "accounts/email_edit.html", {"form": form}, status=_status(form))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def email_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the mail. Opening it changes nothing yet: mail programs open links too."""
    change = emails.waiting(token)
    error: DomainError | None = emails.LinkRefused() if change is None else None
    if request.method == "POST" and error is None:
        try:
            emails.confirm(token)
        except (emails.LinkRefused, emails.EmailTaken) as refusal:
            error = refusal
        else:
            messages.success(request, _("Your e-mail address is confirmed."))
            return redirect("site:home")
    return render(
        request,
        "accounts/email_confirm.html",
        {"change": change, "error": error},
        status=400 if error else 200,
    )


@never_cache
@person_required
@require_GET
def device_list(request: HttpRequest) -> HttpResponse:
    """Every browser and app that is signed in; who has been here has seen the notice."""
    if request.user.new_device_at:
        request.session[NOTICE_SEEN] = request.user.new_device_at.isoformat()
    places = queries.signed_in(request.user, sign_in_of(request))
    context = {
        "places": places,
        "passkeys": passkey_answers.of(request.user),
        "authenticator": authenticator_codes.of(request.user),
        "is_offered": is_offered(request),
    }
    return render(request, "accounts/device_list.html", context)


@person_required
@require_POST
def device_sign_out(request: HttpRequest, sign_in_id: UUID) -> HttpResponse:
    if not sign_ins.sign_out(request.user, sign_in_id):
        raise Http404
    messages.success(request, _("Signed out there."))
    return redirect("accounts:device-list")


@person_required
@require_POST
def device_sign_out_others(request: HttpRequest) -> HttpResponse:
    sign_ins.sign_out_others(request.user, sign_in_of(request))
    messages.success(request, _("You are signed out everywhere but here."))
    return redirect("accounts:device-list")


@never_cache
@person_required
@require_http_methods(["GET", "HEAD", "POST"])
@strong_step_up_required
def phone_new(request: HttpRequest) -> HttpResponse:
    """The new number; the code to the old one, or the second factor, was the step-up."""
    form = NewPhoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            phone_changes.request(
                request.user,
                sign_in_of(request),
                **form.cleaned_data,
                client=client_of(request),
            )
        except DomainError as error:
            form.add_error("phone", str(error))
        else:
            return redirect("accounts:phone-confirm")
    context = {"form": form, "phone_text": phones.spaced(request.user.phone or "")}
    return render(request, "accounts/phone_new.html", context, status=_status(form))


@never_cache
@person_required
@require_http_methods(["GET", "HEAD", "POST"])
def phone_confirm(request: HttpRequest) -> HttpResponse:
    """The code that came to the new number."""
    number = phone_changes.waiting(sign_in_of(request))
    if not number:
        return redirect("accounts:phone-new")
    form = CodeOnlyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            phone_changes.confirm(
                request.user, sign_in_of(request), **form.cleaned_data, client=client_of(request)
            )
        except (codes.CodeRefused, codes.GuessedTooOften, phone_changes.PhoneTaken) as error:
            form.add_error("code", str(error))
        else:
            messages.success(request, _("Your new number is set. Sign in with it from now on."))
            return redirect("accounts:account")
    context = {"form": form, "phone_text": phones.spaced(number), "number": number}
    return render(request, "accounts/phone_confirm.html", context, status=_status(form))


def _status(form: forms.Form) -> int:
    return 400 if form.errors else 200
