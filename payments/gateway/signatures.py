"""What proves that something came from Razorpay or from its Checkout."""

import hashlib
import hmac
import re
from collections.abc import Sequence

from django.conf import settings

_HEX = re.compile(r"[0-9a-f]{64}")


def verify_callback(order_id: str, payment_id: str, signature: str | None) -> bool:
    """Whether Checkout's answer for this order of ours is signed with our key."""
    message = f"{order_id}|{payment_id}".encode(errors="surrogatepass")
    return _is_signed(message, signature, [settings.RAZORPAY_KEY_SECRET])


def verify_webhook(body: bytes, signature: str | None) -> bool:
    """Whether Razorpay signed these raw bytes, with the current or a previous webhook secret."""
    return _is_signed(body, signature, settings.RAZORPAY_WEBHOOK_SECRETS)


def _is_signed(message: bytes, signature: str | None, secrets: Sequence[str]) -> bool:
    if not isinstance(signature, str) or not _HEX.fullmatch(signature):
        return False
    # An empty secret would accept what anybody can sign.
    expected = [
        hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
        for secret in secrets
        if secret
    ]
    return any(hmac.compare_digest(candidate, signature) for candidate in expected)
