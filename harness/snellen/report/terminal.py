"""A run's totals as plain lines for a terminal or a log."""

from __future__ import annotations

import io
import itertools

from snellen._text import printable
from snellen.analysis.summarize import Slice, Summary
from snellen.report.words import in_dollars

__all__ = ["summary_table"]

_ALWAYS = ("passed", "failed", "unscored", "error")
_HEADINGS = (*_ALWAYS, "not asked", "skipped")  # these only where there are some


def summary_table(summary: Summary, *, width: int = 100, color: bool = False) -> str:
    """The table of models: counts by outcome, accuracy with its 95 % interval and n, median latency, cost if known.

    Args:
        summary: Of one run.
        width: Columns of the terminal.
        color: Whether to use ANSI colours.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    counts = [_counts(row) for row in summary.models]
    shown = [heading in _ALWAYS or any(count[at] != "0" for count in counts) for at, heading in enumerate(_HEADINGS)]
    has_costs = summary.overall.cost.total_usd is not None
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("model", overflow="fold")
    for heading in itertools.compress(_HEADINGS, shown):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("accuracy (95 %)", justify="right", no_wrap=True)
    table.add_column("latency", justify="right", no_wrap=True)
    if has_costs:
        table.add_column("cost", justify="right", no_wrap=True)
    for row, counted in zip(summary.models, counts, strict=True):
        measured = [_accuracy(row), _latency(row), *([_cost(row)] if has_costs else [])]
        table.add_row(Text(printable(row.model)), *itertools.compress(counted, shown), *map(Text, measured))
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=color, color_system="standard" if color else None).print(table)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def _counts(row: Slice) -> list[str]:
    totals = row.totals
    styled = [
        (totals.passed, "green"),
        (totals.failed, "red"),
        (totals.unscored, "yellow"),
        (totals.error - totals.not_asked, "magenta"),
        (totals.not_asked, "dim"),
        (row.skipped, "dim"),
    ]
    return [f"[{style}]{count}[/]" if count else "0" for count, style in styled]


def _accuracy(row: Slice) -> str:
    accuracy = row.totals.accuracy
    if accuracy is None:
        return "no response"
    low, high = accuracy.interval.low, accuracy.interval.high
    return f"{accuracy.value:.0%} ({low * 100:.0f}-{high:.0%}, n={accuracy.cases})"


def _latency(row: Slice) -> str:
    latency = row.totals.latency
    return f"{latency.median_s:.2f} s" if latency else ""


def _cost(row: Slice) -> str:
    cost = row.totals.cost
    if cost.total_usd is None:
        return "unknown" if cost.unknown else ""
    return in_dollars(cost.total_usd) + (f" + {cost.unknown:,} unknown" if cost.unknown else "")
