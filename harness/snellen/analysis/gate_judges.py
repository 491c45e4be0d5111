"""Who judged a run: whether a baseline was judged so too, and whether it is known what judging cost."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from snellen.runs.baseline import BaselineFacts, JudgedBy, Key
from snellen.trial import Trial

__all__ = ["Judging", "judge_notes", "judging_of"]


@dataclass(slots=True)
class Judging:
    """What rows do not tell of how trials were judged.

    Attributes:
        judges: The scorers, each with its version and the digest of its options.
        costs: What the calls of scorers cost, where rows tell nothing of it, by the trials' `key_of_row`: None where a
            call was answered and nobody knows what it cost; a call without an answer costs nothing.
    """

    judges: set[JudgedBy] = field(default_factory=set)
    costs: dict[Key, float | None] = field(default_factory=dict)

    def take(self, trial: Trial) -> None:
        """Takes a trial in."""
        self.judges.update(JudgedBy(score.scorer, score.version, score.options) for score in trial.scores)
        calls = [call for score in trial.scores for call in score.calls]
        if any(call.cost_usd is None for call in calls):
            is_known = all(call.failure for call in calls if call.cost_usd is None)
            known = math.fsum(call.cost_usd or 0.0 for call in calls)
            self.costs[trial.eval, trial.case.id, trial.variant, trial.model, trial.repeat] = (
                known if is_known else None
            )


def judging_of(trials: Iterable[Trial]) -> Judging:
    """How these trials were judged."""
    found = Judging()
    for trial in trials:
        found.take(trial)
    return found


def judge_notes(baseline: BaselineFacts, judges: Iterable[JudgedBy]) -> tuple[str, ...]:
    """What to say where a scorer judged the run that did not judge the baseline like that; nothing where all did.

    Args:
        baseline: What the run is held to.
        judges: Of the run.
    """
    others = sorted(set(judges) - set(baseline.scorers))
    if not others or not baseline.scorers:
        return ()
    said = ", ".join(dict.fromkeys(_said(one, baseline) for one in others))
    return (
        f"Baseline {baseline.name!r} was judged otherwise: {said}. What changed may be the scorer's doing; "
        f"set it anew of a run that is judged as now: snellen baseline set {baseline.name} RUN",
    )


def _said(judge: JudgedBy, baseline: BaselineFacts) -> str:
    then = [one for one in baseline.scorers if one.name == judge.name]
    if not then:
        return f"{judge.name} did not judge it"
    if judge.version not in {one.version for one in then}:
        return f"{judge.name} is {_version(judge)} now and was {' and '.join(dict.fromkeys(map(_version, then)))}"
    return f"{judge.name} has other options now"


def _version(judge: JudgedBy) -> str:
    return f"version {judge.version}" if judge.version else "of no version"
