"""A ranking as plain lines for a terminal or a log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from snellen._text import and_more, printable
from snellen.analysis.comparison_numbers import own_points, own_share, p_cell
from snellen.analysis.comparison_text import lines_of, plain_console, verdict_style
from snellen.analysis.comparison_words import side_rows, verdict_word
from snellen.analysis.ranking import Ranking
from snellen.analysis.ranking_words import left_of, rank_range, ranking_basis, ranking_sentence

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["ranking_text"]

_MOST_PAIRS = 45  # ten sides


def ranking_text(ranking: Ranking, *, width: int = 100, color: bool = False) -> str:
    """The sides by rank, and every pair of them.

    Args:
        ranking: Of two or more sides.
        width: Columns of the terminal.
        color: Whether to use ANSI colours.
    """
    from rich.text import Text

    out, console = plain_console(width, color=color)
    if not ranking.parts:
        _print_ranking(console, ranking)
    else:
        _print_left(console, ranking)
    for part in ranking.parts:
        console.print()
        console.rule(Text(printable(part.name), style="bold"), align="left", style="default")
        _print_ranking(console, part.ranking)
    return lines_of(out)


def _print_ranking(console: Console, ranking: Ranking) -> None:
    from rich.text import Text

    console.print(Text(printable(ranking_sentence(ranking)), style="bold"))
    console.print()
    _print_ranks(console, ranking)
    console.print()
    console.print(Text(ranking_basis(ranking)))
    _print_left(console, ranking)
    console.print()
    _print_pairs(console, ranking)


def _print_ranks(console: Console, ranking: Ranking) -> None:
    from rich.table import Table
    from rich.text import Text

    sure = f"{ranking.confidence * 100:.4g} %"
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("rank", no_wrap=True)
    table.add_column("", overflow="fold")
    is_graded = any(one.score_interval for one in ranking.ranks)
    score = [f"score ({sure})"] if is_graded else []
    for heading in (f"accuracy ({sure})", *score, "latency", "cost"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("tied with", overflow="fold")
    for one in ranking.ranks:
        rows = dict(side_rows((one.side,)))
        table.add_row(
            rank_range(one),
            Text(printable(one.side.label), style="bold"),
            own_share(one.accuracy, one.interval),
            *([own_share(one.score, one.score_interval)] if is_graded else []),
            rows["latency, median"][0],
            rows["cost"][0],
            Text(printable(", ".join(one.tied_with))),
        )
    console.print(table)


def _print_left(console: Console, ranking: Ranking) -> None:
    from rich.text import Text

    for one, left in zip(ranking.sides, ranking.left, strict=True):
        if left.count:
            console.print(Text(printable(left_of(one, left))))
    for note in ranking.notes:
        console.print(Text(printable(note)))


def _print_pairs(console: Console, ranking: Ranking) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in ("", "against", "difference", "p Holm", ""):
        table.add_column(heading, overflow="fold", justify="right" if heading[:1] in ("d", "p") else "left")
    for pair in ranking.pairs[:_MOST_PAIRS]:
        table.add_row(
            Text(printable(pair.after)),
            Text(printable(pair.before)),
            own_points(pair.difference),
            p_cell(pair.p_holm),
            verdict_word(pair.verdict),
            style=verdict_style(pair.verdict),
        )
    console.print(table)
    for line in and_more(len(ranking.pairs) - _MOST_PAIRS, noun="pair", then="; --json has all of them"):
        console.print(Text(line))
