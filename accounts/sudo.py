"""Step-up of staff: the authenticator's code again, before something sensitive.

Signing in is not enough for what shows papers or changes the second factor: the code of this moment
must have been entered in this session within settings.STEP_UP_LIFE. Families and tutors have
`accounts.services.stepup`.
"""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib.admin import ModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts.services import staff_codes

View = Callable[..., HttpResponseBase]

if TYPE_CHECKING:
    Page = ModelAdmin[Any]
else:
    Page = object


def required(view: View) -> View:
    """Leads to the question for the code and back. Put it below what says who may come at all.

    What a form sent is not kept: the way back is to a page that can be read.
    """

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        back = request.get_full_path() if request.method in {"GET", "HEAD"} else ""
        return way_to_code(request, back) or view(request, *args, **kwargs)

    return checked


def way_to_code(request: HttpRequest, back: str) -> HttpResponseRedirect | None:
    """To the question for the code, and from there `back`; None when one was just entered."""
    if staff_codes.is_fresh(request.session):
        return None
    query = urlencode({"next": back}) if back else ""
    return redirect(f"{reverse('admin:confirm')}?{query}")


class AfterCode(Page):
    """For a page of the back office: the actions in `after_code` ask for a fresh code first."""

    after_code: tuple[str, ...] = ()

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        if set(request.POST.getlist("action")) & set(self.after_code):
            asked = way_to_code(request, request.get_full_path())
            if asked is not None:
                return asked
        return super().response_action(request, queryset, *args, **kwargs)
