"""Where files lie: who puts them there, who gets a link, and when they go.

`tutorhub.core.storage` makes keys below these prefixes and no others. A link is signed for one
file, for at most five minutes, by the service of the thing that the file belongs to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Files:
    """`put` and `get` say who; what nobody gets is read by our own work alone."""

    put: str
    get: str
    goes: str


NOBODY = "nobody"

PREFIXES: Mapping[str, Files] = MappingProxyType(
    {
        "quarantine": Files(
            "whoever got the form, once, within five minutes", NOBODY, "looked at, or a day old"
        ),
        "accepted": Files(
            "work, after the checks", "finance, audited; Razorpay, by work", "with its row"
        ),
        "papers": Files(
            "work, after the checks",
            "a moderator with the case open, one at a time, marked",
            "with the account, or 180 days after they were not accepted",
        ),
        "portraits": Files(
            "work, made anew without EXIF", "a moderator; the tutor", "with its row, or the account"
        ),
        "public": Files("a moderator's yes", "everybody", "taken down, or the account erased"),
        "exports": Files("work, asked for by its owner", "its owner", "after seven days"),
        "erasures": Files("work", NOBODY, "never: it says whom a restored backup must forget"),
    }
)
