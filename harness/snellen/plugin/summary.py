"""The section that pytest prints after a session with evals."""

from __future__ import annotations

import pytest
from _pytest.terminal import TerminalReporter

from snellen._text import printable
from snellen.plugin.evals import EvalRun
from snellen.report.metrics import metric_lines
from snellen.report.terminal import gate_lines, mark_lines, summary_table

__all__ = ["Summary"]


class Summary:
    """Prints a session's totals by model, its metrics and gates, and where the report is."""

    def __init__(self, evals: EvalRun) -> None:
        self._evals = evals

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> None:
        """Adds the section."""
        evals, out = self._evals, terminalreporter
        if evals.summary is None and not evals.notes:
            return
        out.section("snellen", sep="=")
        if evals.summary is not None:
            width = out._tw.fullwidth  # noqa: SLF001  # no public way
            out.write_line(summary_table(evals.summary, width=width, color=out.hasmarkup))
            for line in (
                *metric_lines(evals.figures, width=width),
                *mark_lines(evals.marks),
                *gate_lines(evals.gates.results),
            ):
                out.write_line(line)
        for note in evals.notes:
            out.write_line(printable(note))
