"""What an eval's items have in common, whether they come from Python or YAML."""

from __future__ import annotations

from typing import Any

import pytest

from snellen._text import printable
from snellen.errors import SnellenError
from snellen.plugin.failures import NoResponseError, WrongAnswerError
from snellen.runner.engine import Result
from snellen.runner.plan import Job
from snellen.trial import Skipped, Trial

__all__ = ["JudgedItem"]


class JudgedItem(pytest.Item):
    """An item that waits for its response, keeps what became of it and fails readably.

    Attributes:
        job: What is asked.
        place: Position in the session, the order of the report.
        result: The trial, or why there is none; None until it is known and after it was taken.
    """

    job: Job
    place: int = 0
    result: Result | None = None

    def await_trial(self, found: Result) -> Trial:
        """The trial in `found`; a skipped job skips the item, a missing response is pytest's error, not a failure."""
        self.result = found
        if isinstance(found, Skipped):
            pytest.skip(found.reason)
        if found.failure is not None:
            raise NoResponseError(found.failure)
        return found

    def check(self, trial: Trial) -> None:
        """Fails the item unless its trial passed."""
        self.result = trial
        if trial.outcome != "passed":
            raise WrongAnswerError(trial)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any, **kwargs: Any) -> Any:
        """The failure in our words, without the cost of a traceback; anything else as pytest shows it."""
        said = self.said(excinfo)
        return super().repr_failure(excinfo, *args, **kwargs) if said is None else said

    def said(self, excinfo: pytest.ExceptionInfo[BaseException]) -> str | None:
        """The failure in our words, None when it is not one of ours."""
        ours = isinstance(excinfo.value, NoResponseError | SnellenError | WrongAnswerError)
        return printable(str(excinfo.value)) if ours else None
