"""What a list of fields consists of."""

from collections.abc import Set
from dataclasses import dataclass


@dataclass(frozen=True)
class Fields:
    who: Set[str]
    """Who may at most send or get them."""
    fields: str
    """Their names, with spaces between."""

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self.fields.split())
