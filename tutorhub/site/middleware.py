"""What a browser session of staff may do."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import redirect
from django.urls import reverse

from tutorhub.core import clock

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
