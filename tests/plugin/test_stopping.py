"""Sessions that do not come to their end: by -x, by a limit, by Ctrl-C; what had arrived is there the next time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from evalkit import answering, make_project
from snellen.runs.store import RunStore
from snellen.testing import FakeEndpoint, FakeReply, FakeRequest, chat_reply
from snellen.trial import Run

# CPython ends itself by the signal if that came while `exec` ran a text, which the import of a dataclass does, however
# well the KeyboardInterrupt was handled; a shell calls that 130.
_INTERRUPTED = (pytest.ExitCode.INTERRUPTED, -signal.SIGINT)


def _latest(root: Path) -> Run:
    return RunStore(root / ".snellen" / "runs.db").load("latest")


def _journals(root: Path) -> list[Path]:
    folder = root / ".snellen" / "journals"
    return list(folder.iterdir()) if folder.is_dir() else []


class _Stuck:
    """Answers the first questions, and lets later ones hang until it is told to answer them."""

    def __init__(self, *, answered: int, hanging: int, delay_s: float = 60.0) -> None:
        self.is_open = False
        self.all_there = threading.Event()
        self._answered, self._hanging, self._delay_s = answered, hanging, delay_s
        self._seen = 0

    def __call__(self, request: FakeRequest) -> FakeReply:
        self._seen += 1
        if self._seen == self._answered + self._hanging:
            self.all_there.set()
        is_hanging = self._seen > self._answered and not self.is_open
        return FakeReply(body=chat_reply("It is red."), delay_s=self._delay_s if is_hanging else 0.0)


def _start(root: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603  # ourselves
        [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "evals", *arguments],
        cwd=root,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def _interrupted(root: Path, stuck: _Stuck, *arguments: str, press: Callable[[subprocess.Popen[str]], None]) -> str:
    with _start(root, *arguments) as session:
        try:
            assert stuck.all_there.wait(60)
            press(session)
            said, _ = session.communicate(timeout=60)
        finally:
            session.kill()
    assert session.returncode in _INTERRUPTED, said
    return said


def _once(session: subprocess.Popen[str]) -> None:
    session.send_signal(signal.SIGINT)


def _twice(session: subprocess.Popen[str]) -> None:
    session.send_signal(signal.SIGINT)
    assert session.stdout is not None
    for line in session.stdout:
        if "interrupt to end at once" in line:
            break
    session.send_signal(signal.SIGINT)


@pytest.mark.parametrize("mode", ["missing", "refresh", "live"])
def test_the_same_command_goes_on_after_an_interrupt(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.setenv("SNELLEN_GRACE_S", "0")
    stuck = _Stuck(answered=3, hanging=2)
    call = (f"--eval-responses={mode}", "--eval-concurrency=2")
    with FakeEndpoint(answer=stuck) as endpoint:
        root = make_project(pytester.path, url=endpoint.base_url, cases=8)
        said = _interrupted(root, stuck, *call, press=_once)
        assert "= snellen =" in said
        assert " of 8 fetched, " in said
        assert "the same command goes on from there" in said
        assert "Traceback" not in said
        assert "Exception in thread" not in said
        assert _latest(root).facts.state == "interrupted"
        first, stuck.is_open = _latest(root).facts.id, True
        pytester.runpytest_subprocess("evals", *call).assert_outcomes(passed=8)
        assert len(endpoint.requests) == 3 + 2 + 5
    assert (_latest(root).facts.id, _latest(root).facts.state, len(_latest(root).trials)) == (first, "finished", 8)
    assert _journals(root) == []


def test_what_is_in_flight_at_an_interrupt_is_waited_for_and_recorded(pytester: pytest.Pytester) -> None:
    stuck = _Stuck(answered=3, hanging=2, delay_s=1.5)
    with FakeEndpoint(answer=stuck) as endpoint:
        root = make_project(pytester.path, url=endpoint.base_url, cases=8)
        said = _interrupted(root, stuck, "--eval-responses=missing", "--eval-concurrency=2", press=_once)
        assert len(endpoint.requests) == 5
    assert "Interrupted: 5 of 8 fetched" in said
    assert (root / "evals/recordings/shapes/fake.jsonl").read_text().count("\n") == 5


def test_a_second_interrupt_ends_at_once(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNELLEN_GRACE_S", "600")
    stuck = _Stuck(answered=3, hanging=2, delay_s=600)
    with FakeEndpoint(answer=stuck) as endpoint:
        root = make_project(pytester.path, url=endpoint.base_url, cases=8)
        said = _interrupted(root, stuck, "--eval-responses=missing", "--eval-concurrency=2", press=_twice)
    assert "Interrupted: 3 of 8 fetched" in said
    assert "Traceback" not in said


def test_an_interrupt_reaches_workers_and_what_arrived_is_not_asked_again(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SNELLEN_GRACE_S", "0.2")
    stuck = _Stuck(answered=4, hanging=1)
    call = ("--eval-responses=live", "--eval-concurrency=2", "-n", "2")
    with FakeEndpoint(answer=stuck) as endpoint:
        root = make_project(pytester.path, url=endpoint.base_url, cases=8)
        said = _interrupted(root, stuck, *call, press=_once)
        asked = len(endpoint.requests)
        assert "the same command goes on from there" in said
        assert "Exception in thread" not in said
        stuck.is_open = True
        pytester.runpytest_subprocess("evals", *call).assert_outcomes(passed=8)
        assert len(endpoint.requests) == asked + 4
    assert _journals(root) == []


def test_x_stops_sending_and_counts_as_an_end(pytester: pytest.Pytester) -> None:
    with answering("It is blue.") as endpoint:
        root = make_project(pytester.path, url=endpoint.base_url, cases=200)
        call = ("evals", "--eval-responses=live", "--maxfail=2", "--eval-concurrency=1")
        pytester.runpytest(*call).assert_outcomes(failed=2)
        asked = len(endpoint.requests)
        facts = _latest(root).facts
        assert asked < 200
        assert facts.calls == asked
        assert (facts.state, facts.stopped_because) == ("stopped", "stopping after 2 failures")
        assert _journals(root) == []


def test_a_limit_stops_the_session_and_says_so(pytester: pytest.Pytester) -> None:
    with answering() as endpoint:
        root = make_project(pytester.path, url=endpoint.base_url, cases=5)
        call = ("evals", "--eval-responses=missing", "--eval-max-calls=2")
        result = pytester.runpytest(*call)
        result.assert_outcomes(passed=2, errors=3)
        result.stdout.fnmatch_lines(
            ["*not asked: --eval-max-calls 2 is reached*", "Stopped: --eval-max-calls 2 is reached. *"]
        )
        facts = _latest(root).facts
        assert (facts.state, facts.stopped_because) == ("stopped", "--max-calls 2 is reached")
        pytester.runpytest(*call).assert_outcomes(passed=4, errors=1)
        assert len(endpoint.requests) == 4


@pytest.mark.parametrize(
    ("flag", "said"),
    [
        ("--eval-max-errors=many", "--eval-max-errors 'many' is neither a number nor a share; right is 10 or 5%"),
        ("--eval-max-calls=-1", "--eval-max-calls -1 is less than none; right is 100"),
        ("--eval-max-cost=-2", "--eval-max-cost -2 is no amount of USD; right is 2.50"),
        ("--eval-max-cost=nan", "--eval-max-cost nan is no amount of USD; right is 2.50"),
        ("--eval-max-cost=1", "--eval-max-cost cannot be held: there is no price for model 'fake'"),
        ("--eval-concurrency=0", "concurrency 0 is not a positive number"),
        ("--eval-max-calls=some", "argument --eval-max-calls: invalid int value: 'some'"),
    ],
    ids=str.strip,
)
def test_a_slip_in_a_flag_is_a_usage_error_and_nothing_is_sent(pytester: pytest.Pytester, flag: str, said: str) -> None:
    with answering() as endpoint:
        make_project(pytester.path, url=endpoint.base_url)
        result = pytester.runpytest("evals", "--eval-responses=live", flag)
        assert endpoint.requests == []
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert said in " ".join((result.stdout.str() + result.stderr.str()).split())


def test_fresh_asks_again_what_an_interrupted_session_had(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SNELLEN_GRACE_S", "0")
    stuck = _Stuck(answered=3, hanging=1)
    call = ("--eval-responses=live", "--eval-concurrency=1")
    with FakeEndpoint(answer=stuck) as endpoint:
        root = make_project(pytester.path, url=endpoint.base_url, cases=4)
        _interrupted(root, stuck, *call, press=_once)
        stuck.is_open = True
        pytester.runpytest_subprocess("evals", *call, "--eval-fresh").assert_outcomes(passed=4)
        assert len(endpoint.requests) == 3 + 1 + 4


def test_a_session_that_was_killed_leaves_its_trials(pytester: pytest.Pytester) -> None:
    with answering() as endpoint:
        root = make_project(pytester.path, url=endpoint.base_url, cases=1200)
        (root / "evals" / "shapes.eval.yaml").unlink()
        text = "import os\nimport snellen\n\n@snellen.cases('../datasets/shapes')\ndef eval_it(case, response):\n"
        (root / "evals" / "eval_it.py").write_text(text + "    if case.id == 'c1199':\n        os._exit(9)\n")
        with _start(root, "--eval-responses=live", "--eval-concurrency=32") as session:
            session.communicate(timeout=120)
        assert session.returncode == 9
    left = _latest(root)
    assert left.facts.state == "interrupted"
    assert len(left.trials) >= 199  # all but the thousand that may wait for the disk
