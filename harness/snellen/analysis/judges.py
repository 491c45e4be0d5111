"""Whether two sides were judged alike, and what to say where they were not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from snellen._text import some_of
from snellen.runs.rows import JudgedBy

__all__ = ["Naming", "judged_otherwise", "judges_apart"]

_MOST_NAMED = 5


class Naming(NamedTuple):
    """What is said where a scorer judged the two sides otherwise; `{name}`, `{then}` and `{now}` are filled in.

    Attributes:
        version: It has another version.
        options: It has other options.
        only_now: It judged the second side alone.
        only_then: It judged the first side alone.
    """

    version: str
    options: str
    only_now: str
    only_then: str


def judged_otherwise(who: str, apart: Iterable[str], *, than: str = "", what: str, way_out: str) -> str:
    """The sentence that says so: who was judged otherwise and how, what may come of it, and what to do.

    Args:
        who: "Baseline 'main' was"; stands before "judged otherwise".
        apart: As `judges_apart` gives it.
        than: " than B", where that must be said.
        what: "What changed"; stands before "may be the scorer's doing".
        way_out: A clause, and behind it the command.
    """
    said = some_of(list(dict.fromkeys(apart)), most=_MOST_NAMED)
    return f"{who} judged otherwise{than}: {said}. {what} may be the scorer's doing; {way_out}"


def judges_apart(
    then: Collection[JudgedBy], now: Collection[JudgedBy], words: Naming, *, knows_more: Collection[str] = ()
) -> Iterator[str]:
    """What the scorers of two sides differ in, a clause each, by name; nothing where a side's are not known.

    Args:
        then: Of the first side.
        now: Of the second side.
        words: What is said.
        knows_more: "then", "now" or both, where that side's scorers may have judged what the other side does not hold,
            as those of a baseline: what it has beyond the other's then says nothing.
    """
    if not then or not now or then == now:
        return
    for name in sorted({one.name for one in (*then, *now)}):
        first = {one for one in then if one.name == name}
        last = {one for one in now if one.name == name}
        if first and last and not all(one.version for one in first | last):
            continue  # what was judged before scores had versions may have been judged alike
        if len(knows_more) > 1:  # two baselines: only what none of them can have judged alike
            is_apart = bool(first and last) and not first & last
        else:
            gone, new = first - last, last - first
            is_apart = bool((gone and "then" not in knows_more) or (new and "now" not in knows_more))
        if is_apart:
            yield _told(name, first, last, words)


def _told(name: str, then: Collection[JudgedBy], now: Collection[JudgedBy], words: Naming) -> str:
    if not then:
        return words.only_now.format(name=name)
    if not now:
        return words.only_then.format(name=name)
    if {one.version for one in then} != {one.version for one in now}:
        return words.version.format(name=name, then=_versions(then), now=_versions(now))
    return words.options.format(name=name)


def _versions(judges: Iterable[JudgedBy]) -> str:
    return " and ".join(f"version {version}" for version in sorted({one.version for one in judges}))
