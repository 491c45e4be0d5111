"""What a run says to the shell."""

from __future__ import annotations

from snellen.trial import Run

__all__ = ["exit_code_of"]


def exit_code_of(run: Run) -> int:
    """The exit code of `snellen`: what cannot be trusted to be complete weighs more than what is wrong.

    Returns:
        0: everything scored and right. 1: cases failed or were unscored. 2: a model refused the key.
        3: some cases have no response, or nothing was scored at all.
    """
    outcomes = [trial.outcome for trial in run.trials]
    if any(trial.failure is not None and trial.failure.kind == "auth" for trial in run.trials):
        return 2
    if "error" in outcomes or not {"passed", "failed"} & set(outcomes):
        return 3
    return 0 if all(outcome == "passed" for outcome in outcomes) else 1
