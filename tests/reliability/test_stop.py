"""A run that is told to end: it asks nothing more, keeps what is on its way, and says how to go on."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from clikit import Finished, finish, start
from faultkit import FaultServer, Line
from reliability.lab import MODES, kept_cases, make_lab, run_here
from reliability.scale import moments, scaled

_CASES, _IN_FLIGHT = 40, 8
_HANGING = {f"c{case}": ("hang", "right") for case in range(_CASES)}
_SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143}


class Signaller:
    """Sends signals to a process when the server was asked so many times."""

    def __init__(self, number: signal.Signals, at: int) -> None:
        self._number, self._at = number, at
        self.process: subprocess.Popen[str] | None = None
        self.asked_then = 0

    def __call__(self, stage: str, line: Line) -> None:
        if self.process is not None and stage == "request" and line.number == self._at:
            self.asked_then = line.number + 1
            self.process.send_signal(self._number)


def run_until(root: Path, signaller: Signaller, *, mode: str, **environ: str) -> Finished:
    call = ("run", "evals", "--responses", mode, "--concurrency", str(_IN_FLIGHT))
    signaller.process = start(*call, cwd=root, environ=environ)
    return finish(signaller.process)


@pytest.mark.parametrize("number", _SIGNALS, ids=lambda number: number.name)
@pytest.mark.parametrize("mode", MODES)
def test_a_stopped_run_keeps_what_was_on_its_way(tmp_path: Path, mode: str, number: signal.Signals) -> None:
    chance = moments(f"{mode} {number}")
    for turn in range(scaled(1, 4)):
        signaller = Signaller(number, chance.randint(_IN_FLIGHT, _CASES - 2 * _IN_FLIGHT))
        with FaultServer(delay_s=lambda _: chance.uniform(0.02, 0.08), on_reached=signaller) as server:
            root = make_lab(tmp_path / str(turn), server.base_url, cases=_CASES)
            result = run_until(root, signaller, mode=mode)
            assert (result.code, "Traceback" in result.err) == (_SIGNALS[number], False), result.err
            assert "To go on: " in result.out
            asked = server.asked()
            assert asked.total() <= signaller.asked_then + _IN_FLIGHT
            assert kept_cases(root) == set(asked)
            assert run_here(root, mode=mode).exit_code == 0
            assert dict(server.asked()) == {f"c{case}": 1 for case in range(_CASES)}


@pytest.mark.parametrize("number", _SIGNALS, ids=lambda number: number.name)
def test_what_never_answers_is_waited_for_as_long_as_the_grace_lasts(tmp_path: Path, number: signal.Signals) -> None:
    signaller = Signaller(number, _IN_FLIGHT - 1)
    with FaultServer(_HANGING, on_reached=signaller) as server:
        root = make_lab(tmp_path, server.base_url, cases=_CASES)
        result = run_until(root, signaller, mode="missing", SNELLEN_GRACE_S="0.3")
        assert (result.code, len(server.ledger)) == (_SIGNALS[number], _IN_FLIGHT)
        assert kept_cases(root) == set()
        server.script.clear()
        again = run_here(root, mode="missing")
    assert (again.exit_code, len(server.ledger)) == (0, _CASES + 8)
    assert any("8 questions had been sent" in note for note in again.notes)


def test_a_second_signal_ends_the_run_at_once(tmp_path: Path) -> None:
    signaller = Signaller(signal.SIGINT, _IN_FLIGHT - 1)
    with FaultServer(_HANGING, on_reached=signaller) as server:
        root = make_lab(tmp_path, server.base_url, cases=_CASES)
        call = ("run", "evals", "--responses", "missing", "--concurrency", str(_IN_FLIGHT))
        with start(*call, cwd=root, environ={"SNELLEN_GRACE_S": "3600"}) as process:
            signaller.process = process
            assert process.stderr is not None
            said = ""
            while "interrupt again" not in said and (line := process.stderr.readline()):
                said += line
            process.send_signal(signal.SIGINT)
            result = finish(process, timeout_s=30)
        assert (result.code, "Traceback" in said + result.err) == (130, False), said + result.err
        assert len(server.ledger) == _IN_FLIGHT


LIMITS = {
    "calls": (("--max-calls", "7"), {}, 7),
    "calls-of-retries": (("--max-calls", "3"), {"c0": ("500",)}, 3),
    "errors": (("--max-errors", "2"), {f"c{case}": ("400",) for case in range(40)}, 3),
    "error-share": (("--max-errors", "50%"), {f"c{case}": ("400",) for case in range(40)}, 20),
}


@pytest.mark.parametrize(("flags", "script", "most"), LIMITS.values(), ids=LIMITS)
def test_a_limit_ends_the_run_and_the_rest_is_reported_as_not_asked(
    tmp_path: Path, flags: tuple[str, ...], script: Mapping[str, tuple[str, ...]], most: int
) -> None:
    with FaultServer(script) as server:
        root = make_lab(tmp_path, server.base_url, cases=_CASES)
        result = finish(start("run", "evals", "--responses", "missing", "--concurrency", "1", *flags, cwd=root))
        assert (result.code, len(server.ledger)) == (3, most), result.err
        assert "NOT ASKED" in result.out
        assert f"{flags[0]} {flags[1]}" in result.out
        server.script.clear()
        answered = {line.case for line in server.ledger if line.behaviour == "right"}
        assert run_here(root, mode="missing").exit_code == 0
        assert all(server.asked()[case] == 1 for case in answered)
    assert kept_cases(root) == {f"c{case}" for case in range(_CASES)}


def test_a_limit_of_cost_is_not_overrun(tmp_path: Path) -> None:
    """An answer costs 100 tokens in and 10 out: 0.0012 USD at these prices, so eight of them cost less than 0.01."""
    with FaultServer() as server:
        root = make_lab(tmp_path, server.base_url, cases=_CASES)
        pyproject = root / "pyproject.toml"
        price = "price = { input = 10.0, output = 20.0 }\nname ="
        pyproject.write_text(pyproject.read_text().replace("name =", price, 1))
        result = finish(start("run", "evals", "--responses", "live", "--max-cost", "0.01", cwd=root))
        assert result.code == 3, result.err
        assert 1 <= len(server.ledger) <= 8
        assert "--max-cost 0.01 USD is reached" in result.out
