"""A comparison in words: figures rounded once, verdicts as sentences. What comes from outside is not made safe here."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from snellen._text import in_dollars, in_seconds, plural, printable, shorten, some_of
from snellen.analysis.comparison import Comparison, Difference, Flip, Left, Part, SideSummary, Verdict, Verdicts
from snellen.analysis.comparison_numbers import in_p, in_points, in_range, in_share, own_points, own_share, p_cell

__all__ = [
    "Answers",
    "Shown",
    "both_rows",
    "bound_line",
    "difference_line",
    "flip_name",
    "flip_ways",
    "flips_by_urgency",
    "headline",
    "is_bound_told",
    "left_lines",
    "loss_bound",
    "named_left",
    "names_of",
    "part_rows",
    "part_sentence",
    "short_comparison",
    "side_rows",
    "steadiness_line",
    "tally_line",
    "verdict_sentence",
    "verdict_word",
]

Shown = tuple[str, str]
"""An answer and why it is wrong; each empty when there is nothing to show."""

Answers = Callable[[int, Verdicts], Shown]
"""Gives the answer of side 0 or 1 that these verdicts show."""

_WORDS: dict[Verdict, str] = {
    "better": "better",
    "worse": "worse",
    "no_worse": "no worse than by the margin",
    "cannot_tell": "cannot tell",
}
_SHORT = 40
_POWER = " with 80 % power"
_ORDER = {"broke": 0, "flaky": 1, "fixed": 2}


def verdict_word(verdict: Verdict) -> str:
    """`no worse than by the margin`."""
    return _WORDS[verdict]


def verdict_sentence(found: Difference, *, before: str, after: str) -> str:
    """What follows, with what would be needed where nothing does.

    Args:
        found: The difference that decides.
        before: What the first side is called.
        after: What the second side is called.
    """
    margin = f"the margin of {found.non_inferior.margin * 100:.3g} points"
    match found.verdict:
        case "better":
            return f"{after} is better than {before}."
        case "worse":
            return f"{after} is worse than {before}."
        case "no_worse":
            if found.non_inferior.bound >= 0:
                return f"{after} is no worse than {before}; whether it is better cannot be told."
            is_low = found.interval is not None and found.interval.high < 0
            how = f"lower than {before}, but by less than" if is_low else f"no worse than {before} by more than"
            sure = f"{found.non_inferior.confidence * 100:.4g} %"
            return f"{after} is {how} {margin}: with {sure} confidence {loss_bound(found)}."
        case "cannot_tell":
            return f"Cannot tell whether {after} is better or worse than {before}: {_lacking(found)}."


def headline(comparison: Comparison) -> str:
    """What follows for accuracy, in a sentence that names both sides."""
    before, after = names_of(comparison)
    if is_unchanged(comparison):
        return (
            f"{after} gave the same {plural(comparison.pairs, 'answer')} as {before}, to the letter: nothing changed."
        )
    return verdict_sentence(comparison.accuracy, before=before, after=after)


def is_unchanged(comparison: Comparison) -> bool:
    """Whether all answers are the same and judged the same, so that there is nothing to tell apart."""
    figures = (comparison.accuracy, comparison.score)
    return comparison.same_answers == comparison.pairs and not any(found.moved for found in figures if found)


def part_sentence(part: Part, found: Comparison) -> str:
    """`gpt: run 2 is worse than run 1.`: what follows for one of several models or variants, by its adjusted p."""
    before, after = names_of(found)
    own = part.comparison.accuracy
    if part.verdict == "cannot_tell" and own.verdict in ("better", "worse"):
        count = len(found.parts)
        said = (
            f"Cannot tell whether {after} is {own.verdict} than {before}: it is by itself, but among {count} such "
            f"comparisons its p is {in_p(part.p_holm).removeprefix('p = ')}."
        )
    else:
        adjusted = replace(part.comparison, accuracy=replace(own, verdict=part.verdict))
        said = headline(adjusted)
    return f"{part.name}: {said}"


def part_rows(comparison: Comparison) -> Iterator[tuple[Verdict | None, list[str]]]:
    """A row a model or variant, with its verdict, and one of all of them together, which has none."""
    for part in comparison.parts:
        own = part.comparison.accuracy
        yield (
            part.verdict,
            [
                part.name,
                f"{own.n:,}",
                in_share(own.before),
                in_share(own.after),
                own_points(own),
                p_cell(part.p_holm),
                "unchanged" if is_unchanged(part.comparison) else verdict_word(part.verdict),
            ],
        )
    own = comparison.accuracy
    yield None, ["together", f"{own.n:,}", in_share(own.before), in_share(own.after), own_points(own), "", ""]


def loss_bound(found: Difference) -> str:
    """`at most 3.1 points worse`: the end of the one-sided interval that is held against the margin."""
    bound = found.non_inferior.bound
    if bound >= 0:
        return "not worse at all"
    shown = in_points(-bound, signed=False)
    return "less than 0.1 points worse" if shown == "0.0" else f"at most {shown} points worse"


def is_bound_told(found: Difference) -> bool:
    """Whether it matters how much worse it may be: where it is neither called better nor worse."""
    return found.verdict in ("no_worse", "cannot_tell")


def bound_line(found: Difference) -> str:
    """`at most 3.1 points worse (95 %, one-sided; the margin is 2 points)`."""
    said = found.non_inferior
    return (
        f"{loss_bound(found)} ({said.confidence * 100:.4g} %, one-sided; the margin is {said.margin * 100:.3g} points)"
    )


def _lacking(found: Difference) -> str:
    """Why nothing can be told: too few units, or how many it would take."""
    if found.clusters < found.fewest:
        if found.clusters == found.n:
            return f"{plural(found.n, 'question')} can show no difference at all; it takes {found.fewest} at the least"
        of = "one group" if found.clusters == 1 else plural(found.clusters, "group")
        return (
            f"{plural(found.n, 'question')} of {of} can show no difference at all; "
            f"it takes {found.fewest} groups at the least"
        )
    if found.needed is not None and found.needed_for is not None:
        size = in_points(found.needed_for, signed=False)
        return f"it would take about {_units(found, found.needed)} to show a difference of {size} points{_POWER}"
    if not found.moved:
        noun = "question" if found.clusters == found.n else "group"
        share = f" ({in_points(found.visible, signed=False)} points)" if found.visible is not None else ""
        return (
            f"no {noun} changed, and it takes at least {found.fewest} of {plural(found.clusters, noun)}{share}, "
            "all one way, to show anything"
        )
    if found.visible is None:
        return "all questions moved by the same, which does not show how much such changes vary"
    at_least = in_points(found.visible, signed=False)
    return f"{_units(found, found.n)} can show differences from about {at_least} points on{_POWER}"


def _units(found: Difference, questions: int) -> str:
    """`469 questions`, `60 groups such as these (98 questions)`: what counts is groups where there are some."""
    if found.clusters == found.n:
        return plural(questions, "question")
    groups = math.ceil(questions * found.clusters / found.n)
    return f"{plural(groups, 'group')} such as these ({plural(questions, 'question')})"


def difference_line(found: Difference, *, confidence: float) -> str:
    """`71.4 % → 42.9 %, -28.6 points (95 %: -45.1 to -9.3), p = 0.008 (exact McNemar; mid-p 0.004), n = 28`."""
    ends = in_range(found.interval)
    sure = f"{confidence * 100:.4g} %"
    one = "question" if found.n == 1 else "group"
    interval = f"({sure}: {ends}, {found.formula})" if ends else f"(no interval: one {one} only)"
    beside = "" if found.p_beside is None else f"; {found.p_beside_test} {in_p(found.p_beside).removeprefix('p ')}"
    parts = [
        f"{in_share(found.before)} → {in_share(found.after)}",
        f"{in_points(found.value)} points {interval}",
        f"{in_p(found.p_value)} ({found.p_test}{beside.replace(' = ', ' ')})",
        f"n = {found.n:,}" + (f" in {plural(found.clusters, 'group')}" if found.clusters < found.n else ""),
    ]
    if found.bootstrap is not None and found.bootstrap.interval.low < found.bootstrap.interval.high:
        parts.append(f"bootstrap {in_range(found.bootstrap.interval)}")
    return ", ".join(parts)


def steadiness_line(comparison: Comparison) -> str:
    """How much of the change there is without any change; empty when no question was asked twice."""
    if comparison.floor is None:
        return ""
    own = [
        f"{in_share(side.disagreement)} within {name}"
        for name, side in (("A", comparison.before), ("B", comparison.after))
        if side.disagreement is not None
    ]
    one = "one of them" if len(own) > 1 else "that one alone"
    return (
        f"Verdicts on two answers to the same question differ in {' and '.join(own)}, and in "
        f"{in_share(comparison.changed)} between A and B"
        f"{f': no more than within {one}' if comparison.changed <= comparison.floor else ''}."
    )


def tally_line(comparison: Comparison) -> str:
    """`5 broke, 2 fixed, 1 flaky; marked: 1 broke (known_failing); 20 of 28 answers are the same`."""
    counts = [
        (len([flip for flip in flips if not flip.mark]), kind)
        for kind, flips in (("broke", comparison.broke), ("fixed", comparison.fixed), ("flaky", comparison.flaky))
    ]
    parts = [", ".join(f"{count:,} {kind}" for count, kind in counts if count or kind != "flaky")]
    marked = [flip for flip in comparison.flips if flip.mark]
    if marked:
        kinds: dict[str, int] = {}
        for flip in marked:
            kinds[f"{flip.kind} ({flip.mark})"] = kinds.get(f"{flip.kind} ({flip.mark})", 0) + 1
        parts.append("marked, and counted apart: " + ", ".join(f"{count:,} {kind}" for kind, count in kinds.items()))
    if comparison.same_answers is not None:
        parts.append(f"{comparison.same_answers:,} of {comparison.pairs:,} answers are the same to the letter")
    return "; ".join(parts)


def left_lines(comparison: Comparison) -> Iterator[str]:
    """What could not be paired, and why; nothing when all was."""
    for left, said in (
        (comparison.only_before, "only in A"),
        (comparison.only_after, "only in B"),
        (comparison.errors_before, "without a response in A"),
        (comparison.errors_after, "without a response in B"),
    ):
        if left.count:
            yield f"{plural(left.count, 'trial')} {said}, not compared: {named_left(left)}"


def named_left(left: Left) -> str:
    """The first of them, and how many more."""
    return some_of(left.first, most=len(left.first), more=left.count - len(left.first))


def side_rows(sides: Sequence[SideSummary]) -> Iterator[tuple[str, list[str]]]:
    """Rows of a table with a column a side: what each is as a whole, compared or not."""
    for name in ("passed", "failed", "unscored", "error"):
        counts = [getattr(side.totals, name) for side in sides]
        if any(counts) or name in ("passed", "failed"):
            yield name, [f"{count:,}" for count in counts]
    yield "latency, median", [_latency(side, "median_s") for side in sides]
    yield "latency, 95 in 100", [_latency(side, "p95_s") for side in sides]
    yield "cost", [_cost(side) for side in sides]
    if any(side.judging_usd is not None for side in sides):
        yield "cost of judging", [in_dollars(side.judging_usd) if side.judging_usd else "" for side in sides]


def both_rows(comparison: Comparison) -> Iterator[tuple[str, list[str]]]:
    """`side_rows` of the two, below the accuracy of each over what was compared."""
    found = comparison.accuracy
    yield (
        f"accuracy ({comparison.confidence * 100:.4g} %)",
        [own_share(found.before, found.before_interval), own_share(found.after, found.after_interval)],
    )
    yield from side_rows((comparison.before, comparison.after))


def short_comparison(comparison: Comparison) -> str:
    """`of gpt and qwen: worse, -28.6 (-45.1 to -9.3) points, n = 28`: one line, safe to show."""
    before, after = (shorten(name, _SHORT) for name in names_of(comparison))
    found = comparison.accuracy
    return printable(
        f"of {before} and {after}: {verdict_word(comparison.verdict)}, {own_points(found)} points, n = {found.n:,}"
    )


def names_of(comparison: Comparison) -> tuple[str, str]:
    """What the two sides are called in a sentence; A and B where both are called the same."""
    before, after = comparison.before.label, comparison.after.label
    return ("A", "B") if before == after else (before, after)


def _latency(side: SideSummary, which: str) -> str:
    latency = side.totals.latency
    return "not known" if latency is None else in_seconds(getattr(latency, which))


def _cost(side: SideSummary) -> str:
    cost = side.totals.cost
    if cost.total_usd is None:
        return "not known"
    return in_dollars(cost.total_usd) + (f" + {plural(cost.unknown, 'answer')} not known" if cost.unknown else "")


def flips_by_urgency(comparison: Comparison) -> list[Flip]:
    """What broke first, then what is flaky, then what was fixed; marked ones last of each."""
    return sorted(comparison.flips, key=lambda flip: (_ORDER[flip.kind], bool(flip.mark)))


def flip_name(flip: Flip) -> str:
    """`signs[stop-sign]`, with the model or variant where both sides have the same."""
    same = (
        flip.after.variant if flip.before.variant == flip.after.variant else "",
        flip.after.model if flip.before.model == flip.after.model else "",
    )
    return f"{flip.eval}[{'-'.join(part for part in (flip.case, *same) if part)}]"


def flip_ways(verdicts: Verdicts) -> str:
    """`passed`, or `passed 2 of 3`."""
    return verdicts.outcome if verdicts.asked == 1 else f"passed {verdicts.passed} of {verdicts.asked}"
