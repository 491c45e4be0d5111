"""What a row tells of a trial."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from report_samples import response, trial
from snellen.case import Case
from snellen.runs.rows import JudgedBy, row_of, text_digest
from snellen.score import Score, ScorerCall

CASE = Case(id="c", prompt="?", images=())


def score(value: float | None, *costs: float | str | None) -> Score:
    """A score with a call for each cost; a text is why there was no answer."""
    calls = tuple(
        ScorerCall(model="judge", failure=cost) if isinstance(cost, str) else ScorerCall(model="judge", cost_usd=cost)
        for cost in costs
    )
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
    # scores, what judging cost, whether that is known
    "nothing asked": ((score(1.0),), None, True),
    "two calls": ((score(1.0, 0.25, 0.5), score(1.0, 0.125)), 0.875, True),
    "one unknown": ((score(1.0, 0.25, None),), None, False),
    "one without an answer": ((score(1.0, 0.25, "timeout"),), 0.25, True),
    "none answered": ((score(None, "timeout"),), 0.0, True),
    "free": ((score(1.0, 0.0),), 0.0, True),
}


@pytest.mark.parametrize(("scores", "cost", "is_known"), COSTS.values(), ids=COSTS)
def test_judging_costs_what_the_scorers_calls_cost_together(
    scores: tuple[Score, ...], cost: float | None, is_known: bool
) -> None:
    row = row_of(0, trial(CASE, scores=scores))
    assert (row.judging_usd, row.is_judging_priced) == (cost, is_known)


def test_the_judges_of_a_trial_are_all_scorers_with_the_parts_of_combinations() -> None:
    number, length = (Score(scorer=name, version="2", value=1.0, passed=True) for name in ("number", "length"))
    both = Score(scorer="all", version="1", options="ab", value=1.0, passed=True, parts=(number, length))
    found = row_of(0, trial(CASE, scores=(score(1.0), both, number))).judges
    assert found == (JudgedBy("all", "1", "ab"), JudgedBy("length", "2"), JudgedBy("number", "2"), JudgedBy("s"))
    assert row_of(0, trial(CASE, scores=())).judges == ()


def test_a_digest_is_the_beginning_of_the_sha256_of_the_text() -> None:
    assert text_digest("빨강") == hashlib.sha256("빨강".encode()).hexdigest()[:16]
    assert text_digest("") == "e3b0c44298fc1c14"  # published: SHA-256 of nothing


def test_half_a_surrogate_pair_has_a_digest() -> None:
    assert text_digest("\ud83d") == text_digest("\\ud83d")
