"""The doors for receipts. Each is safe with us before it is answered, known or new."""

import logging

from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from notifications.gateway import Unreadable, msg91
from notifications.gateway import whatsapp as meta
from notifications.models import Channel
from notifications.services import receipts

log = logging.getLogger(__name__)

LARGEST = 256 * 1024


# Exempt from CSRF: the callers are machines without cookies, and prove themselves otherwise.
@csrf_exempt
@require_http_methods(["GET", "POST"])
def whatsapp(request: HttpRequest) -> HttpResponse:
    """Meta: GET asks whether this address is ours, POST brings receipts, signed."""
    if request.method == "GET":
        answer = meta.challenge(request.GET.dict())
        if answer is None:
            return HttpResponse(status=403)
        return HttpResponse(answer, content_type="text/plain")
    body = _body(request)
    if body is None or not meta.is_signed(body, request.headers.get("X-Hub-Signature-256", "")):
        log.warning("a webhook for WhatsApp with a bad signature was refused")
        return HttpResponse(status=400)
    return _keep(body, Channel.WHATSAPP)


@csrf_exempt
@require_POST
def sms(request: HttpRequest) -> HttpResponse:
    """MSG91: receipts that carry our secret."""
    body = _body(request)
    if body is None or not msg91.is_ours(body, request.headers.get("X-Webhook-Secret", "")):
        log.warning("a webhook for SMS without our secret was refused")
        return HttpResponse(status=400)
    return _keep(body, Channel.SMS)


def _body(request: HttpRequest) -> bytes | None:
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return None
    return request.body


def _keep(body: bytes, channel: str) -> HttpResponse:
    """200 makes the provider forget it; 503, while the database is away, makes it come again."""
    try:
        receipts.keep(body, channel=channel)
    except Unreadable:
        return HttpResponse(status=400)
    except DatabaseError as error:
        log.error("a receipt could not be kept: %s", type(error).__name__)
        return HttpResponse(status=503)
    return HttpResponse(status=200)
