"""A comparison as plain lines for a terminal or a log, as wide as that is."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from snellen._text import and_more, printable, shorten, some_of
from snellen.analysis.comparison import Comparison, Flip, SideSummary, SliceDifference, Verdict
from snellen.analysis.comparison_numbers import in_share, own_points, p_cell
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
    part_rows,
    part_sentence,
    steadiness_line,
    tally_line,
    verdict_word,
)

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

__all__ = ["comparison_text", "lines_of", "plain_console", "verdict_style"]

_STYLES: dict[Verdict, str] = {
    "better": "bold green",
    "worse": "bold red",
    "no_worse": "bold green",
    "cannot_tell": "bold yellow",
}
_FLIP_STYLES = {"broke": "red", "fixed": "green", "flaky": "yellow"}
_MOST_NAMED = 5
_MOST_SLICES = 40
_ELSEWHERE = "; --json has all of them"
_FEWEST_FLIPS = 3  # of each model or variant, however many there are


def comparison_text(
    comparison: Comparison, *, answers: Answers | None = None, width: int = 100, color: bool = False, most: int = 20
) -> str:
    """Verdict, figures, both sides side by side, slices, and the flipped cases with both answers.

    Args:
        comparison: Of two sides.
        answers: Gives the answers of the flipped cases that are shown; None shows their verdicts alone.
        width: Columns of the terminal.
        color: Whether to use ANSI colours.
        most: How many flipped cases are shown.
    """
    from rich.text import Text

    out, console = plain_console(width, color=color)
    for letter, side in (("A", comparison.before), ("B", comparison.after)):
        console.print(Text(_who(letter, side)))
    console.print()
    if comparison.parts:
        _print_parts(console, comparison, answers, most=most)
    else:
        console.print(Text(printable(headline(comparison)), style=_STYLES[comparison.verdict]))
        _print_body(console, comparison, answers, most=most)
    return lines_of(out)


def _print_parts(console: Console, comparison: Comparison, answers: Answers | None, *, most: int) -> None:
    """A sentence for each model or variant, all of them in a table, then each in full."""
    from rich.table import Table
    from rich.text import Text

    for part in comparison.parts:
        console.print(Text(printable(part_sentence(part, comparison)), style=_STYLES[part.verdict]))
    console.print()
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in ("", "n", "A", "B", "difference", "p Holm", ""):
        table.add_column(heading, justify="right" if heading else "left", overflow="fold")
    for verdict, cells in part_rows(comparison):
        table.add_row(*(Text(printable(cell)) for cell in cells), style=verdict_style(verdict))
    console.print(table)
    if comparison.notes:
        console.print()
    for note in comparison.notes:
        console.print(Text(printable(note), overflow="fold"))
    for part in comparison.parts:
        console.print()
        console.rule(Text(printable(part.name), style="bold"), align="left", style="default")
        _print_body(console, part.comparison, answers, most=max(_FEWEST_FLIPS, most // len(comparison.parts)))


def _print_body(console: Console, comparison: Comparison, answers: Answers | None, *, most: int) -> None:
    """All but who is compared and the verdict."""
    from rich.text import Text

    _print_figures(console, comparison)
    console.print()
    console.print(_sides_table(comparison))
    said = [line for line in (*left_lines(comparison), *comparison.notes, steadiness_line(comparison)) if line]
    if said:
        console.print()
    for line in said:
        console.print(Text(printable(line), overflow="fold"))
    if comparison.slices:
        console.print()
        _print_slices(console, comparison)
    _print_flips(console, comparison, answers, most=most)


def plain_console(width: int, *, color: bool) -> tuple[io.StringIO, Console]:
    """A console that prints into memory, as wide and as colourful as the one that it is for."""
    from rich.console import Console

    out = io.StringIO()
    system = "standard" if color else None
    return out, Console(file=out, width=width, force_terminal=color, color_system=system, highlight=False)  # type: ignore[arg-type]  # rich's literal


def lines_of(out: io.StringIO) -> str:
    """What was printed there, without blanks at the ends."""
    text = "\n".join(line.rstrip() for line in out.getvalue().splitlines())
    return text.strip("\n")


def _who(letter: str, side: SideSummary) -> str:
    """What a side is, with the run it is in where its name does not say so."""
    where = f"  (run {side.run})" if side.run and side.run not in side.label else ""
    label = "" if side.label == letter else f"  {side.label}"
    is_named = len(side.models) == 1 and side.models[0] in side.label
    models = "" if is_named else f"  {some_of(side.models, most=_MOST_NAMED)}"
    return printable(f"{letter}{label}{models}{where}")


def _figures(comparison: Comparison) -> Iterator[tuple[str, str]]:
    for found in (comparison.accuracy, comparison.score):
        if found is not None:
            own = "" if found.measure == "accuracy" else f": {verdict_word(found.verdict)}"
            yield found.measure, f"{difference_line(found, confidence=comparison.confidence)}{own}"
            if is_bound_told(found):
                yield "", bound_line(found)
    yield "cases", tally_line(comparison)


def _print_figures(console: Console, comparison: Comparison) -> None:
    """Lines that, where they are too long, go on below their second column."""
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=9, no_wrap=True)
    grid.add_column(overflow="fold")
    for name, line in _figures(comparison):
        grid.add_row(Text(name), Text(line))
    console.print(grid)


def _sides_table(comparison: Comparison) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="bold")
    for heading in ("", "A", "B"):
        table.add_column(heading, overflow="fold")
    for name, cells in both_rows(comparison):
        table.add_row(Text(name), *map(Text, cells))
    return table


def _print_slices(console: Console, comparison: Comparison) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column(f"by {comparison.by}", overflow="fold")
    for heading in ("n", "A", "B", "difference", "p Holm", "p BH", ""):
        table.add_column(heading, justify="right" if heading else "left", no_wrap=bool(heading))
    for found in comparison.slices[:_MOST_SLICES]:
        table.add_row(*map(Text, _slice_cells(found, comparison)), style=verdict_style(found.verdict))
    console.print(table)
    for line in and_more(len(comparison.slices) - _MOST_SLICES, then=_ELSEWHERE):
        console.print(Text(line))


def verdict_style(verdict: Verdict | None) -> str:
    """The colour of a table's row; a row of everything together has no verdict and is dim."""
    if verdict is None:
        return "dim"
    return {"better": "green", "worse": "red"}.get(verdict, "")


def _slice_cells(found: SliceDifference, comparison: Comparison) -> list[str]:
    own = found.accuracy
    return [
        printable(shorten(found.name, 40)) if found.name else f"(no {comparison.by})",
        f"{own.n:,}",
        in_share(own.before),
        in_share(own.after),
        own_points(own),
        p_cell(found.p_holm),
        p_cell(found.p_bh),
        verdict_word(found.verdict) if found.verdict in ("better", "worse") else "",
    ]


def _print_flips(console: Console, comparison: Comparison, answers: Answers | None, *, most: int) -> None:
    from rich.text import Text

    flips = flips_by_urgency(comparison)
    if flips:
        console.print()
    for flip in flips[:most]:
        for line in _flip(flip, answers, width=console.width):
            console.print(line, no_wrap=True, overflow="ellipsis")
    for line in and_more(len(flips) - most, then=_ELSEWHERE):
        console.print(Text(line))


def _flip(flip: Flip, answers: Answers | None, *, width: int) -> Iterable[object]:
    from rich.text import Text

    head = Text(f"{flip.kind.upper():<6}", style=_FLIP_STYLES[flip.kind])
    head.append(f" {printable(flip_name(flip))}", style="bold")
    if flip.mark:
        head.append(f"  marked {flip.mark}")
    if flip.tags:
        head.append(f"  {printable(', '.join(flip.tags))}", style="dim")
    if answers is None:
        head.append(f": A {flip_ways(flip.before)}, B {flip_ways(flip.after)}")
        yield head
        return
    yield head
    for letter, place, verdicts in (("A", 0, flip.before), ("B", 1, flip.after)):
        answer, why = answers(place, verdicts)
        ways = flip_ways(verdicts)
        room = max(20, width - len(ways) - 8)
        yield Text(f"    {letter} {ways}: {printable(shorten(answer, room)) or '(empty answer)'}")
        if why and verdicts.outcome != "passed":
            yield Text(f"      {printable(shorten(why, max(20, width - 8)))}", style="dim")
