"""Rows for spreadsheet programs."""

import csv as writer
from collections.abc import Iterable, Iterator, Sequence

# Without it Excel takes UTF-8 for something else, and Hindi for noise.
BOM = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A CSV file, piece by piece."""
    pen = writer.writer(Echo())
    yield BOM + pen.writerow([text(head) for head in heads])
    for row in rows:
        yield pen.writerow(row)


def text(value: str) -> str:
    """Words from people, which no spreadsheet program may take for a formula."""
    return f"'{value}" if value.startswith(FORMULA) else value


def rupees(paise: int) -> str:
    """A plain number with two digits: -1234.50."""
    sign = "-" if paise < 0 else ""
    return f"{sign}{abs(paise) // 100}.{abs(paise) % 100:02d}"


class Echo:
    """A file that hands back what is written to it."""

    def write(self, value: str) -> str:
        return value
