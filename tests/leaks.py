"""A pytest plugin: no test passes that made anybody log a person (SEC-28).

Factories give everybody numbers and addresses of a kind that nothing else has. Each record is read
twice: as the code wrote it, where a person is a mistake of that code, and as production writes it,
with the traceback.
"""

import logging
import re
from collections.abc import Iterator

import pytest

from tutorhub.core.logs import Formatter

PERSON = re.compile(
    r"(?:\+?91|\b)9[0-9]{9}\b|\bstaff\d+@example\.com|\beyJ[\w-]{8,}\.|[A-Z]{5}\d{4}[A-Z]\b"
)
FORMAT = "{asctime} {levelname} {name} {message}"


class Watch(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.formatter = Formatter(FORMAT, style="{")

    def emit(self, record: logging.LogRecord) -> None:
        written = [record.getMessage(), self.format(record)]
        self.found += [text for text in written if PERSON.search(text)]


@pytest.fixture(autouse=True)
def leaks() -> Iterator[list[str]]:
    """What was logged about people; a test that leaks on purpose empties it."""
    watch = Watch()
    logging.getLogger().addHandler(watch)
    yield watch.found
    logging.getLogger().removeHandler(watch)
    assert not watch.found
