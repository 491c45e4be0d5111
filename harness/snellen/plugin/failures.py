"""What pytest prints of an answer that is wrong, and of one that never came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from snellen._text import shorten
from snellen.score import Evidence, Score
from snellen.trial import Failure, Trial

if TYPE_CHECKING:
    from _pytest._code.code import TerminalRepr

__all__ = ["NoResponseError", "WrongAnswerError", "explain", "reason_of", "shown", "with_line"]

_ANSWER_LINES = 12


class NoResponseError(Exception):
    """There is no response, so there is nothing to judge: pytest's error, never a failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)


class WrongAnswerError(AssertionError):
    """The answer is not what the case expects."""

    def __init__(self, trial: Trial) -> None:
        super().__init__(explain(trial))
        wrong = [score for score in trial.scores if not score.passed]
        self.reason = "; ".join(f"{score.scorer}: {score.explanation}".rstrip(": ") for score in wrong)


def reason_of(error: BaseException) -> str:
    """Why an item failed, on one line: what the scorers said that did not pass, else how the message begins."""
    said = error.reason if isinstance(error, WrongAnswerError) else ""
    return " ".join((said or str(error).partition("\n")[0]).split())


def shown(text: str, *, reason: str, file: str, line: int) -> TerminalRepr:
    """A failure in our words as pytest takes it: whole where it tells failures, the reason alone in its summary.

    Args:
        text: All a reader needs.
        reason: One line.
        file: Where the item is written.
        line: 1-based.
    """
    from _pytest._code.code import ReprEntryNative, ReprExceptionInfo, ReprFileLocation, ReprTraceback

    traceback = ReprTraceback([ReprEntryNative([f"{text}\n"])], None, style="native")
    return ReprExceptionInfo(reprtraceback=traceback, reprcrash=ReprFileLocation(file, line, reason))


def with_line(longrepr: Any, line: str) -> Any:
    """What pytest shows of a failure, with a line more at its end."""
    crash = getattr(longrepr, "reprcrash", None)
    if crash is None:
        return f"{longrepr}\n{line}"
    return shown(f"{longrepr}\n{line}", reason=crash.message, file=crash.path, line=crash.lineno)


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
