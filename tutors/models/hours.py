"""The hours of a week in which a tutor is free, as 168 bits."""

from collections.abc import Iterable
from typing import Any, Self

from django.db import models

HOURS_A_DAY = 24
HOURS_A_WEEK = 7 * HOURS_A_DAY


class FreeHours(frozenset[int]):
    """Hours of the week in IST: 0 is Monday from midnight to one, 167 Sunday from eleven at night.

    They are those of a usual week; classes that are booked are not taken out of them.
    """

    def __new__(cls, hours: Iterable[int] = ()) -> Self:
        chosen = super().__new__(cls, hours)
        if any(not 0 <= hour < HOURS_A_WEEK for hour in chosen):
            raise ValueError("a week has the hours 0 to 167")
        return chosen

    @classmethod
    def between(cls, *, day: int | None, from_hour: int, to_hour: int) -> Self:
        """The hours from `from_hour` up to `to_hour` of a day (0 is Monday), or of every day."""
        days = range(7) if day is None else [day]
        return cls(day * HOURS_A_DAY + hour for day in days for hour in range(from_hour, to_hour))

    @classmethod
    def from_bits(cls, bits: str) -> Self:
        return cls(hour for hour, bit in enumerate(bits) if bit == "1")

    def bits(self) -> str:
        """168 zeros and ones, the first for hour 0."""
        return "".join("1" if hour in self else "0" for hour in range(HOURS_A_WEEK))


class FreeHoursField(models.Field):
    """A `FreeHours` in a column of type bit(168)."""

    def db_type(self, connection: Any) -> str:
        return f"bit({HOURS_A_WEEK})"

    def from_db_value(self, value: str | None, *_: Any) -> FreeHours | None:
        return None if value is None else FreeHours.from_bits(value)

    def to_python(self, value: Any) -> FreeHours | None:
        if value is None or isinstance(value, FreeHours):
            return value
        return FreeHours.from_bits(value) if isinstance(value, str) else FreeHours(value)

    def get_prep_value(self, value: Any) -> str | None:
        hours = self.to_python(value)
        return None if hours is None else hours.bits()
