"""The one place that knows which error is which status code, for pages and API alike."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import resolve
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from rest_framework.exceptions import APIException

from tutorhub.core import errors

STATUS: dict[type[errors.DomainError], int] = {
    errors.NotAllowed: 403,
    errors.Conflict: 409,
    errors.PaymentRequired: 402,
    errors.TooMany: 429,
    errors.Unavailable: 503,
    errors.DomainError: 422,
}

MACHINES = "/webhooks/"
"""Where machines knock. What hangs here proves itself by a signature (`core.access`)."""


def status_of(error: errors.DomainError) -> int:
    """The HTTP status of a domain error: that of its nearest ancestor in the table."""
    return next(status for kind, status in STATUS.items() if isinstance(error, kind))


def safe_path(path: str, *, is_secure: bool) -> str:
    """The path to go on to if it is one of this site's own, else nothing."""
    is_own = url_has_allowed_host_and_scheme(path, allowed_hosts=None, require_https=is_secure)
    return path if is_own and path.startswith("/") else ""


class DomainApiError(APIException):
    """A domain error on its way through Django REST framework."""

    def __init__(self, error: errors.DomainError) -> None:
        self.status_code = status_of(error)
        self.extra = error.extra
        super().__init__(detail=str(error), code=error.code)
        if "retry_after" in error.extra:
            self.wait = error.extra["retry_after"]


class ApiExceptionHandler(ExceptionHandler):
    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if isinstance(exc, errors.DomainError):
            return DomainApiError(exc)
        return super().convert_known_exceptions(exc)


class ApiExceptionFormatter(ExceptionFormatter):
    def format_error_response(self, error_response: Any) -> Any:
        body = super().format_error_response(error_response)
        return {**body, **getattr(self.exc, "extra", {})}


class DomainErrorMiddleware:
    """Turns a domain error that a page's view let through into a message or an error page.

    A button's POST goes back to the page it came from with the message on top; htmx gets the
    message alone, aimed at `#messages`; a GET shows an error page with the right status.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return page_of(request, error) if isinstance(error, errors.DomainError) else None


def page_of(request: HttpRequest, error: errors.DomainError) -> HttpResponse:
    """What a page answers to a domain error; see `DomainErrorMiddleware`."""
    status = status_of(error)
    if getattr(request, "htmx", False):
        response = render(request, "components/messages.html", {"error": error}, status=status)
        response["HX-Retarget"] = "#messages"
        response["HX-Reswap"] = "innerHTML"
        return response
    if request.method == "POST":
        back = request.headers.get("Referer", "")
        if url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
            messages.error(request, str(error))
            return redirect(back)
    return render(request, "error.html", {"error": error, "status": status}, status=status)


class MachineMiddleware:
    """Takes a machine's request straight to its view, past all middleware that comes after this.

    That is there for people with browsers: sessions, languages, forgery, pages. Webhooks have no
    use for it, and must not wait for it or break with it. The view finds no `request.session`, no
    `request.user` and no check for forgery. A domain error is its status and nothing else.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(MACHINES):
            return self.get_response(request)
        # Refuses a host that is not ours, as CommonMiddleware does for people.
        request.get_host()
        # The page that this thread served before may have left its language behind.
        translation.deactivate()
        response = self._answer(request)
        response.headers["Content-Length"] = str(len(response.content))
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        match = request.resolver_match = resolve(request.path_info)
        try:
            response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        except errors.DomainError as error:
            return HttpResponse(status=status_of(error))
        return response
