"""What no page has to check for itself."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import translation

from tutorhub.core.storage.base import FOREVER

NUL = "\x00"
LANGUAGE = "hl"
FORM = "application/x-www-form-urlencoded"
API = "/api/"


class RefuseNulMiddleware:
    """Answers 400 to a NUL byte in an address or a form: PostgreSQL has no text that holds one.

    The API's serializers refuse it by themselves, in the API's own shape.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *args: Any) -> None:
        if request.path.startswith(API):
            return
        # A view without the check for forgery decides by itself whether to read a large body.
        is_read = request.content_type == FORM or not getattr(view, "csrf_exempt", False)
        if _has_nul(request.GET) or (is_read and _has_nul(request.POST)):
            raise BadRequest("a NUL byte in the request")


def _has_nul(values: QueryDict) -> bool:
    return any(NUL in value for _name, texts in values.lists() for value in texts)


class LanguageOfAddressMiddleware:
    """`?hl=hi` shows a page in Hindi, also to whom has no cookie, such as a search engine.

    Somebody who has chosen no language yet keeps this one for the pages that follow.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get(LANGUAGE, "")
        if asked not in dict(settings.LANGUAGES) or request.method not in {"GET", "HEAD"}:
            return self.get_response(request)
        translation.activate(asked)
        request.LANGUAGE_CODE = asked
        response = self.get_response(request)
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                asked,
                max_age=settings.LANGUAGE_COOKIE_AGE,
                path=settings.LANGUAGE_COOKIE_PATH,
                secure=settings.LANGUAGE_COOKIE_SECURE,
                httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
                samesite=settings.LANGUAGE_COOKIE_SAMESITE,
            )
        return response


class PermissionsMiddleware:
    """What a page may ask a browser for: where it is, for "near me", and only our own pages may."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers["Permissions-Policy"] = "geolocation=(self)"
        return response


class ForEverybodyMiddleware:
    """What caches may keep for good is the same for everybody: it varies with no cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.headers.get("Cache-Control") == FOREVER:
            response.headers.pop("Vary", None)
        return response
