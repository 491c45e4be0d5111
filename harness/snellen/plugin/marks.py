"""How pytest is told of an answer that is wrong and does not decide: as an xfail, with the reason."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from snellen._text import printable
from snellen.analysis.gates import Gate
from snellen.analysis.verdict import is_excused
from snellen.case import Mark
from snellen.plugin.failures import with_line
from snellen.plugin.items import JudgedItem
from snellen.trial import Trial

__all__ = ["excuse"]

_MOST_GATES = 3


def excuse(
    report: pytest.TestReport,
    item: JudgedItem,
    *,
    gates: Sequence[Gate],
    today: str,
    runs_xfail: bool,
) -> None:
    """Turns the report of a trial that decides nothing into an xfail or xpass; any other is left as it is.

    A wrong answer decides nothing while its case is marked, or when gates decide in its stead; a missing one only when
    a gate on errors does. What a fixture raised is always what it is.

    Args:
        report: Of one phase of the item.
        item: With its trial.
        gates: That decide about it.
        today: ISO date.
        runs_xfail: Whether marks mean nothing, as --runxfail says.
    """
    trial = item.result
    if not isinstance(trial, Trial) or report.when == "teardown":
        return
    if report.when == "setup" and trial.outcome != "error":
        return  # the answer is there: a fixture broke
    mark = trial.case.mark
    holds = mark is not None and is_excused(mark.kind, mark.until, today=today)
    is_known = holds and not runs_xfail and mark is not None and mark.kind == "known_failing"
    if report.failed:
        why = _why(trial, mark if holds and not runs_xfail else None, gates)
        if why:
            report.outcome = "skipped"
            report.wasxfail = printable(why)
        elif mark is not None and not holds and trial.outcome in ("failed", "unscored"):
            line = f"  mark     {printable(_named(mark))}, which has ended"
            report.longrepr = with_line(report.longrepr, line)
    elif report.when == "call" and report.passed and trial.outcome == "passed" and mark is not None and is_known:
        report.wasxfail = printable(f"it passes now, so remove the mark: {_named(mark)}")


def _why(trial: Trial, mark: Mark | None, gates: Sequence[Gate]) -> str:
    """Why a trial that did not pass decides nothing; empty when it does decide."""
    if trial.outcome == "error":
        gates = [gate for gate in gates if gate.measure == "errors" and _is_about(gate, trial)]
        return f"no response; {_decided_by(gates)}" if gates else ""
    if trial.outcome == "passed":
        return ""
    if mark is not None:
        return _named(mark)
    return f"{trial.outcome}; {_decided_by(gates)}" if gates else ""


def _is_about(gate: Gate, trial: Trial) -> bool:
    return gate.scope.takes(eval=trial.eval, tags=trial.case.tags, model=trial.model, variant=trial.variant)


def _decided_by(gates: Sequence[Gate]) -> str:
    names = ", ".join(gate.text for gate in gates[:_MOST_GATES]) + (", …" if len(gates) > _MOST_GATES else "")
    return f"{'its gate decides' if len(gates) == 1 else 'its gates decide'}: {names}"


def _named(mark: Mark) -> str:
    reason = f": {mark.reason}" if mark.reason else ""
    return f"{mark.kind.replace('_', ' ')}{reason}{f' (until {mark.until})' if mark.until else ''}"
