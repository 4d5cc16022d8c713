"""One clock. Business code asks it for the time, so that demo data can live on other days."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

IST = ZoneInfo("Asia/Kolkata")

_travelled: ContextVar[datetime | None] = ContextVar("travelled", default=None)


def now() -> datetime:
    """The current time, aware, in UTC."""
    return _travelled.get() or timezone.now()


def today() -> date:
    """The current date in India, which is what invoices and financial years go by."""
    return now().astimezone(IST).date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Inside the block `now()` stands still at `moment` (aware). For demo data and tests."""
    token = _travelled.set(moment)
    try:
        yield
    finally:
        _travelled.reset(token)
