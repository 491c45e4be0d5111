"""Sample sizes and the differences they can show."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snellen.stats.power import cases_needed, pairs_needed, smallest_difference

# Miller (2024), section 5: omega squared 1/9, two answers' variance 1/6 each, alpha 0.05, power 0.8.
CASES = [
    pytest.param(0.0, 1, 969, id="steady-answers"),
    pytest.param(1 / 6, 1, 3876, id="asked-once"),
    pytest.param(1 / 6, 10, 1260, id="asked-ten-times"),
]
SMALLEST = [
    pytest.param(198, 1, 0.1327, id="198-asked-once"),
    pytest.param(198, 10, 0.0757, id="198-asked-ten-times"),
    pytest.param(50, 1, 0.264, id="50"),
    pytest.param(100, 1, 0.187, id="100"),
    pytest.param(300, 1, 0.108, id="300"),
]
PAIRS = [
    pytest.param(0.10, 0.05, 469, id="10-and-5-of-100"),
    pytest.param(0.15, 0.05, 155, id="15-and-5-of-100"),
    pytest.param(0.08, 0.02, 216, id="8-and-2-of-100"),
]


@pytest.mark.parametrize(("variance_within", "repeats", "n"), CASES)
def test_cases_needed_is_millers_example(variance_within, repeats, n):
    assert cases_needed(0.03, variance=1 / 9, variance_within=variance_within, repeats=repeats) == n


@pytest.mark.parametrize(("n", "repeats", "difference"), SMALLEST)
def test_smallest_difference_is_millers_example(n, repeats, difference):
    found = smallest_difference(n, variance=1 / 9, variance_within=1 / 6, repeats=repeats)
    assert found == pytest.approx(difference, abs=5e-4 if difference > 0.1328 or n == 300 else 5e-5)


@pytest.mark.parametrize(("broke", "fixed", "n"), PAIRS)
def test_pairs_needed_is_connors_formula(broke, fixed, n):
    assert pairs_needed(broke=broke, fixed=fixed) == pairs_needed(broke=fixed, fixed=broke) == n


@given(st.floats(0.01, 0.5), st.floats(0.001, 1), st.floats(0, 0.5), st.integers(1, 20))
def test_the_cases_needed_show_the_difference_and_one_fewer_do_not(
    difference: float, variance: float, within: float, repeats: int
):
    n = cases_needed(difference, variance=variance, variance_within=within, repeats=repeats)
    shown = smallest_difference(n, variance=variance, variance_within=within, repeats=repeats)
    assert shown <= difference * (1 + 1e-6)
    if n > 1:
        fewer = smallest_difference(n - 1, variance=variance, variance_within=within, repeats=repeats)
        assert fewer > difference * (1 - 1e-6)


def test_pairs_needed_keeps_what_it_promises():
    """McNemar's z finds the difference in about 80 of 100 made-up runs; counts are whole, hence "about"."""
    n = pairs_needed(broke=0.10, fixed=0.05)
    broke, fixed, _ = np.random.default_rng(1).multinomial(n, [0.10, 0.05, 0.85], size=20_000).T
    found = np.abs(broke - fixed) > 1.959964 * np.sqrt(broke + fixed)
    assert found.mean() == pytest.approx(0.8, abs=0.02)


def test_the_direction_of_a_difference_does_not_matter():
    assert cases_needed(-0.03, variance=1 / 9) == cases_needed(0.03, variance=1 / 9)


def test_more_power_and_a_stricter_level_take_more_cases():
    base = cases_needed(0.05, variance=0.1)
    assert cases_needed(0.05, variance=0.1, power=0.9) > base
    assert cases_needed(0.05, variance=0.1, alpha=0.01) > base
    assert pairs_needed(broke=0.1, fixed=0.05, power=0.9) > pairs_needed(broke=0.1, fixed=0.05)


def test_no_spread_takes_one_case():
    assert cases_needed(0.5, variance=0.0) == 1
    assert smallest_difference(1, variance=0.0) == 0.0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"difference": 0.0, "variance": 0.1}, "a number other than 0; got 0.0"),
        ({"difference": math.nan, "variance": 0.1}, "got nan"),
        ({"difference": 0.1, "variance": -0.1}, "a variance is 0 or more; got -0.1"),
        ({"difference": 0.1, "variance": 0.1, "variance_within": math.nan}, "within a question, nan"),
        ({"difference": 0.1, "variance": 0.1, "repeats": 0}, "got repeats=0"),
        ({"difference": 0.1, "variance": 0.1, "alpha": 0.0}, "alpha lies between 0 and 1; got 0.0"),
        ({"difference": 0.1, "variance": 0.1, "power": 1.0}, "power lies between 0 and 1; got 1.0"),
    ],
    ids=["no-difference", "nan", "variance", "within", "repeats", "alpha", "power"],
)
def test_no_sample_size_is_made_up(arguments, message):
    with pytest.raises(ValueError, match=message):
        cases_needed(**arguments)


def test_no_question_shows_nothing():
    with pytest.raises(ValueError, match="got n=0"):
        smallest_difference(0, variance=0.1)


@pytest.mark.parametrize(
    ("broke", "fixed"), [(0.1, 0.1), (-0.1, 0.2), (0.7, 0.4), (math.nan, 0.1)], ids=["equal", "below", "above-1", "nan"]
)
def test_shares_of_changed_cases_must_differ_and_fit(broke, fixed):
    with pytest.raises(ValueError, match="two different shares"):
        pairs_needed(broke=broke, fixed=fixed)
