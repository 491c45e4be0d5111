"""What pytest prints of an answer that is wrong, and of one that never came."""

from __future__ import annotations

from snellen._text import shorten
from snellen.score import Evidence, Score
from snellen.trial import Failure, Trial

__all__ = ["NoResponseError", "WrongAnswerError", "explain"]

_ANSWER_LINES = 12


class NoResponseError(Exception):
    """There is no response, so there is nothing to judge: pytest's error, never a failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)


class WrongAnswerError(AssertionError):
    """The answer is not what the case expects."""


def explain(trial: Trial) -> str:
    """All a reader needs to judge the failure without opening anything else."""
    response = trial.response
    assert response is not None  # noqa: S101  # an answer that can be wrong is there
    lines = [
        f"{trial.case.id}: {trial.outcome}",
        f"  prompt   {shorten(trial.prompt, 200)}",
        *(f"  image    {ref.name}" for ref in trial.case.images),
        f"  model    {trial.model}" + (f" (served {response.served_model})" if response.served_model else ""),
        f"  response {'recorded ' + response.recorded_at if response.recorded else 'live'}, stop: {response.stop}",
        "",
        *_answer(response.text),
        "",
    ]
    for score in trial.scores:
        lines += _score(score)
    return "\n".join(lines)


def _answer(text: str) -> list[str]:
    lines = text.splitlines() or ["(an empty answer)"]
    shown = [f"  | {line}" for line in lines[:_ANSWER_LINES]]
    left = len(lines) - _ANSWER_LINES
    return [*shown, f"  | … {left} more lines"] if left > 0 else shown


def _score(score: Score) -> list[str]:
    mark = "unscored" if score.is_unscored else "passed" if score.passed else "failed"
    return [f"  {score.scorer}: {mark}. {score.explanation}".rstrip(" ."), *map(_evidence, score.evidence)]


def _evidence(evidence: Evidence) -> str:
    note = f"  ({evidence.note})" if evidence.note else ""
    return f"    {evidence.kind:<9} {evidence.keyword}{note}"
