"""Yes and no, with yes as what is looked for: precision, recall, F1 and how often yes is said, as POPE counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from snellen._text import plural
from snellen.analysis.metric_base import Estimate, Rule, answered, by_key, cluster_of, ratio
from snellen.trial import Trial

__all__ = ["F1", "PRECISION", "RECALL", "YES_RATIO"]

_SCORER = "yesno"
_YES = frozenset({"yes", "y", "true", "1", "예", "네", "응", "맞다", "그렇다", "참"})
_NO = frozenset({"no", "n", "false", "0", "아니요", "아니오", "아니", "아니다", "거짓"})


class _Counts(NamedTuple):
    """What one trial adds.

    Attributes:
        said: 1 when yes was said.
        right: 1 when it was said rightly: a true positive.
        due: 1 when yes is right.
    """

    said: int
    right: int
    due: int


_NOTHING = _Counts(0, 0, 0)


def f1(trials: Sequence[Trial]) -> Estimate:
    """Harmonic mean of precision and recall of yes: 2 TP / (2 TP + FP + FN).

    A response that says neither yes nor no is never taken as yes: where yes was due it is missed, and in accuracy it
    is wrong. POPE's own script takes it as yes.

    Source:
        Li et al. (2023), Evaluating Object Hallucination in Large Vision-Language Models, arXiv:2305.10355, section
        4.2; AoiDragon/POPE evaluate.py at e3e3926.
    """
    return _found(trials, "F1", lambda count: (2.0 * count.right, float(count.said + count.due)))


def precision(trials: Sequence[Trial]) -> Estimate:
    """Of the answers of yes, the share that is right: TP / (TP + FP).

    Source:
        As `f1`.
    """
    return _found(trials, "precision", lambda count: (float(count.right), float(count.said)), unit="answers of yes")


def recall(trials: Sequence[Trial]) -> Estimate:
    """Of the questions to be answered yes, the share that was: TP / (TP + FN), responses that say neither included.

    Source:
        As `f1`.
    """
    return _found(trials, "recall", lambda count: (float(count.right), float(count.due)), unit="cases of yes")


def yes_ratio(trials: Sequence[Trial]) -> Estimate:
    """Share of all responses that say yes: a model that nods has a ratio above the share of questions of yes.

    Source:
        As `f1`: of what was answered, not of what is right.
    """
    return _found(trials, "the ratio", lambda count: (float(count.said), 1.0), unit="cases")


F1 = Rule(estimate=f1, about="harmonic mean of precision and recall of yes")
PRECISION = Rule(
    estimate=precision,
    about="of the answers of yes, the share that is right",
    is_against=lambda trial: _is_off(trial, lambda count: count.said),
)
RECALL = Rule(
    estimate=recall,
    about="of the questions to be answered yes, the share that was",
    is_against=lambda trial: _is_off(trial, lambda count: count.due),
)
YES_RATIO = Rule(estimate=yes_ratio, about="share of responses that say yes", is_better_high=None)


def _found(
    trials: Sequence[Trial], what: str, of: Callable[[_Counts], tuple[float, float]], *, unit: str = "cases"
) -> Estimate:
    """The ratio of what `of` gives of each case's counts; `unit` says what its denominator counts."""
    judged = [trial for trial in answered(trials) if _is_judged(trial)]
    if not judged:
        return Estimate(value=None, n=0, unit=unit, note=f"no response was judged by {_SCORER!r}")
    rows, below, unknown = [], 0, 0
    for own in by_key(judged, lambda trial: [(trial.eval, trial.case.id)]):
        counts = [_counts(trial) for trial in own]
        unknown += counts.count(None)
        pairs = [of(count or _NOTHING) for count in counts]
        rows.append((sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs), cluster_of(own[0])))
        below += sum(pair[1] > 0 for pair in pairs)
    neither = "of neither, where the case's answer is neither yes nor no"
    notes = [f"{plural(unknown, 'response')} {neither}"] if unknown else []
    found = ratio(
        rows,
        n=below if unit != "cases" else len(rows),
        unit=unit,
        is_share=what != "F1" and all(row[1] in (0.0, 1.0) for row in rows),
        unscored=sum(trial.outcome == "unscored" for trial in judged),
        note="; ".join(notes),
    )
    if found.value is None:
        return Estimate(value=None, n=0, unit=unit, unscored=found.unscored, note=f"no {unit}: {what} is not defined")
    return found


def _is_off(trial: Trial, of: Callable[[_Counts], int]) -> bool:
    """Whether the trial is in the denominator and not in the numerator."""
    if trial.outcome == "error" or not _is_judged(trial):
        return False
    count = _counts(trial)
    return count is not None and of(count) > count.right


def _is_judged(trial: Trial) -> bool:
    return any(score.scorer == _SCORER for score in trial.scores)


def _counts(trial: Trial) -> _Counts | None:
    """None for a response that says neither and a case that does not say what would have been right."""
    score = next(score for score in trial.scores if score.scorer == _SCORER)
    said = (score.extracted or "").casefold()
    if score.is_unscored or said not in ("yes", "no"):
        due = _due(trial)
        return None if due is None else _Counts(0, 0, int(due))
    is_yes = said == "yes"
    return _Counts(int(is_yes), int(is_yes and score.passed), int(is_yes == score.passed))


def _due(trial: Trial) -> bool | None:
    """Whether the case is to be answered yes, None when it does not say so in one word."""
    given = [spec.options["answer"] for spec in trial.case.expect.scorers if _asks(spec.name, spec.options)]
    answer = given[0] if given else trial.case.answer
    if isinstance(answer, list | tuple):
        answer = answer[0] if len(answer) == 1 else None
    word = str(answer).strip().rstrip(".").casefold()
    return True if word in _YES else False if word in _NO else None


def _asks(name: str, options: object) -> bool:
    return name == _SCORER and isinstance(options, dict) and options.get("answer") is not None
