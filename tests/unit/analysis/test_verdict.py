"""What a run says to the shell."""

from __future__ import annotations

import pytest

from snellen.analysis.verdict import exit_code_of
from snellen.case import Case, ImageRef
from snellen.trial import Failure, Outcome, Run, RunFacts, Skipped, Trial

_FACTS = RunFacts(id="r", title="t", started_at="2026-11-22T17:05:00Z", duration_s=1.0, mode="live")


def trial(outcome: Outcome, kind: str = "timeout") -> Trial:
    case = Case(id="c", prompt="?", images=(ImageRef(data=b"x", name="x"),))
    failure = Failure(kind=kind, message="m") if outcome == "error" else None  # type: ignore[arg-type]  # a literal below
    return Trial(eval="e", case=case, model="m", prompt="?", outcome=outcome, failure=failure)


PASSED, FAILED, UNSCORED = trial("passed"), trial("failed"), trial("unscored")
LATE, MISS, AUTH = trial("error"), trial("error", "not_recorded"), trial("error", "auth")

CODES = {
    "all-passed": ([PASSED, PASSED], 0),
    "one-failed": ([PASSED, FAILED], 1),
    "all-failed": ([FAILED], 1),
    "one-unscored": ([PASSED, UNSCORED], 1),
    "failed-and-unscored": ([FAILED, UNSCORED], 1),
    "all-unscored": ([UNSCORED], 3),
    "one-not-answered": ([PASSED, LATE], 3),
    "one-not-recorded": ([PASSED, MISS], 3),
    "failed-and-not-answered": ([FAILED, LATE], 3),
    "wrong-key": ([AUTH], 2),
    "wrong-key-beside-all-else": ([PASSED, FAILED, UNSCORED, LATE, AUTH], 2),
    "nothing": ([], 3),
}


@pytest.mark.parametrize(("trials", "code"), CODES.values(), ids=CODES)
def test_exit_code(trials: list[Trial], code: int) -> None:
    assert exit_code_of(Run(facts=_FACTS, trials=tuple(trials))) == code


def test_skipped_cases_alone_are_no_success() -> None:
    skipped = (Skipped(eval="e", case_id="c", model="m", reason="r"),)
    assert exit_code_of(Run(facts=_FACTS, trials=(), skipped=skipped)) == 3
    assert exit_code_of(Run(facts=_FACTS, trials=(PASSED,), skipped=skipped)) == 0
