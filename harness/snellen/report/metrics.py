"""Metrics as a reader sees them: a table on a terminal or in a log, and the lines of the report's table."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from snellen._text import printable
from snellen.report.words import public_text, visible
from snellen.trial import MetricResult

__all__ = ["MetricTable", "MetricView", "metric_lines", "metric_table"]

_HEADINGS = ("metric", "eval", "prompt", "model", "value (95 %)", "interval", "n", "unscored", "errors")
_LEFT = ("metric", "eval", "prompt", "model", "n")


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricView:
    """One figure, ready to be shown.

    Attributes:
        name: Of the metric.
        about: What it is, empty where a row above says so.
        eval: Name of the eval.
        variant: Name of the prompt variant.
        model: The model's name.
        value: With its unit; empty where it is not defined.
        between: Ends of its 95 % interval, empty without one.
        formula: Which interval it is.
        n: With what it counts.
        unscored: How many responses could not be judged.
        errors: How many trials have no response.
        note: What a careful reader must know, may be empty.
    """

    name: str
    about: str
    eval: str
    variant: str
    model: str
    value: str
    between: str
    formula: str
    n: str
    unscored: int
    errors: int
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricTable:
    """The report's table of metrics.

    Attributes:
        rows: One a figure.
        has_evals: Whether rows are of several evals.
        has_variants: Whether rows are of prompt variants that have names.
    """

    rows: tuple[MetricView, ...]
    has_evals: bool
    has_variants: bool


def metric_table(results: Sequence[MetricResult]) -> MetricTable:
    """The table of these figures; what a metric is stands in its first row."""
    said: set[str] = set()
    rows = []
    for one in results:
        rows.append(_view(replace(one, about="") if one.name in said else one))
        said.add(one.name)
    return MetricTable(
        rows=tuple(rows),
        has_evals=len({one.eval for one in results}) > 1,
        has_variants=any(one.variant for one in results),
    )


def _view(result: MetricResult) -> MetricView:
    return MetricView(
        name=visible(result.name),
        about=visible(result.about),
        eval=visible(result.eval),
        variant=visible(result.variant),
        model=visible(result.model),
        value="" if result.value is None else _with_unit(result, _shown(result, result.value)),
        between=_with_unit(result, between) if (between := _between(result, "–")) else "",
        formula=visible(result.formula),
        n=_counted(result),
        unscored=result.unscored,
        errors=result.errors,
        note=public_text(result.note),
    )


def metric_lines(results: Iterable[MetricResult], *, width: int = 120) -> Iterator[str]:
    """An empty line and a table, safe to print: value with interval, n, unscored, errors; then what is to be known.

    Columns in which nothing could be told apart (a single eval, prompts without a name) are left out.

    Args:
        results: Of one run; without any there are no lines.
        width: Columns of the terminal.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = list(results)
    if not shown:
        return
    cells = [dict(zip(_HEADINGS, _cells(one), strict=True)) for one in shown]
    hidden = [name for name in ("eval", "prompt", "model", "interval") if not _tells(name, cells)]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    headings = [name for name in _HEADINGS if name not in hidden]
    for name in headings:
        is_name = name in ("eval", "prompt", "model")
        justify = "left" if name in _LEFT else "right"
        table.add_column(name, justify=justify, overflow="fold", no_wrap=not is_name)  # type: ignore[arg-type]  # one of two
    for row in cells:
        table.add_row(*(Text(row[name]) for name in headings))
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=False).print(table)
    yield ""
    yield from (line.rstrip() for line in out.getvalue().splitlines())
    yield from _notes(shown, hidden)


def _notes(shown: Sequence[MetricResult], hidden: Sequence[str]) -> Iterator[str]:
    """What is to be known, once for a metric of which it holds wherever it stands."""
    about: dict[tuple[str, str], list[MetricResult]] = {}
    for one in shown:
        if one.note:
            about.setdefault((one.name, one.note), []).append(one)
    for (name, note), own in about.items():
        holds_for_all = len(own) == sum(one.name == name for one in shown)
        whose = [printable(name)] if holds_for_all else [_whose(one, hidden) for one in own]
        yield f"  {'; '.join(whose)}: {printable(note)}"


def _tells(heading: str, cells: Sequence[dict[str, str]]) -> bool:
    """Whether a column says anything; the eval's name only where there are several."""
    values = {row[heading] for row in cells}
    return len(values) > 1 or (heading != "eval" and values != {""})


def _cells(one: MetricResult) -> tuple[str, ...]:
    between = _between(one, "-")
    value = "not defined" if one.value is None else _with_unit(one, _shown(one, one.value))
    return (
        printable(one.name),
        printable(one.eval),
        printable(one.variant),
        printable(one.model),
        f"{value} ({between})" if between else value,
        printable(one.formula),
        _counted(one),
        f"{one.unscored:,}",
        f"{one.errors:,}",
    )


def _whose(one: MetricResult, hidden: Sequence[str]) -> str:
    parts = (("metric", one.name), ("eval", one.eval), ("prompt", one.variant), ("model", one.model))
    return printable(", ".join(part for name, part in parts if part and name not in hidden))


def _counted(one: MetricResult) -> str:
    return f"{one.n:,} {printable(one.counted)}"


def _between(one: MetricResult, dash: str) -> str:
    if one.low is None or one.high is None:
        return ""
    return f"{_shown(one, one.low)}{dash}{_shown(one, one.high)}"


def _with_unit(one: MetricResult, text: str) -> str:
    return f"{text} %" if one.unit == "share" else text


def _shown(one: MetricResult, value: float) -> str:
    if one.unit == "share":
        return f"{value * 100:.1f}"
    return f"{value:.1f}" if one.unit == "points" else f"{value:,.4g}"
