"""The door for Razorpay's webhooks."""

import logging

from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from payments import gateway
from payments.services import events, refused_webhooks

log = logging.getLogger(__name__)

LARGEST = 256 * 1024


# Exempt from CSRF: the caller is a machine without cookies, and proves itself by a signature.
@csrf_exempt
@require_POST
def razorpay(request: HttpRequest) -> HttpResponse:
    """200 once the event is safe with us, known or new; 400 if Razorpay did not sign it.

    503 makes Razorpay come again, which is right while the database is away.
    """
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return HttpResponse(status=400)
    body = request.body
    if not gateway.verify_webhook(body, request.headers.get("X-Razorpay-Signature")):
        log.warning("a webhook with a bad signature was refused")
        return _refuse()
    try:
        events.receive(body, event_id=request.headers.get("X-Razorpay-Event-Id", ""))
    except DatabaseError:
        log.exception("a webhook could not be kept")
        return HttpResponse(status=503)
    return HttpResponse(status=200)


def _refuse() -> HttpResponse:
    try:
        refused_webhooks.note()
    except DatabaseError:
        log.exception("a refused webhook could not be counted")
    return HttpResponse(status=400)
