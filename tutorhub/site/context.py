"""What every template may count on."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from tutorhub.site import nav


def site(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    return {
        "development": settings.DEVELOPMENT_PAGES,
        "nav": nav.main(user, request.path),
        "account_links": nav.account(user),
    }
