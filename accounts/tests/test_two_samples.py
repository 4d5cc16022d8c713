"""The test that SEC-06 leans on, against published values and against chance."""

import random

import pytest

from accounts.tests.two_samples import kolmogorov_q, ks_p, ks_statistic


@pytest.mark.parametrize(
    ("scaled", "q"),
    # Critical values of Kolmogorov's distribution: Smirnov, Ann. Math. Stat. 19 (1948), 279.
    [(1.0728, 0.20), (1.2238, 0.10), (1.3581, 0.05), (1.4802, 0.025), (1.6276, 0.01)],
)
def test_the_tail_is_that_of_the_tables(scaled: float, q: float):
    assert kolmogorov_q(scaled) == pytest.approx(q, rel=2e-3)


def test_the_ends_of_the_tail():
    assert kolmogorov_q(0) == 1
    assert kolmogorov_q(0.2) == pytest.approx(1, abs=1e-9)
    assert kolmogorov_q(5) < 1e-20


def test_the_widest_gap():
    assert ks_statistic([1, 2, 3], [1, 2, 3]) == 0
    assert ks_statistic([1, 2, 3], [4, 5]) == 1
    assert ks_statistic([1, 2, 3, 4], [3, 4, 5, 6]) == 0.5
    assert ks_statistic([1, 1, 1, 2], [1, 2, 2, 2]) == 0.5


def test_it_errs_as_often_as_it_says():
    """Of 1,000 pairs from one distribution about one in ten has p < 0.1."""
    chance = random.Random(6)
    small = 0
    for _ in range(1000):
        one, other = ([chance.expovariate(1) for _ in range(200)] for _ in range(2))
        small += ks_p(ks_statistic(one, other), 200, 200) < 0.1
    assert 60 <= small <= 130


def test_it_sees_a_shift():
    chance = random.Random(6)
    one = [chance.gauss(0, 1) for _ in range(1000)]
    assert ks_p(ks_statistic(one, [x + 0.2 for x in one]), 1000, 1000) < 0.01
