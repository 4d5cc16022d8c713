"""Sign-in pages: a number, then a code."""

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

from accounts.clients import client_of
from accounts.forms import CodeForm, PhoneForm
from accounts.models import User
from accounts.services import onboarding, send_limits, signin
from accounts.views import pending
from tutorhub.core.errors import DomainError

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
            return _send_code(request, form)
        except send_limits.SentTooOften as error:
            return _refuse_code(request, form, error)
    return render(request, "accounts/phone_enter.html", {"form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code and sign in."""
    waiting = pending.load(request)
    if waiting is None or request.user.is_authenticated:
        return redirect("accounts:signin")
    form = CodeForm(request.POST or None, initial={"role": waiting.role})
    if request.method == "POST" and form.is_valid():
        try:
            signed_in = signin.verify_code(
                phone=waiting.phone,
                **form.cleaned_data,
                client=client_of(request),
                language=get_language() or "en",
                challenge_ids=waiting.challenge_ids,
            )
        except signin.RoleRequired as error:
            form.add_error("role", str(error))
        except DomainError as error:
            form.add_error("code", str(error))
        else:
            return _enter(request, signed_in, waiting.next)
    status = 400 if form.errors else 200
    return render(
        request, "accounts/code_enter.html", {"form": form, "waiting": waiting}, status=status
    )


@require_POST
def signout(request: HttpRequest) -> HttpResponse:
    logout(request)
    messages.success(request, _("You are signed out."))
    return redirect("site:home")


def _send_code(request: HttpRequest, form: PhoneForm) -> HttpResponse:
    number = form.cleaned_data["phone"]
    sent = signin.request_code(
        phone=number, client=client_of(request), language=get_language() or "en", is_bound=True
    )
    pending.remember(
        request,
        phone=number,
        challenge_id=sent.challenge_id,
        next_path=form.cleaned_data["next"],
        role=form.cleaned_data["role"],
    )
    return redirect("accounts:signin-code")


def _refuse_code(
    request: HttpRequest, form: PhoneForm, error: send_limits.SentTooOften
) -> HttpResponse:
    """Too soon: back to the code that is on its way, if this browser asked for one."""
    waiting = pending.load(request)
    if waiting is not None and waiting.phone == form.cleaned_data["phone"]:
        messages.warning(request, str(error))
        return redirect("accounts:signin-code")
    form.add_error("phone", str(error))
    response = render(request, "accounts/phone_enter.html", {"form": form}, status=429)
    response["Retry-After"] = str(error.extra["retry_after"])
    return response


def _enter(request: HttpRequest, signed_in: signin.SignedIn, next_path: str) -> HttpResponse:
    pending.forget(request)
    login(request, signed_in.user, backend=PHONE_BACKEND)
    response = redirect(_first_page(signed_in.user, next_path))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        signed_in.user.language,
        max_age=settings.SESSION_COOKIE_AGE,
        samesite="Lax",
        secure=request.is_secure(),
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
