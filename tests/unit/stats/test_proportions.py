import math

import pytest

from snellen.stats.proportions import Interval, wilson

# statsmodels.stats.proportion.proportion_confint(k, n, method="wilson"), 95 %, to four places.
WILSON_95 = [
    pytest.param(0, 10, 0.0, 0.2775, id="0-of-10"),
    pytest.param(1, 10, 0.0179, 0.4042, id="1-of-10"),
    pytest.param(8, 10, 0.4902, 0.9433, id="8-of-10"),
    pytest.param(10, 10, 0.7225, 1.0, id="10-of-10"),
    pytest.param(45, 50, 0.7864, 0.9565, id="45-of-50"),
    pytest.param(95, 100, 0.8882, 0.9785, id="95-of-100"),
]


@pytest.mark.parametrize(("successes", "n", "low", "high"), WILSON_95)
def test_wilson_agrees_with_statsmodels(successes, n, low, high):
    interval = wilson(successes, n)
    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
@pytest.mark.parametrize("n", [1, 2, 7, 30, 1000])
def test_both_ends_solve_wilsons_equation(n, confidence):
    """An end p is where the observed share is z standard errors of p away: the definition, not the closed form."""
    z = {0.8: 1.2815515655, 0.95: 1.9599639845, 0.99: 2.5758293035}[confidence]
    for successes in {1, n // 2, n - 1} - {0, n}:
        interval = wilson(successes, n, confidence=confidence)
        for end in (interval.low, interval.high):
            assert abs(successes / n - end) == pytest.approx(z * math.sqrt(end * (1 - end) / n))


@pytest.mark.parametrize("n", [1, 3, 10, 999])
def test_all_and_none_reach_the_ends_exactly(n):
    assert wilson(0, n).low == 0.0
    assert wilson(n, n).high == 1.0
    assert wilson(0, n).high == pytest.approx(1 - wilson(n, n).low)


def test_a_share_of_a_success_counts_as_such():
    assert wilson(1, 10).low < wilson(1.5, 10).low < wilson(2, 10).low


@pytest.mark.parametrize(
    ("successes", "n", "confidence"),
    [(0, 0, 0.95), (-1, 10, 0.95), (11, 10, 0.95), (math.nan, 10, 0.95), (1, 10, 0.0), (1, 10, 1.0)],
    ids=["nothing-tried", "negative", "more-than-tried", "nan", "no-confidence", "certainty"],
)
def test_no_interval_is_made_up(successes, n, confidence):
    with pytest.raises(ValueError, match="got"):
        wilson(successes, n, confidence=confidence)


def test_an_interval_is_a_value():
    assert wilson(8, 10) == wilson(8, 10)
    assert Interval(0.25, 0.75) == Interval(0.25, 0.75)
