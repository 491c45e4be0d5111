"""Whether the scorers that judged a run are those that judged a baseline: else a change may be theirs."""

from __future__ import annotations

from collections.abc import Iterable

from snellen.runs.baseline import BaselineFacts, JudgedBy
from snellen.trial import Trial

__all__ = ["judge_notes", "judges_of"]


def judges_of(trials: Iterable[Trial]) -> set[JudgedBy]:
    """The scorers that judged these trials, each with its version and the digest of its options."""
    return {JudgedBy(score.scorer, score.version, score.options) for trial in trials for score in trial.scores}


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
