"""Finds Aadhaar numbers, which nobody may collect without a licence (UIDAI)."""

import re
import unicodedata

# Twelve digits, the first from 2 to 9, alone or in three groups of four; not part of a longer one.
NUMBER = re.compile(
    r"(?<!\d)(?<!\d[.])(?<!\d[ -])[2-9]\d{3}([ \-]?)\d{4}\1\d{4}(?![.]?\d|[ -]\d{4}(?!\d))"
)
WORDS = re.compile(r"a+dh?a+r|uidai|unique identification|आधार|भारतीय विशिष्ट", re.IGNORECASE)

# Verhoeff's tables: multiplication in the dihedral group of ten, and the permutation by place.
TIMES = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
TURNED = (
    "0123456789", "1576283094", "5803796142", "8916043527",
    "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip


def is_valid(digits: str) -> bool:
    """Whether the last digit is the one that Verhoeff's method gives."""
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = int(TIMES[check][int(TURNED[place % 8][int(digit)])])
    return check == 0


def numbers(text: str) -> list[tuple[str, bool]]:
    """The valid numbers in `text`, and whether each is written in groups as on the card."""
    plain = "".join(str(unicodedata.decimal(char, char)) for char in text)
    found = ((re.sub(r"\D", "", match[0]), bool(match[1])) for match in NUMBER.finditer(plain))
    return [(digits, grouped) for digits, grouped in found if is_valid(digits)]


def is_shown(text: str) -> bool:
    """Whether a document shows a whole number.

    One in ten of all twelve-digit numbers is valid by chance, roll numbers among them; so a number
    without groups counts only where the text speaks of Aadhaar.
    """
    found = numbers(text)
    return bool(found) and (any(grouped for _, grouped in found) or bool(WORDS.search(text)))
