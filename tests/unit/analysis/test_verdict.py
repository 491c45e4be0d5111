"""What a run says to the shell."""

from __future__ import annotations

import pytest

from snellen.analysis.verdict import exit_code_of
from snellen.errors import ErrorKind
from snellen.trial import Outcome

End = tuple[Outcome, ErrorKind | None]

PASSED: End = ("passed", None)
FAILED: End = ("failed", None)
UNSCORED: End = ("unscored", None)
LATE: End = ("error", "timeout")
MISS: End = ("error", "not_recorded")
LEFT: End = ("error", "not_asked")
AUTH: End = ("error", "auth")

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
}


@pytest.mark.parametrize(("ends", "code"), CODES.values(), ids=CODES)
def test_exit_code(ends: list[End], code: int) -> None:
    assert exit_code_of(ends) == code
