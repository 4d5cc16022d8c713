"""Meta's WhatsApp Cloud API, and nothing else that knows it.

From Meta's documents (developers.facebook.com/documentation/business-messaging/whatsapp):

- `POST /<version>/<phone number id>/messages` with a bearer token and `{messaging_product, to,
  type: "template", template: {name, language: {code}, components}}`. The body's parameters stand
  in the order of {{1}}, {{2}}; they may not be empty, nor hold line breaks, tabs or five spaces in
  a row.
- An authentication template with a copy-code button has the code as the only parameter of its body
  and once more as that of its button: `{type: "button", sub_type: "url", index: "0"}`. Its text and
  the minutes it speaks of are part of the template, and Meta words them.
- The answer is `{messages: [{id: "wamid.…", message_status: "accepted"}]}`. Accepted is not sent.
- A refusal is `{error: {code, message, error_data}}`; the code counts, not the status.
- There is no idempotency key. `biz_opaque_callback_data` (512 characters) is given back in
  receipts.
- Receipts come in any order, several in one webhook and more than once, as
  `entry[].changes[].value.statuses[]` with `id, status (sent|delivered|read|failed), timestamp,
  recipient_id, errors[]`.
  "delivered" is left out where "read" says it. Webhooks are tried again for up to seven days.
- A POST is signed: `X-Hub-Signature-256: sha256=<HMAC-SHA256 of the raw body with the app secret>`.
  When the address is set up Meta asks for it by GET with `hub.mode=subscribe`, `hub.verify_token`
  and `hub.challenge`, and wants the challenge back.
"""

import hashlib
import hmac
import json
import re
from datetime import UTC, datetime
from typing import Any

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

NOT_ON_WHATSAPP = "whatsapp 131026"
"""Undeliverable: most often a number that WhatsApp does not know."""

# Busy, down or limited for now; nothing was sent. 130429, 131048, 131056 and 80007 are limits of
# throughput, quality, pair and account; 131000, 131016, 131057 and 133004 troubles at Meta.
_FOR_NOW = frozenset(
    {1, 2, 4, 17, 80007, 130429, 131000, 131016, 131048, 131056, 131057, 133004, 133016}
)
_BUSY = frozenset({408, 425, 429})
_STATUSES = frozenset({"sent", "delivered", "read", "failed"})
_SIGNATURE = re.compile(r"sha256=([0-9a-f]{64})")


class WhatsApp:
    """Template messages from our number."""

    is_instant = False
    has_receipts = True
    may_repeat = False

    def send(self, message: Outgoing) -> str:
        if not message.template_id:
            raise Refused("no template id")
        url = f"{settings.WHATSAPP_BASE_URL}/{settings.WHATSAPP_PHONE_NUMBER_ID}/messages"
        headers = {"Authorization": f"Bearer {settings.WHATSAPP_ACCESS_TOKEN}"}
        return _judged(calls.post(url, _request(message), headers))


def _request(message: Outgoing) -> dict[str, Any]:
    texts = [{"type": "text", "text": one_line(value)} for _name, value in message.values]
    if message.is_code:
        code = texts[:1]
        components: list[dict[str, Any]] = [
            {"type": "body", "parameters": code},
            {"type": "button", "sub_type": "url", "index": "0", "parameters": code},
        ]
    else:
        components = [{"type": "body", "parameters": texts}] if texts else []
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": message.to.lstrip("+"),
        "type": "template",
        "template": {
            "name": message.template_id,
            "language": {"code": message.language},
            "components": components,
        },
        "biz_opaque_callback_data": message.key,
    }


def _judged(answer: calls.Answer) -> str:
    error = answer.body.get("error")
    if isinstance(error, dict):
        code = error.get("code")
        if code in _FOR_NOW or answer.status in _BUSY:
            raise TryAgain(f"whatsapp {code}")
        if 400 <= answer.status < 500:
            raise Refused(f"whatsapp {code}")
        raise Unknown(f"whatsapp {answer.status} {code}")
    sent = answer.body.get("messages")
    first = sent[0] if isinstance(sent, list) and sent else None
    if not answer.is_success or not isinstance(first, dict) or not first.get("id"):
        raise Unknown(f"whatsapp {answer.status}")
    return str(first["id"])[:100]


def one_line(value: str) -> str:
    """A value that WhatsApp takes: one line, single spaces, not empty."""
    return " ".join(value.split()) or "-"


# Receipts


def is_signed(body: bytes, header: str) -> bool:
    """Whether Meta signed these raw bytes with our app's secret, the current or a previous one."""
    given = _SIGNATURE.fullmatch(header)
    if given is None:
        return False
    expected = [
        hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        for secret in settings.WHATSAPP_APP_SECRETS
        if secret
    ]
    return any(hmac.compare_digest(one, given[1]) for one in expected)


def challenge(query: dict[str, str]) -> str | None:
    """What to answer when Meta asks whether this address is ours; None if somebody else asks."""
    is_known = calls.is_one_of(query.get("hub.verify_token", ""), [settings.WHATSAPP_VERIFY_TOKEN])
    if query.get("hub.mode") != "subscribe" or not is_known:
        return None
    text = query.get("hub.challenge", "")
    return text if re.fullmatch(r"[\w.-]{1,200}", text) else None


def receipts(body: bytes) -> list[Receipt]:
    """The receipts in a webhook; none if it speaks of something else. Raises Unreadable."""
    try:
        value = json.loads(body)
    except ValueError as error:
        raise Unreadable("no JSON") from error
    if not isinstance(value, dict):
        raise Unreadable("no object")
    return [
        receipt
        for entry in _objects(value.get("entry"))
        for change in _objects(entry.get("changes"))
        if isinstance(change.get("value"), dict)
        for status in _objects(change["value"].get("statuses"))
        for receipt in _receipt(status)
    ]


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _receipt(row: dict[str, Any]) -> list[Receipt]:
    status = str(row.get("status") or "")
    if status not in _STATUSES:
        return []
    errors = _objects(row.get("errors"))
    return [
        Receipt(
            provider_id=str(row.get("id") or "")[:100],
            reference=str(row.get("biz_opaque_callback_data") or ""),
            status=status,
            at=_moment(str(row.get("timestamp") or "")),
            error=f"whatsapp {errors[0].get('code')}"[:100] if errors else "",
        )
    ]


def _moment(seconds: str) -> datetime | None:
    if not seconds.isdecimal() or len(seconds) > 11:
        return None
    return datetime.fromtimestamp(int(seconds), UTC)
