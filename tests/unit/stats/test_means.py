"""Standard errors and intervals of a mean."""

from __future__ import annotations

import math
import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snellen.stats.means import Mean, mean_of, standard_errors
from snellen.stats.proportions import Interval

SCORES = [1, 1, 0, 0, 1, 0, 1, 1, 1, 0]
PAIRS = [place // 2 for place in range(10)]

shares = st.floats(0, 1).map(lambda share: round(share, 3))


def test_the_formulas_in_use_differ_as_published():
    """statsmodels OLS(y, 1).fit(cov_type="cluster") and inspect_ai give .18708; use_correction=False gives .16733."""
    errors = standard_errors(SCORES, PAIRS)
    assert [round(error, 5) for error in errors] == [0.16330, 0.17512, 0.16733, 0.18708]
    assert errors.clustered == mean_of(SCORES, clusters=PAIRS).standard_error


def test_miller_is_the_sum_over_pairs_of_a_cluster():
    """The formula of the paper, term by term."""
    values, clusters = [0.2, 0.9, 0.4, 0.4, 1.0, 0.0, 0.7], [0, 0, 1, 1, 1, 2, 2]
    n, mean = len(values), statistics.fmean(values)
    products = sum(
        (values[i] - mean) * (values[j] - mean)
        for i in range(n)
        for j in range(n)
        if i != j and clusters[i] == clusters[j]
    )
    expected = math.sqrt(statistics.variance(values) / n + products / n**2)
    assert standard_errors(values, clusters).miller == pytest.approx(expected, rel=1e-9)


def test_a_clustered_mean_agrees_with_statsmodels():
    """statsmodels 0.15: OLS(y, 1).fit(cov_type="cluster", cov_kwds={"groups": c}, use_t=True)."""
    mean = mean_of([0.2, 0.9, 0.4, 0.4, 1.0, 0.0, 0.7], clusters=[0, 0, 1, 1, 1, 2, 2])
    assert (mean.n, mean.clusters, mean.formula) == (7, 3, "clustered")
    assert mean.value == pytest.approx(0.51428571, abs=1e-8)
    assert mean.standard_error == pytest.approx(0.07406223, abs=1e-8)
    assert mean.interval is not None
    assert mean.interval.low == pytest.approx(0.19562164, abs=1e-8)
    assert mean.interval.high == pytest.approx(0.83294979, abs=1e-8)


def test_the_interval_is_students():
    """t(0.975) with 3 degrees of freedom is 3.182446 in any table; the standard error here is 0.25."""
    mean = mean_of([1, 1, 1, 0])
    assert mean.standard_error == 0.25
    assert mean.interval is not None
    assert mean.interval.high - mean.value == pytest.approx(3.182446 * 0.25, abs=1e-6)


def test_passes_and_fails_have_the_bernoulli_error_but_for_one_degree():
    n, share = 200, 0.35
    mean = mean_of([1.0] * 70 + [0.0] * 130)
    assert mean.standard_error == pytest.approx(math.sqrt(share * (1 - share) / (n - 1)))


@pytest.mark.parametrize(
    "clusters", [None, list(range(10)), [None] * 10, ["a", *[None] * 9]], ids=["none", "distinct", "alone", "one-named"]
)
def test_clusters_of_one_value_are_no_clusters(clusters):
    mean = mean_of(SCORES, clusters=clusters)
    assert (mean.formula, mean.clusters) == ("independent", 10)
    assert mean.standard_error == pytest.approx(statistics.stdev(SCORES) / math.sqrt(10), rel=1e-12)


def test_values_that_agree_within_clusters_are_worth_one_each():
    """Ten pictures asked about three times each, always alike, are as sure as ten pictures asked about once."""
    once = mean_of(SCORES)
    thrice = mean_of([score for score in SCORES for _ in range(3)], clusters=[place // 3 for place in range(30)])
    assert thrice.standard_error == pytest.approx(once.standard_error, rel=1e-9)
    assert (thrice.n, thrice.clusters) == (30, 10)


@pytest.mark.parametrize("value", [0.0, 1.0, 0.1, 1 / 3])
def test_equal_values_have_no_spread_at_all(value):
    expected = Mean(
        value=value, standard_error=0.0, interval=Interval(value, value), n=7, clusters=7, formula="independent"
    )
    assert mean_of([value] * 7) == expected


def test_clusters_with_one_and_the_same_sum_have_no_spread():
    """In floats the sums are off by a last bit, and t would be 10**16."""
    mean = mean_of([0.1, 0.3, 0.1, 0.3, 0.1, 0.3], clusters=[0, 0, 1, 1, 2, 2])
    assert (mean.standard_error, mean.interval) == (0.0, Interval(mean.value, mean.value))


def test_one_value_has_no_error_to_tell():
    expected = Mean(value=0.5, standard_error=None, interval=None, n=1, clusters=1, formula="independent")
    assert mean_of([0.5]) == expected


def test_one_cluster_has_no_error_to_tell():
    mean = mean_of([0.0, 1.0, 1.0], clusters=["a", "a", "a"])
    assert (mean.standard_error, mean.interval, mean.clusters, mean.formula) == (None, None, 1, "clustered")
    with pytest.raises(ValueError, match="at least two clusters; got 1"):
        standard_errors([0.0, 1.0], ["a", "a"])


@pytest.mark.parametrize(
    ("values", "clusters", "confidence", "message"),
    [
        ([], None, 0.95, "values: at least one number"),
        ([1.0, math.nan], None, 0.95, r"values\[1\] is no finite number; got nan"),
        ([1.0, 0.0], ["a"], 0.95, "got 1 clusters for 2 values"),
        ([1.0, 0.0], None, 1.0, "confidence lies between 0 and 1; got 1.0"),
    ],
    ids=["empty", "nan", "clusters", "certainty"],
)
def test_no_mean_is_made_up(values, clusters, confidence, message):
    with pytest.raises(ValueError, match=message):
        mean_of(values, clusters=clusters, confidence=confidence)


@given(st.lists(st.tuples(shares, st.integers(0, 4)), min_size=2, max_size=40), st.randoms())
def test_the_order_of_values_does_not_matter(rows: list[tuple[float, int]], chance: random.Random):
    shuffled = chance.sample(rows, len(rows))
    first = mean_of([value for value, _ in rows], clusters=[cluster for _, cluster in rows])
    second = mean_of([value for value, _ in shuffled], clusters=[cluster for _, cluster in shuffled])
    assert (first.value, first.clusters, first.formula) == (second.value, second.clusters, second.formula)
    assert first.standard_error == pytest.approx(second.standard_error, abs=1e-12)


@given(st.lists(shares, min_size=2, max_size=40))
def test_more_confidence_is_a_wider_interval_around_the_mean(values: list[float]):
    narrow, wide = mean_of(values, confidence=0.8), mean_of(values, confidence=0.99)
    assert narrow.interval is not None
    assert wide.interval is not None
    assert wide.interval.low <= narrow.interval.low <= narrow.value <= narrow.interval.high <= wide.interval.high
