"""Whether figures say the same, and which different ones there are."""

from __future__ import annotations

from collections.abc import Iterable

from snellen.scorers.figures import Figure
from snellen.scorers.units import PERCENT, convert

__all__ = ["are_equal", "distinct", "one_of"]


def are_equal(one: Figure, other: Figure) -> bool:
    """Whether two figures say the same: 3 and three, 1.5 m and 150 cm, 50% and 0.5."""
    if one.unit and other.unit and one.unit.family == other.unit.family:
        return convert(one.value, one.unit, other.unit) == other.value
    if one.value == other.value:
        return True
    percent = [figure for figure in (one, other) if figure.unit == PERCENT]
    rest = [figure for figure in (one, other) if figure.unit is None]
    return len(percent) == len(rest) == 1 and percent[0].value == rest[0].value * 100


def distinct(figures: Iterable[Figure], most: int = 3) -> list[Figure]:
    """Of figures that say the same the first; no more than `most`."""
    found: list[Figure] = []
    for figure in figures:
        if not any(are_equal(figure, known) for known in found):
            found.append(figure)
            if len(found) == most:
                break
    return found


def one_of(figures: Iterable[Figure]) -> Figure | None:
    """The figure that all of these say; None where there is none, or where they differ."""
    found = distinct(figures, 2)
    return found[0] if len(found) == 1 else None
