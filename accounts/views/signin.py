"""Sign-in pages: a number, then a code."""

import json
import secrets
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.clients import HOLDER, SIGN_IN, Client, client_of, holder_of, keep_holder
from accounts.forms import CodeForm, PasskeySignInForm, PhoneForm
from accounts.models import User
from accounts.services import (
    onboarding,
    page_tokens,
    passkey_signin,
    passkey_sites,
    send_limits,
    sign_ins,
    signin,
    work,
)
from accounts.services.passkey_answers import Asker, Options, PasskeyRefused
from accounts.views import pending
from accounts.views.ceremonies import in_json
from tutorhub.core.errors import DomainError, TooMany

PHONE_BACKEND = "accounts.backends.PhoneBackend"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def phone(request: HttpRequest) -> HttpResponse:
    """Ask for the number and send the code."""
    if request.user.is_authenticated:
        return redirect(_first_page(request.user, pending.safe_next(request, _next(request))))
    form = PhoneForm(request.POST or None, initial={"next": _next(request), "role": _role(request)})
    if request.method == "POST" and form.is_valid():
        try:
            page_tokens.check(form.cleaned_data["page"])
            return _send_code(request, form)
        except page_tokens.PageTooFast as error:
            form.add_error(None, str(error))
        except signin.WorkRequired as error:
            return _work_page(request, form, error)
        except (send_limits.SentTooOften, signin.SignInPaused) as error:
            return _refuse_code(request, form, error)
    return _phone_page(request, form, status=400 if form.non_field_errors() else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code and sign in."""
    waiting = pending.load(request)
    if waiting is None or request.user.is_authenticated:
        return redirect("accounts:signin")
    form = CodeForm(request.POST or None, initial={"role": waiting.role})
    if request.method == "POST" and form.is_valid():
        client = _with_device(client_of(request))
        try:
            signed_in = signin.verify_code(
                phone=waiting.phone,
                **form.cleaned_data,
                client=client,
                language=get_language() or "en",
                challenge_ids=waiting.challenge_ids,
            )
        except signin.WorkRequired as error:
            return _code_page(request, form, waiting, error)
        except signin.RoleRequired as error:
            form.add_error("role", str(error))
        except DomainError as error:
            form.add_error("code", str(error))
        else:
            return _enter(request, signed_in, client, waiting.next)
    return _code_page(request, form, waiting)


@never_cache
@require_POST
@in_json
def passkey_options(request: HttpRequest) -> Options:
    """What the browser asks the device, which says by itself whose passkey it has."""
    asker = Asker(holder_of(request), client_of(request))
    options = passkey_signin.request(asker)
    keep_holder(request, asker.holder)
    return options


@never_cache
@require_POST
def passkey(request: HttpRequest) -> HttpResponse:
    """Sign in with a passkey alone."""
    if request.user.is_authenticated:
        return redirect("accounts:signin")
    form = PasskeySignInForm(request.POST)
    client = _with_device(client_of(request))
    try:
        if not form.is_valid():
            raise PasskeyRefused
        signed_in = passkey_signin.verify(
            answer=form.cleaned_data["passkey"], asker=Asker(holder_of(request), client)
        )
    except DomainError as error:
        messages.error(request, str(error))
        next_path = pending.safe_next(request, request.POST.get("next", ""))
        query = f"?{urlencode({'next': next_path})}" if next_path else ""
        return redirect(f"{reverse('accounts:signin')}{query}")
    request.session.pop(HOLDER, None)
    next_path = pending.safe_next(request, form.cleaned_data["next"])
    return _enter(request, signed_in, client, next_path)


@require_POST
def signout(request: HttpRequest) -> HttpResponse:
    logout(request)
    messages.success(request, _("You are signed out."))
    return redirect("site:home")


def _send_code(request: HttpRequest, form: PhoneForm) -> HttpResponse:
    number = form.cleaned_data["phone"]
    sent = signin.request_code(
        phone=number,
        client=client_of(request),
        language=get_language() or "en",
        is_bound=True,
        work=form.cleaned_data["work"],
    )
    pending.remember(
        request,
        phone=number,
        challenge_id=sent.challenge_id,
        next_path=form.cleaned_data["next"],
        role=form.cleaned_data["role"],
        is_working=bool(form.cleaned_data["work"]),
    )
    return redirect("accounts:signin-code")


def _phone_page(request: HttpRequest, form: PhoneForm, *, status: int) -> HttpResponse:
    context = {
        "form": form,
        "page_token": page_tokens.make(),
        "has_passkeys": passkey_sites.public().is_at(request.get_host()),
    }
    return render(request, "accounts/phone_enter.html", context, status=status)


def _work_page(request: HttpRequest, form: PhoneForm, error: signin.WorkRequired) -> HttpResponse:
    """The number again, for a browser that has to work first; its page is old enough already."""
    context = {"form": form, "page_token": form.cleaned_data["page"], "work": _work(form, error)}
    response = render(request, "accounts/phone_enter.html", context, status=429)
    response["Retry-After"] = str(error.extra["retry_after"])
    return response


def _code_page(
    request: HttpRequest,
    form: CodeForm,
    waiting: pending.Pending,
    error: signin.WorkRequired | None = None,
) -> HttpResponse:
    """A browser that had to work for the code works for entering it while its person waits."""
    context = {"form": form, "waiting": waiting, "page_token": page_tokens.make()}
    if error is not None:
        context["work"] = _work(form, error)
    elif waiting.is_working:
        context["work"] = _puzzle(work.ask(waiting.phone), goes_on=False)
    status = 429 if error else 400 if form.errors else 200
    return render(request, "accounts/code_enter.html", context, status=status)


def _work(form: PhoneForm | CodeForm, error: signin.WorkRequired) -> dict[str, Any]:
    """What the page works at. A form whose work was refused is not sent again by itself."""
    return _puzzle(error.extra["challenge"], goes_on=not form.cleaned_data["work"])


def _puzzle(challenge: dict[str, Any], *, goes_on: bool) -> dict[str, Any]:
    return {"challenge": json.dumps(challenge), "goes_on": goes_on}


def _with_device(client: Client) -> Client:
    """A browser that has no secret yet gets one; it is kept if the code is right."""
    return client if client.device else replace(client, device=secrets.token_urlsafe(32))


def _refuse_code(request: HttpRequest, form: PhoneForm, error: TooMany) -> HttpResponse:
    """Too soon: back to the code that is on its way, if this browser asked for one."""
    waiting = pending.load(request)
    if waiting is not None and waiting.phone == form.cleaned_data["phone"]:
        messages.warning(request, str(error))
        return redirect("accounts:signin-code")
    form.add_error("phone", str(error))
    response = _phone_page(request, form, status=429)
    response["Retry-After"] = str(error.extra["retry_after"])
    return response


def _enter(
    request: HttpRequest, signed_in: signin.SignedIn, client: Client, next_path: str
) -> HttpResponse:
    pending.forget(request)
    login(request, signed_in.user, backend=PHONE_BACKEND)
    request.session[SIGN_IN] = sign_ins.about_browser(signed_in.device, client)
    response = redirect(_first_page(signed_in.user, next_path))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        signed_in.user.language,
        max_age=settings.SESSION_COOKIE_AGE,
        samesite="Lax",
        secure=request.is_secure(),
    )
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        client.device,
        max_age=settings.DEVICE_COOKIE_AGE,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure() or settings.SESSION_COOKIE_SECURE,
    )
    return response


def _first_page(user: User, next_path: str) -> str:
    """Where the person wanted to go, unless the account still lacks something."""
    url = reverse("site:home") if user.is_staff else onboarding.next_url(user)
    if not next_path or user.is_staff:
        return url
    if onboarding.next_step(user) == onboarding.DASHBOARD[0]:
        return next_path
    return f"{url}?{urlencode({'next': next_path})}"


def _next(request: HttpRequest) -> str:
    return request.GET.get("next", "")


def _role(request: HttpRequest) -> str:
    role = request.GET.get("role", "")
    return role if role in {"student", "tutor"} else ""
