"""What a run says to the shell, with gates and without, and what a mark excuses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from snellen.analysis.gates import hold, parse_gate, skip
from snellen.analysis.verdict import Decided, exit_code_of, is_excused, tally_marks
from snellen.errors import ErrorKind
from snellen.runs.rows import TrialRow
from snellen.trial import Outcome

TODAY = "2026-11-22"


def row(
    outcome: Outcome, failure: ErrorKind | None = None, *, name: str = "signs", mark: str = "", until: str = ""
) -> TrialRow:
    latency_s = None if outcome == "error" else 1.0
    return TrialRow(
        0, name, "c", "", "m", 0, outcome, failure, latency_s, False, None, None, None, mark=mark, mark_until=until
    )  # fmt: skip


PASSED, FAILED, UNSCORED = row("passed"), row("failed"), row("unscored")
LATE, MISS, LEFT, AUTH = (row("error", kind) for kind in ("timeout", "not_recorded", "not_asked", "auth"))
KNOWN, FLAKY = row("failed", mark="known_failing", until="2026-11-22"), row("failed", mark="flaky")
EXPIRED = row("failed", mark="known_failing", until="2026-11-21")

CODES = {
    "all-passed": ([PASSED, PASSED], 0),
    "one-failed": ([PASSED, FAILED], 1),
    "all-failed": ([FAILED], 1),
    "one-unscored": ([PASSED, UNSCORED], 1),
    "failed-and-unscored": ([FAILED, UNSCORED], 1),
    "all-unscored": ([UNSCORED], 3),
    "one-not-answered": ([PASSED, LATE], 3),
    "one-not-recorded": ([PASSED, MISS], 3),
    "stopped-by-a-limit": ([PASSED, LEFT], 3),
    "failed-and-not-answered": ([FAILED, LATE], 3),
    "wrong-key": ([AUTH], 2),
    "wrong-key-beside-all-else": ([PASSED, FAILED, UNSCORED, LATE, AUTH], 2),
    "nothing": ([], 3),
    "known-failing-on-its-last-day": ([PASSED, KNOWN], 0),
    "flaky": ([PASSED, FLAKY], 0),
    "a-mark-that-has-ended": ([PASSED, EXPIRED], 1),
    "marked-and-unscored": ([PASSED, row("unscored", mark="flaky")], 0),
    "marked-and-not-answered": ([PASSED, row("error", "timeout", mark="flaky")], 3),
    "marked-beside-wrong": ([KNOWN, FAILED], 1),
    "nothing-but-known-failing": ([KNOWN], 0),
}


@pytest.mark.parametrize(("rows", "code"), CODES.values(), ids=CODES)
def test_exit_code_without_gates(rows: list[TrialRow], code: int) -> None:
    assert exit_code_of(rows, today=TODAY) == code


def decided(rows: list[TrialRow], *gates: str) -> list[Decided]:
    parsed = [parse_gate(gate) for gate in gates]
    return [Decided(gate, hold(gate, rows, today=TODAY)) for gate in parsed]


GATED = {
    "held": ([PASSED, FAILED], ["accuracy >= 50%"], 0),
    "failed": ([PASSED, FAILED], ["accuracy > 50%"], 1),
    "one-of-two-failed": ([PASSED, FAILED], ["accuracy >= 50%", "failed == 0"], 1),
    "errors-that-no-gate-allows": ([PASSED, LATE], ["accuracy >= 50%"], 3),
    "errors-that-a-gate-allows": ([PASSED, LATE], ["errors <= 1"], 0),
    "more-errors-than-a-gate-allows": ([PASSED, LATE, MISS], ["errors <= 1"], 3),
    "errors-of-another-tag-are-not-allowed": ([PASSED, LATE], ["errors <= 1 tags till"], 3),
    "never-asked-is-never-allowed": ([PASSED, LEFT], ["errors <= 9"], 3),
    "an-allowed-error-beside-a-failed-gate": ([PASSED, LATE], ["errors <= 1", "passed >= 2"], 1),
    "nothing-was-scored": ([UNSCORED], ["errors == 0", "unscored <= 100%"], 3),
    "only-errors": ([LATE], ["errors <= 5"], 3),
    "wrong-key": ([PASSED, AUTH], ["errors <= 5"], 2),
    "nothing-at-all": ([], ["errors == 0"], 3),
}


@pytest.mark.parametrize(("rows", "gates", "code"), GATED.values(), ids=GATED)
def test_exit_code_with_gates(rows: list[TrialRow], gates: list[str], code: int) -> None:
    assert exit_code_of(rows, decided=decided(rows, *gates), today=TODAY) == code


def test_gates_of_one_eval_leave_the_cases_of_another_to_themselves() -> None:
    rows = [row("passed", name="signs"), row("failed", name="signs"), row("failed", name="till")]
    gate = parse_gate("accuracy >= 50%")
    own = replace(gate, scope=replace(gate.scope, eval="signs"))
    of_signs = [Decided(own, hold(own, rows, today=TODAY))]
    assert exit_code_of(rows, decided=of_signs, today=TODAY) == 1
    assert exit_code_of(rows[:2], decided=of_signs, today=TODAY) == 0


def test_a_run_that_a_limit_ended_is_incomplete_though_every_response_came() -> None:
    """The judge of the unscored one was not asked: that is no wrong answer."""
    rows = [PASSED, UNSCORED]
    assert exit_code_of(rows, today=TODAY, is_stopped=True) == 3
    assert exit_code_of([AUTH], today=TODAY, is_stopped=True) == 2
    assert exit_code_of(rows, decided=decided(rows, "errors <= 5"), today=TODAY, is_stopped=True) == 0
    assert exit_code_of(rows, decided=decided(rows, "accuracy >= 0.9"), today=TODAY, is_stopped=True) == 3


def test_a_gate_that_was_not_decided_fails_nothing_and_allows_nothing() -> None:
    of_shard = [skip(parse_gate("errors <= 1"), "this is only shard 1/2 of the run")]
    assert exit_code_of([PASSED, FAILED], decided=of_shard, today=TODAY) == 0
    assert exit_code_of([PASSED, LATE], decided=of_shard, today=TODAY) == 3


def test_a_mark_holds_through_its_last_day() -> None:
    days = ["", "2026-11-21", TODAY, "2026-11-23"]
    assert [is_excused("flaky", day, today=TODAY) for day in days] == [True, False, True, True]
    assert not is_excused("", "", today=TODAY)


def test_marked_trials_are_counted_apart() -> None:
    rows = [PASSED, FAILED, KNOWN, row("passed", mark="known_failing"), row("error", "io", mark="flaky"), EXPIRED]
    tally = tally_marks(rows, today=TODAY)
    known, flaky = tally.known_failing, tally.flaky
    assert (known.trials, known.passed, known.wrong, known.error) == (2, ["signs[c-m]"], ["signs[c-m]"], 0)
    assert (flaky.trials, flaky.passed, flaky.wrong, flaky.error) == (1, [], [], 1)
    assert tally.expired == [("signs[c-m]", "2026-11-21")]
