"""Where a page of search results starts: after (or before) one row, never at an offset."""

import base64
import binascii
import json
from typing import NamedTuple, Self
from uuid import UUID


class Position(NamedTuple):
    """The sort key and id of a row on the edge of a page, and on which side of it to go on."""

    key: int
    id: UUID
    is_backwards: bool = False

    def encode(self) -> str:
        text = json.dumps([self.key, self.id.hex, int(self.is_backwards)])
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> Self:
        """The position in a cursor that came back to us. Raises ValueError for anything else."""
        try:
            padded = text + "=" * (-len(text) % 4)
            key, id_hex, backwards = json.loads(base64.urlsafe_b64decode(padded))
            if not isinstance(key, int) or abs(key) >= 2**62:
                raise ValueError("not a sort key")
            return cls(key, UUID(hex=id_hex), bool(backwards))
        except (binascii.Error, ValueError, TypeError, AttributeError) as error:
            raise ValueError("not a cursor") from error
