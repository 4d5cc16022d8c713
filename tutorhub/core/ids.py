"""Public identifiers."""

import uuid

import uuid_utils


def uuid7() -> uuid.UUID:
    """A UUID version 7 (RFC 9562): unique like version 4, but in order of time."""
    return uuid.UUID(int=uuid_utils.uuid7().int)
