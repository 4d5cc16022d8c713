"""The score of a match, 0 to 1000, in parts that are rounded one by one and therefore add up.

The functions `search_…_points` of the database compute the same. Only `near` depends on who asks;
the others make the quality of an offering, by which the entries of search are kept in order.
"""

from math import floor, log

MAX_QUALITY = 750
ONLINE_POINTS = 75
MAX_NEAR_POINTS = 250


def rating_points(stars: int, reviews: int) -> int:
    """Up to 350, pulled towards 4.2 by five imagined reviews: one happy review does not win."""
    pulled = (stars + 21) / (reviews + 5)
    return _rounded(350 * _share((pulled - 3) / 2))


def hours_points(minutes: int) -> int:
    """Up to 150, reached at a thousand hours."""
    return _rounded(150 * _share(log(1 + minutes / 60) / log(1001)))


def years_points(years: int) -> int:
    """10 for each year, up to 100."""
    return 10 * min(years, 10)


def price_points(rate_paise: int) -> int:
    """150 at ₹100 an hour and less, none at ₹5,000 and more, the same for each doubling between."""
    return _rounded(150 * _share(1 - log(rate_paise / 100_00) / log(50)))


def near_points(km: float) -> int:
    """250 next door, 75 from ten and a half km on; a class online counts as the latter."""
    return _rounded(MAX_NEAR_POINTS * max(0.3, 1 - km / 15))


def _share(value: float) -> float:
    return min(1.0, max(0.0, value))


def _rounded(value: float) -> int:
    return floor(value + 0.5)
