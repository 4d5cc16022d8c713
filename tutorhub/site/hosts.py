"""The back office on a host of its own, where nothing else is (setting ADMIN_HOST)."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound

BACK_OFFICE = "/admin/"
ON_BOTH = ("/health/", "/static/")


class AdminHostMiddleware:
    """404 to the back office anywhere else, and on its host to everything else.

    A cookie of the public site is then never sent to the back office, and a reverse proxy can keep
    that host to the office's own network.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.ADMIN_HOST and not request.path.startswith(ON_BOTH):
            is_office = request.get_host().partition(":")[0] == settings.ADMIN_HOST
            if is_office != request.path.startswith(BACK_OFFICE):
                return HttpResponseNotFound()
        return self.get_response(request)
