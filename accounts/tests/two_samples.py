"""Whether two samples come from one distribution: the Kolmogorov-Smirnov test, without scipy."""

from bisect import bisect_right
from collections.abc import Sequence
from math import exp, sqrt


def ks_statistic(one: Sequence[float], other: Sequence[float]) -> float:
    """D: the widest gap between the two empirical distribution functions."""
    first, second = sorted(one), sorted(other)
    return max(
        abs(bisect_right(first, x) / len(first) - bisect_right(second, x) / len(second))
        for x in (*first, *second)
    )


def ks_p(statistic: float, n: int, m: int) -> float:
    """How likely a gap this wide is for two samples of n and m from one distribution.

    Asymptotic, with Stephens' correction for finite samples: the tail of Kolmogorov's distribution
    at l = (r + 0.12 + 0.11/r) D, r = sqrt(nm / (n + m)). Press et al., Numerical Recipes, 2nd ed.,
    section 14.3 (kstwo, probks); M. A. Stephens, J. Roy. Stat. Soc. B 32 (1970), 115.
    """
    root = sqrt(n * m / (n + m))
    scaled = (root + 0.12 + 0.11 / root) * statistic
    return kolmogorov_q(scaled)


def kolmogorov_q(scaled: float) -> float:
    """The tail of Kolmogorov's distribution at l: 2 sum (-1)^(j-1) exp(-2 j^2 l^2).

    Below 0.2 the series is slow and the sum 1.
    """
    if scaled < 0.2:
        return 1.0
    terms = (2 * (-1) ** (j - 1) * exp(-2 * (j * scaled) ** 2) for j in range(1, 101))
    return min(1.0, max(0.0, sum(terms)))
