"""How much is right: accuracy, mean score, and their averages over tags and groups."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Literal

from snellen._text import plural
from snellen.analysis.metric_base import Estimate, Rule, answered, by_key, cluster_of, is_lone, mean_over, ratio
from snellen.trial import Trial

__all__ = ["ACCURACY", "SCORE", "By", "macro", "micro"]

By = Literal["tag", "group"]


def accuracy(trials: Sequence[Trial]) -> Estimate:
    """Share of responses that passed; an unscored one is wrong.

    Source:
        Wilson (1927) for cases that stand alone; for groups the clustered standard error of Miller (2024),
        arXiv:2411.00640, section 2.2.
    """
    return _per_case(trials, lambda trial: float(trial.outcome == "passed"), is_share=True)


def mean_score(trials: Sequence[Trial]) -> Estimate:
    """Mean of the responses' scores, each the mean of its scorers' values; an unscored one is 0.

    Source:
        Miller (2024), Adding Error Bars to Evals, arXiv:2411.00640, sections 2.1 and 2.2.
    """
    return _per_case(trials, _value, is_share=False)


def _value(trial: Trial) -> float:
    return math.fsum(score.value or 0.0 for score in trial.scores) / len(trial.scores) if trial.scores else 0.0


def _per_case(trials: Sequence[Trial], value: Callable[[Trial], float], *, is_share: bool) -> Estimate:
    """Repeats of a case count as one piece of evidence: they sharpen its value and are no further cases."""
    responses = answered(trials)
    cases = list(by_key(responses, lambda trial: [(trial.eval, trial.case.id)]))
    return ratio(
        ((math.fsum(map(value, own)), len(own), cluster_of(own[0])) for own in cases),
        n=len(cases),
        unit="cases",
        is_share=is_share,
        unscored=sum(trial.outcome == "unscored" for trial in responses),
        note="" if cases else "no response",
    )


ACCURACY = Rule(estimate=accuracy, about="share of responses that are right")
SCORE = Rule(estimate=mean_score, about="mean of the scores, 0 to 1")


def macro(rule: Rule, by: By) -> Rule:
    """The mean of a metric over tags or groups, each counting the same however many cases it has.

    Source:
        Yang (1999), An Evaluation of Statistical Approaches to Text Categorization, Information Retrieval 1:69-90,
        section 3.2. A case with two tags counts in both, and the standard error knows that it is one case.
    """

    def estimate(trials: Sequence[Trial]) -> Estimate:
        parts = [rule.estimate(own) for own in by_key(trials, _names(by))]
        bare = sum(1 for trial in answered(trials) if not list(_names(by)(trial)))
        notes = [f"mean over {plural(len(parts), by)}"] if parts else [f"no case has a {by}"]
        notes += [f"left out: {plural(bare, 'response')} without a {by}"] if bare and parts else []
        if by == "tag" and (lone := sum(is_lone(part) for part in parts)):  # groups are the pieces, tags are strata
            notes.append(f"{plural(lone, by)} of one case or group only, whose spread is taken from the others")
        found = mean_over(parts, note="; ".join(notes), are_shares=by == "tag" and rule.scale == "share")
        # A case with two tags is in two parts, and is one case.
        cases = {(trial.eval, trial.case.id) for trial in trials if list(_names(by)(trial))}
        return Estimate(
            value=found.value,
            pulls=found.pulls,
            clusters=found.clusters,
            n=len(cases) if found.unit == "cases" else found.n,
            unit=found.unit,
            unscored=sum(trial.outcome == "unscored" for trial in trials if list(_names(by)(trial))),
            note=found.note,
            freedom=found.freedom,
        )

    return Rule(
        estimate=estimate,
        about=f"mean over {by}s: {rule.about}",
        scale=rule.scale,
        is_better_high=rule.is_better_high,
        is_against=rule.is_against,
    )


def micro(by: By) -> Rule:
    """Accuracy over all pairs of a response and one of its tags or groups: large ones weigh more.

    Source:
        Yang (1999), Information Retrieval 1:69-90, section 3.2.
    """

    def estimate(trials: Sequence[Trial]) -> Estimate:
        names = _names(by)
        labelled = [trial for trial in answered(trials) if list(names(trial))]
        cases = {(trial.eval, trial.case.id) for trial in labelled}
        weights = [len(list(names(trial))) for trial in labelled]
        return ratio(
            (
                (weight * (trial.outcome == "passed"), weight, cluster_of(trial))
                for trial, weight in zip(labelled, weights, strict=True)
            ),
            n=len(cases),
            unit="cases",
            is_share=set(weights) == {1},
            unscored=sum(trial.outcome == "unscored" for trial in labelled),
            note="" if labelled else f"no case has a {by}",
        )

    return Rule(estimate=estimate, about=f"share of responses that are right, counted once for each {by}")


def _names(by: By) -> Callable[[Trial], Iterable[Hashable]]:
    if by == "tag":
        return lambda trial: dict.fromkeys(trial.case.tags)
    return lambda trial: () if trial.case.group is None else ((trial.eval, trial.case.group),)
