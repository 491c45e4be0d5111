"""Whether a model answers at all: one that fails case after case is paused, and then left alone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from snellen.models.spec import ModelSpec
from snellen.trial import Failure

__all__ = ["Health"]

_TOO_MANY = 25  # cases in a row, each of which was asked as often as `retries` allows
_PAUSE_S = 30.0
_OF_THE_SERVER = ("network", "rate_limited", "server_error", "timeout")


class Health:
    """What is known of one model in this run.

    Attributes:
        failure: Why nothing more is asked of it; None while it is asked.
    """

    def __init__(self, spec: ModelSpec) -> None:
        """Nothing is known yet."""
        self.failure: Failure | None = None
        self._spec = spec
        self._in_a_row = 0
        self._has_answered = False
        self._has_paused = False
        self._goes_on: asyncio.Event | None = None

    async def ready(self) -> None:
        """Waits while the model is paused."""
        if self._goes_on is not None:
            await self._goes_on.wait()

    def give_up(self, failure: Failure) -> None:
        """Has nothing more asked of it: the same failure would come again."""
        message = f"not asked, because {self._spec.key} cannot be asked: {failure.message}"
        self.failure = Failure(kind="not_asked", message=message)

    async def take(self, failure: Failure | None, *, sleep: Callable[[float], Awaitable[object]]) -> None:
        """Takes in how a question ended; a server that answered before and fails now gets a pause to recover, once."""
        if failure is None:
            self._in_a_row, self._has_answered = 0, True
        elif failure.kind in _OF_THE_SERVER and self._goes_on is None:
            self._in_a_row += 1
        if failure is None or self._in_a_row < _TOO_MANY or self.failure is not None:
            return
        if self._has_answered and not self._has_paused:
            await self._pause(sleep)
        else:
            said = failure.message.partition("\n")[0]
            what = f"{self._spec.key} failed {_TOO_MANY} cases in a row"
            self.failure = Failure(kind="not_asked", message=f"not asked: {what}, the last one so: {said}")

    async def _pause(self, sleep: Callable[[float], Awaitable[object]]) -> None:
        self._has_paused, self._goes_on = True, asyncio.Event()
        try:
            await sleep(_PAUSE_S)
        finally:
            self._goes_on.set()
            self._goes_on, self._in_a_row = None, 0
