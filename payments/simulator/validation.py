"""The shape of request bodies, refused in Razorpay's words."""

import re
from collections.abc import Collection
from typing import Any

from payments.simulator.errors import refuse

Entity = dict[str, Any]
MAX_NOTES = 15
MAX_NOTE = 256


def only(body: Entity, allowed: Collection[str]) -> None:
    extra = sorted(set(body) - set(allowed))
    if extra:
        raise refuse(
            f"{', '.join(extra)} is/are not required and should not be sent",
            reason="extra_field_sent",
            field=extra[0],
        )


def amount(body: Entity, key: str = "amount", *, step: str = "payment_initiation") -> int:
    """An integer of at least 100 paise."""
    if body.get(key) is None:
        raise refuse(f"{key}: is required.", field=key, step=step)
    value = body[key]
    if isinstance(value, bool) or not isinstance(value, int):
        raise refuse(f"The {key} must be an integer.", field=key, step=step)
    if value < 100 and step == "order_creation":
        raise refuse(
            "Order amount less than minimum amount allowed",
            field=key,
            step=step,
            reason="amount_less_than_minimum_amount",
        )
    if value < 100:
        raise refuse(f"The {key} must be at least INR 1.00", field=key, step=step)
    return value


def currency(body: Entity, *, required: bool = True) -> str:
    value = body.get("currency")
    if value is None and not required:
        return "INR"
    if value is None:
        raise refuse("currency: is required.", field="currency")
    if value != "INR":
        raise refuse("Currency is not supported", field="currency")
    return "INR"


def text(
    body: Entity, key: str, *, least: int = 0, most: int = 255, pattern: str = "", default: str = ""
) -> str:
    """A string of bounded length; with `least` above zero it must be there."""
    value = body.get(key)
    if value is None:
        if least:
            raise refuse(f"{key}: is required.", field=key)
        return default
    if not isinstance(value, str):
        raise refuse(f"The {key} must be a string.", field=key)
    if not least <= len(value) <= most:
        raise refuse(
            f"The {key} must be between {least} and {most} characters.",
            field=key,
        )
    if pattern and value and not re.fullmatch(pattern, value):
        raise refuse(f"The {key} format is invalid.", field=key)
    return value


def choice(body: Entity, key: str, allowed: Collection[str], *, default: str | None = None) -> str:
    value = body.get(key, default)
    if value not in allowed:
        raise refuse(f"The selected {key} is invalid.", field=key)
    return str(value)


def notes(body: Entity) -> Entity | list[Any]:
    """Up to 15 pairs of up to 256 characters. None at all comes back as a list."""
    value = body.get("notes")
    if not value:
        return []
    if not isinstance(value, dict):
        raise refuse("The notes must be an array.", field="notes")
    if len(value) > MAX_NOTES:
        raise refuse("Number of fields in notes should be less than or equal to 15", field="notes")
    for key, item in value.items():
        if len(key) > MAX_NOTE or len(str(item)) > MAX_NOTE:
            raise refuse("The notes may not be greater than 256 characters.", field="notes")
    return {key: item if isinstance(item, str) else str(item) for key, item in value.items()}


def page(query: dict[str, str]) -> tuple[int, int, int, int]:
    """`from`, `to`, `count` and `skip` of a list."""
    count = _number(query, "count", 10)
    if count > 100:
        raise refuse("The count may not be greater than 100.", field="count")
    if count < 1:
        raise refuse("The count must be at least 1.", field="count")
    return (
        _number(query, "from", 0),
        _number(query, "to", 1 << 40),
        count,
        _number(query, "skip", 0),
    )


def _number(query: dict[str, str], key: str, default: int) -> int:
    value = query.get(key, str(default))
    if not re.fullmatch(r"[0-9]{1,13}", value):
        raise refuse(f"The {key} must be an integer.", field=key)
    return int(value)
