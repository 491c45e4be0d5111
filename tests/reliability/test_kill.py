"""A run that is killed at any moment: what had arrived is never asked again, and the next run ends well."""

from __future__ import annotations

import random
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from clikit import SNELLEN
from faultkit import FaultServer, Line, right_answer
from reliability.driver import POINTS
from reliability.lab import MODES, kept_entries, make_lab, run_here
from reliability.scale import IS_SOAK, figure, moments, scaled
from snellen.trial import Trial

_CASES, _IN_FLIGHT = 60, 8
_ALL = {f"c{number}": ("passed", right_answer(f"c{number}")) for number in range(_CASES)}
_STAGES = ("request", "first byte", "last byte")
_AHEAD = 5  # stages that a run may go on for until a kill comes that comes later
_AFTER_THE_RUN = ("the report moves to its place", "the report is in its place")
_RESENT = re.compile(r"(\d+) questions? had been sent")
_DRIVER = Path(__file__).with_name("driver.py")


class Killer:
    """Kills a process when the server has come to a stage for the n-th time, or a moment later."""

    def __init__(self, stages: tuple[str, ...], count: int, later_s: float = 0.0) -> None:
        self._stages, self._left, self._later_s = stages, count, later_s
        self._has_killed = threading.Event()
        self.process: subprocess.Popen[bytes] | None = None

    def __call__(self, stage: str, line: Line) -> None:
        if self.process is None or stage not in self._stages:
            return
        self._left -= 1
        if self._left == 0:
            threading.Timer(self._later_s, self._kill, (self.process,)).start()
        if self._left <= (-_AHEAD if self._later_s else 0):  # on a busy machine the run would end before the kill
            self._has_killed.wait(60)

    def _kill(self, process: subprocess.Popen[bytes]) -> None:
        process.kill()
        self._has_killed.set()


def command(mode: str) -> list[str]:
    return ["run", "evals", "--responses", mode, "--concurrency", str(_IN_FLIGHT), "--report", "reports/report.html"]


def kill_and_go_on(root: Path, mode: str, start: list[str], killer: Killer, chance: random.Random) -> None:
    """Runs until the kill, runs again, and once more where that is free."""

    def delay_s(_: Line) -> float:
        return chance.uniform(0, 0.02)

    with FaultServer(delay_s=delay_s, on_reached=killer) as server:
        make_lab(root, server.base_url, cases=_CASES)
        if mode == "refresh":  # what was recorded before must not pass for what is asked now
            server.script = dict.fromkeys(_ALL, ("wrong",))
            run_here(root, mode=mode)
            server.script.clear()
        server.ledger.clear()
        killer.process = subprocess.Popen(  # noqa: S603  # our own command
            [*start, *command(mode)], cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        said = killer.process.communicate(timeout=60)[1]
        assert killer.process.returncode == -signal.SIGKILL, said.decode()
        killer.process = None
        before = server.asked()
        kept = kept_anew(root)
        assert len(set(before) - kept) <= _IN_FLIGHT
        result = run_here(root, mode=mode)
        after = server.asked() - before
        assert not kept & set(after)
        assert max(server.asked().values()) <= 2
        assert server.asked().total() <= _CASES + _IN_FLIGHT
        assert {trial.case.id: (trial.outcome, said_by(trial)) for trial in result.run.trials} == _ALL
        assert (len(result.run.trials), result.exit_code) == (_CASES, 0)
        again = sum(count - 1 for count in server.asked().values())
        assert again <= told_as_resent(result.notes) <= _IN_FLIGHT
        figure("kill", mode=mode, kept=len(kept), again=again)
        if mode == "missing":
            known = len(server.ledger)
            assert run_here(root, mode=mode).exit_code == 0
            assert len(server.ledger) == known


def kept_anew(root: Path) -> set[str]:
    return {entry.case for entry in kept_entries(root) if b"It is red" in entry.body}


def said_by(trial: Trial) -> str:
    return trial.response.text if trial.response is not None else ""


def told_as_resent(notes: tuple[str, ...]) -> int:
    return sum(int(match[1]) for note in notes if (match := _RESENT.search(note)))


def scenarios(points: tuple[str, ...]) -> list[object]:
    """Each point in one mode, in a soak in all that come past it and ask no more once they are through."""
    found: list[object] = []
    for number, point in enumerate(points):
        possible = ("missing",) if point in _AFTER_THE_RUN else MODES[:2] if point.startswith("recordings") else MODES
        chosen = possible if IS_SOAK else (possible[number % len(possible)],)
        found += [pytest.param(point, mode, id=f"{point}-{mode}") for mode in chosen]
    return found


@pytest.mark.parametrize(("point", "mode"), scenarios(tuple(POINTS)))
def test_a_kill_at_a_named_point_loses_nothing(tmp_path: Path, point: str, mode: str) -> None:
    chance = moments(point + mode)
    for turn in range(scaled(1, 3)):
        start = [sys.executable, str(_DRIVER), point, str(chance.randint(1, POINTS[point][1]))]
        kill_and_go_on(tmp_path / str(turn), mode, start, Killer((), 0), chance)


@pytest.mark.parametrize(("stage", "mode"), scenarios(_STAGES))
def test_a_kill_while_bytes_are_on_the_wire_loses_nothing(tmp_path: Path, stage: str, mode: str) -> None:
    chance = moments(stage + mode)
    for turn in range(scaled(1, 5)):
        killer = Killer((stage,), chance.randint(1, _CASES - 1))  # with the last answer in hand it could end first
        kill_and_go_on(tmp_path / str(turn), mode, [SNELLEN], killer, chance)


@pytest.mark.parametrize("mode", MODES)
def test_a_kill_at_any_time_loses_nothing(tmp_path: Path, mode: str) -> None:
    chance = moments(mode)
    for turn in range(scaled(3, 60)):
        killer = Killer(_STAGES, chance.randint(1, 3 * _CASES - 10), chance.uniform(0, 0.01))
        kill_and_go_on(tmp_path / str(turn), mode, [SNELLEN], killer, chance)
