"""Repeats of a question: variance split, disagreement, pass@k."""

from __future__ import annotations

import itertools
import math
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from snellen.stats.repeats import (
    VarianceSplit,
    chance_to_notice,
    disagreement,
    pass_at_k,
    pass_hat_k,
    variance_split,
)

# n, c, k, pass@k (Chen et al. 2021), pass^k (Yao et al. 2024), to six places.
PASSES = [
    pytest.param(10, 3, 1, 0.3, 0.3, id="one-try-is-the-share"),
    pytest.param(10, 3, 5, 0.916667, 0.0, id="more-tries-than-passes"),
    pytest.param(20, 10, 8, 0.999643, 0.000357, id="half"),
    pytest.param(8, 6, 4, 1.0, 0.214286, id="fewer-fails-than-tries"),
    pytest.param(10, 9, 8, 1.0, 0.2, id="one-fail"),
]
NOTICED = [(0.9, 2, 0.18), (0.9, 3, 0.27), (0.9, 5, 0.41), (0.9, 10, 0.65), (0.95, 5, 0.23)]


def test_the_split_is_an_analysis_of_variance():
    """Mean squares by scipy.stats.f_oneway's F: between = (F - 1) * within / K for K repeats each."""
    groups = [[0.9, 1.0, 0.8], [0.2, 0.1, 0.3], [0.5, 0.9, 0.4], [0.6, 0.6, 0.9]]
    split = variance_split(groups)
    within = statistics.fmean(statistics.variance(group) for group in groups)
    f = stats.f_oneway(*groups).statistic
    means = [statistics.fmean(group) for group in groups]
    assert split.within == pytest.approx(within)
    assert split.between == pytest.approx((f - 1) * within / 3)
    assert split.mean == pytest.approx(statistics.fmean(means))
    assert split.standard_error == pytest.approx(statistics.stdev(means) / 2)
    assert (split.questions, split.repeats) == (4, 3.0)


def test_unequal_repeats_weigh_every_question_once():
    split = variance_split([[1.0] * 8, [0.0, 1.0], [0.0]])
    assert split.mean == pytest.approx(0.5)
    assert split.within == pytest.approx(0.5 / 8)
    assert split.between == pytest.approx(0.25 - 0.0625 * (1 / 8 + 1 / 2 + 1) / 3)
    assert (split.questions, split.repeats) == (3, 11 / 3)


def test_the_split_finds_the_variances_it_was_made_from():
    rng = np.random.default_rng(1)
    groups = [rng.normal(centre, 1.0, rng.integers(1, 6)).tolist() for centre in rng.normal(0.0, 2.0, 4_000)]
    split = variance_split(groups)
    assert split.between == pytest.approx(4.0, rel=0.08)
    assert split.within == pytest.approx(1.0, rel=0.08)


def test_a_variance_below_0_is_given_as_0():
    """Equal means although the answers vary: less spread between questions than luck gives."""
    expected = VarianceSplit(between=0.0, within=0.5, mean=0.5, standard_error=0.0, questions=2, repeats=2.0)
    assert variance_split([[0.0, 1.0], [1.0, 0.0]]) == expected


def test_all_equal_has_no_spread():
    expected = VarianceSplit(between=0.0, within=0.0, mean=0.1, standard_error=0.0, questions=2, repeats=3.0)
    assert variance_split([[0.1] * 3, [0.1] * 3]) == expected


def test_what_cannot_be_told_is_none():
    once = variance_split([[0.0], [1.0]])
    assert (once.between, once.within, once.standard_error) == (None, None, pytest.approx(0.5))
    single = variance_split([[0.0, 1.0]])
    assert (single.between, single.within, single.standard_error, single.mean) == (None, 0.5, None, 0.5)


@given(st.lists(st.lists(st.integers(0, 10), min_size=1, max_size=5), min_size=2, max_size=10))
def test_the_standard_error_is_what_the_parts_add_up_to(tenths: list[list[int]]):
    groups = [[score / 10 for score in group] for group in tenths]
    split = variance_split(groups)
    if split.between and split.within is not None and split.standard_error is not None:
        noise = split.within * statistics.fmean(1 / len(group) for group in groups)
        assert split.standard_error**2 == pytest.approx((split.between + noise) / split.questions)


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ([], "at least one question is needed"),
        ([[1.0], []], r"groups\[1\]: one or more finite scores were expected; got \[\]"),
        ([[1.0, math.nan]], r"groups\[0\].*got \[1.0, nan\]"),
    ],
    ids=["empty", "no-score", "nan"],
)
def test_no_split_is_made_up(groups, message):
    with pytest.raises(ValueError, match=message):
        variance_split(groups)


@pytest.mark.parametrize(
    ("groups", "share"),
    [
        ([[True, True], [True, False]], 0.5),
        ([["a", "a", "b"]], 2 / 3),
        ([["a", "b", "c"]], 1.0),
        ([[1, 1, 1], [0, 0]], 0.0),
        ([[True, False], [True] * 9], 0.5),
        ([[True, False], [True]], 1.0),
        ([[True], [False], []], None),
        ([], None),
    ],
    ids=[
        "one-of-two",
        "two-of-three-pairs",
        "all-differ",
        "all-alike",
        "asked-more-often-counts-no-more",
        "asked-once-says-nothing",
        "never-asked-twice",
        "no-question",
    ],
)
def test_disagreement_is_the_share_of_pairs_that_differ(groups, share):
    assert disagreement(groups) == (None if share is None else pytest.approx(share))


@given(st.lists(st.sampled_from("abc"), min_size=2, max_size=12))
def test_disagreement_counts_every_pair(answers: list[str]):
    pairs = list(itertools.combinations(answers, 2))
    assert disagreement([answers]) == pytest.approx(sum(a != b for a, b in pairs) / len(pairs))


@pytest.mark.parametrize(("n", "c", "k", "at", "hat"), PASSES)
def test_passes_at_and_hat_k_as_published(n, c, k, at, hat):
    assert (round(pass_at_k(n, c, k), 6), round(pass_hat_k(n, c, k), 6)) == (at, hat)


@pytest.mark.parametrize("n", [1, 2, 5, 7])
def test_passes_are_what_all_choices_of_k_show(n):
    for c, k in itertools.product(range(n + 1), range(1, n + 1)):
        choices = list(itertools.combinations([True] * c + [False] * (n - c), k))
        assert pass_at_k(n, c, k) == pytest.approx(sum(map(any, choices)) / len(choices))
        assert pass_hat_k(n, c, k) == pytest.approx(sum(map(all, choices)) / len(choices))


def test_many_answers_do_not_overflow():
    """1 - prod(1 - k / i), the form of the paper, in floats."""
    product = math.prod(1 - 100 / i for i in range(10_000 - 50 + 1, 10_001))
    assert pass_at_k(10_000, 50, 100) == pytest.approx(1 - product, rel=1e-9)


@pytest.mark.parametrize(("n", "c", "k"), [(0, 0, 1), (5, 6, 1), (5, -1, 1), (5, 2, 0), (5, 2, 6)])
def test_no_chance_of_passing_is_made_up(n, c, k):
    for function in (pass_at_k, pass_hat_k):
        with pytest.raises(ValueError, match=f"got n={n}, c={c}, k={k}"):
            function(n, c, k)


@pytest.mark.parametrize(("share", "repeats", "chance"), NOTICED)
def test_an_unsteady_case_is_noticed_as_often_as_computed(share, repeats, chance):
    assert round(chance_to_notice(share, repeats), 2) == chance


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_steady_case_is_never_mixed(share):
    assert chance_to_notice(share, 10) == 0.0


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_one_answer_is_never_mixed(share):
    assert chance_to_notice(share, 1) == 0.0


@pytest.mark.parametrize(("share", "repeats"), [(-0.1, 2), (1.1, 2), (math.nan, 2), (0.5, 0)])
def test_no_chance_to_notice_is_made_up(share, repeats):
    with pytest.raises(ValueError, match="a share from 0 to 1 and at least one repeat"):
        chance_to_notice(share, repeats)
