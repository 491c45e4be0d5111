"""Resampled intervals and sign-flip p."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from snellen.stats import bootstrap
from snellen.stats.bootstrap import Resampled, paired_bootstrap, permutation_p
from snellen.stats.paired import mcnemar
from snellen.stats.proportions import Interval


def graded(n: int, *, seed: int) -> tuple[list[float], list[float]]:
    """Scores in tenths, slightly better after."""
    rng = np.random.default_rng(seed)
    before = rng.integers(0, 11, n)
    after = np.clip(before + rng.integers(-2, 4, n), 0, 10)
    return (before / 10).tolist(), (after / 10).tolist()


def skewed(n: int, *, seed: int) -> tuple[list[float], list[float]]:
    """No two differences alike, most of them small."""
    return [0.0] * n, np.random.default_rng(seed).exponential(1 / 3, n).tolist()


def binary(n: int, *, seed: int) -> tuple[list[float], list[float]]:
    rng = np.random.default_rng(seed)
    before = (rng.random(n) < 0.7).astype(float)
    return before.tolist(), np.where(rng.random(n) < 0.2, 1 - before, before).tolist()


DATA = [
    pytest.param(*graded(40, seed=1), id="graded"),
    pytest.param(*graded(400, seed=2), id="graded-many"),
    pytest.param(*skewed(30, seed=3), id="skewed"),
    pytest.param(*binary(300, seed=4), id="binary"),
]


@pytest.mark.parametrize(("before", "after"), DATA)
def test_the_interval_is_scipys_bca(before, after):
    """Both are random: 20,000 resamples put an end within a few hundredths of the interval's width."""
    steps = np.subtract(after, before)
    theirs = stats.bootstrap(
        (steps,), lambda x, axis: x.mean(axis=axis), method="BCa", n_resamples=20_000, rng=1, batch=2_000
    ).confidence_interval
    ours = paired_bootstrap(before, after, resamples=20_000)
    assert ours.method == "bca"
    width = theirs.high - theirs.low
    assert ours.interval.low == pytest.approx(theirs.low, abs=0.04 * width)
    assert ours.interval.high == pytest.approx(theirs.high, abs=0.04 * width)


def test_drawing_by_kind_is_drawing_one_by_one(monkeypatch):
    """The multinomial shortcut and single draws give the same interval, up to chance."""
    before, after = graded(500, seed=5)
    clusters = [place // 3 for place in range(500)]
    short = paired_bootstrap(before, after, clusters=clusters, resamples=20_000)
    monkeypatch.setattr(bootstrap, "_WORTH_GROUPING", 0)
    grouped = paired_bootstrap(before, after, clusters=clusters, resamples=20_000)
    monkeypatch.setattr(bootstrap, "_WORTH_GROUPING", 10**9)
    single = paired_bootstrap(before, after, clusters=clusters, resamples=20_000)
    width = single.interval.high - single.interval.low
    for other in (short, grouped):
        assert other.interval.low == pytest.approx(single.interval.low, abs=0.04 * width)
        assert other.interval.high == pytest.approx(single.interval.high, abs=0.04 * width)


def test_whole_clusters_are_drawn():
    """Every cluster alike three times over is as unsure as its members once."""
    before, after = graded(60, seed=6)
    once = paired_bootstrap(before, after, resamples=20_000)
    thrice = paired_bootstrap(before * 3, after * 3, clusters=[place % 60 for place in range(180)], resamples=20_000)
    width = once.interval.high - once.interval.low
    assert thrice.interval.low == pytest.approx(once.interval.low, abs=0.04 * width)
    assert thrice.interval.high == pytest.approx(once.interval.high, abs=0.04 * width)


def test_a_mean_over_uneven_clusters_is_sum_over_size():
    """A cluster of nine that gained beside clusters of one that did not: no draw lies outside what can be."""
    before, after = [0.0] * 14, [1.0] * 9 + [0.0] * 5
    drawn = paired_bootstrap(before, after, clusters=["big"] * 9 + [None] * 5, confidence=0.9)
    assert 0.0 <= drawn.interval.low < 9 / 14 < drawn.interval.high <= 1.0


@pytest.mark.parametrize("step", [0.0, 0.1, -1.0], ids=["unchanged", "a-tenth-up", "all-lost"])
@pytest.mark.parametrize("n", [1, 2, 50])
def test_constant_differences_give_that_constant(step, n):
    """scipy's BCa is nan here."""
    before = [1.0, 0.9, 1.0, 0.8] * n
    drawn = paired_bootstrap(before, [score + step for score in before], resamples=100, seed=3)
    low, high = pytest.approx(step, abs=1e-12), pytest.approx(step, abs=1e-12)
    assert (drawn.interval.low, drawn.interval.high) == (low, high)
    assert (drawn.method, drawn.resamples, drawn.seed) == ("percentile", 100, 3)


def test_one_pair_and_one_cluster_do_not_vary():
    assert paired_bootstrap([0.0], [1.0]).interval == Interval(1.0, 1.0)
    drawn = paired_bootstrap([0.0, 0.0], [1.0, 0.0], clusters=["a", "a"])
    assert drawn == Resampled(interval=Interval(0.5, 0.5), method="percentile", resamples=10_000, seed=0)


def test_a_correction_that_is_not_defined_is_left_out():
    """A single resample lies on one side of the observed mean."""
    before, after = skewed(20, seed=7)
    assert paired_bootstrap(before, after, resamples=1).method == "percentile"


@pytest.mark.parametrize("make", [graded, skewed, binary])
@pytest.mark.parametrize("clustered", [False, True], ids=["alone", "clusters"])
def test_same_seed_same_numbers_in_any_order(make, clustered):
    before, after = make(90, seed=8)
    clusters = [place // 4 for place in range(90)] if clustered else [None] * 90
    order = np.random.default_rng(9).permutation(90).tolist()
    first, second, third = ([values[place] for place in order] for values in (before, after, clusters))
    there = paired_bootstrap(before, after, clusters=clusters, resamples=2_000, seed=11)
    assert paired_bootstrap(first, second, clusters=third, resamples=2_000, seed=11) == there
    assert paired_bootstrap(before, after, clusters=clusters, resamples=2_000, seed=12) != there
    p = permutation_p(before, after, clusters=clusters, resamples=2_000, seed=11)
    assert permutation_p(first, second, clusters=third, resamples=2_000, seed=11) == p


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([graded, skewed, binary]))
def test_more_confidence_is_a_wider_bootstrap(seed: int, make):
    before, after = make(25, seed=seed)
    narrow = paired_bootstrap(before, after, resamples=500, confidence=0.8)
    wide = paired_bootstrap(before, after, resamples=500, confidence=0.98)
    assert wide.interval.low <= narrow.interval.low <= narrow.interval.high <= wide.interval.high


def flips(steps: list[float]) -> float:
    """The p by its definition: all sign flips, one by one."""
    observed = abs(sum(steps)) - 1e-9
    outcomes = [
        abs(sum(sign * step for sign, step in zip(signs, steps, strict=True))) >= observed
        for signs in itertools.product((-1, 1), repeat=len(steps))
    ]
    return sum(outcomes) / len(outcomes)


@settings(deadline=None)
@given(st.lists(st.integers(-10, 10), min_size=1, max_size=9))
def test_few_pairs_are_counted_exactly(tenths: list[int]):
    steps = [step / 10 for step in tenths]
    assert permutation_p([0.0] * len(steps), steps) == pytest.approx(flips(steps), rel=1e-9)


def test_ties_are_seen_through_the_noise_of_floats():
    """0.1 + 0.2 and 0.3 are the same distance from 0."""
    assert permutation_p([0.0] * 3, [0.1, 0.2, -0.3]) == pytest.approx(1.0)
    assert permutation_p([0.0] * 3, [0.1, 0.2, 0.3]) == pytest.approx(0.25)


def test_an_exact_p_is_scipys():
    before, after = skewed(12, seed=10)
    after = [step - 0.25 for step in after]
    theirs = stats.permutation_test(
        (after,), lambda x, axis: abs(x.mean(axis=axis)), permutation_type="samples", alternative="greater"
    )
    assert permutation_p(before, after) == pytest.approx(theirs.pvalue, rel=1e-9)


@pytest.mark.parametrize(
    ("broke", "fixed"), [(5, 1), (0, 6), (10, 2), (1, 0), (300, 360)], ids=["5-1", "0-6", "10-2", "1-0", "many"]
)
def test_flipped_passes_and_fails_are_mcnemar(broke, fixed):
    before = [1.0] * broke + [0.0] * fixed + [1.0] * 30
    after = [0.0] * broke + [1.0] * fixed + [1.0] * 30
    assert permutation_p(before, after) == pytest.approx(mcnemar(broke, fixed).p_exact, rel=1e-9)


def test_clusters_are_flipped_whole():
    """Six pairs up in two clusters: two coins, of which half of the outcomes are as far out."""
    assert permutation_p([0.0] * 6, [1.0] * 6) == pytest.approx(2 / 2**6)
    assert permutation_p([0.0] * 6, [1.0] * 6, clusters=[0, 0, 0, 1, 1, 1]) == pytest.approx(0.5)


@pytest.mark.parametrize("digits", [3, 12], ids=["binomial-draws", "single-coins"])
def test_thrown_coins_come_near_the_normal_limit(digits):
    """With 20,000 pairs the flipped mean is as good as normal, with the differences' squares for its variance."""
    steps = np.random.default_rng(12).normal(0.0, 0.2, 20_000).round(digits)
    z = abs(steps.sum()) / np.sqrt(np.square(steps).sum())
    assert 0.5 < z < 2.5
    p = permutation_p([0.0] * steps.size, steps.tolist())
    assert p == pytest.approx(2 * stats.norm.sf(z), abs=0.02)


def test_clusters_that_cancel_did_not_change():
    """0.1 + 0.2 - 0.3 is 5.6e-17 in floats."""
    before, after, clusters = [0.0] * 6, [0.1, 0.2, -0.3] * 2, [0, 0, 0, 1, 1, 1]
    assert permutation_p(before, after, clusters=clusters) == 1.0
    assert paired_bootstrap(before, after, clusters=clusters).interval == Interval(0.0, 0.0)


def test_thrown_coins_never_give_0():
    before, after = skewed(200, seed=13)
    assert permutation_p(before, after, resamples=999) == 1 / 1000


def test_swapping_before_and_after_leaves_p():
    before, after = skewed(50, seed=14)
    after = [step - 0.3 for step in after]
    assert permutation_p(before, after, seed=5) == permutation_p(after, before, seed=5)


def test_nothing_changed_is_p_1():
    assert permutation_p([0.5, 1.0], [0.5, 1.0]) == 1.0


@pytest.mark.parametrize("function", [paired_bootstrap, permutation_p])
@pytest.mark.parametrize(
    ("before", "after", "options", "message"),
    [
        ([], [], {}, "before: at least one number"),
        ([0.0], [0.0, 1.0], {}, "got 1 and 2"),
        ([0.0], [float("nan")], {}, r"after\[0\] is no finite number"),
        ([0.0], [1.0], {"resamples": 0}, "at least one resample is needed; got 0"),
        ([0.0], [1.0], {"clusters": []}, "got 0 clusters for 1 values"),
    ],
    ids=["empty", "uneven", "nan", "no-resample", "clusters"],
)
def test_nothing_is_drawn_from_nothing(function, before, after, options, message):
    with pytest.raises(ValueError, match=message):
        function(before, after, **options)
