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


def strong_step_up_required(view: View) -> View:
    """The page, form and all, needs a proof of a moment ago; without one it leads there and back.

    That is the second factor of whoever has one, else a code (`stepup.is_enough`). Put it below the
    decorator that says who may come here at all.
    """
    return _step_up(view, always=True)


def strong_step_up_to_change(view: View) -> View:
    """As `strong_step_up_required`, for a page that everybody may read: only its form needs it.

    Its template shows the form where `way_to_strong_step_up(…)` is empty, else that way.
    """
    return _step_up(view, always=False)


def second_factor_to_change(view: View) -> View:
    """To change something here takes what `stepup.check_for_payouts` asks for.

    Whoever has no second factor is told why and how to set one up, and then led back.
    """

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in SAFE:
            way = way_to_factor(request)
            if way:
                return redirect(way)
        return view(request, *args, **kwargs)

    checked.needs = {*getattr(view, "needs", ()), kinds.FACTOR}
    return checked


def way_to_factor(request: HttpRequest) -> str:
    """To what has to be done before payouts, and from there back; empty when it is done."""
    try:
        stepup.check_for_payouts(request.user, sign_in_of(request))
    except stepup.StrongStepUpNeeded:
        return _way_to_step_up(request)
    except stepup.SecondFactorNeeded:
        query = urlencode({"next": request.get_full_path()})
        return f"{reverse('accounts:factor-needed')}?{query}"
    return ""


def way_to_strong_step_up(request: HttpRequest) -> str:
    """To the question for the second factor or the code; empty when it was answered."""
    is_enough = stepup.is_enough(request.user, sign_in_of(request))
    return "" if is_enough else _way_to_step_up(request)


def _way_to_step_up(request: HttpRequest) -> str:
    query = urlencode({"next": request.get_full_path()})
    return f"{reverse('accounts:step-up')}?{query}"


def _step_up(view: View, *, always: bool) -> View:
    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        is_asked = always or request.method not in SAFE
        if is_asked and (way := way_to_strong_step_up(request)):
            return redirect(way)
        return view(request, *args, **kwargs)

    checked.needs = {*getattr(view, "needs", ()), kinds.STRONG}
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
