"""What scored responses amount to."""

from __future__ import annotations

import pytest

from snellen.analysis.scored import score_by_group, value_of
from snellen.case import Case
from snellen.response import Response
from snellen.score import Score
from snellen.stats.proportions import wilson
from snellen.trial import Failure, Trial, outcome_of


def _trial(case: str, *values: float | None, group: str | None = None, repeat: int = 0) -> Trial:
    scores = tuple(Score(scorer="s", value=value, passed=value == 1) for value in values)
    return Trial(
        eval="e",
        case=Case(id=case, prompt="", images=(), group=group),
        model="m",
        repeat=repeat,
        prompt="",
        outcome=outcome_of(scores),
        response=Response(text="x"),
        scores=scores,
    )


def _error(case: str) -> Trial:
    failure = Failure(kind="network", message="gone")
    return Trial(
        eval="e", case=Case(id=case, prompt="", images=()), model="m", prompt="", outcome="error", failure=failure
    )


def test_an_unscored_response_counts_as_wrong_and_an_error_not_at_all():
    (whole,) = score_by_group([_trial("a", 1.0), _trial("b", 0.0), _trial("c", None), _error("d")])
    assert (whole.passed, whole.failed, whole.unscored, whole.error) == (1, 1, 1, 1)
    assert whole.accuracy == pytest.approx(1 / 3)
    assert whole.interval == wilson(1, 3)
    assert whole.mean is not None
    assert whole.mean.value == pytest.approx(1 / 3)


def test_repeats_are_averaged_first_so_that_n_counts_questions():
    (whole,) = score_by_group([_trial("a", 1.0), _trial("a", 0.0, repeat=1), _trial("b", 1.0)])
    assert whole.questions == 2
    assert whole.mean is not None
    assert whole.mean.value == pytest.approx(0.75)
    assert whole.accuracy == pytest.approx(2 / 3)


def test_many_groups_are_clusters_of_the_whole():
    rows = [_trial(f"{number}{letter}", 1.0, group=str(number)) for number in range(31) for letter in "ab"]
    whole, *groups = score_by_group(rows)
    assert len(groups) == 31
    assert whole.mean is not None
    assert (whole.mean.formula, whole.mean.clusters) == ("clustered", 31)


def test_few_groups_are_parts_that_follow_the_whole_in_their_own_order():
    rows = [_trial("a", 1.0, group="z"), _trial("b", 1.0, group="z"), _trial("c", 0.0, group="y"), _trial("d", 0.0)]
    whole, *groups = score_by_group(rows)
    assert [one.group for one in groups] == ["z", "y", ""]
    assert whole.mean is not None
    assert whole.mean.formula == "independent"
    assert [one.accuracy for one in groups] == [1.0, 0.0, 0.0]


def test_nothing_but_errors_has_no_figure():
    (whole,) = score_by_group([_error("a")])
    assert (whole.accuracy, whole.interval, whole.mean, whole.responses) == (None, None, None, 0)


def test_the_value_of_a_trial_is_the_mean_of_its_scores():
    assert value_of(_trial("a", 1.0, None)) == 0.5
    assert value_of(_error("a")) is None
