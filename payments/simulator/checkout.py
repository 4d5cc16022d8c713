"""The page a person pays on, and what it hands back."""

import html
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlsplit

from notifications.simulator.http import Answer, Request, Routes, route
from payments.simulator import payments
from payments.simulator.books import Books, Entity
from payments.simulator.errors import refuse

PAGES = Path(__file__).parent / "pages"
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; form-action http: https:; "
    "base-uri 'none'; frame-ancestors 'none'"
)
LATE_SECONDS = 5.0
MESSAGES = {
    "success": "Payment received. Taking you back to the shop.",
    "authorize": "Your bank has agreed, the money is not taken yet. Taking you back to the shop.",
    "fail": "The payment failed. Taking you back to the shop.",
    "late": "Your bank is slow and will agree in a few seconds. Taking you back to the shop.",
}


def routes(books: Books, *, key_id: str, key_secret: str) -> Routes:
    return [
        route("GET", "/v1/checkout.js", lambda r: _file("checkout.js", "text/javascript")),
        route("GET", "/_sim/checkout.css", lambda r: _file("checkout.css", "text/css")),
        route("GET", "/_sim/return.js", lambda r: _file("return.js", "text/javascript")),
        route("GET", "/_sim/checkout", lambda r: _page(books, key_id, r.query)),
        route("POST", "/_sim/checkout", lambda r: _submit(books, key_secret, r)),
    ]


def outcome(key_secret: str, payment: Entity, wanted: str) -> Entity:
    """What Checkout hands to the shop: three signed fields, or an error."""
    ids = {"razorpay_order_id": payment["_order"], "razorpay_payment_id": payment["id"]}
    if wanted in ("fail", "late"):
        error = {
            "code": "BAD_REQUEST_ERROR",
            "description": "Payment failed",
            "source": "bank",
            "step": "payment_authorization",
            "reason": "payment_failed",
            "metadata": {"order_id": payment["_order"], "payment_id": payment["id"]},
        }
        return {"error": error, **ids}
    signature = payments.sign(key_secret, payment["_order"], payment["id"])
    return {**ids, "razorpay_signature": signature}


def _file(name: str, content_type: str) -> Answer:
    return Answer(200, (PAGES / name).read_bytes(), f"{content_type}; charset=utf-8")


def _render(name: str, **values: str) -> Answer:
    template = Template((PAGES / name).read_text(encoding="utf-8"))
    body = template.substitute(values).encode()
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
    return Answer(200, body, "text/html; charset=utf-8", headers)


def _page(books: Books, key_id: str, query: dict[str, str]) -> Answer:
    if query.get("key", key_id) != key_id:
        raise refuse("The key id is not this account's.", field="key")
    order = books.get("orders", query.get("order_id", ""))
    return _render(
        "checkout.html",
        amount=rupees(order["amount"]),
        description=html.escape(query.get("description") or "Payment"),
        order_id=order["id"],
        status="This order is paid already." if order["status"] == "paid" else "",
        disabled="disabled" if order["status"] == "paid" else "",
        callback_url=html.escape(_web(query.get("callback_url", ""))),
        cancel_url=html.escape(_web(query.get("cancel_url", ""))),
    )


def _submit(books: Books, key_secret: str, request: Request) -> Answer:
    form = request.form()
    wanted = form.get("outcome", "")
    callback_url = _web(form.get("callback_url", ""))
    if wanted == "close":
        back = _web(form.get("cancel_url", "")) or _origin(callback_url)
        if not back:
            return _return_page("", "Checkout was closed.", {})
        return Answer(303, headers={"Location": back})
    payment = payments.pay(
        books, form.get("order_id", ""), wanted, after_seconds=LATE_SECONDS, person={}
    )
    handed = outcome(key_secret, payment, wanted)
    return _return_page(callback_url, MESSAGES[wanted], _form_fields(handed))


def _form_fields(handed: Entity) -> dict[str, str]:
    """Checkout posts an error as `error[code]` and so on."""
    if "error" not in handed:
        return {name: str(value) for name, value in handed.items()}
    fields = {
        f"error[{name}]": str(value)
        for name, value in handed["error"].items()
        if name != "metadata"
    }
    for name, value in handed["error"]["metadata"].items():
        fields[f"error[metadata][{name}]"] = str(value)
    return fields


def _return_page(callback_url: str, message: str, fields: dict[str, Any]) -> Answer:
    inputs = "\n".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(str(value))}">'
        for name, value in fields.items()
    )
    return _render(
        "return.html",
        message=html.escape(message),
        action=html.escape(callback_url),
        inputs=inputs,
        hidden="" if callback_url else "hidden",
    )


def rupees(paise: int) -> str:
    """Indian grouping: 1,23,456.00."""
    whole, rest = divmod(paise, 100)
    digits = str(whole)
    head, tail = digits[:-3], digits[-3:]
    groups: list[str] = []
    while head:
        groups.insert(0, head[-2:])
        head = head[:-2]
    return f"₹{','.join([*groups, tail])}.{rest:02d}"


def _web(url: str) -> str:
    """The address if it is one a browser may be sent to."""
    if url and urlsplit(url).scheme not in ("http", "https"):
        raise refuse("Only http and https addresses can be called back.", field="callback_url")
    return url


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/" if url else ""
