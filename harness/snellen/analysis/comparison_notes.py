"""What a careful reader of a comparison must know, a sentence each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from snellen._text import plural, some_of
from snellen.analysis.comparison import Difference, Flip
from snellen.analysis.comparison_figures import Options, is_sure
from snellen.analysis.comparison_pairs import Question
from snellen.analysis.judges import Naming, judged_otherwise, judges_apart
from snellen.analysis.sides import Side
from snellen.runs.rows import JudgedBy

__all__ = ["group_notes", "judge_notes", "notes_of", "uneven_repeats"]

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


def judge_notes(sides: Sequence[Side], questions: Sequence[Question]) -> Iterator[str]:
    """That a side was judged by other scorers, versions or options than the first; nothing where that is not known.

    Args:
        sides: Two that are compared, or several that are ranked.
        questions: With a response on every side.
    """
    for place in range(1, len(sides)):
        pair = (sides[0], sides[place])
        names = ("A", "B") if len(sides) == len(pair) else (pair[0].label, pair[1].label)
        if apart := list(_judged_apart(pair, questions, place=place, words=_naming(*names))):
            first, last = (_introduced(*each) for each in zip(names, pair, strict=True))
            who, than = f"{first[:1].upper()}{first[1:]} was", f" than {last}"
            yield judged_otherwise(who, apart, than=than, what="What differs", way_out=_way_out(pair))


def _naming(then: str, now: str) -> Naming:
    then, now = (name.replace("{", "{{").replace("}", "}}") for name in (then, now))
    return Naming(
        version=f"{{name}} is {{then}} in {then} and {{now}} in {now}",
        options=f"{{name}} has other options in {now} than in {then}",
        only_now=f"{{name}} judged {now} and not {then}",
        only_then=f"{{name}} judged {then} and not {now}",
    )


def _introduced(name: str, side: Side) -> str:
    return name if name == side.label else f"{name} ({side.label})"


def _judged_apart(
    pair: tuple[Side, Side], questions: Sequence[Question], *, place: int, words: Naming
) -> Iterator[str]:
    """Trial by trial, or all together where one side is a baseline, which tells no more."""
    found = _different(questions, place)
    if not any(side.baseline for side in pair):
        for then, now in found:
            yield from judges_apart(then, now, words)
        return
    first, last = (
        side.baseline.scorers if side.baseline else {judge for judges in found for judge in judges[at]}
        for at, side in enumerate(pair)
    )
    knows_more = [word for word, side in zip(("then", "now"), pair, strict=True) if side.baseline]
    yield from judges_apart(first, last, words, knows_more=knows_more)


def _different(questions: Sequence[Question], place: int) -> list[tuple[tuple[JudgedBy, ...], tuple[JudgedBy, ...]]]:
    """The scorers of both sides where they are not the same, each pair once.

    They are told apart by identity: rows hold few different values, and comparing those of 100,000 takes a second.
    """
    found = {}
    for question in questions:
        for first, last in zip(question.rows[0], question.rows[place], strict=True):
            then, now = first.judges, last.judges
            if then is not now:
                found[id(then), id(now)] = then, now
    return list(found.values())


def _way_out(pair: tuple[Side, Side]) -> str:
    runs = list(dict.fromkeys(side.run for side in pair if side.run))
    again = " and ".join(f"snellen rescore {run} --keep" for run in runs)
    names = list(dict.fromkeys(side.baseline.name for side in pair if side.baseline))
    anew = " and ".join(f"snellen baseline set {name} RUN" for name in names)
    if runs and names:
        return f"judge the run with today's scorers: {again}; or set the baseline anew of a run judged alike: {anew}"
    if runs:
        return f"judge {'both' if runs[1:] else 'the run'} with today's scorers, and compare what that gives: {again}"
    if names:
        return f"set {'both' if names[1:] else 'the baseline'} anew of runs judged alike: {anew}"
    return "judge both with the same scorers, and compare again"


def uneven_repeats(sides: Sequence[Side]) -> Iterator[str]:
    """What to say when one side was asked more often, so that its further repeats have no match."""
    repeats = {1 + max((row.repeat for row in side.rows), default=0) for side in sides}
    if len(repeats) > 1:
        *others, most = (f"{number:,}" for number in sorted(repeats))
        yield f"The sides were asked {', '.join(others)} and {most} times; only repeats that all have are compared."
