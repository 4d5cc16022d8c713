"""Role checks of HTML views.

`tutorhub.site.middleware.AccessMiddleware` has asked the same of the table of rules before; a
decorator is the second lock, next to what it guards. A test compares the two.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts import policies
from accounts.clients import sign_in_of
from accounts.models import Role
from accounts.services import stepup
from tutorhub.core.access import kinds
from tutorhub.core.errors import NotAllowed

View = Callable[..., HttpResponseBase]
SAFE = {"GET", "HEAD"}


class WrongRole(NotAllowed):
    code = "wrong_role"
    message = _("This page is not for your kind of account.")


def _role_required(*roles: str) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                back = request.get_full_path() if request.method in {"GET", "HEAD"} else "/"
                return redirect_to_login(back)
            if request.user.role not in roles:
                raise WrongRole
            return view(request, *args, **kwargs)

        checked.roles = frozenset(roles)
        return checked

    return decorate


family_required = _role_required(Role.STUDENT)
tutor_required = _role_required(Role.TUTOR)
person_required = _role_required(Role.STUDENT, Role.TUTOR)


def step_up_required(view: View) -> View:
    """The page, form and all, needs a code of a moment ago; without one it leads there and back.

    Put it below the decorator that says who may come here at all.
    """
    return _step_up(view, always=True)


def step_up_to_change(view: View) -> View:
    """As `step_up_required`, for a page that everybody may read: only its form needs the code.

    Its template shows the form when `stepup.is_fresh(…)`, else the way to the code.
    """
    return _step_up(view, always=False)


def _step_up(view: View, *, always: bool) -> View:
    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        is_asked = always or request.method not in SAFE
        if is_asked and not stepup.is_fresh(request.user, sign_in_of(request)):
            query = urlencode({"next": request.path})
            return redirect(f"{reverse('accounts:step-up')}?{query}")
        return view(request, *args, **kwargs)

    checked.needs = {*getattr(view, "needs", ()), kinds.STEP_UP}
    return checked


def settled_device_required(action: str) -> Callable[[View], View]:
    """To change something here takes a device that is not new (`settings.NEW_DEVICE_WAITS`)."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in SAFE:
                policies.check_device_is_settled(request.user, sign_in_of(request), action)
            return view(request, *args, **kwargs)

        checked.needs = {*getattr(view, "needs", ()), kinds.SETTLED}
        return checked

    return decorate
