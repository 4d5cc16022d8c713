"""What the browser sessions of staff, of suspended people and on new devices may do."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from accounts.backends import suspended_user
from accounts.clients import SIGN_IN
from accounts.services import sign_ins, standing
from tutorhub.core import clock
from tutorhub.core.errors import NotAllowed
from tutorhub.core.http import status_of
from tutorhub.core.middleware import API

STAFF_BACKEND = "accounts.backends.StaffBackend"
STARTED, SEEN = "staff_started_at", "staff_seen_at"

SAFE = {"GET", "HEAD", "OPTIONS"}
# What everybody may read, suspended or not, the choice of language, the ways in and out (others of
# the family may use the same phone), and what the gateway's signature lets in. Whatever is not
# named here is closed to a suspended account.
OPEN = frozenset(
    {
        *("site:home", "site:help", "site:privacy", "site:language-set", "site:styleguide"),
        *("site:health-live", "site:health-ready", "site:robots", "site:manifest"),
        *("site:sitemap", "site:sitemap-pages", "site:sitemap-cities", "site:sitemap-tutors"),
        *("tutors:city-show", "tutors:city-subject"),
        *("notifications:inbox", "notifications:inbox-json", "notifications:staff-json"),
        *("tutors:tutor-search", "tutors:tutor-detail", "tutors:tutor-card"),
        *("marketplace:review-list", "marketplace:times-show"),
        *("tutors:tutor-facets", "tutors:tutor-compare"),
        *("accounts:signin", "accounts:signin-code", "accounts:signout", "accounts:email-confirm"),
        "payments:checkout-callback",
    }
)
# What concerns nothing but the own account: who may only look may still keep it safe.
OWN_ACCOUNT = frozenset(
    {
        *("accounts:account", "accounts:email-edit", "accounts:step-up", "accounts:prove"),
        *("accounts:device-sign-out", "accounts:device-sign-out-others", "accounts:start-clean"),
        *("accounts:phone-new", "accounts:phone-confirm"),
        *("accounts:data-erase", "accounts:data-export", "accounts:data-ask"),
    }
)
# Where a device proves that the account is its owner's.
PROVING = frozenset({"accounts:prove", "accounts:start-clean"})


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
        if request.path in {login, leave} or not request.user.is_authenticated:
            return None
        is_verified = request.user.is_verified()  # type: ignore[attr-defined]
        if is_verified and self._is_fresh(request):
            return None
        if is_verified:
            logout(request)
        return redirect(login) if request.method in {"GET", "HEAD"} else HttpResponseForbidden()

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
        match = request.resolver_match
        if request.path.startswith(API) or (match is not None and match.view_name in OPEN):
            return None
        try:
            self._check(request, match.view_name if match else "")
        except NotAllowed as error:
            return _refusal_of_suspended(request, error)
        return None

    def _check(self, request: HttpRequest, name: str) -> None:
        if not request.user.is_authenticated:
            user = suspended_user(request.session)
            if user is not None:
                standing.check_may_act(user)
        elif request.method not in SAFE and name not in OWN_ACCOUNT:
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
        match = request.resolver_match
        is_open = match is not None and match.view_name in OPEN | PROVING
        if about.get("proof_due") and not is_open:
            return redirect("accounts:prove")
        return None


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
