"""Scored predictions as plain lines for a terminal or a log."""

from __future__ import annotations

import io
from collections.abc import Sequence

from snellen._text import printable
from snellen.analysis.scored import Scored

__all__ = ["scored_table"]


def scored_table(groups: Sequence[Scored], *, width: int = 120) -> str:
    """A line for each group: counts, accuracy with its 95 % interval, mean score with its 95 % interval.

    Args:
        groups: All of them together first.
        width: Columns of the terminal.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("group", overflow="fold")
    for heading in ("n", "passed", "failed", "unscored", "error", "accuracy (95 %)", "mean score (95 %)"):
        table.add_column(heading, justify="right", no_wrap=True)
    for one in groups:
        counts = (one.questions, one.passed, one.failed, one.unscored, one.error)
        name = "all" if one.group is None else printable(one.group) or "(none)"
        table.add_row(Text(name), *map(str, counts), _accuracy(one), _mean(one))
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=False).print(table)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def _accuracy(one: Scored) -> str:
    if one.accuracy is None:
        return "no response"
    between = "" if one.interval is None else f" ({one.interval.low * 100:.1f}-{one.interval.high * 100:.1f})"
    return f"{one.accuracy * 100:.2f} %{between}"


def _mean(one: Scored) -> str:
    if one.mean is None:
        return ""
    interval = one.mean.interval
    between = "" if interval is None else f" ({max(0.0, interval.low):.3f}-{min(1.0, interval.high):.3f})"
    return f"{one.mean.value:.4f}{between}"
