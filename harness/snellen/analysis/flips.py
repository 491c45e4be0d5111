"""Which questions changed: broke, fixed, or answered now so and now so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from snellen.analysis.comparison import Flip, FlipKind, Verdicts
from snellen.analysis.comparison_pairs import Question
from snellen.runs.rows import TrialRow
from snellen.stats.repeats import disagreement

__all__ = ["changed_share", "flips_of", "mark_of", "own_disagreement"]

_ORDER: dict[FlipKind, int] = {"broke": 0, "fixed": 1, "flaky": 2}


def flips_of(questions: Sequence[Question], *, today: str) -> tuple[Flip, ...]:
    """The questions that changed: those that broke first, then fixed, then flaky, each in the given order.

    Args:
        questions: Of two sides.
        today: ISO date; a mark that ended before it does not count.
    """
    return tuple(sorted(_flips(questions, today=today), key=lambda flip: _ORDER[flip.kind]))


def _flips(questions: Sequence[Question], *, today: str) -> Iterator[Flip]:
    for question in questions:
        kind = _kind(question)
        if kind is not None:
            before, after = question.rows
            yield Flip(
                kind=kind,
                eval=question.first.eval,
                case=question.first.case,
                before=_verdicts(before, wants=kind == "broke"),
                after=_verdicts(after, wants=kind == "fixed"),
                tags=question.last.tags,
                group=question.last.group,
                mark=mark_of(question.last, today=today),
            )


def _kind(question: Question) -> FlipKind | None:
    """A side whose repeats disagree has no verdict that could have changed."""
    before, after = question.rows
    had, has = before[0].outcome == "passed", after[0].outcome == "passed"
    if len(before) > 1 and not (_agree(before, is_passed=had) and _agree(after, is_passed=has)):
        return "flaky"
    if had == has:
        return None
    return "broke" if had else "fixed"


def _agree(rows: Sequence[TrialRow], *, is_passed: bool) -> bool:
    return all((row.outcome == "passed") == is_passed for row in rows)


def _verdicts(rows: Sequence[TrialRow], *, wants: bool) -> Verdicts:
    """What a side made of a question, shown by its first trial that passed, or that did not."""
    shown = next((row for row in rows if (row.outcome == "passed") == wants), rows[0])
    return Verdicts(
        passed=sum(row.outcome == "passed" for row in rows),
        asked=len(rows),
        outcome=shown.outcome,
        model=shown.model,
        variant=shown.variant,
        repeat=shown.repeat,
        place=shown.place,
        digest=shown.digest,
        score=shown.score,
    )


def mark_of(row: TrialRow, *, today: str) -> str:
    """The case's mark, empty when it has none or when it has run out."""
    return row.mark if not row.mark_until or row.mark_until >= today else ""


def changed_share(questions: Sequence[Question]) -> float:
    """The mean chance that an answer of the one side and one of the other are not both right or both wrong."""
    total = 0.0
    for question in questions:
        before, after = (_passed(rows) for rows in question.rows)
        total += before * (1 - after) + after * (1 - before)
    return total / len(questions)


def _passed(rows: Sequence[TrialRow]) -> float:
    return sum(row.outcome == "passed" for row in rows) / len(rows)


def own_disagreement(rows: Sequence[TrialRow]) -> float | None:
    """How often two answers of one side to the very same question differ in verdict; None without repeats."""
    if not any(row.repeat for row in rows):
        return None
    found: dict[tuple[str, str, str, str], list[bool]] = {}
    for row in rows:
        if row.outcome != "error":
            found.setdefault((row.eval, row.case, row.variant, row.model), []).append(row.outcome == "passed")
    return disagreement(list(found.values()))
