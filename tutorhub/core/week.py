"""A usual week as a grid of hours to tick, Monday first, in Indian time."""

from collections.abc import Collection
from dataclasses import dataclass

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

DAY = 24
FIRST_HOUR, LAST_HOUR = 6, 22
"""What pages offer; hours outside of it can be set through the API and stay."""

PARTS = (
    (_("Morning"), FIRST_HOUR, 12),
    (_("Afternoon"), 12, 16),
    (_("Evening"), 16, LAST_HOUR),
)

Row = tuple[str, list["Cell"]]


@dataclass(frozen=True)
class Cell:
    """One hour of the week as a box to tick."""

    value: int
    name: str
    is_ticked: bool


class HoursForm(forms.Form):
    hours = forms.TypedMultipleChoiceField(
        choices=[(hour, hour) for hour in range(7 * DAY)], coerce=int, required=False
    )

    @property
    def days(self) -> list[str]:
        return [str(WEEKDAYS[day]) for day in range(7)]

    def rows(self) -> list[Row]:
        """The grid: for each hour of the day a box for each day of the week."""
        ticked = {int(hour) for hour in self["hours"].value() or [] if str(hour).isdigit()}
        return [
            (f"{hour:02d}", [self._cell(day, hour, ticked) for day in range(7)])
            for hour in range(FIRST_HOUR, LAST_HOUR)
        ]

    def parts(self) -> list[tuple[str, list[Row]]]:
        """The grid in the parts of a day."""
        rows = self.rows()
        return [
            (str(name), rows[first - FIRST_HOUR : last - FIRST_HOUR]) for name, first, last in PARTS
        ]

    def wanted(self, before: Collection[int]) -> list[int]:
        """The hours ticked, and those of before that the page does not show."""
        unseen = [hour for hour in before if not FIRST_HOUR <= hour % DAY < LAST_HOUR]
        return [*unseen, *self.cleaned_data["hours"]]

    def _cell(self, day: int, hour: int, ticked: set[int]) -> Cell:
        value = day * DAY + hour
        return Cell(value, f"{WEEKDAYS[day]} {hour:02d}:00", value in ticked)
