"""The section that pytest prints after a session with evals."""

from __future__ import annotations

import pytest
from _pytest.terminal import TerminalReporter

from snellen._text import printable
from snellen.analysis.summarize import summarize
from snellen.plugin.evals import EvalRun
from snellen.report.terminal import summary_table

__all__ = ["Summary"]


class Summary:
    """Prints a session's totals by model, and where the report is."""

    def __init__(self, evals: EvalRun) -> None:
        self._evals = evals

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> None:
        """Adds the section."""
        run = self._evals.run
        if run is None:
            return
        out = terminalreporter
        out.section("snellen", sep="=")
        table = summary_table(summarize(run), width=out._tw.fullwidth, color=out.hasmarkup)  # noqa: SLF001  # no public way
        out.write_line(table)
        for note in self._evals.notes:
            out.write_line(printable(note))
