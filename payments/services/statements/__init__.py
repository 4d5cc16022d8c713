"""Statements: what a tutor earned, and what anybody paid and got back, by month and year."""

from payments.services.statements import earned, paid
from payments.services.statements.periods import BadPeriod, Period, asked, year_of, years_of
from payments.services.statements.places import PaidKind

__all__ = ["BadPeriod", "PaidKind", "Period", "asked", "earned", "paid", "year_of", "years_of"]
