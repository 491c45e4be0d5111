"""The evals that come with this repository: recorded as everybody runs them first, and live over HTTP."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from clikit import Cli, finish, kept_run, start
from snellen.trial import Run

_PROGRAMS = ("evals/eval_describe_url.py", "evals/eval_describe_local.py", "evals/eval_compare_images.py")
_IDS = ("describe-url", "describe-local", "compare-images")
_PROGRESS = re.compile(r"\d+ of \d+: ")
_KOREAN = re.compile("[가-힣]")


def counts(run: Run) -> Counter[str]:
    return Counter(trial.outcome for trial in run.trials)


@pytest.mark.parametrize("program", _PROGRAMS, ids=_IDS)
def test_a_program_replays(bundled: Path, snellen: Cli, program: str) -> None:
    result = snellen("run", program)
    run = kept_run(bundled)
    assert (result.code in (0, 1), counts(run)["error"], counts(run)["unscored"]) == (True, 0, 0)
    assert all(trial.response is not None and trial.response.recorded for trial in run.trials)
    assert run.trials


def test_the_picture_on_the_web_is_skipped_and_says_why(bundled: Path, snellen: Cli) -> None:
    result = snellen("run", _PROGRAMS[0])
    assert [skip.case_id for skip in kept_run(bundled).skipped] == ["boardwalk"]
    label = "describe_url.describes_a_picture_by_url[boardwalk-offline-describer]"
    assert f"SKIPPED  {label}  needs the network and has no recording" in result.out


def test_all_of_them_replay_and_leave_no_recording_unused(bundled: Path, snellen: Cli) -> None:
    result = snellen("run", "evals", "--report", "reports/demo.html")
    run = kept_run(bundled)
    assert (result.code in (0, 1), counts(run)["error"]) == (True, 0)
    assert {trial.model for trial in run.trials} == {"offline-describer", "offline-reader"}
    assert "nothing asked for" not in result.out
    assert set(run.facts.model_notes.values()) == {"offline model: runs on this machine, no network, no key"}
    page = (bundled / "reports/demo.html").read_text(encoding="utf-8")
    assert "offline model: runs on this machine" in page
    assert all(trial.case.id in page for trial in run.trials)


@pytest.fixture
def served(bundled: Path) -> Iterator[str]:
    """The address of `snellen offline serve`, started in the project as a process of its own."""
    with start("offline", "serve", "--port", "0", cwd=bundled) as process:
        try:
            yield _address(process)
        finally:
            process.terminate()
            process.communicate(timeout=30)


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    found = re.search(r"http://127\.0\.0\.1:\d+/v1", process.stdout.readline())
    assert found
    return found[0]


@pytest.mark.offline
def test_the_programs_run_live_over_http(bundled: Path, served: str) -> None:
    call = ("run", *_PROGRAMS, "--model", "offline-describer", "--responses", "live")
    result = finish(start(*call, cwd=bundled, environ={"OPENAI_BASE_URL": served}), timeout_s=120)
    run = kept_run(bundled)
    said = [line for line in result.err.splitlines() if not _PROGRESS.match(line)]  # which a slow machine is told
    assert (result.code in (0, 1), counts(run)["error"], said) == (True, 0, [])
    answers = {trial.case.id: trial.response for trial in run.trials}
    # One by an address that pyproject.toml pins to a file, one as base64, two at once; all asked in Korean.
    assert set(answers) >= {"lakeside-by-url", "lakeside", "facades"}
    assert all(answer and _KOREAN.search(answer.text) and not answer.recorded for answer in answers.values())
    assert all(trial.attempts[-1].status == 200 for trial in run.trials)


@pytest.mark.offline
def test_a_server_that_is_interrupted_ends_in_order(bundled: Path) -> None:
    with start("offline", "serve", "--port", "0", cwd=bundled) as process:
        _address(process)
        process.send_signal(2)
        out, err = process.communicate(timeout=30)
    assert (process.returncode in (0, 130), "Traceback" in out + err) == (True, False)
