"""Which trials of two or more sides ask the same, and what cannot be matched."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain

from snellen._text import plural, shorten, some_of
from snellen.analysis.comparison import Left
from snellen.analysis.sides import Side
from snellen.errors import InputError, Problem
from snellen.runs.rows import TrialRow
from snellen.trial import label_of

__all__ = ["Matched", "Question", "label_of_row", "match", "score_of"]

_MAX_NAMED = 5
_WIDTH = 80

Key = tuple[str, str, str, str, int]


class Question:
    """One question and what each side made of it.

    Attributes:
        rows: For each side, its trials that have a match with a response on every other side, by repeat.
        cluster: Number of what it may err together with; None when it stands alone.
    """

    __slots__ = ("cluster", "rows")

    def __init__(self, rows: Iterable[TrialRow], cluster: int | None) -> None:
        """Begins with one trial of each side."""
        self.rows: tuple[list[TrialRow], ...] = tuple([[row] for row in rows])
        self.cluster = cluster

    @property
    def first(self) -> TrialRow:
        """The first side's first trial, for what is the same on all sides."""
        return self.rows[0][0]

    @property
    def last(self) -> TrialRow:
        """The last side's first trial, whose tags and marks are the newest."""
        return self.rows[-1][0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """What of some sides can be compared.

    Attributes:
        questions: With a response on every side, in the first side's order.
        only: For each side, its trials that another side has no match for.
        errors: For each side, its trials without a response whose matches are there.
        by_model: Whether trials were matched by model too, since a side has several.
        by_variant: Likewise by prompt variant.
    """

    questions: list[Question]
    only: tuple[Left, ...]
    errors: tuple[Left, ...]
    by_model: bool
    by_variant: bool


@dataclass(slots=True)
class _Left:
    count: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, row: TrialRow) -> None:
        self.count += 1
        if len(self.first) < _MAX_NAMED:
            self.first.append(label_of_row(row))

    def value(self) -> Left:
        return Left(count=self.count, first=tuple(self.first))


def match(sides: Sequence[Side]) -> Matched:
    """The questions that all sides were asked, trial by trial.

    Trials match by eval, case and repeat; by model too where a side has several, so that one model is not held
    against another by chance, and likewise by prompt variant.

    Raises:
        InputError: A side is empty or asks something twice; nothing matches, or nothing that matches has responses.
    """
    for side in sides:
        if not side.rows:
            raise InputError(Problem(f"there is nothing to compare: {side.label} has no trials"))
    by_model = any(len(side.models) > 1 for side in sides)
    by_variant = any(len(side.variants) > 1 for side in sides)
    tables = [_table(side, by_model=by_model, by_variant=by_variant) for side in sides]
    only, errors = [_Left() for _ in sides], [_Left() for _ in sides]
    questions = _questions(tables, errors, depends=by_model or by_variant)
    for table, left in zip(tables, only, strict=True):
        missing = set().union(*(table.keys() - other.keys() for other in tables if other is not table))
        for key, row in table.items() if missing else ():
            if key in missing:
                left.add(row)
    if not questions:
        raise _nothing(sides, errors)
    return Matched(
        questions=questions,
        only=tuple(left.value() for left in only),
        errors=tuple(left.value() for left in errors),
        by_model=by_model,
        by_variant=by_variant,
    )


def _table(side: Side, *, by_model: bool, by_variant: bool) -> dict[Key, TrialRow]:
    table: dict[Key, TrialRow] = {}
    for row in side.rows:
        if row.score is not None and not 0.0 <= row.score <= 1.0:
            raise InputError(Problem(f"{side.label}: {label_of_row(row)} has score {row.score!r}; a score is 0 to 1"))
        key = (row.eval, row.case, row.variant if by_variant else "", row.model if by_model else "", row.repeat)
        if table.setdefault(key, row) is not row:
            raise InputError(
                Problem(
                    f"{side.label} has {label_of_row(row)} twice, so that it cannot be matched",
                    hint="Trials of several runs are several sides.",
                )
            )
    return table


def _questions(tables: Sequence[dict[Key, TrialRow]], errors: Sequence[_Left], *, depends: bool) -> list[Question]:
    """The questions, errors left out and counted; `depends`: a case may be several questions, which are a cluster."""
    found: dict[tuple[str, ...], Question] = {}
    clusters: dict[Hashable, int] = {}  # a number is told apart from others ten times as fast as a name
    common = set(tables[0]).intersection(*tables[1:])
    for key in tables[0]:
        if key not in common:
            continue
        rows = [table[key] for table in tables]
        if "error" in [row.outcome for row in rows]:
            for row, left in zip(rows, errors, strict=True):
                if row.outcome == "error":
                    left.add(row)
            continue
        question = found.get(key[:-1])
        if question is None:
            name = _cluster(rows[-1], depends=depends)
            number = None if name is None else clusters.setdefault(name, len(clusters))
            found[key[:-1]] = Question(rows, number)
        else:
            for own, row in zip(question.rows, rows, strict=True):
                own.append(row)
    return list(found.values())


def _cluster(row: TrialRow, *, depends: bool) -> Hashable | None:
    if row.group is not None:
        return row.eval, "", row.group
    return (row.eval, row.case) if depends else None


def _nothing(sides: Sequence[Side], errors: Sequence[_Left]) -> InputError:
    """Why nothing could be compared, with what there is to see it by."""
    failed = [(side, left) for side, left in zip(sides, errors, strict=True) if left.count]
    if failed:
        counts = " and ".join(f"{side.label} has {plural(left.count, 'error')}" for side, left in failed)
        return InputError(
            Problem(f"there is nothing to compare: {counts}, and no question has a response on all sides")
        )
    shown = "\n  ".join(f"{side.label}: {_begin(side.rows)}" for side in sides)
    return InputError(Problem(f"no question is asked on all sides:\n  {shown}", hint=_narrower(sides)))


def _narrower(sides: Sequence[Side]) -> str | None:
    """What to write where a side holds several models or variants, none of which all sides hold; else None."""
    said = []
    for what, noun in (("model", "models"), ("variant", "prompt variants")):
        held = [side.models if what == "model" else side.variants for side in sides]
        if set(held[0]).intersection(*held[1:]):
            continue
        for side, names in zip(sides, held, strict=True):
            if len(names) > 1:
                listed = ", ".join(repr(name) for name in names[:_MAX_NAMED])
                said.append(f"{side.label} has the {noun} {listed}: name one, as {side.name},{what}:{names[0]}.")
    return "\n  ".join(said) or None


def _begin(rows: Sequence[TrialRow]) -> str:
    names = [shorten(label_of_row(row), _WIDTH) for row in rows[:_MAX_NAMED]]
    return some_of(names, most=_MAX_NAMED, more=len(rows) - len(names))


def label_of_row(row: TrialRow) -> str:
    """`signs[stop-sign-gpt]`: what a trial is called in listings."""
    return f"{row.eval}[{label_of(row.case, variant=row.variant, model=row.model, repeat=row.repeat)}]"


def score_of(row: TrialRow) -> float:
    """The trial's score; one that nothing judged has what its outcome says."""
    return float(row.outcome == "passed") if row.score is None else row.score


def rows_of(questions: Iterable[Question], side: int) -> Iterable[TrialRow]:
    """All paired trials of one side."""
    return chain.from_iterable(question.rows[side] for question in questions)


def mean(values: Sequence[float]) -> float:
    """The mean, exactly the value when there is one."""
    return values[0] if len(values) == 1 else math.fsum(values) / len(values)
