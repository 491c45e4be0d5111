"""Several processes on one project: every question is asked once between them, and each of them has all results."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from clikit import finish, start
from faultkit import FaultServer, Line, right_answer
from reliability.lab import MODES, kept_cases, make_lab, run_here
from reliability.scale import figure, moments, scaled
from snellen.runs.store import RunStore

_CASES = 100


def command(mode: str) -> tuple[str, ...]:
    return ("run", "evals", "--responses", mode, "--concurrency", "8")


def wait_for_runs(root: Path, count: int) -> None:
    """Until so many processes have entered their runs, which they do before they ask."""
    store = RunStore(root / ".snellen" / "runs.db")
    deadline = time.monotonic() + 60
    while len(store.ids()) < count and time.monotonic() < deadline:
        time.sleep(0.02)


@pytest.mark.parametrize(("processes", "mode"), [(2, "live"), (2, "refresh"), (scaled(4, 8), "missing")])
def test_processes_ask_each_question_once_between_them(tmp_path: Path, processes: int, mode: str) -> None:
    chance = moments(f"{processes} {mode}")
    for turn in range(scaled(1, 20)):
        folder = tmp_path / str(turn)

        def delay_s(line: Line, folder: Path = folder) -> float:
            """Nothing is answered before all processes have begun."""
            if line.number == 0:
                wait_for_runs(folder, processes)
            return chance.uniform(0.005, 0.03)

        with FaultServer(delay_s=delay_s) as server:
            root = make_lab(folder, server.base_url, cases=_CASES)
            running = [start(*command(mode), cwd=root) for _ in range(processes)]
            results = [finish(process, timeout_s=120) for process in running]
        assert [(result.code, result.err) for result in results] == [(0, "")] * processes
        figure("together", mode=mode, processes=processes, asked=server.asked().total())
        assert dict(server.asked()) == {f"c{case}": 1 for case in range(_CASES)}
        store = RunStore(root / ".snellen" / "runs.db")
        texts = [
            {trial.case.id: trial.response and trial.response.text for trial in store.load(name).trials}
            for name in store.ids()
        ]
        assert texts == [{f"c{case}": right_answer(f"c{case}") for case in range(_CASES)}] * processes


@pytest.mark.parametrize("mode", MODES)
def test_identical_questions_of_one_run_are_asked_once(tmp_path: Path, mode: str) -> None:
    """Two evals of the same cases, and a second case with the same picture and prompt."""
    with FaultServer() as server:
        root = make_lab(tmp_path, server.base_url)
        (root / "evals/again.eval.yaml").write_text("dataset: ../datasets/shapes\n")
        rows = root / "datasets/shapes/cases.jsonl"
        rows.write_text(rows.read_text() + rows.read_text().splitlines()[3].replace('"c3"', '"twin"') + "\n")
        result = run_here(root, mode=mode)
    assert dict(server.asked()) == {f"c{case}": 1 for case in range(20)}
    assert (len(result.run.trials), result.exit_code) == (42, 0)


@pytest.mark.parametrize("mode", MODES)
def test_a_process_goes_on_when_another_is_killed_with_a_question_on_its_way(tmp_path: Path, mode: str) -> None:
    first_asked, second_asked = threading.Event(), threading.Event()

    def reached(stage: str, line: Line) -> None:
        if stage == "request" and line.number in (7, 8):
            (first_asked if line.number == 7 else second_asked).set()

    script = {f"c{case}": ("hang", "right") for case in range(20)}
    with FaultServer(script, on_reached=reached) as server:
        root = make_lab(tmp_path, server.base_url)
        first = start(*command(mode), cwd=root)
        assert first_asked.wait(60)
        server.script.update(dict.fromkeys(server.script, ("right",)))
        second = start(*command(mode), cwd=root)
        assert second_asked.wait(60)
        first.send_signal(signal.SIGKILL)
        finish(first)
        result = finish(second)
    assert (result.code, result.err) == (0, "")
    assert max(server.asked().values()) <= 2
    assert server.asked().total() <= 20 + 8


def test_pytest_workers_share_one_folder_of_recordings(tmp_path: Path) -> None:
    cases = scaled(200, 1000)
    with FaultServer() as server:
        root = make_lab(tmp_path, server.base_url, cases=cases)
        call = [sys.executable, "-m", "pytest", "evals", "-q", "-n", "4", "-p", "no:cacheprovider"]
        environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        done = subprocess.run(  # noqa: S603  # pytest
            [*call, "--eval-responses", "missing"],
            cwd=root,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{cases} passed" in done.stdout
    assert dict(server.asked()) == {f"c{case}": 1 for case in range(cases)}
    assert kept_cases(root) == set(server.asked())


def test_a_worker_that_dies_takes_nothing_with_it(tmp_path: Path) -> None:
    eval_file = """
import os
import snellen

@snellen.cases("../datasets/shapes")
def eval_it(case, response):
    if case.id == "c5" and not os.path.exists("died"):
        open("died", "w").close()
        os._exit(9)
"""
    with FaultServer() as server:
        root = make_lab(tmp_path, server.base_url, cases=40)
        (root / "evals/shapes.eval.yaml").unlink()
        (root / "evals/eval_it.py").write_text(eval_file)
        call = [sys.executable, "-m", "pytest", "evals", "-q", "-n", "2", "-p", "no:cacheprovider"]
        environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        for code in (1, 0):
            done = subprocess.run(  # noqa: S603  # pytest
                [*call, "--eval-responses", "missing"],
                cwd=root,
                env=environ,
                capture_output=True,
                text=True,
                check=False,
                timeout=300,
            )
            assert done.returncode == code, done.stdout + done.stderr
    assert set(server.asked()) == {f"c{case}" for case in range(40)}
    assert server.asked().total() <= 40 + 8
    assert kept_cases(root) == set(server.asked())
