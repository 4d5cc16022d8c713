"""Doing a thing once however often it is asked for: `Idempotency-Key` for the API and for pages.

The first request with a key takes it (a committed row with a lease), does its work and leaves its
answer in the row; a repeat gets that answer for 24 hours. Whoever comes while the first is at work
waits a little and is then told so. A request that fails on our side (5xx) or is told to come back
later (429) gives the key back, so that a repeat is a fresh try.

What a crash in the middle leaves behind depends on the view:

- `in_transaction=True`: work and answer are one transaction, so either both are there or neither,
  and a repeat never works twice. For everything that stays inside the database.
- otherwise (views that speak to the gateway, which no transaction may span): a repeat after the
  lease has lapsed runs again. Such views do nothing that a second run would do twice: an order is
  found again by its purpose and its receipt, a payment is booked under its own ledger key.

docs/api.md says what clients see.
"""

import contextlib
import hashlib
import json
import re
import time
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.renderers import JSONRenderer

from tutorhub.core import clock
from tutorhub.core.errors import Conflict, DomainError
from tutorhub.core.ids import uuid7
from tutorhub.core.models import IdempotencyKey

HEADER = "Idempotency-Key"
FIELD = "idempotency_key"
"""The hidden field of a page's form; `{% once_key %}` draws it with a fresh key."""

LIFE = timedelta(hours=24)
LEASE = timedelta(seconds=60)
"""Longer than any request may take (gunicorn's time-out is shorter)."""
WAITS, WAIT_SECONDS = 60, 0.05
VISIBLE = re.compile(r"[!-~]{1,80}")

PARAMETER = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": 80, "pattern": "^[!-~]+$"},
    OpenApiParameter.HEADER,
    description=(
        "Any text of your own for this one intention, best a UUID. For 24 hours a repeat with the "
        "same key and body gets the same answer and does nothing again; another body is refused "
        "with 422 `idempotency_mismatch`, and a repeat while the first still runs with 409 "
        "`idempotency_in_progress`."
    ),
)

Run = Callable[[], HttpResponseBase]


class Mismatch(DomainError):
    code = "idempotency_mismatch"
    message = _("This was sent before with other details. Please reload the page and try again.")


class InProgress(Conflict):
    code = "idempotency_in_progress"
    message = _("The same request is still being worked on. Please look again in a moment.")


def api(*, in_transaction: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Honour `Idempotency-Key` on a POST of the API, and document it.

    It runs after authentication and permissions. Answers below 500 are kept, refusals included;
    429 is not.
    """

    def decorate(post: Callable[..., Any]) -> Callable[..., Any]:
        @extend_schema(parameters=[PARAMETER])
        @wraps(post)
        def once(view: Any, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            key = request.headers.get(HEADER)
            if key is None:
                answer: HttpResponseBase = post(view, request, *args, **kwargs)
                return answer
            if not VISIBLE.fullmatch(key):
                raise ValidationError({HEADER: _("Between 1 and 80 visible ASCII characters.")})
            taken = claim(request, key, fingerprint(request, request.data))
            if taken.status is not None:
                return _told_again(taken, content_type="application/json")

            def run() -> HttpResponseBase:
                try:
                    response: HttpResponseBase = post(view, request, *args, **kwargs)
                except (DomainError, APIException, Http404) as error:
                    response = view.handle_exception(error)
                return response

            return _kept(taken, run, _body_of_api, in_transaction=in_transaction)

        return once

    return decorate


def page(*, in_transaction: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a form's POST count once, by the hidden field that `{% once_key %}` put on the page.

    Only the way onward (a redirect) is kept: a page that shows errors can be sent again.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def once(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            def run() -> HttpResponseBase:
                response: HttpResponseBase = view(request, *args, **kwargs)
                return response

            key = request.POST.get(FIELD) if request.method == "POST" else None
            if key is None:
                return run()
            if not VISIBLE.fullmatch(key):
                raise BadRequest("the form's key is not one of ours")
            values = {
                name: request.POST.getlist(name)
                for name in request.POST
                if name not in {FIELD, "csrfmiddlewaretoken"}
            }
            taken = claim(request, key, fingerprint(request, values))
            if taken.status is not None:
                return _told_again(taken)
            return _kept(taken, run, _body_of_page, in_transaction=in_transaction)

        return once

    return decorate


def claim(request: Any, key: str, body: str) -> IdempotencyKey:
    """Take the key, or find what was answered under it (`status` is set then).

    Raises Mismatch, and InProgress if whoever has the key is not done after a few seconds.
    """
    identity = {
        "user_id": request.user.pk,
        "method": request.method,
        "path": request.path,
        "key": key,
    }
    for number in range(WAITS):
        if number:
            time.sleep(WAIT_SECONDS)
        known = IdempotencyKey.objects.filter(**identity).first()
        if known is not None and known.created_at > clock.now() - LIFE:
            if known.fingerprint != body:
                raise Mismatch
            if known.status is not None:
                return known
            if known.leased_until > clock.now():
                continue
        taken = _take(identity, known, body)
        if taken is not None:
            return taken
    raise InProgress(retry_after=1)


def fingerprint(request: Any, values: Any) -> str:
    """What makes two bodies the same: their values, in whatever order they were named."""
    said = json.dumps([request.META.get("QUERY_STRING", ""), values], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def forget_old() -> int:
    """Delete the keys whose 24 hours are over. Returns how many."""
    return IdempotencyKey.objects.filter(created_at__lte=clock.now() - LIFE).delete()[0]


def forget(user_id: UUID) -> int:
    """Delete the keys of somebody who was erased, with the answers. Returns how many."""
    return IdempotencyKey.objects.filter(user_id=user_id).delete()[0]


def _take(
    identity: dict[str, Any], known: IdempotencyKey | None, body: str
) -> IdempotencyKey | None:
    """Lease a key that is new, forgotten or whose holder died; None if somebody was faster."""
    now = clock.now()
    ours: dict[str, Any] = {
        "fingerprint": body,
        "created_at": now,
        "leased_until": now + LEASE,
        "holder": uuid7(),
    }
    if known is None:
        row = IdempotencyKey(**identity, **ours)
        IdempotencyKey.objects.bulk_create([row], ignore_conflicts=True)
    else:
        before = IdempotencyKey.objects.filter(pk=known.pk, holder=known.holder)
        if known.status is None:
            before = before.filter(status__isnull=True)
        before.update(**ours, status=None, location="", body="")
    return IdempotencyKey.objects.filter(**identity, holder=ours["holder"]).first()


def _kept(
    taken: IdempotencyKey,
    run: Run,
    body_of: Callable[[HttpResponseBase], str | None],
    *,
    in_transaction: bool,
) -> HttpResponseBase:
    """Do the work and leave the answer under the key, or give the key back."""
    is_done = False
    try:
        with transaction.atomic() if in_transaction else contextlib.nullcontext():
            if in_transaction:
                _hold(taken)
            response = run()
            body = body_of(response)
            if body is not None:
                _keep(taken, response, body)
        is_done = body is not None
    finally:
        if not is_done:
            _release(taken)
    return response


def _release(taken: IdempotencyKey) -> None:
    _held(taken.pk, taken.holder).delete()


def _hold(taken: IdempotencyKey) -> None:
    """Lock our row until the end of the transaction; whoever lost it meanwhile does nothing."""
    if _held(taken.pk, taken.holder).select_for_update(no_key=True).first() is None:
        raise InProgress(retry_after=1)


def _keep(taken: IdempotencyKey, response: HttpResponseBase, body: str) -> None:
    kept = _held(taken.pk, taken.holder).first()
    if kept is not None:
        kept.status, kept.body = response.status_code, body
        kept.location = response.headers.get("Location", "")
        kept.save(update_fields=["status", "body", "location"])


def _held(pk: UUID, holder: UUID) -> Any:
    return IdempotencyKey.objects.filter(pk=pk, holder=holder, status__isnull=True)


def _told_again(known: IdempotencyKey, content_type: str | None = None) -> HttpResponse:
    answer = HttpResponse(known.body, status=known.status, content_type=content_type)
    if known.location:
        answer["Location"] = known.location
    answer["Idempotent-Replayed"] = "true"
    return answer


def _body_of_api(response: Any) -> str | None:
    if response.status_code >= 500 or response.status_code == 429:
        return None
    return str(JSONRenderer().render(response.data), "utf-8")


def _body_of_page(response: HttpResponseBase) -> str | None:
    return "" if response.headers.get("Location") else None
