"""Where the bars of a chart stand; the template draws them, as attributes of an SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import dateformat

from payments.queries import Month
from tutorhub.core.money import rupees

WIDTH, HEIGHT = 360, 180
TOP, BOTTOM, LEFT = 18, 22, 4
PAISE = 100
LAKH, THOUSAND = 1_00_000, 1_000


@dataclass(frozen=True)
class Bar:
    """One month: the corner and size of its bar, and its words."""

    x: int
    y: int
    width: int
    height: int
    middle: int
    label: str
    figure: str
    title: str


@dataclass(frozen=True)
class Chart:
    width: int
    height: int
    floor: int
    label_y: int
    bars: list[Bar]
    total_paise: int


def by_month(months: Sequence[Month]) -> Chart:
    """A bar for what each month left the tutor; the highest one fills the height."""
    most = max((month.left_paise for month in months), default=0)
    floor = HEIGHT - BOTTOM
    step = (WIDTH - 2 * LEFT) // max(1, len(months))
    bars = []
    for place, month in enumerate(months):
        height = _height(month.left_paise, most, floor - TOP)
        x = LEFT + place * step
        bars.append(
            Bar(
                x=x + 3,
                y=floor - height,
                width=step - 6,
                height=height,
                middle=x + step // 2,
                label=dateformat.format(month.month, "M"),
                figure=_short(month.left_paise),
                title=f"{_name(month.month)}: {rupees(month.left_paise)}",
            )
        )
    total = sum(month.left_paise for month in months)
    return Chart(WIDTH, HEIGHT, floor, HEIGHT - 6, bars, total)


def _height(paise: int, most: int, room: int) -> int:
    """At least a line for a month that earned anything."""
    return max(2, paise * room // most) if paise > 0 else 0


def _short(paise: int) -> str:
    """`950`, `12k`, `1.2L`: the figure over a bar, where only few signs fit."""
    rupee = (paise + PAISE // 2) // PAISE
    if rupee <= 0:
        return ""
    if rupee < THOUSAND:
        return str(rupee)
    if rupee < LAKH:
        return f"{rupee / THOUSAND:.3g}k"
    return f"{rupee / LAKH:.3g}L"


def _name(month: date) -> str:
    return dateformat.format(month, "F Y")
