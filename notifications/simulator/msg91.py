"""MSG91's `POST /api/v5/flow` and the receipts that follow."""

import hmac
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from notifications.simulator.books import SMS, Books, Sent
from notifications.simulator.http import Answer, BadRequest, Request, Routes, json_answer, route

STATUSES = {"delivered": "1", "failed": "2", "rejected": "16", "blocked": "17"}
OWN_FIELDS = frozenset({"mobiles"})


def routes(books: Books, auth_key: str, announce: Callable[[Sent], object]) -> Routes:
    def flow(request: Request) -> Answer:
        try:
            return _flow(books, auth_key, request, announce)
        except BadRequest as error:
            return refused(str(error), 400)

    return [route("POST", "/api/v5/flow/?", flow)]


def _flow(
    books: Books, auth_key: str, request: Request, announce: Callable[[Sent], object]
) -> Answer:
    if not hmac.compare_digest(request.headers.get("authkey", "").encode(), auth_key.encode()):
        return refused("Authentication failure", 401, code="201")
    wanted = request.json()
    template, recipients = str(wanted.get("template_id") or ""), wanted.get("recipients")
    if not template:
        return refused("template id missing", 200)
    if not isinstance(recipients, list) or len(recipients) != 1:
        return refused("recipients missing", 200)
    recipient = recipients[0]
    to = str(recipient.get("mobiles") or "")
    if len(to) != 12 or not to.isdigit():
        return refused("Mobile number invalid", 200)
    values = {name: str(value) for name, value in recipient.items() if name not in OWN_FIELDS}
    if books.knows(template, len(values)):
        return refused("template id invalid", 200, code="211")
    sent = books.keep(
        provider=SMS,
        to=to,
        template=template,
        language="",
        values=values,
        reference=str(wanted.get("CRQID") or ""),
    )
    announce(sent)
    return json_answer({"type": "success", "message": sent.id})


def refused(text: str, status: int, **more: str) -> Answer:
    return json_answer({"type": "error", "message": text, **more}, status)


def receipt(sent: Sent, status: str, secret: str, version: str = "new") -> tuple[bytes, str]:
    """The webhook that tells of this: its body and content type. `version` is v2, v3 or new."""
    number = STATUSES.get(status, status)
    moment = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() + 5.5 * 3600))
    common: dict[str, Any] = {"requestId": sent.id, "CRQID": sent.reference or "0"}
    if version == "v2":
        report = {"date": moment, "number": sent.to, "status": number, "desc": status.upper()}
        rows = [{**common, "senderId": "TUTHUB", "report": [report], "campaignName": "API"}]
        return urlencode({"data": json.dumps(rows)}).encode(), "application/x-www-form-urlencoded"
    if version == "v3":
        body = {**common, "date": moment, "number": sent.to, "status": number}
        return json.dumps(body).encode(), "application/json"
    body = {
        **common,
        "telNum": sent.to,
        "deliveryTime": moment,
        "status": number,
        "failureReason": "" if number == "1" else status,
        "secret": secret,
    }
    return json.dumps(body).encode(), "application/json"
