"""What Razorpay answers: entities, collections, and the two errors."""

import re
from collections.abc import Mapping
from typing import Any

Entity = dict[str, Any]

_ID = re.compile(r"[A-Za-z]+_[A-Za-z0-9]{1,40}")


class GatewayError(Exception):
    """Razorpay did not do as asked."""


class Refused(GatewayError):
    """A definite no: nothing was changed at Razorpay."""

    def __init__(self, status: int, error: Mapping[str, Any]) -> None:
        self.status = status
        self.code = str(error.get("code") or "")
        self.reason = str(error.get("reason") or "")
        self.description = str(error.get("description") or "")
        self.field = str(error.get("field") or "")
        super().__init__(f"{status} {self.code} {self.reason}: {self.description}")


class Unknown(GatewayError):
    """No usable answer, so the call may or may not have been performed. Never means "failed"."""


def entity(answer: Any) -> Entity:
    if not isinstance(answer, dict) or not isinstance(answer.get("id"), str):
        raise Unknown("Razorpay's answer is no entity")
    return answer


def items(answer: Any) -> list[Entity]:
    found = answer.get("items") if isinstance(answer, dict) else None
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise Unknown("Razorpay's answer is no collection")
    return found


def is_id(value: str) -> bool:
    """Whether this looks like one of Razorpay's identifiers, which are safe inside a path."""
    return _ID.fullmatch(value) is not None


def checked_id(value: str) -> str:
    if not is_id(value):
        raise Refused(400, {"code": "BAD_REQUEST_ERROR", "reason": "malformed_id"})
    return value
