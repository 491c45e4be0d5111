"""How far a run is: a bar where somebody watches, a line now and then in a log."""

from __future__ import annotations

import io

import pytest

from snellen.case import Case, ImageRef
from snellen.cli import progress as module
from snellen.cli.progress import progress
from snellen.trial import Skipped, Trial

_CASE = Case(id="c", prompt="?", images=(ImageRef(data=b"x", name="x"),))
_PASSED = Trial(eval="e", case=_CASE, model="m", prompt="?", outcome="passed")
_ERROR = Trial(eval="e", case=_CASE, model="m", prompt="?", outcome="error")
_SKIPPED = Skipped(eval="e", case_id="c", model="m", reason="r")


class Terminal(io.StringIO):
    """A stream that somebody watches."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(module, "monotonic", lambda: now[0])
    return now


def test_a_log_gets_a_line_every_ten_seconds(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    with progress() as bar:
        bar.start(2000)
        for result, at_s in ((_PASSED, 1), (_ERROR, 9.9), (_SKIPPED, 10), (_PASSED, 19.9), (_PASSED, 20.1)):
            clock[0] = at_s
            bar.advance(result)
    assert capsys.readouterr().err.splitlines() == [
        "3 of 2,000: 1 error, 1 passed, 1 skipped",
        "5 of 2,000: 1 error, 3 passed, 1 skipped",
    ]


def test_a_quick_run_leaves_a_log_empty(capsys: pytest.CaptureFixture[str]) -> None:
    with progress() as bar:
        bar.start(1)
        bar.advance(_PASSED)
    assert capsys.readouterr() == ("", "")


def test_a_terminal_gets_a_bar_that_goes_away(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with progress() as bar:
        bar.start(3)
        for result in (_PASSED, _ERROR, _SKIPPED):
            bar.advance(result)
    shown = terminal.getvalue()
    assert "3/3" in shown
    assert "1 error, 1 passed, 1 skipped" in shown
    assert shown.endswith("\x1b[2K")  # the line is cleared: what stays is the result


def test_a_bar_says_who_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with progress() as bar:
        bar.start(3, lambda: {"gpt-5.1": 11.2})
        bar.advance(_PASSED)
    assert "waiting 12 s for gpt-5.1" in terminal.getvalue()


def test_a_models_name_cannot_steer_the_terminal() -> None:
    assert module.said_of({"gpt\x1b[2J": 0.2, "qwen": 60.0}) == "waiting 1 s for gpt\\x1b[2J, 60 s for qwen"
