"""The interval of a share and of a ratio, against scipy, statsmodels' figures and sums by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, sem, t

from snellen.stats.proportions import Interval
from snellen.stats.shares import Sure, ratio_interval, share_interval

MILLER = [(2, 2), (0, 2), (1, 2), (2, 2), (1, 2)]  # the published vector: SE 0.18708 by inspect_ai and statsmodels


def test_cases_that_stand_alone_have_wilsons_interval() -> None:
    expected = binomtest(7, 10).proportion_ci(method="wilson")
    found = share_interval([1.0] * 7 + [0.0] * 3, [1] * 10, cases=10)
    assert found.formula == "Wilson"
    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == (pytest.approx(expected.low), pytest.approx(expected.high))


def test_clusters_have_the_clustered_standard_error_of_statsmodels() -> None:
    found = share_interval([hit for hit, _ in MILLER], [many for _, many in MILLER], cases=10)
    assert found.formula == "t, clustered"
    assert found.interval is not None
    assert 0.6 - found.interval.low == pytest.approx(t.ppf(0.975, 4) * 0.18708, rel=1e-4)


def test_clusters_of_different_sizes_are_a_ratio() -> None:
    """By hand, Cochran (1977), equation 6.13 with C / (C - 1): what each cluster is off, squared and summed."""
    hits, tries = [3.0, 0.0, 4.0, 1.0], [3, 2, 6, 1]
    share = 8 / 12
    error = math.sqrt(4 / 3 * sum((hit - share * many) ** 2 for hit, many in zip(hits, tries, strict=True))) / 12
    found = share_interval(hits, tries, cases=12)
    assert found.interval is not None
    assert share - found.interval.low == pytest.approx(t.ppf(0.975, 3) * error)


def test_graded_scores_that_stand_alone_have_students_interval() -> None:
    scores = [0.2, 0.5, 0.55, 0.4, 0.35]
    found = share_interval(scores, [1] * 5, cases=5, is_graded=True, confidence=0.9)
    assert (found.formula, found.interval is not None) == ("t", True)
    assert found.interval is not None
    assert found.interval.high - 0.4 == pytest.approx(t.ppf(0.95, 4) * sem(scores))


@pytest.mark.parametrize("is_graded", [False, True])
def test_where_nothing_was_seen_to_vary_clusters_count_as_tries(is_graded: bool) -> None:
    found = share_interval([2.0] * 5, [2] * 5, cases=10, is_graded=is_graded)
    expected = binomtest(5, 5).proportion_ci(method="wilson")
    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == (pytest.approx(expected.low), 1.0)


def test_one_cluster_tells_nothing_of_others_but_wilsons_for_one() -> None:
    expected = binomtest(1, 1).proportion_ci(method="wilson")
    assert share_interval([3.0], [3], cases=3).interval == Interval(pytest.approx(expected.low), 1.0)  # type: ignore[arg-type]


def test_what_has_no_top_and_does_not_vary_has_no_interval() -> None:
    assert ratio_interval(3.0, [0.0, 0.0, 0.0], "abc", top=math.inf) == Sure(None, "")


def test_degrees_of_freedom_of_strata_are_taken_as_given() -> None:
    pulls, clusters = [0.02, -0.02, 0.01, -0.01], ["a", "b", "c", "d"]
    found = ratio_interval(0.5, pulls, clusters, freedom=2)
    assert found.interval is not None
    assert 0.5 - found.interval.low == pytest.approx(t.ppf(0.975, 2) * math.sqrt(sum(pull**2 for pull in pulls)))


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 4)), min_size=1, max_size=30), st.booleans())
def test_the_interval_holds_the_value_and_stays_in_range(given: list[tuple[int, int]], is_graded: bool) -> None:
    hits = [float(min(hit, many)) for hit, many in given]
    tries = [many for _, many in given]
    found = share_interval(hits, tries, cases=sum(tries), is_graded=is_graded).interval
    value = math.fsum(hits) / sum(tries)
    assert found is not None
    assert 0 <= found.low <= value + 1e-12
    assert value - 1e-12 <= found.high <= 1
