"""What a person sees while an item waits for its response."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from _pytest.capture import CaptureManager
from _pytest.terminal import TerminalReporter

from snellen._clock import elapsed_since, monotonic
from snellen._text import plural
from snellen.plugin.items import JudgedItem
from snellen.recordings.file import Mode

__all__ = ["Progress"]

_LINE_S = 10.0  # a log is told of a wait so often
_HOW: dict[str, str] = {
    "recorded": "replayed",
    "missing": "asked where nothing is recorded",
    "refresh": "asked anew",
    "live": "asked",
}


class Progress:
    """A line that says how far the session is: kept up to date on a terminal, written now and then into a log."""

    def __init__(self, config: pytest.Config, *, mode: Mode) -> None:
        """Shows nothing yet, and never anything in a worker of xdist or under -qq.

        Args:
            config: Of the session.
            mode: What is done with recorded and missing responses.
        """
        self._config = config
        self._mode = mode
        self._is_shown = False
        self._last_line = monotonic()

    def pytest_report_collectionfinish(self, items: Sequence[pytest.Item]) -> str | None:
        """How many cases there are and what is done with them, after the line that counts items."""
        jobs = [item.job for item in items if isinstance(item, JudgedItem)]
        if not jobs or self._config.get_verbosity() < 0 or self._config.option.collectonly:
            return None
        models = ", ".join(dict.fromkeys(job.model.key for job in jobs))
        return f"snellen: {plural(len(jobs), 'case')} {_HOW[self._mode]} (mode {self._mode}; {models})"

    def show(self, *, fetched: int, planned: int, judged: int) -> None:
        """Tells how far the session is; to be called while it waits."""
        out = self._terminal()
        if out is None:
            return
        line = f"snellen: {fetched:,} of {planned:,} fetched, {judged:,} judged"
        if out.isatty:
            self._write(out, line, is_lasting=False)
        elif elapsed_since(self._last_line) >= _LINE_S:
            self._last_line = monotonic()
            self._write(out, line, is_lasting=True)

    def say(self, line: str) -> None:
        """Writes a line that stays."""
        out = self._terminal()
        if out is not None:
            self._write(out, line, is_lasting=True)

    def clear(self) -> None:
        """Takes away what `show` has written to a terminal."""
        out = self._terminal() if self._is_shown else None
        if out is not None:
            self._is_shown = False
            with self._capture().global_and_fixture_disabled():
                out.rewrite("", erase=True)

    def _write(self, out: TerminalReporter, line: str, *, is_lasting: bool) -> None:
        with self._capture().global_and_fixture_disabled():
            if not self._is_shown:
                out.ensure_newline()
            if is_lasting:
                out.write_line(line)
            else:
                out.rewrite(line, erase=True)
                out.flush()
        self._is_shown = not is_lasting

    def _terminal(self) -> TerminalReporter | None:
        out = self._config.pluginmanager.get_plugin("terminalreporter")
        is_wanted = isinstance(out, TerminalReporter) and self._config.get_verbosity() > -2  # noqa: PLR2004  # -qq
        return out if is_wanted and not hasattr(self._config, "workerinput") else None

    def _capture(self) -> CaptureManager:
        found: CaptureManager | None = self._config.pluginmanager.get_plugin("capturemanager")
        assert found is not None  # noqa: S101  # pytest itself needs it
        return found
