"""`snellen run` and pytest are two doors to one engine: what they ask, record and find is the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from clikit import Cli, entries, kept_run
from evalkit import answering

_BODIES = """
import pytest
import snellen

SHAPES = snellen.cases("../datasets/shapes")

@SHAPES
def eval_silent(case, response): ...

@SHAPES
def eval_right(case, response):
    assert "red" in response.text

@SHAPES
def eval_wrong(case, response):
    assert "blue" in response.text

@SHAPES
def eval_fails_by_hand(case, response):
    pytest.fail("by hand")

@SHAPES
def eval_breaks(case, response):
    raise ZeroDivisionError("x")

@SHAPES
def eval_response_alone(response):
    assert response.stop == "stop"
"""


def run_pytest(*flags: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "evals", "-q", *flags]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603  # ours


def verdicts(root: Path) -> dict[tuple[str, str], tuple[str, list[bool]]]:
    """Outcome and scores of each trial of the newest run."""
    return {
        (trial.eval, trial.label): (trial.outcome, [score.passed for score in trial.scores])
        for trial in kept_run(root).trials
    }


def test_both_come_to_the_same_verdicts(project, snellen: Cli) -> None:
    with answering() as endpoint:
        root = project(url=endpoint.base_url)
        (root / "evals/eval_bodies.py").write_text(_BODIES)
        snellen("run", "evals", "--responses", "missing")
        by_cli = verdicts(root)
        done = run_pytest()
        by_pytest = verdicts(root)
        assert len(endpoint.requests) == 2
    assert by_pytest == by_cli
    assert {name: outcome for (name, label), (outcome, _) in by_cli.items() if label == "c0-fake"} == {
        "bodies.silent": "passed",
        "bodies.right": "passed",
        "bodies.wrong": "failed",
        "bodies.fails_by_hand": "failed",
        "bodies.breaks": "error",
        "bodies.response_alone": "passed",
        "shapes": "passed",
    }
    assert "6 failed, 8 passed" in done.stdout  # pytest has one word for a failed assertion and for a fault of the test


def test_what_one_records_the_other_replays(project, snellen: Cli) -> None:
    with answering() as endpoint:
        root = project(url=endpoint.base_url)
        assert run_pytest("--eval-responses=missing").returncode == 0
        assert snellen("run", "evals", "--responses", "missing").code == 0
        assert len(endpoint.requests) == 2
    assert snellen("run", "evals").code == 0
    assert [entry.case for entry in entries(root)] == ["c0", "c1"]


def test_settings_of_the_environment_reach_both(project, snellen: Cli, monkeypatch) -> None:
    with answering() as endpoint:
        root = project(url=endpoint.base_url)
        monkeypatch.setenv("SNELLEN_RESPONSES", "live")
        monkeypatch.setenv("SNELLEN_MODELS", "fake")
        snellen("run", "evals")
        modes = [kept_run(root).facts.mode]
        run_pytest()
        modes.append(kept_run(root).facts.mode)
        run_pytest("--eval-responses=recorded")
        modes.append(kept_run(root).facts.mode)
    assert modes == ["live", "live", "recorded"]
