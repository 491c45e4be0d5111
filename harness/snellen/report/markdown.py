"""A comparison as Markdown for a pull request: a table, the worst flips, and nothing that could act there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from snellen._text import and_more, plural, shorten
from snellen.analysis.comparison import Comparison, Difference, Flip
from snellen.analysis.comparison_numbers import in_share, own_points, own_share, p_cell
from snellen.analysis.comparison_words import (
    Answers,
    both_rows,
    bound_line,
    difference_line,
    flip_name,
    flip_ways,
    flips_by_urgency,
    headline,
    is_bound_told,
    left_lines,
    names_of,
    part_rows,
    part_sentence,
    side_rows,
    steadiness_line,
    tally_line,
    verdict_word,
)
from snellen.analysis.ranking import Ranking
from snellen.analysis.ranking_words import left_of, rank_range, ranking_basis, ranking_sentence
from snellen.report.words import visible

__all__ = ["MOST_CHARACTERS", "comparison_markdown", "escaped", "fenced", "ranking_markdown"]

MOST_CHARACTERS = 65_536
"""What a comment on GitHub may hold; longer ones are refused."""

_REACHES = re.compile(r"[\\`*_\[\]<>|@~$&#]|(?<=\w):(?=//)|\bwww\.|^[-+=](?=[\s=-]|$)|^\d{1,9}[.)](?=\s|$)")
_PARTED = "&#8203;"
_RUNS = re.compile("`+")
_MARKS = {"better": "🟢", "worse": "🔴", "no_worse": "🟢", "cannot_tell": "⚪"}
_ANSWER_WIDTH = 1_500
_NAME_WIDTH = 200
_HEAD_WIDTH = 1_000
_MOST_SLICES = 30
_FEWEST_FLIPS = 3  # of each model or variant, however many there are
_ROOM = 400  # for the sentence that says what was left out


def escaped(text: str) -> str:
    """Text as one line of Markdown that shows it as it is: no table cell, link, mention, tag or entity comes of it."""
    line = " ".join(visible(text).split())
    return _REACHES.sub(_neutral, line)


def _neutral(found: re.Match[str]) -> str:
    """As an entity. Where a forge looks again at what is shown, for @people, #numbers and addresses, it is parted too.

    A backslash would be shown inside of HTML; the parting is a space without width, as dependency bots use it.
    """
    text = found.group()
    return f"{text[:-1]}&#{ord(text[-1])};{_PARTED if text[-1] in '@#:.' else ''}"


def fenced(text: str) -> str:
    """Text as a block that shows it as it is, inside a fence longer than any run of backticks in it."""
    longest = max((len(run) for run in _RUNS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{visible(text)}\n{fence}"


def comparison_markdown(comparison: Comparison, *, answers: Answers, most: int = 20) -> str:
    """Verdict, figures, slices and the first flipped cases, at most 65,536 characters.

    Args:
        comparison: Of two sides.
        answers: Gives the answers of the flipped cases that are shown.
        most: How many flipped cases are shown, those that broke first.
    """
    names = [shorten(name, _NAME_WIDTH) for name in names_of(comparison)]
    first, last = (escaped(shorten(side.label, _NAME_WIDTH)) for side in (comparison.before, comparison.after))
    who, mark = f"A is {first}, B is {last}.", _MARKS[comparison.verdict]
    if comparison.parts:
        head = [f"### {mark} {escaped(names[1])} against {escaped(names[0])}", who, *_parts(comparison)]
    else:
        head = [f"### {mark} {escaped(shorten(headline(comparison), _HEAD_WIDTH))}", who, _body(comparison)]
    blocks = _blocks(comparison, answers, most=most)
    return _fitting("\n\n".join(filter(None, head)), blocks, len(comparison.flips))


def _parts(comparison: Comparison) -> Iterator[str]:
    """A sentence for each model or variant, and all of them in a table."""
    yield "\n".join(f"- {_MARKS[part.verdict]} {escaped(part_sentence(part, comparison))}" for part in comparison.parts)
    rows = ([shorten(cell, _NAME_WIDTH) for cell in cells] for _, cells in part_rows(comparison))
    yield _table(["", "n", "A", "B", "difference", "p Holm", ""], rows)
    yield "\n".join(f"- {escaped(note)}" for note in comparison.notes)


def _body(comparison: Comparison) -> str:
    """All but who is compared, the verdict and the flips."""
    pieces = [
        "\n".join(f"- **{name}** {escaped(line)}" for name, line in _figures(comparison)),
        _table(["", "A", "B"], ([name, *cells] for name, cells in both_rows(comparison))),
        "\n".join(f"- {escaped(line)}" for line in _asides(comparison)),
        _slices(comparison),
    ]
    return "\n\n".join(filter(None, pieces))


def _blocks(comparison: Comparison, answers: Answers, *, most: int) -> Iterator[tuple[str, int]]:
    """What follows the head, each with the number of flips in it: flips, and what is said of single parts."""
    if not comparison.parts:
        yield from ((_flip(flip, answers), 1) for flip in flips_by_urgency(comparison)[:most])
    for part in comparison.parts:
        yield f"#### {escaped(shorten(part.name, _NAME_WIDTH))}\n\n{_body(part.comparison)}", 0
        yield from _blocks(part.comparison, answers, most=max(_FEWEST_FLIPS, most // len(comparison.parts)))


def _figures(comparison: Comparison) -> Iterator[tuple[str, str]]:
    yield "accuracy", _figure(comparison.accuracy, confidence=comparison.confidence)
    if comparison.score is not None:
        line = _figure(comparison.score, confidence=comparison.confidence)
        yield "score", f"{line}: {verdict_word(comparison.score.verdict)}"
    yield "cases", tally_line(comparison)


def _figure(found: Difference, *, confidence: float) -> str:
    bound = f"; {bound_line(found)}" if is_bound_told(found) else ""
    return f"{difference_line(found, confidence=confidence)}{bound}"


def _asides(comparison: Comparison) -> Iterator[str]:
    yield from left_lines(comparison)
    yield from comparison.notes
    if line := steadiness_line(comparison):
        yield line


def _slices(comparison: Comparison) -> str:
    if not comparison.slices:
        return ""
    rows = [
        [
            shorten(found.name, _NAME_WIDTH) if found.name else f"(no {comparison.by})",
            f"{found.accuracy.n:,}",
            in_share(found.accuracy.before),
            in_share(found.accuracy.after),
            own_points(found.accuracy),
            p_cell(found.p_holm),
            p_cell(found.p_bh),
            verdict_word(found.verdict) if found.verdict in ("better", "worse") else "",
        ]
        for found in comparison.slices[:_MOST_SLICES]
    ]
    table = _table([f"by {comparison.by}", "n", "A", "B", "difference", "p Holm", "p BH", ""], rows)
    return "\n\n".join((table, *and_more(len(comparison.slices) - _MOST_SLICES)))


def _table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = [escaped(heading) for heading in headings]
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    lines += [f"| {' | '.join(escaped(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines)


def _flip(flip: Flip, answers: Answers) -> str:
    mark = f", marked {flip.mark}" if flip.mark else ""
    lines = [f"<details><summary><b>{flip.kind}{mark}</b> {escaped(shorten(flip_name(flip), _NAME_WIDTH))}</summary>"]
    for letter, place, verdicts in (("A", 0, flip.before), ("B", 1, flip.after)):
        answer, why = answers(place, verdicts)
        cut = answer if len(answer) <= _ANSWER_WIDTH else f"{answer[:_ANSWER_WIDTH]}…"
        because = f": {escaped(shorten(why, _NAME_WIDTH))}" if why and verdicts.outcome != "passed" else ""
        lines += [f"{letter} {escaped(flip_ways(verdicts))}{because}", fenced(cut)]
    return "\n\n".join([*lines, "</details>"])


def _fitting(head: str, blocks: Iterable[tuple[str, int]], count: int) -> str:
    """The head and as many blocks as there is room for, with a sentence on the flips that are in none."""
    text = head if len(head) <= MOST_CHARACTERS - _ROOM else _cut(head)
    shown = 0
    for block, flips in blocks:
        if len(text) + len(block) + _ROOM > MOST_CHARACTERS:
            break
        text += f"\n\n{block}"
        shown += flips
    if shown < count:
        text += f"\n\n{plural(count - shown, 'flipped case')} not shown here; `snellen compare --json` has all of them."
    return f"{text}\n"


def _cut(head: str) -> str:
    """Whole lines only: half a line may be half an entity."""
    room = head[: MOST_CHARACTERS - _ROOM]
    return f"{room[: room.rfind(chr(10))]}\n\nCut short: there is more than a comment may hold."


def ranking_markdown(ranking: Ranking) -> str:
    """The sides by rank, and every pair of them, at most 65,536 characters."""
    if not ranking.parts:
        return _fitting(_ranking(ranking), (), 0)
    parts = (f"#### {escaped(shorten(part.name, _NAME_WIDTH))}\n\n{_ranking(part.ranking)}" for part in ranking.parts)
    return _fitting("\n\n".join(filter(None, [_left(ranking), *parts])), (), 0)


def _ranking(ranking: Ranking) -> str:
    sure = f"{ranking.confidence * 100:.4g} %"
    is_graded = any(one.score_interval for one in ranking.ranks)
    score = [f"score ({sure})"] if is_graded else []
    rows = []
    for one in ranking.ranks:
        cells = dict(side_rows((one.side,)))
        rows.append(
            [
                rank_range(one),
                shorten(one.side.label, _NAME_WIDTH),
                own_share(one.accuracy, one.interval),
                *([own_share(one.score, one.score_interval)] if is_graded else []),
                cells["latency, median"][0],
                cells["cost"][0],
                ", ".join(one.tied_with),
            ]
        )
    pairs = [
        [pair.after, pair.before, own_points(pair.difference), p_cell(pair.p_holm), verdict_word(pair.verdict)]
        for pair in ranking.pairs
    ]
    parts = [
        f"**{escaped(ranking_sentence(ranking))}**",
        _table(["rank", "", f"accuracy ({sure})", *score, "latency", "cost", "tied with"], rows),
        ranking_basis(ranking),
        _left(ranking),
        _table(["", "against", "difference", "p Holm", ""], pairs),
    ]
    return "\n\n".join(filter(None, parts))


def _left(ranking: Ranking) -> str:
    left = [
        f"- {escaped(left_of(side, left))}"
        for side, left in zip(ranking.sides, ranking.left, strict=True)
        if left.count
    ]
    return "\n".join([*left, *(f"- {escaped(note)}" for note in ranking.notes)])
