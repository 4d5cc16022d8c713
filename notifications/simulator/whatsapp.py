"""Meta's `POST /<phone number id>/messages` and the receipts that follow."""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable
from typing import Any

from notifications.simulator.books import WHATSAPP, Books, Sent
from notifications.simulator.http import Answer, BadRequest, Request, Routes, json_answer, route

Announce = Callable[[Sent], object]
_UGLY = re.compile(r"[\n\t]| {5}")

TITLES = {
    100: "Invalid parameter",
    190: "Access token has expired",
    130429: "Rate limit hit",
    131000: "Something went wrong",
    131008: "Required parameter is missing",
    131026: "Message undeliverable",
    131056: "Pair rate limit hit",
    132000: "Template Param Count Mismatch",
    132001: "Template does not exist in the translation",
}


def routes(books: Books, number_id: str, token: str, announce: Announce) -> Routes:
    def messages(request: Request, _version: str, asked: str) -> Answer:
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
            return refused(190, 401)
        if asked != number_id:
            return refused(100)
        try:
            return _take(books, request.json(), announce)
        except (BadRequest, KeyError, TypeError, IndexError):
            return refused(131008)

    short = route("POST", "/{}/messages", lambda request, asked: messages(request, "", asked))
    return [route("POST", r"/(v[0-9.]+)/{}/messages", messages), short]


def _take(books: Books, wanted: dict[str, Any], announce: Announce) -> Answer:
    if wanted["messaging_product"] != "whatsapp" or wanted["type"] != "template":
        return refused(100)
    template = wanted["template"]
    texts = _texts(template.get("components") or [])
    if texts is None:
        return refused(100)
    verdict = books.knows(template["name"], len(texts))
    if verdict:
        return refused(
            132001 if verdict == "unknown" else 132000, 404 if verdict == "unknown" else 400
        )
    sent = books.keep(
        provider=WHATSAPP,
        to=str(wanted["to"]),
        template=template["name"],
        language=template["language"]["code"],
        values={str(n): text for n, text in enumerate(texts, 1)},
        reference=str(wanted.get("biz_opaque_callback_data") or ""),
    )
    announce(sent)
    return json_answer(
        {
            "messaging_product": "whatsapp",
            "contacts": [{"input": sent.to, "wa_id": sent.to}],
            "messages": [{"id": sent.id, "message_status": "accepted"}],
        }
    )


def _texts(components: list[dict[str, Any]]) -> list[str] | None:
    """The body's texts; None if one is missing, ugly, or the button does not repeat the code."""
    body: list[str] = []
    for component in components:
        texts = [str(one["text"]) for one in component["parameters"]]
        if not all(texts) or any(_UGLY.search(text) for text in texts):
            return None
        if component["type"] == "body":
            body = texts
        elif component.get("sub_type") != "url" or texts != body:
            return None
    return body


def refused(code: int, status: int = 400) -> Answer:
    title = TITLES.get(code, "Refused")
    error = {
        "message": f"(#{code}) {title}",
        "type": "OAuthException",
        "code": code,
        "error_data": {"messaging_product": "whatsapp", "details": title},
        "fbtrace_id": "Asim",
    }
    return json_answer({"error": error}, status)


def receipt(sent: Sent, status: str, code: int = 131026) -> bytes:
    """The webhook that tells of this."""
    told: dict[str, Any] = {
        "id": sent.id,
        "status": status,
        "timestamp": str(int(time.time())),
        "recipient_id": sent.to,
    }
    if sent.reference:
        told["biz_opaque_callback_data"] = sent.reference
    if status == "failed":
        title = TITLES.get(code, "Failed")
        told["errors"] = [{"code": code, "title": title, "error_data": {"details": title}}]
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550000001", "phone_number_id": "sim"},
        "statuses": [told],
    }
    change = {"value": value, "field": "messages"}
    envelope = {
        "object": "whatsapp_business_account",
        "entry": [{"id": "sim", "changes": [change]}],
    }
    return json.dumps(envelope, separators=(",", ":")).encode()


def signature(body: bytes, secret: str) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
