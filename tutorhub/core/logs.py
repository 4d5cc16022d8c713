"""Logs, and texts about failures that are stored, without people in them (SEC-28).

Code logs ids only. This is for what nobody writes by hand: texts of exceptions, to which PostgreSQL
adds the row that it refused, and whatever a library has to say.
"""

import logging
import re
import traceback
from types import TracebackType

import psycopg

_ErrorInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)

_FINDS = [
    # What follows is the refused row, and nobody can tell where a row with line breaks ends.
    (re.compile(r"^DETAIL: .*", re.M | re.S), "DETAIL: (left out)"),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*"), "(token)"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "(e-mail)"),
    (re.compile(r"(?<![\w-])(?:\+?91[\s-]?)?[6-9]\d{4}[\s-]?\d{5}(?![\w-])"), "(number)"),
    (re.compile(r"(?<![\w-])\d{4}[\s-]?\d{4}[\s-]?\d{4}(?![\w-])"), "(12 digits)"),
    (re.compile(r"\b[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]\b"), "(PAN)"),
    # What a signed link proves itself with, and codes and numbers in an address.
    (
        re.compile(r"([?&](?:X-Amz-[\w-]+|signature|sig|token|code|phone)=)[^&\s\"']+", re.I),
        r"\1(left out)",
    ),
]


def scrub(text: str) -> str:
    """The text without what points to a person or opens a door: rows, numbers, tokens, links."""
    for pattern, instead in _FINDS:
        text = pattern.sub(instead, text)
    return text


def describe(error: BaseException) -> str:
    """What went wrong, fit to be stored and shown to staff: never a row, a number or a name.

    Of an error of the database this is its class, SQLSTATE and constraint, because even its first
    line may quote a value.
    """
    name = type(error).__name__
    cause = error if isinstance(error, psycopg.Error) else error.__cause__
    if isinstance(cause, psycopg.Error):
        told = [cause.sqlstate, cause.diag.constraint_name or cause.diag.table_name]
        return " ".join([name, *filter(None, told)])
    return scrub(f"{name}: {error}")


class Formatter(logging.Formatter):
    """A scrubbed line for a record; a traceback says of each error what `describe` says."""

    def format(self, record: logging.LogRecord) -> str:
        # Another handler may have left its own text of the traceback on the record.
        return super().format(logging.makeLogRecord({**record.__dict__, "exc_text": None}))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        return scrub(super().formatMessage(record))

    def formatException(self, ei: _ErrorInfo) -> str:  # noqa: N802 - logging's name
        told: list[str] = []
        error = ei[1]
        while error is not None:
            frames = "".join(traceback.format_tb(error.__traceback__))
            told.append(f"{frames}{describe(error)}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return scrub("\nwhich led to:\n".join(reversed(told)))
