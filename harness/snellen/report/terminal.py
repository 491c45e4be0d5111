"""A run's totals as plain lines for a terminal or a log."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterable, Iterator, Sequence

from snellen._text import plural, printable, some_of
from snellen.analysis.totals import Slice, Summary
from snellen.analysis.verdict import Marked, MarkTally
from snellen.report.words import in_dollars
from snellen.trial import GateResult

__all__ = ["gate_lines", "mark_lines", "summary_table"]

_ALWAYS = ("passed", "failed", "unscored", "error")
_HEADINGS = (*_ALWAYS, "not asked", "skipped")  # these only where there are some
_GATE_STATES = {"held": "gate held", "failed": "GATE FAILED", "skipped": "gate skipped"}
_INDENT = " " * 14
_MOST_NAMED = 10
_MARKED = "counted in the table; gates on right and wrong leave them out"


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


def gate_lines(results: Iterable[GateResult]) -> Iterator[str]:
    """Each gate as lines: whether it held, what was measured, the cases responsible, what else is to be known."""
    for one in results:
        owner = f"{one.eval}: " if one.eval else ""
        whose = "-".join(part for part in (one.variant, one.model) if part)
        about = f"{whose}: {one.because}" if whose else one.because
        yield printable(f"{_GATE_STATES[one.state]:<13} {owner}{one.text}  {about}")
        if one.cases:
            yield printable(f"{_INDENT}{_listed(one.cases, more=one.more_cases)}")
        for note in one.notes:
            yield printable(f"{_INDENT}{note}")


def mark_lines(tally: MarkTally) -> Iterator[str]:
    """What became of marked cases: counted apart, so that nobody takes them for solved or for new."""
    if tally.known_failing.trials:
        yield _marked("known failing", tally.known_failing)
        if right := tally.known_failing.passed:
            yield printable(f"{_INDENT}right now, so remove the mark: {_listed(right)}")
    if tally.flaky.trials:
        yield _marked("flaky", tally.flaky)
        if wrong := tally.flaky.wrong:
            yield printable(f"{_INDENT}wrong now: {_listed(wrong)}")
    if tally.expired:
        named = _listed([f"{name} (on {day})" for name, day in tally.expired])
        yield printable(f"mark ended    {len(tally.expired):,}, which count like any other: {named}")


def _marked(what: str, marked: Marked) -> str:
    counts = [(len(marked.wrong), "wrong"), (len(marked.passed), "right"), (marked.error, "without a response")]
    said = ", ".join(f"{count:,} {word}" for count, word in counts if count)
    but = ", and count a missing response" if marked.error else ""
    return f"{what:<13} {plural(marked.trials, 'trial')}: {said}; {_MARKED}{but}"


def _listed(names: Sequence[str], *, more: int = 0) -> str:
    return some_of(names, most=_MOST_NAMED, more=more)
