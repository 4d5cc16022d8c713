"""The hand of the payer, at the gateway simulator."""

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings


def pay(razorpay_order_id: str) -> str:
    """Pay an order at the simulator. Returns the payment's id."""
    answer = _ask("POST", f"orders/{razorpay_order_id}/pay", {"outcome": "success"})
    return str(answer["razorpay_payment_id"])


@contextmanager
def silent_webhooks() -> Iterator[None]:
    """No webhooks while nobody listens: the web process starts after the demo data."""
    _ask("POST", "faults", {"kind": "webhook.drop", "count": -1})
    try:
        yield
    finally:
        _ask("DELETE", "faults", None)


def _ask(method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
    request = urllib.request.Request(
        f"{settings.RAZORPAY_BASE_URL}/_sim/{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        answer: dict[str, Any] = json.loads(response.read() or b"{}")
    return answer
