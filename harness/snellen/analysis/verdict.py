"""What a run says to the shell."""

from __future__ import annotations

from collections.abc import Iterable

from snellen.errors import ErrorKind
from snellen.trial import Outcome

__all__ = ["exit_code_of"]


def exit_code_of(ends: Iterable[tuple[Outcome, ErrorKind | None]]) -> int:
    """The exit code of `snellen`: what cannot be trusted to be complete weighs more than what is wrong.

    Args:
        ends: Outcome of each trial, and the error's kind of those that have no response.

    Returns:
        0: everything scored and right. 1: cases failed or were unscored. 2: a model refused the key.
        3: some cases have no response, or nothing was scored at all.
    """
    found = set(ends)
    outcomes = {outcome for outcome, _ in found}
    if any(kind == "auth" for _, kind in found):
        return 2
    if "error" in outcomes or not {"passed", "failed"} & outcomes:
        return 3
    return 0 if outcomes == {"passed"} else 1
