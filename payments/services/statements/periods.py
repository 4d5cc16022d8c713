"""The months and financial years of India."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from payments.services import rates
from tutorhub.core import clock
from tutorhub.core.errors import DomainError

MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
YEAR = re.compile(r"20\d\d")


class BadPeriod(DomainError):
    code = "bad_period"
    message = _("Ask for a year like 2026, which begins in April, or for a month like 2026-11.")


@dataclass(frozen=True)
class Period:
    """From the first day to the day before `end`, both at midnight in India."""

    first: date
    end: date
    is_month: bool

    @property
    def year(self) -> int:
        """The calendar year in which its financial year begins."""
        return rates.financial_year(self.first)

    @property
    def code(self) -> str:
        """As people and programs ask for it."""
        return f"{self.first:%Y-%m}" if self.is_month else year_code(self.year)

    @property
    def start_at(self) -> datetime:
        return datetime.combine(self.first, time(), clock.IST)

    @property
    def end_at(self) -> datetime:
        return datetime.combine(self.end, time(), clock.IST)


def asked(*, year: str = "", month: str = "") -> Period:
    """The period that a request names; this financial year if it names none. Raises BadPeriod."""
    if month:
        return month_of(month)
    if year and not YEAR.fullmatch(year):
        raise BadPeriod
    return year_of(int(year) if year else rates.financial_year(clock.today()))


def year_of(year: int) -> Period:
    return Period(date(year, 4, 1), date(year + 1, 4, 1), is_month=False)


def month_of(month: str) -> Period:
    match = MONTH.fullmatch(month)
    if match is None:
        raise BadPeriod
    first = date(int(match[1]), int(match[2]), 1)
    return Period(first, next_month(first), is_month=True)


def next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def year_code(year: int) -> str:
    """2026-27."""
    return f"{year}-{(year + 1) % 100:02d}"


def years_of(user: User) -> list[tuple[int, str]]:
    """The financial years since the user joined, newest first: a number to ask by, and a name."""
    now = rates.financial_year(clock.today())
    first = rates.financial_year(user.joined_at.astimezone(clock.IST).date())
    return [(year, year_code(year)) for year in range(now, min(first, now) - 1, -1)]
