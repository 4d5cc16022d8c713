"""What the browser sessions of staff, of suspended people and on new devices may do."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, logout
from django.contrib.auth.views import redirect_to_login
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseForbidden,
    HttpResponseNotAllowed,
    JsonResponse,
)
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django_otp import DEVICE_ID_SESSION_KEY
from rest_framework.exceptions import MethodNotAllowed

from accounts.backends import suspended_user
from accounts.clients import SIGN_IN
from accounts.decorators import WrongRole
from accounts.services import sign_ins, standing
from tutorhub.core import access, clock
from tutorhub.core.access import kinds
from tutorhub.core.errors import NotAllowed
from tutorhub.core.http import page_of, status_of
from tutorhub.core.middleware import API

STAFF_BACKEND = "accounts.backends.StaffBackend"
STARTED, SEEN = "staff_started_at", "staff_seen_at"


class StaffSessionMiddleware:
    """A staff session is worth nothing before the second factor, and ends after a while.

    30 minutes without a request or 8 hours in all (settings STAFF_IDLE, STAFF_ABSOLUTE).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.get(BACKEND_SESSION_KEY) == STAFF_BACKEND:
            refusal = self._refusal(request)
            if refusal is not None:
                return refusal
        return self.get_response(request)

    def _refusal(self, request: HttpRequest) -> HttpResponse | None:
        login, leave = reverse("admin:login"), reverse("admin:logout")
        self._end_without_device(request)
        if request.path in {login, leave} or not request.user.is_authenticated:
            return None
        is_verified = _is_verified(request)
        if is_verified and self._is_fresh(request):
            return None
        if is_verified:
            logout(request)
        return redirect(login) if request.method in {"GET", "HEAD"} else HttpResponseForbidden()

    def _end_without_device(self, request: HttpRequest) -> None:
        """A session that began with a passkey ends when that is removed.

        Asked before anything else: to look for the user forgets a device that is not there.
        """
        had_device = DEVICE_ID_SESSION_KEY in request.session
        if had_device and request.user.is_authenticated and not _is_verified(request):
            logout(request)

    def _is_fresh(self, request: HttpRequest) -> bool:
        """Whether the session is young enough; notes the time, at most once a minute."""
        now = clock.now().timestamp()
        started = request.session.setdefault(STARTED, now)
        seen = request.session.setdefault(SEEN, now)
        if now - started > settings.STAFF_ABSOLUTE.total_seconds():
            return False
        if now - seen > settings.STAFF_IDLE.total_seconds():
            return False
        if now - seen > timedelta(minutes=1).total_seconds():
            request.session[SEEN] = now
        return True


class SuspendedMiddleware:
    """Answers 403 to people who were suspended while signed in, from their next request on.

    An account that staff have shut gets no page but the open ones; a suspended tutor may look and
    not act. The API asks the same of its tokens by itself, and looks at no cookie.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *args: Any) -> HttpResponse | None:
        rule = access.rule_of(request.resolver_match)
        if request.path.startswith(API) or rule is None or rule.standing == kinds.OPEN:
            return None
        try:
            self._check(request, rule)
        except NotAllowed as error:
            return _refusal_of_suspended(request, error)
        return None

    def _check(self, request: HttpRequest, rule: access.Rule) -> None:
        if not request.user.is_authenticated:
            user = suspended_user(request.session)
            if user is not None:
                standing.check_may_act(user)
        elif rule.is_action(request.method):
            standing.check_may_act(request.user)


class DeviceMiddleware:
    """Notes signs of life of browsers, and shows no page to one that has to prove itself first.

    That is a device that is new to an account which was silent for long (`accounts.services.
    proofs`): it gets the page that asks for the proof, and what everybody may read.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *args: Any) -> HttpResponse | None:
        if request.path.startswith(API) or not request.user.is_authenticated:
            return None
        about = request.session.get(SIGN_IN)
        if about is None or request.user.is_staff:
            return None
        if newer := sign_ins.touched(request.user, about):
            request.session[SIGN_IN] = newer
        rule = access.rule_of(request.resolver_match)
        is_open = rule is not None and rule.standing in {kinds.OPEN, kinds.PROVES}
        if about.get("proof_due") and not is_open:
            return redirect("accounts:prove")
        return None


class AccessMiddleware:
    """Refuses what no rule of `tutorhub.core.access` allows, before any view is asked.

    An address without a rule is not there; a method that the rule does not name is 405; people whom
    it does not name are led to the sign-in page, or told that this is not for them. The API asks
    for its roles by itself (`accounts.api.permissions`), the back office by its site and models.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *args: Any) -> HttpResponseBase | None:
        rule = access.rule_of(request.resolver_match)
        if rule is None:
            raise Http404
        if not rule.answers(request.method):
            return _no_such_method(request, rule)
        if rule is access.ADMIN_PAGE or request.path.startswith(API):
            return None
        return _refusal_of_role(request, rule)


def _no_such_method(request: HttpRequest, rule: access.Rule) -> HttpResponse:
    methods = sorted(rule.names)
    if not request.path.startswith(API):
        return HttpResponseNotAllowed(methods)
    error = MethodNotAllowed(request.method or "")
    item = {"code": error.default_code, "detail": str(error.detail), "attr": None}
    body = {"type": "client_error", "errors": [item]}
    return JsonResponse(body, status=error.status_code, headers={"Allow": ", ".join(methods)})


def _refusal_of_role(request: HttpRequest, rule: access.Rule) -> HttpResponseBase | None:
    if rule.who == kinds.EVERYONE:
        return None
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path() if request.method in kinds.SAFE else "/")
    if request.user.role in rule.who:
        return None
    return page_of(request, WrongRole())


def _refusal_of_suspended(request: HttpRequest, error: NotAllowed) -> HttpResponse:
    """The page that says why and whom to write to; its middle for htmx, its words for programs."""
    status = status_of(error)
    context = {"error": error, "is_account": isinstance(error, standing.AccountSuspended)}
    kinds = ["text/html", "application/json"]
    response: HttpResponse
    if request.get_preferred_type(kinds) == "application/json":
        item = {"code": error.code, "detail": str(error), "attr": None}
        response = JsonResponse({"type": "client_error", "errors": [item]}, status=status)
    elif getattr(request, "htmx", False):
        response = render(request, "accounts/_suspended.html", context, status=status)
        response["HX-Retarget"], response["HX-Reswap"] = "#main", "innerHTML"
        response["HX-Reselect"] = "#suspended"
    else:
        response = render(request, "accounts/suspended.html", context, status=status)
    add_never_cache_headers(response)
    return response


def _is_verified(request: HttpRequest) -> bool:
    """Whether the second factor was given; django-otp's middleware has put the question there."""
    user: Any = request.user
    return bool(user.is_verified())
