"""What a row tells of a trial."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from report_samples import response, trial
from snellen.case import Case
from snellen.runs.rows import row_of, text_digest
from snellen.score import Score, ScorerCall

CASE = Case(id="c", prompt="?", images=())


def score(value: float | None, *costs: float | None) -> Score:
    calls = tuple(ScorerCall(model="judge", cost_usd=cost) for cost in costs)
    return Score(scorer="s", value=value, passed=value == 1.0, calls=calls)


SCORES = {
    "one": ((score(1.0),), 1.0),
    "two": ((score(1.0), score(0.5)), 0.75),
    "one unscored": ((score(1.0), score(None)), 0.5),
    "all unscored": ((score(None),), 0.0),
    "none": ((), None),
}


@pytest.mark.parametrize(("scores", "mean"), SCORES.values(), ids=SCORES)
def test_the_score_is_the_mean_of_the_trials_scores(scores: tuple[Score, ...], mean: float | None) -> None:
    assert row_of(0, trial(CASE, scores=scores)).score == mean


def test_an_error_has_no_score_even_where_one_scorer_had_judged() -> None:
    judged = replace(trial(CASE, "error"), response=response("red"), scores=(score(1.0),))
    assert row_of(0, judged).score is None


COSTS = {
    "nothing asked": ((score(1.0),), None),
    "two calls": ((score(1.0, 0.25, 0.5), score(1.0, 0.125)), 0.875),
    "one unknown": ((score(1.0, 0.25, None),), None),
    "free": ((score(1.0, 0.0),), 0.0),
}


@pytest.mark.parametrize(("scores", "cost"), COSTS.values(), ids=COSTS)
def test_judging_costs_what_the_scorers_calls_cost_together(scores: tuple[Score, ...], cost: float | None) -> None:
    assert row_of(0, trial(CASE, scores=scores)).judging_usd == cost


def test_a_digest_is_the_beginning_of_the_sha256_of_the_text() -> None:
    assert text_digest("빨강") == hashlib.sha256("빨강".encode()).hexdigest()[:16]
    assert text_digest("") == "e3b0c44298fc1c14"  # published: SHA-256 of nothing


def test_half_a_surrogate_pair_has_a_digest() -> None:
    assert text_digest("\ud83d") == text_digest("\\ud83d")
