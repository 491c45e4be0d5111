"""One case of twenty goes wrong on the wire: it ends as the table says, and the others are as if nothing was."""

from __future__ import annotations

from pathlib import Path

import pytest

from faultkit import FaultServer, right_answer
from reliability.faults import FAULTS, RETRIES, TIMEOUT_S, Fault
from reliability.lab import KEY, Naps, make_lab, run_here, sockets
from snellen.session import RunResult
from snellen.trial import Trial

_CASES = 20
_PLACES = {"first": 0, "middle": 9, "last": 19}


@pytest.mark.parametrize("concurrency", [1, 8], ids=["one-at-a-time", "eight-at-once"])
@pytest.mark.parametrize("place", _PLACES)
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_stays_with_its_case(tmp_path: Path, fault: Fault, place: str, concurrency: int) -> None:
    bad, naps, before = f"c{_PLACES[place]}", Naps(), sockets()
    with FaultServer({bad: fault.script}) as server:
        root = make_lab(tmp_path, server.base_url, timeout_s=TIMEOUT_S if fault.is_slow else 60, retries=RETRIES)
        result = run_here(root, concurrency=concurrency, naps=naps)
    trials = {trial.case.id: trial for trial in result.run.trials}
    assert sorted(trial.case.id for trial in result.run.trials) == sorted(f"c{number}" for number in range(_CASES))
    assert_ended(trials.pop(bad), fault)
    assert server.asked()[bad] == fault.requests
    assert result.exit_code == fault.code
    assert_ledger(result, server)
    if fault.ends_run:
        assert_stopped(trials, server, bad, fault, concurrency)
    else:
        assert {case: trial.outcome for case, trial in trials.items()} == dict.fromkeys(trials, "passed")
        assert {case: said(trial) for case, trial in trials.items()} == {case: right_answer(case) for case in trials}
        assert all(server.asked()[case] == 1 for case in trials)
    assert server.strangers == []
    assert all(any(slept >= wait for slept in naps.taken) for wait in fault.waits)
    assert max(naps.taken, default=0) <= 60 + 8  # the cap, and our own wait on top
    assert KEY not in repr(result.run)
    assert sockets() == before


def said(trial: Trial) -> str:
    return trial.response.text if trial.response is not None else ""


def assert_ended(trial: Trial, fault: Fault) -> None:
    kind = trial.failure.kind if trial.failure is not None else None
    stop = trial.response.stop if trial.response is not None else None
    assert (trial.outcome, kind, stop) == (fault.outcome, fault.kind, fault.stop)
    assert sum(attempt.may_be_billed for attempt in trial.attempts) == fault.may_be_billed


def assert_ledger(result: RunResult, server: FaultServer) -> None:
    """What the run says it sent is what arrived."""
    told = {trial.case.id: len(trial.attempts) for trial in result.run.trials if trial.attempts}
    assert told == dict(server.asked())


def assert_stopped(trials: dict[str, Trial], server: FaultServer, bad: str, fault: Fault, concurrency: int) -> None:
    """Cases that were on their way are answered; all others were not asked, and say why."""
    outcomes = {case: trial.outcome for case, trial in trials.items()}
    asked = set(server.asked()) - {bad}
    assert outcomes == {case: "passed" if case in asked else "error" for case in trials}
    unasked = [trial.failure for case, trial in trials.items() if case not in asked]
    assert all(failure is not None and failure.message.startswith("not asked") for failure in unasked)
    when = next(line.number for line in server.ledger if line.case == bad)
    assert len(server.ledger) <= when + 2 * concurrency


@pytest.mark.parametrize("behaviour", ["500", "reset", "empty", "400", "401"])
def test_a_run_in_which_nothing_was_scored_never_ends_well(tmp_path: Path, behaviour: str) -> None:
    with FaultServer({f"c{number}": (behaviour,) for number in range(_CASES)}) as server:
        result = run_here(make_lab(tmp_path, server.base_url))
    assert {trial.outcome for trial in result.run.trials} == {"error"}
    assert result.exit_code == (2 if behaviour == "401" else 3)
    assert_ledger(result, server)


def test_a_server_that_is_not_there_is_a_network_error_for_every_case(tmp_path: Path) -> None:
    with FaultServer() as server:
        pass  # its port is free again, and refuses
    result = run_here(make_lab(tmp_path, server.base_url, retries=1))
    assert {trial.failure and trial.failure.kind for trial in result.run.trials} == {"network"}
    assert all(
        "could not be reached" in (trial.failure.message if trial.failure else "") for trial in result.run.trials
    )
    assert (result.exit_code, server.ledger) == (3, [])
    assert not any(attempt.may_be_billed for trial in result.run.trials for attempt in trial.attempts)
