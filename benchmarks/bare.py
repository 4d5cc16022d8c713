"""The least that Django could do for the same answer: no middleware, no ORM, no rendering.

The search view runs the statements that TutorHub ran for this address and returns the bytes that
TutorHub returned. The webhook view writes one row. Both run under the same kind of server.
"""

import json
import os
from pathlib import Path
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import re_path
from django.views.decorators.csrf import csrf_exempt

RECORDED: dict[str, Any] = json.loads(Path(os.environ["BENCH_RECORDED"]).read_text())


def recorded(request: HttpRequest) -> HttpResponse:
    page = RECORDED.get(request.get_full_path())
    if page is None:
        return HttpResponse(status=404)
    with connection.cursor() as cursor:
        for statement in page["statements"]:
            cursor.execute(statement)
            cursor.fetchall()
    return HttpResponse(page["body"], content_type=page["content_type"])


@csrf_exempt
def webhook(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_webhook (body) VALUES (%s)", [request.body])
    return HttpResponse()


urlpatterns = [re_path(r"^webhooks/razorpay$", webhook), re_path(r"", recorded)]
