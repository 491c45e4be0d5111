"""What a person sees while responses are on their way."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from evalkit import answering, make_project
from snellen.plugin import prefetch, progress
from snellen.testing import FakeEndpoint, FakeReply, FakeRequest, chat_reply

_SLOW = FakeReply(body=chat_reply("It is red."), delay_s=1.5)
_FAST = FakeReply(body=chat_reply("It is red."))


def _on_a_terminal(root: Path, *arguments: str, has_shown: threading.Event) -> str:
    """What is shown; the event is set once a line has told how far the session is."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "evals", *arguments]
    with subprocess.Popen(  # noqa: S603  # ourselves
        command, cwd=root, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True
    ):
        os.close(theirs)
        shown = bytearray()
        try:
            while part := os.read(ours, 65536):
                shown += part
                if b" fetched, " in shown:
                    has_shown.set()
        except OSError:
            pass  # how a terminal says that nobody writes to it any more
    os.close(ours)
    return shown.decode()


def _ask(root: Path, *flags: str, has_shown: threading.Event | None = None) -> str:
    call = ("--eval-responses=live", "--eval-concurrency=1", *flags)
    return _on_a_terminal(root, *call, has_shown=has_shown or threading.Event())


@pytest.fixture
def _noticed_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wait is told about after a moment, so that tests need not wait long."""
    monkeypatch.setattr(prefetch, "_NOTICE_S", 0.05)


@pytest.mark.parametrize("flags", [(), ("-v",), ("-s",), ("-q",)], ids=" ".join)
def test_a_terminal_shows_how_far_a_waiting_session_is(pytester: pytest.Pytester, flags: tuple[str, ...]) -> None:
    has_shown = threading.Event()

    def answer(_: FakeRequest) -> FakeReply:
        if len(endpoint.requests) == 2:
            has_shown.wait(60)
        return _FAST

    with FakeEndpoint(answer=answer) as endpoint:
        root = make_project(pytester.path, url=endpoint.base_url, cases=3)
        shown = _ask(root, *flags, has_shown=has_shown)
    assert "3 passed" in shown
    *_, last = re.finditer(r"snellen: [012] of 3 fetched, [012] judged *", shown)  # whichever was answered first
    assert shown[last.end() :].startswith("\r")


def test_nothing_is_shown_to_somebody_who_wants_quiet(pytester: pytest.Pytester) -> None:
    with FakeEndpoint(_FAST, _SLOW, _FAST) as endpoint:
        root = make_project(pytester.path, url=endpoint.base_url, cases=3)
        assert " fetched, " not in _ask(root, "-q", "-q")


@pytest.mark.usefixtures("_noticed_soon")
def test_a_log_gets_a_line_now_and_then(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_LINE_S", 0.0)
    with FakeEndpoint(_FAST, _SLOW, _FAST) as endpoint:
        make_project(pytester.path, url=endpoint.base_url, cases=3)
        result = pytester.runpytest_inprocess("evals", "--eval-responses=live", "--eval-concurrency=1")
    result.stdout.re_match_lines([r"snellen: [12] of 3 fetched, [012] judged$"])
    result.assert_outcomes(passed=3)


@pytest.mark.usefixtures("_noticed_soon")
def test_a_log_of_a_short_wait_gets_none(pytester: pytest.Pytester) -> None:
    with FakeEndpoint(_FAST, _SLOW, _FAST) as endpoint:
        make_project(pytester.path, url=endpoint.base_url, cases=3)
        result = pytester.runpytest_inprocess("evals", "--eval-responses=live", "--eval-concurrency=1")
    result.stdout.no_fnmatch_line("* fetched, *")


@pytest.mark.parametrize(
    ("mode", "how"),
    [
        ("live", "2 cases asked (mode live; fake)"),
        ("missing", "2 cases asked where nothing is recorded (mode missing; fake)"),
        ("recorded", "2 cases replayed (mode recorded; fake)"),
    ],
)
def test_the_header_says_how_many_cases_there_are_and_what_is_done_with_them(
    pytester: pytest.Pytester, mode: str, how: str
) -> None:
    with answering() as endpoint:
        make_project(pytester.path, url=endpoint.base_url)
        result = pytester.runpytest("evals", f"--eval-responses={mode}")
    assert f"snellen: {how}" in result.outlines


def test_ordinary_tests_get_no_header_of_ours(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(): pass")
    pytester.runpytest().stdout.no_fnmatch_line("snellen: *")
