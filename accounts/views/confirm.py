"""Pages that ask for a code of somebody who is signed in: before something sensitive, or after
a long absence."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth import logout
from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import phones
from accounts.clients import SIGN_IN, client_of, sign_in_of
from accounts.decorators import person_required
from accounts.forms import AuthenticatorForm, CodeOnlyForm, PasskeyAnswerForm
from accounts.services import (
    authenticator_codes,
    codes,
    factors,
    passkey_answers,
    proofs,
    send_limits,
    stepup,
)
from accounts.views import pending
from accounts.views.passkeys import is_offered
from tutorhub.core.errors import DomainError

SENT = "code_sent_for"
REFUSALS = (
    codes.CodeRefused,
    codes.GuessedTooOften,
    authenticator_codes.WrongCode,
    authenticator_codes.WrongTooOften,
    authenticator_codes.NoAuthenticator,
)


@never_cache
@person_required
@require_http_methods(["GET", "HEAD", "POST"])
def step_up(request: HttpRequest) -> HttpResponse:
    """Ask for a code to the account's own number; then on to `next`.

    Whoever has a second factor is asked for that, and no code is offered: it would open nothing.
    """
    onward = pending.safe_next(request, request.GET.get("next", "")) or "/account/"
    is_strong = factors.has_any(request.user)
    if "send" in request.POST and not is_strong:
        return _send(request, "step_up", stepup.request, onward)
    form = CodeOnlyForm(None if is_strong else _posted(request, "code"))
    digits = AuthenticatorForm(_posted(request, "token"))
    if (
        ("passkey" in request.POST and _is_answered(request, stepup.verify_passkey))
        or _is_right(request, digits, stepup.verify_authenticator)
        or _is_right(request, form, stepup.verify)
    ):
        request.session.pop(SENT, None)
        return redirect(onward)
    context = {
        "form": form,
        "is_strong": is_strong,
        "is_sent": request.session.get(SENT) == "step_up",
        "phone_text": phones.masked(request.user.phone or ""),
        "phone": request.user.phone,
        **_factors(request, digits),
    }
    status = 400 if form.errors or digits.errors else 200
    return render(request, "accounts/step_up.html", context, status=status)


@never_cache
@person_required
@require_http_methods(["GET", "HEAD", "POST"])
def prove(request: HttpRequest) -> HttpResponse:
    """A new device on an account that was silent for long: a code by e-mail, or begin anew."""
    if not proofs.is_due(request.user, sign_in_of(request)):
        return _proved(request)
    if "send" in request.POST:
        return _send(request, "proof", proofs.request, "")
    form = CodeOnlyForm(_posted(request, "code"))
    digits = AuthenticatorForm(_posted(request, "token"))
    if (
        ("passkey" in request.POST and _is_answered(request, proofs.verify_passkey))
        or _is_right(request, digits, proofs.verify_authenticator)
        or _is_right(request, form, proofs.verify)
    ):
        return _proved(request)
    context = {
        "form": form,
        "is_sent": request.session.get(SENT) == "proof",
        "email_hint": _hint(request.user.email or ""),
        **_factors(request, digits),
    }
    status = 400 if form.errors or digits.errors else 200
    return render(request, "accounts/prove.html", context, status=status)


@person_required
@require_POST
def start_clean(request: HttpRequest) -> HttpResponse:
    """Let the number go from the old account; signing in again makes a new one."""
    proofs.start_clean(request.user, sign_in_of(request))
    logout(request)
    messages.success(request, _("The number is free. Sign in to begin your own account."))
    return redirect("accounts:signin")


def _send(request: HttpRequest, what: str, ask: Callable[..., object], onward: str) -> HttpResponse:
    try:
        ask(request.user, sign_in_of(request), client=client_of(request))
    except send_limits.SentTooOften as error:
        messages.warning(request, str(error))
    else:
        request.session[SENT] = what
    query = f"?{urlencode({'next': onward})}" if onward else ""
    return redirect(f"{request.path}{query}")


def _is_answered(request: HttpRequest, verify: Callable[..., object]) -> bool:
    """Whether a passkey counts in the place of a code; if not, the page that follows says why."""
    form = PasskeyAnswerForm(request.POST)
    try:
        if not form.is_valid():
            raise passkey_answers.PasskeyRefused
        verify(
            request.user,
            sign_in_of(request),
            answer=form.cleaned_data["passkey"],
            client=client_of(request),
        )
    except DomainError as error:
        messages.error(request, str(error))
        return False
    return True


def _is_right(request: HttpRequest, form: Form, verify: Callable[..., object]) -> bool:
    """Whether the code that was entered counts; if not, the form says why."""
    if not (form.is_bound and form.is_valid()):
        return False
    ((name, code),) = form.cleaned_data.items()
    try:
        verify(request.user, sign_in_of(request), code=code, client=client_of(request))
    except REFUSALS as error:
        form.add_error(name, str(error))
        return False
    return True


def _posted(request: HttpRequest, name: str) -> QueryDict | None:
    """What was sent, if it was the form with this field."""
    return request.POST if name in request.POST else None


def _factors(request: HttpRequest, digits: AuthenticatorForm) -> dict[str, object]:
    """Which second factors a page can ask for, and the field for the digits."""
    return {
        "has_passkey": is_offered(request) and bool(passkey_answers.of(request.user)),
        "has_authenticator": authenticator_codes.of(request.user) is not None,
        "digits": digits,
    }


def _proved(request: HttpRequest) -> HttpResponse:
    request.session.pop(SENT, None)
    if SIGN_IN in request.session:
        request.session[SIGN_IN] = {**request.session[SIGN_IN], "proof_due": False}
    return redirect("site:dashboard")


def _hint(email: str) -> str:
    """`m•••@example.com`: enough for the owner, too little for anybody else."""
    name, at, host = email.partition("@")
    return f"{name[:1]}•••{at}{host}" if at else ""
