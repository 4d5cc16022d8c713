"""The admin site: password and a verified TOTP device, nothing less."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import path
from django_otp.admin import OTPAdminSite

from accounts.forms import StaffLoginForm
from accounts.models import User
from accounts.services import break_glass, passkey_sites, staff_codes
from accounts.views import staff, staff_passkeys
from payments.policies import is_finance

SHOWS_NOTHING = {
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
}


class StaffSite(OTPAdminSite):
    site_header = "TutorHub back office"
    site_title = "TutorHub"
    index_title = "What needs doing"
    login_form = StaffLoginForm
    login_template = "site/staff_signin.html"

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Finance begins with the question that it is asked most."""
        context = {"is_finance": is_finance(cast(User, request.user)), **(extra_context or {})}
        return super().index(request, context)

    def admin_view(
        self, view: Callable[..., Any], cacheable: bool = False
    ) -> Callable[..., HttpResponseBase]:
        """What a superuser opens with every right is written down: it was for one reason."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def noted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = cast(User, request.user)
            # Before the view: by its end the glass may be over, at the will of whoever looks.
            glass = break_glass.in_use(user)
            response = inner(request, *args, **kwargs)
            if glass is not None and response.status_code not in SHOWS_NOTHING:
                break_glass.note_use(glass, by=user, method=request.method or "", path=request.path)
            return response

        return noted

    def get_urls(self) -> list[Any]:
        view = self.admin_view
        return [
            path("confirm/", view(staff.confirm), name="confirm"),
            path("security/", view(staff.security), name="security"),
            path("security/codes/", view(staff.renew_codes), name="recovery-codes"),
            path("security/authenticator/", view(staff.authenticator), name="authenticator"),
            path(
                "security/passkeys/options/", view(staff_passkeys.options), name="passkey-options"
            ),
            path("security/passkeys/add/", view(staff_passkeys.add), name="passkey-add"),
            path("security/passkeys/rename/", view(staff_passkeys.rename), name="passkey-rename"),
            path("security/passkeys/remove/", view(staff_passkeys.remove), name="passkey-remove"),
            # Asked for at the door, too.
            path("passkey/", staff_passkeys.challenge, name="passkey-challenge"),
            *super().get_urls(),
        ]

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The code of the sign-in is a fresh code, too."""
        is_offered = passkey_sites.office().is_at(request.get_host())
        context = {"has_passkeys": is_offered, **(extra_context or {})}
        response = super().login(request, context)
        if request.method == "POST" and response.status_code == HTTPStatus.FOUND:
            staff_codes.note(request.session)
        return response

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
