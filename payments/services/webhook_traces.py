"""By what the body of a webhook is found again when somebody is erased, without reading them all.

Razorpay's own ids stand as they are; numbers and e-mail addresses only as keyed hashes.
"""

import re

from django.utils.crypto import salted_hmac

_IDS = re.compile(rb"\b(?:pay|order|rfnd|disp|pout|cont|fa|fav|txn)_[A-Za-z0-9]{6,}\b")
_PHONES = re.compile(rb"(?<!\d)(?:\+?91)?[6-9]\d{9}(?!\d)")
_EMAILS = re.compile(rb"[\w.+-]+@[\w-]+\.[\w.-]+")


def of(body: bytes) -> list[str]:
    """Every id and address that is in it."""
    ids = {found.decode() for found in _IDS.findall(body)}
    addresses = _PHONES.findall(body) + _EMAILS.findall(body)
    return sorted(ids | {of_address(found.decode(errors="replace")) for found in addresses})


def of_address(address: str) -> str:
    """The trace of a number, with or without +91, or of an e-mail address."""
    known_as = address.lower() if "@" in address else re.sub(r"\D", "", address)[-10:]
    return salted_hmac("payments.webhook_traces", known_as, algorithm="sha256").hexdigest()[:32]
