"""Sides that hold several models or prompt variants, parted so that each is compared with itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from snellen._text import plural, shorten, some_of
from snellen.analysis.comparison import By, Difference, Part
from snellen.analysis.comparison_numbers import in_points, in_range
from snellen.analysis.comparison_pairs import Matched
from snellen.analysis.sides import Side
from snellen.runs.rows import TrialRow

__all__ = ["PartKey", "held_by_all", "left_out", "part_keys", "parted", "taken_together", "together"]

_MOST_NAMED = 5
_WIDTH = 60


class PartKey(NamedTuple):
    """What a part is of; None where the sides are not parted by it."""

    model: str | None
    variant: str | None

    @property
    def name(self) -> str:
        """`gpt`, `terse` or `gpt, terse`."""
        return ", ".join(name or "own prompt" for name in self if name is not None)


def part_keys(matched: Matched, by: By | None) -> list[PartKey]:
    """The models and prompt variants that all sides hold, in the first side's order; none where that is only one.

    An average over models answers no question that anybody asked: one may get better and another worse.

    Args:
        matched: The sides.
        by: "model" parts by models alone, so that the variants of each are taken together; "variant" likewise. Else
            by whatever the sides hold several of, as where they hold one alone of what is named.
    """
    by_model, by_variant = matched.by_model, matched.by_variant
    if by_model and by_variant:
        by_model, by_variant = by != "variant", by != "model"
    if not (by_model or by_variant):
        return []
    rows = (question.first for question in matched.questions)
    found = dict.fromkeys(PartKey(row.model if by_model else None, row.variant if by_variant else None) for row in rows)
    return list(found) if len(found) > 1 else []


def parted(side: Side, key: PartKey) -> Side:
    """The side's trials of one part; what is to be said of the whole side is not said again."""
    rows = [
        row
        for row in side.rows
        if (key.model is None or row.model == key.model) and (key.variant is None or row.variant == key.variant)
    ]
    return replace(side, rows=rows, notes=())


def held_by_all(matched: Matched, sides: Sequence[Side]) -> list[Side]:
    """The sides without the models and variants that not all of them hold, which would only be counted beside them."""
    models = set.intersection(*(set(side.models) for side in sides)) if matched.by_model else None
    variants = set.intersection(*(set(side.variants) for side in sides)) if matched.by_variant else None
    return [replace(side, rows=[row for row in side.rows if _is_in(row, models, variants)]) for side in sides]


def _is_in(row: TrialRow, models: set[str] | None, variants: set[str] | None) -> bool:
    return (models is None or row.model in models) and (variants is None or row.variant in variants)


def taken_together(matched: Matched, keys: Sequence[PartKey], sides: Sequence[Side]) -> Iterator[str]:
    """What a figure is an average of, though it may not look so."""
    if keys:
        return
    for what, is_several, names in (
        ("models", matched.by_model, {question.first.model for question in matched.questions}),
        ("prompt variants", matched.by_variant, {question.first.variant for question in matched.questions}),
    ):
        if is_several and len(names) > 1:
            listed = [name for name in (sides[0].models if what == "models" else sides[0].variants) if name in names]
            yield f"The {what} {_listed(listed)} are taken together: every answer counts alike."


def together(accuracy: Difference, parts: Sequence[Part]) -> Iterator[str]:
    """What can be told of all of them together and of none by itself: many small losses are one that is sure."""
    verdict = accuracy.verdict
    if parts and verdict in ("better", "worse") and all(part.verdict != verdict for part in parts):
        yield (
            f"Together the second side is {verdict} by {in_points(abs(accuracy.value), signed=False)} points "
            f"({in_range(accuracy.interval)}), though that can be told of none by itself."
        )


def left_out(matched: Matched, sides: Sequence[Side]) -> Iterator[str]:
    """The models and variants that not all sides hold, and how to have them compared."""
    for what, is_several in (("model", matched.by_model), ("variant", matched.by_variant)):
        if not is_several:
            continue
        held = [side.models if what == "model" else side.variants for side in sides]
        common = set(held[0]).intersection(*held[1:])
        for side, own in zip(sides, held, strict=True):
            rest = [name for name in own if name not in common]
            if not rest:
                continue
            count = sum((row.model if what == "model" else row.variant) in rest for row in side.rows)
            noun = "model" if what == "model" else "prompt variant"
            how = f" To compare {'it' if len(rest) == 1 else 'one'}, name it: {side.name},{what}:{rest[0]}"
            yield (
                f"Left out, as not all sides have {'it' if len(rest) == 1 else 'them'}: "
                f"{noun}{'s' if len(rest) > 1 else ''} {_listed(rest)} of {side.label} ({plural(count, 'trial')})."
                f"{how if side.kind != 'trials' else ''}"
            )


def _listed(names: Sequence[str]) -> str:
    return some_of([shorten(name or "own prompt", _WIDTH) for name in names], most=_MOST_NAMED)
