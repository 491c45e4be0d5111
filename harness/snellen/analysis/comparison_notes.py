"""What a careful reader of a comparison must know, a sentence each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from snellen._text import plural, some_of
from snellen.analysis.comparison import Difference, Flip
from snellen.analysis.comparison_figures import Options, is_sure
from snellen.analysis.sides import Side

__all__ = ["group_notes", "notes_of", "uneven_repeats"]

_FEW_GROUPS = 30
_MOST_NAMED = 5


def notes_of(
    sides: Sequence[Side], accuracy: Difference, options: Options, flips: Sequence[Flip], *, is_parted: bool = False
) -> Iterator[str]:
    """The notes of a comparison of two sides; what is said of figures is left to the parts where there are some."""
    yield from dict.fromkeys(note for side in sides for note in side.notes)
    first, last = ((side.kind, side.run, side.models, side.variants) for side in sides)
    if sides[0].run and first == last:
        yield "Both sides are the same trials."
    if not is_parted:
        yield from group_notes(accuracy.n, accuracy.clusters)
        yield from _disagreement(accuracy, options)
    yield from uneven_repeats(sides)
    if own := [flip for flip in flips if flip.mark == "known_failing" and flip.kind == "fixed"]:
        names = some_of([flip.case for flip in own], most=_MOST_NAMED)
        yield f"{plural(len(own), 'case')} marked known_failing passed: {names}."


def group_notes(n: int, clusters: int) -> Iterator[str]:
    """What groups do to the figures; nothing where every question stands alone."""
    if clusters == n:
        return
    if clusters == 1:
        yield (
            f"All {n:,} questions are of one group and may be right and wrong together: they count as one, which shows "
            "nothing by itself."
        )
        return
    few = f"; with fewer than {_FEW_GROUPS}, intervals may be a little too narrow" if clusters < _FEW_GROUPS else ""
    yield (
        f"The {n:,} questions are in {clusters:,} groups, each of which may be right and wrong together: intervals and "
        f"tests go by groups{few}."
    )


def _disagreement(accuracy: Difference, options: Options) -> Iterator[str]:
    """Why a difference whose interval leaves out 0 is not called one."""
    away = accuracy.interval is not None and (accuracy.interval.low > 0 or accuracy.interval.high < 0)
    if not away or is_sure(accuracy, accuracy.p_value, options):
        return
    noun = "question" if accuracy.clusters == accuracy.n else "group"
    said = f"The interval leaves out 0, but the test that decides ({accuracy.p_test}) does not bear it out"
    if accuracy.moved >= accuracy.fewest:
        yield f"{said}: its p is not below {options.alpha:.3g}."
    else:
        yield f"{said}: {plural(accuracy.moved, noun)} changed, and it takes {accuracy.fewest} that all go one way."


def uneven_repeats(sides: Sequence[Side]) -> Iterator[str]:
    """What to say when one side was asked more often, so that its further repeats have no match."""
    repeats = {1 + max((row.repeat for row in side.rows), default=0) for side in sides}
    if len(repeats) > 1:
        *others, most = (f"{number:,}" for number in sorted(repeats))
        yield f"The sides were asked {', '.join(others)} and {most} times; only repeats that all have are compared."
