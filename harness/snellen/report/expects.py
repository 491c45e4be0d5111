"""What a case asks of an answer, and what else its row says, for a reader."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from snellen.analysis.verdict import is_excused
from snellen.case import Case
from snellen.report.options import as_written
from snellen.report.words import public_name, visible
from snellen.score import Score
from snellen.trial import Trial

__all__ = ["expects_of", "extras_of", "mark_of"]

_MOST_ANSWERS = 20
_TAKE_LISTS = frozenset({"boxes", "points"})  # [10, 20, 30, 40] is one box to them, and four numbers to all others


def expects_of(trials: Sequence[Trial]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """A heading and its items, each, for the case that all of `trials` asked about."""
    case = trials[0].case
    expect, answer = case.expect, case.answer
    choices = tuple((f"{letter}: {text}",) for letter, text in case.choices.items())
    answers: Sequence[object] = () if answer is None else (answer,)
    if isinstance(answer, list | tuple) and not any(_takes_list(score) for trial in trials for score in trial.scores):
        answers = answer
    groups = (
        ("Must mention", expect.all),
        ("Must mention one of", expect.any),
        ("Must not mention", expect.none),
        ("Must match", tuple((pattern,) for pattern in expect.regex)),
        ("Must pass", tuple((as_written(spec),) for spec in expect.scorers)),
        ("To choose from", choices),
        ("Right", tuple((_as_text(one),) for one in answers[:_MOST_ANSWERS])),
    )
    return tuple((words, tuple(visible(" | ".join(group)) for group in own)) for words, own in groups if own)


def _takes_list(score: Score) -> bool:
    """Whether a list is one answer to this scorer, or to one of those that it is made of."""
    return score.scorer.removeprefix("not-") in _TAKE_LISTS or any(map(_takes_list, score.parts))


def mark_of(case: Case, *, today: str, is_right: bool) -> str:
    """What a mark says, and whether it is time to take it away."""
    mark = case.mark
    if mark is None:
        return ""
    kind = "flaky" if mark.kind == "flaky" else "known to fail"
    said = f"{kind} until {mark.until}" if mark.until else kind
    said += f": {mark.reason}" if mark.reason else ""
    if not is_excused(mark.kind, mark.until, today=today):
        said += " (that day has passed, so it counts like any other)"
    elif is_right and mark.kind == "known_failing":
        said += " (it passes: the mark can go)"
    return visible(said)


def extras_of(case: Case) -> tuple[tuple[str, str], ...]:
    """Further fields of a case's row and where it was written, a name and a value each."""
    extras = [(visible(str(name)), _as_text(value)) for name, value in case.metadata.items()]
    if case.group is not None:
        extras.append(("group", visible(case.group)))
    if case.source is not None:
        line = "" if case.source.line is None else f":{case.source.line}"
        extras.append(("written in", public_name(case.source.file) + line))
    return tuple(extras)


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return visible(value)
    try:
        return visible(orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode())
    except orjson.JSONEncodeError:
        return f"({type(value).__name__})"  # a repr may hold addresses in memory, which differ from run to run
