"""Public identifiers."""

import uuid
from datetime import datetime

import uuid_utils


def uuid7() -> uuid.UUID:
    """A UUID version 7 (RFC 9562): unique like version 4, but in order of time."""
    return uuid.UUID(int=uuid_utils.uuid7().int)


def last_before(moment: datetime) -> uuid.UUID:
    """The largest version 7 identifier of the millisecond before `moment` (RFC 9562, 5.7)."""
    return uuid.UUID(int=(int(moment.timestamp() * 1000) << 80) - 1)
