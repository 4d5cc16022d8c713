"""The development inbox: what would have been sent, so that nobody needs a phone to try things."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from notifications import queries

View = Callable[[HttpRequest], HttpResponse]


def development_only(view: View) -> View:
    @wraps(view)
    def checked(request: HttpRequest) -> HttpResponse:
        if not settings.DEVELOPMENT_PAGES:
            raise Http404
        return view(request)

    return checked


@never_cache
@require_safe
@development_only
def inbox(request: HttpRequest) -> HttpResponse:
    to = request.GET.get("to", "")
    context = {"messages_sent": queries.inbox(to), "staff": queries.staff_codes(), "to": to}
    return render(request, "notifications/message_list.html", context)


@never_cache
@require_safe
@development_only
def inbox_json(request: HttpRequest) -> HttpResponse:
    return JsonResponse(queries.inbox(request.GET.get("to", "")), safe=False)


@never_cache
@require_safe
@development_only
def staff_json(request: HttpRequest) -> HttpResponse:
    return JsonResponse(queries.staff_codes(), safe=False)
