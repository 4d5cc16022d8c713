"""Role checks of HTML views."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from accounts.models import Role
from tutorhub.core.errors import NotAllowed

View = Callable[..., HttpResponseBase]


def _role_required(*roles: str) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                back = request.get_full_path() if request.method in {"GET", "HEAD"} else "/"
                return redirect_to_login(back)
            if request.user.role not in roles:
                raise NotAllowed(_("This page is not for your kind of account."), code="wrong_role")
            return view(request, *args, **kwargs)

        return checked

    return decorate


family_required = _role_required(Role.STUDENT)
tutor_required = _role_required(Role.TUTOR)
person_required = _role_required(Role.STUDENT, Role.TUTOR)
