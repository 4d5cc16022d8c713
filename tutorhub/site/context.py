"""What every template may count on."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.clients import NOTICE_SEEN, SIGN_IN
from tutorhub.site import addresses, nav


def site(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    return {
        "address": addresses.of(request),
        "here": addresses.here(request),
        "development": settings.DEVELOPMENT_PAGES,
        "nav": nav.main(user, request.path),
        "account_links": nav.account(user),
        "has_new_device": _has_new_device(request),
    }


def _has_new_device(request: HttpRequest) -> bool:
    """Whether a new device has signed in since this browser did, and nobody here has looked."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or user.new_device_at is None:
        return False
    about = request.session.get(SIGN_IN)
    if about is None or about.get("proof_due"):
        return False
    is_later = datetime.fromisoformat(about["created_at"]) < user.new_device_at
    return is_later and request.session.get(NOTICE_SEEN) != user.new_device_at.isoformat()
