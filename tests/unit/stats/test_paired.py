"""Paired differences, broken and fixed cases, margins."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.special import xlogy

from snellen.stats.paired import (
    McNemar,
    PairedDifference,
    mcnemar,
    non_inferior,
    non_inferior_mean,
    paired_difference,
    tango_interval,
)
from snellen.stats.proportions import Interval

# statsmodels mcnemar(table, exact=True) and scipy.stats.binomtest; mid-p after Fagerland et al. (2013).
MCNEMAR = [
    pytest.param(5, 1, 0.21875, 0.125, id="5-and-1"),
    pytest.param(10, 2, 0.03857, 0.02246, id="10-and-2"),
    pytest.param(0, 6, 0.03125, 0.01562, id="six-one-way-are-the-fewest-below-0.05"),
    pytest.param(0, 5, 0.0625, 0.03125, id="five-one-way-are-not"),
    pytest.param(1, 0, 1.0, 0.5, id="1-and-0"),
    pytest.param(0, 0, 1.0, 1.0, id="nothing-changed"),
    pytest.param(3, 3, 1.0, 1.0, id="as-many-both-ways"),
]

# The equations of Tango (1998) solved numerically; ±3.8415 / (50 + 3.8415) when nothing changed.
TANGO_95 = [
    pytest.param(12, 2, 50, 0.0611, 0.3447, id="12-and-2-of-50"),
    pytest.param(6, 8, 200, -0.0514, 0.0298, id="6-and-8-of-200"),
    pytest.param(0, 0, 50, -0.0713, 0.0713, id="nothing-changed"),
    pytest.param(50, 0, 50, 0.8573, 1.0, id="all-gained"),
    pytest.param(0, 50, 50, -1.0, -0.8573, id="all-lost"),
    pytest.param(1, 0, 1, -0.5869, 1.0, id="one-case-gained"),
    pytest.param(0, 0, 1, -0.7935, 0.7935, id="one-case-unchanged"),
]


@st.composite
def tables(draw: st.DrawFn) -> tuple[int, int, int]:
    """Gained, lost and all cases."""
    n = draw(st.integers(1, 300))
    gained = draw(st.integers(0, n))
    return gained, draw(st.integers(0, n - gained)), n


pairs = st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10)), min_size=2, max_size=30).map(
    lambda rows: ([a / 10 for a, _ in rows], [b / 10 for _, b in rows])
)


def test_a_paired_difference_is_scipys_paired_t_test():
    before, after = [0.1, 0.5, 0.9, 0.4, 0.0, 1.0], [0.4, 0.5, 0.8, 0.9, 0.3, 1.0]
    ours, theirs = paired_difference(before, after), stats.ttest_rel(after, before)
    assert ours.value == pytest.approx(1 / 6)
    assert ours.p_value == pytest.approx(theirs.pvalue, rel=1e-9)
    assert ours.interval is not None
    expected = theirs.confidence_interval(0.95)
    assert (ours.interval.low, ours.interval.high) == pytest.approx((expected.low, expected.high), rel=1e-9)


def test_clusters_make_a_difference_less_sure():
    before, after = [0.0] * 12, [1.0] * 6 + [0.0] * 6
    alone = paired_difference(before, after)
    together = paired_difference(before, after, clusters=[place // 3 for place in range(12)])
    assert (alone.formula, together.formula, together.n, together.clusters) == ("independent", "clustered", 12, 4)
    assert alone.p_value is not None
    assert together.p_value is not None
    assert alone.value == together.value == 0.5
    assert alone.p_value < 0.01
    assert together.p_value > 0.1


def test_nothing_changed_is_no_evidence():
    expected = PairedDifference(
        value=0.0,
        standard_error=0.0,
        interval=Interval(0.0, 0.0),
        p_value=1.0,
        n=3,
        clusters=3,
        formula="independent",
    )
    assert paired_difference([1.0, 0.0, 0.3], [1.0, 0.0, 0.3]) == expected


def test_equal_steps_are_no_proof():
    """Two pairs that both rose by a tenth would give an infinite t."""
    difference = paired_difference([0.2, 0.1], [0.3, 0.2])
    assert (difference.value, difference.standard_error, difference.p_value) == (0.1, 0.0, None)


def test_clusters_that_moved_alike_are_no_proof():
    difference = paired_difference([0.0] * 4, [0.1, 0.3, 0.1, 0.3], clusters=["a", "a", "b", "b"])
    assert (difference.value, difference.standard_error, difference.p_value) == (pytest.approx(0.2), 0.0, None)


@pytest.mark.parametrize("clusters", [None, ["a"]], ids=["alone", "one-cluster"])
def test_one_pair_has_a_difference_and_nothing_more(clusters):
    difference = paired_difference([0.0], [1.0], clusters=clusters)
    assert (difference.value, difference.n) == (1.0, 1)
    assert (difference.standard_error, difference.interval, difference.p_value) == (None, None, None)


@given(pairs)
def test_swapping_before_and_after_mirrors_a_difference(both: tuple[list[float], list[float]]):
    before, after = both
    there, back = paired_difference(before, after), paired_difference(after, before)
    assert there.interval is not None
    assert back.interval is not None
    assert (there.value, there.standard_error, there.p_value) == (-back.value, back.standard_error, back.p_value)
    assert there.interval == Interval(-back.interval.high, -back.interval.low)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ([], [], "before: at least one number"),
        ([1.0], [1.0, 0.0], "as many values before as after; got 1 and 2"),
        ([1.0], [math.inf], r"after\[0\] is no finite number; got inf"),
    ],
    ids=["empty", "uneven", "infinite"],
)
def test_no_difference_is_made_up(before, after, message):
    with pytest.raises(ValueError, match=message):
        paired_difference(before, after)


@pytest.mark.parametrize(("broke", "fixed", "exact", "mid"), MCNEMAR)
def test_mcnemar_agrees_with_statsmodels(broke, fixed, exact, mid):
    test = mcnemar(broke, fixed)
    assert test == McNemar(broke=broke, fixed=fixed, p_exact=test.p_exact, p_mid=test.p_mid)
    assert (test.p_exact, test.p_mid) == pytest.approx((exact, mid), abs=6e-6)


@given(st.integers(0, 400), st.integers(0, 400))
def test_mcnemar_is_a_binomial_test(broke: int, fixed: int):
    test = mcnemar(broke, fixed)
    expected = stats.binomtest(broke, broke + fixed).pvalue if broke + fixed else 1.0
    assert test.p_exact == pytest.approx(expected, rel=1e-9)
    assert 0 <= test.p_mid <= test.p_exact <= 1
    swapped = mcnemar(fixed, broke)
    assert (swapped.p_exact, swapped.p_mid) == (test.p_exact, test.p_mid)


@pytest.mark.parametrize("broke", [0, 49_500, 50_000, 99_999], ids=["none", "even-ish", "half", "nearly-all"])
def test_mcnemar_holds_for_a_hundred_thousand_changes(broke):
    expected = stats.binomtest(broke, 100_000).pvalue
    assert mcnemar(broke, 100_000 - broke).p_exact == pytest.approx(expected, rel=1e-6)


def test_mcnemar_counts_from_0():
    with pytest.raises(ValueError, match="got broke=-1, fixed=2"):
        mcnemar(-1, 2)


@pytest.mark.parametrize(("gained", "lost", "n", "low", "high"), TANGO_95)
def test_tango_agrees_with_the_published_equations(gained, lost, n, low, high):
    interval = tango_interval(gained, lost, n)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=5e-5)


def test_tango_agrees_with_a_published_table():
    """Fagerland et al. (2014), Statistics in Medicine 33:2850-2875, airway data: 1 and 7 of 21, -0.517 to -0.026."""
    interval = tango_interval(1, 7, 21)
    assert (round(interval.low, 3), round(interval.high, 3)) == (-0.517, -0.026)


@pytest.mark.parametrize(("gained", "lost", "n"), [(12, 2, 50), (6, 8, 200), (1, 0, 4), (0, 3, 5), (7, 7, 14)])
def test_both_ends_of_tango_solve_its_likelihood(gained, lost, n):
    """At an end the score test, its nuisance share found by maximising the likelihood on a grid, is z."""
    z = 1.959963984540054
    interval = tango_interval(gained, lost, n)
    for end in {interval.low, interval.high} - {-1.0, 1.0}:
        share_lost = np.linspace(max(0.0, -end), (1 - end) / 2, 200_001)[1:-1]
        rest = xlogy(n - gained - lost, 1 - 2 * share_lost - end)
        share = share_lost[np.argmax(xlogy(gained, share_lost + end) + xlogy(lost, share_lost) + rest)]
        error = math.sqrt(n * (2 * share + end * (1 - end)))
        assert abs(gained - lost - n * end) / error == pytest.approx(z, rel=2e-3)


@given(tables())
def test_tango_holds_the_change_mirrors_and_never_leaves_the_range(table: tuple[int, int, int]):
    gained, lost, n = table
    interval, swapped = tango_interval(gained, lost, n), tango_interval(lost, gained, n)
    assert -1 <= interval.low <= (gained - lost) / n <= interval.high <= 1
    assert interval.low < interval.high
    assert interval == Interval(-swapped.high, -swapped.low)


@given(tables())
def test_more_confidence_is_a_wider_tango(table: tuple[int, int, int]):
    narrow, wide = tango_interval(*table, confidence=0.8), tango_interval(*table, confidence=0.99)
    assert wide.low <= narrow.low <= narrow.high <= wide.high


@given(tables())
def test_a_gain_more_moves_tango_up(table: tuple[int, int, int]):
    gained, lost, n = table
    here = tango_interval(gained, lost, n)
    if lost:
        instead = tango_interval(gained + 1, lost - 1, n)
        assert here.low <= instead.low + 1e-12
        assert here.high <= instead.high + 1e-12
    if gained + lost < n:
        besides = tango_interval(gained + 1, lost, n)
        assert here.low <= besides.low + 1e-12
        assert here.high <= besides.high + 1e-12


@pytest.mark.parametrize(
    ("gained", "lost", "n", "confidence"),
    [(0, 0, 0, 0.95), (-1, 0, 5, 0.95), (0, -1, 5, 0.95), (3, 3, 5, 0.95), (1, 1, 5, 0.0)],
    ids=["no-case", "negative-gain", "negative-loss", "more-than-there-are", "no-confidence"],
)
def test_no_tango_is_made_up(gained, lost, n, confidence):
    with pytest.raises(ValueError, match=r"that fit into n|confidence lies"):
        tango_interval(gained, lost, n, confidence=confidence)


def test_the_gate_is_the_low_end_of_the_90_percent_interval():
    gate = non_inferior(gained=6, lost=8, n=200, margin=0.05)
    assert gate.bound == tango_interval(6, 8, 200, confidence=0.9).low
    assert (gate.holds, gate.margin, gate.confidence) == (True, 0.05, 0.95)
    assert not non_inferior(gained=6, lost=8, n=200, margin=0.04).holds


@pytest.mark.parametrize(("n", "holds"), [(10, False), (50, False), (51, False), (52, True), (500, True)])
def test_few_unchanged_cases_do_not_show_that_nothing_was_lost(n, holds):
    """z^2 / (n + z^2) with z = 1.6449 falls below 0.05 at n = 52: "no difference found" needs cases too."""
    assert non_inferior(gained=0, lost=0, n=n, margin=0.05).holds is holds


def test_a_bound_at_the_margin_does_not_hold():
    gate = non_inferior(gained=3, lost=9, n=100, margin=0.0)
    assert not non_inferior(gained=3, lost=9, n=100, margin=-gate.bound).holds


def test_the_gate_of_graded_scores_is_a_one_sided_t_test():
    """scipy.stats.ttest_1samp(d, -margin, alternative="greater") is below 0.05 exactly when the gate holds."""
    steps = [-0.1, 0.0, 0.2, -0.05, 0.0, 0.1, -0.2, 0.0, 0.05, 0.0]
    for margin in (0.02, 0.05, 0.06, 0.07, 0.1, 0.2):
        p = stats.ttest_1samp(steps, -margin, alternative="greater").pvalue
        assert non_inferior_mean(steps, margin=margin).holds is bool(p < 0.05)


def test_clusters_lower_the_bound_of_graded_scores():
    steps = [-0.2, -0.2, -0.2, 0.1, 0.1, 0.1, 0.0, 0.0, 0.0]
    alone = non_inferior_mean(steps, margin=0.1)
    together = non_inferior_mean(steps, clusters=[0, 0, 0, 1, 1, 1, 2, 2, 2], margin=0.1)
    assert together.bound < alone.bound


@pytest.mark.parametrize("n", [1, 2, 40])
def test_equal_differences_are_as_sure_as_unchanged_cases(n):
    bound = tango_interval(0, 0, n, confidence=0.9).low
    assert non_inferior_mean([0.0] * n, margin=0.1).bound == pytest.approx(bound)
    assert non_inferior_mean([0.3 - 0.2, 0.2 - 0.1] * n, margin=0.1).bound == pytest.approx(
        0.1 + tango_interval(0, 0, 2 * n, confidence=0.9).low
    )


def test_one_cluster_shows_no_more_than_one_case():
    gate = non_inferior_mean([0.1, -0.1, 0.0], clusters=["a", "a", "a"], margin=0.1)
    assert gate.bound == pytest.approx(tango_interval(0, 0, 1, confidence=0.9).low)
    assert not gate.holds


@pytest.mark.parametrize(
    ("margin", "confidence"),
    [(-0.01, 0.95), (math.nan, 0.95), (math.inf, 0.95), (0.05, 0.5), (0.05, 1.0)],
    ids=["below-0", "nan", "endless", "a-coin", "certainty"],
)
def test_a_gate_needs_a_margin_and_a_confidence(margin, confidence):
    with pytest.raises(ValueError, match="got"):
        non_inferior(gained=1, lost=1, n=10, margin=margin, confidence=confidence)
    with pytest.raises(ValueError, match="got"):
        non_inferior_mean([0.0, 0.1], margin=margin, confidence=confidence)
