"""Commission and tax rates by date."""

from datetime import date

from payments.models import TaxRate


def in_force(on: date) -> dict[str, TaxRate]:
    """Every rate that counts on that day (India), by name."""
    return {rate.name: rate for rate in TaxRate.objects.in_force(on)}


def financial_year(on: date) -> int:
    """The calendar year in which the Indian financial year of that day began, on 1 April."""
    return on.year if on.month >= 4 else on.year - 1
