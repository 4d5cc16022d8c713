"""SMS through MSG91's Flow API, and nothing else that knows it.

From MSG91's documents (docs.msg91.com/sms/send-sms, msg91.com/help):

- `POST /api/v5/flow` with the header `authkey` and `{template_id, short_url, recipients: [{mobiles,
  NAME: value}]}`; a number has its country code and no plus. The template id is MSG91's own; the
  DLT template id, the sender and the entity are tied to it in MSG91's panel.
- The answer to a message that was taken is `{"type": "success", "message": "<request id>"}`, to one
  that was not `{"type": "error", "message": "<why>"}`, whose status may be 200 all the same.
- There is no idempotency key. `CRQID` at the top of the request (letters, digits, `_`, `.`, `-`) is
  given back in every version of the webhook and makes a receipt ours when the answer was lost.
- A receipt has `requestId`, `CRQID`, `status` and, by version, more. Status 1 is delivered; 2 is
  failed, 9 stopped by the do-not-disturb register, 16 and 25 rejected, 17 a blocked number. v2 puts
  a list into the form field `data`; v3 is one JSON object; "Webhook (New)" is JSON of one's own
  making, with words ("Delivered") or numbers as status. There is no signature: a secret that we
  put into the body ("Webhook (New)") or a header is what proves where it comes from.
"""

import json
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from django.conf import settings

from notifications.gateway import calls
from notifications.gateway.interface import (
    Outgoing,
    Receipt,
    Refused,
    TryAgain,
    Unknown,
    Unreadable,
)

LONGEST_VALUE = 30
"""What DLT takes for one variable; links are registered as such and may be longer."""

_INDIA = ZoneInfo("Asia/Kolkata")
_STATUSES = {
    "1": "delivered",
    "delivered": "delivered",
    "2": "failed",
    "failed": "failed",
    "9": "failed",
    "ndnc": "failed",
    "16": "failed",
    "25": "failed",
    "rejected": "failed",
    "17": "failed",
    "blocked": "failed",
    "blocked number": "failed",
}
_BUSY = frozenset({408, 425, 429})


class Msg91:
    """SMS by template id and named values."""

    is_instant = False
    has_receipts = True
    may_repeat = False

    def send(self, message: Outgoing) -> str:
        if not message.template_id:
            raise Refused("no template id")
        recipient = {"mobiles": message.to.lstrip("+")}
        recipient.update({name: shortened(value) for name, value in message.values})
        answer = calls.post(
            f"{settings.MSG91_BASE_URL}/api/v5/flow",
            {
                "template_id": message.template_id,
                "short_url": "0",
                "CRQID": message.key,
                "recipients": [recipient],
            },
            {"authkey": settings.MSG91_AUTH_KEY},
        )
        return _judged(answer)


def _judged(answer: calls.Answer) -> str:
    kind, text = answer.body.get("type"), str(answer.body.get("message") or "")
    if answer.is_success and kind == "success" and text:
        return text[:100]
    if answer.status in _BUSY:
        raise TryAgain(f"msg91 {answer.status}")
    if kind == "error" and answer.status < 500:
        raise Refused(f"msg91 {answer.body.get('code') or answer.status}")
    if 400 <= answer.status < 500:
        raise Refused(f"msg91 {answer.status}")
    raise Unknown(f"msg91 {answer.status}")


def shortened(value: str) -> str:
    """One line that DLT lets through; never empty."""
    line = " ".join(value.split()) or "-"
    if line.startswith(("http://", "https://")) or len(line) <= LONGEST_VALUE:
        return line
    return line[: LONGEST_VALUE - 2].rstrip() + ".."


# Receipts


def is_ours(body: bytes, header: str) -> bool:
    """Whether MSG91 sent this: it carries our secret, in the header or in the body."""
    if calls.is_one_of(header, settings.MSG91_WEBHOOK_SECRETS):
        return True
    try:
        said = [str(row.get("secret") or "") for row in _rows(body)]
    except Unreadable:
        return False
    return bool(said) and all(calls.is_one_of(one, settings.MSG91_WEBHOOK_SECRETS) for one in said)


def receipts(body: bytes) -> list[Receipt]:
    """What the webhook says. Raises Unreadable."""
    found = []
    for row in _rows(body):
        reports = row.get("report")
        for report in reports if isinstance(reports, list) else [row]:
            if isinstance(report, dict):
                found += _receipt({**row, **report})
    return found


def _rows(body: bytes) -> list[dict[str, Any]]:
    try:
        text = body.decode()
        if text.startswith("data="):
            text = parse_qs(text, strict_parsing=True)["data"][0]
        value = json.loads(text)
    except (ValueError, KeyError) as error:
        raise Unreadable("no JSON") from error
    rows = value if isinstance(value, list) else [value]
    if not all(isinstance(row, dict) for row in rows):
        raise Unreadable("no objects")
    return rows


def _receipt(row: dict[str, Any]) -> list[Receipt]:
    said = str(row.get("status") or "").strip()
    status = _STATUSES.get(said.lower())
    if status is None:
        return []
    return [
        Receipt(
            provider_id=str(row.get("requestId") or "")[:100],
            reference=str(row.get("CRQID") or ""),
            status=status,
            at=_moment(str(row.get("date") or row.get("deliveryTime") or "")),
            error=f"msg91 {said}"[:100] if status == "failed" else "",
        )
    ]


def _moment(text: str) -> datetime | None:
    """MSG91 tells the time of India, without saying so."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=_INDIA)
