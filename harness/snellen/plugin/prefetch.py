"""The engine beside pytest: jobs are handed to it at once on its own thread, items wait for their own result."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterable, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from snellen.errors import ModelError
from snellen.runner.engine import Engine, Result
from snellen.runner.plan import Job

__all__ = ["Prefetch"]

_T = TypeVar("_T")
_NOTICE_S = 1.0  # a wait that is longer is told about, once in so many seconds


class Prefetch:
    """Runs an engine on a thread. Not started until the first result is wanted or jobs are handed over.

    Attributes:
        planned: Jobs that were handed over.
        fetched: How many of them have a result.
    """

    def __init__(self, engine: Engine, *, grace_s: float) -> None:
        """Starts nothing yet.

        Args:
            engine: To be run; it belongs to the thread from then on.
            grace_s: How long what is in flight is waited for when the session ends early.
        """
        self._engine = engine
        self._grace_s = grace_s
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="snellen-engine", daemon=True)
        self._results: dict[int, Future[Result]] = {}
        self._streaming: Future[None] | None = None
        self.planned = 0
        self.fetched = 0

    def start(self, lanes: Sequence[Sequence[Job]]) -> None:
        """Begins to settle all jobs, several at a time, the lanes beside one another."""
        self._results = {id(job): Future() for jobs in lanes for job in jobs}
        self.planned = len(self._results)
        self._streaming = self._submit(self._stream(lanes))

    def result_of(self, job: Job, *, on_wait: Callable[[], None] = lambda: None) -> Result:
        """The result of `job`, waiting for it; a job that was not handed over is settled now.

        Args:
            job: What an item is about.
            on_wait: Called about once a second while it is waited for.

        Raises:
            SnellenError: What ended the whole run.
        """
        future = self._results.pop(id(job), None)
        if future is None:
            return self.settle(job)
        while True:
            try:
                return future.result(timeout=_NOTICE_S)
            except TimeoutError:
                on_wait()

    def settle(self, job: Job) -> Result:
        """The result of a job that nobody planned."""
        return self._submit(self._engine.settle(job)).result()

    @property
    def is_done(self) -> bool:
        """Whether everything that was handed over is settled."""
        return self.fetched == self.planned

    def close(self) -> None:
        """Sends nothing more, waits for what is in flight as long as the grace time, and closes the engine."""
        if self._streaming is not None and not self._streaming.done():
            self._loop.call_soon_threadsafe(self._wind_up)
        try:
            if self._streaming is not None:
                self._streaming.exception()
            self._submit(self._engine.aclose()).result()
        finally:
            if self._thread.is_alive():
                self._loop.call_soon_threadsafe(self._loop.stop)
                self._thread.join()
            self._loop.close()

    def _wind_up(self) -> None:
        self._engine.stop("the session ended", leave_rest=True)
        self._loop.call_later(self._grace_s, self._engine.give_up)

    def _submit(self, work: Coroutine[Any, Any, _T]) -> Future[_T]:
        if not self._thread.is_alive():
            self._thread.start()
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _stream(self, lanes: Sequence[Iterable[Job]]) -> None:
        waiting = dict(self._results)
        try:
            async for job, result in self._engine.stream(*lanes):
                self.fetched += 1
                waiting.pop(id(job)).set_result(result)
        except BaseException as error:
            _give_up(waiting.values(), error)
            raise
        _give_up(waiting.values(), ModelError("not asked: the session ended", kind="not_asked"))


def _give_up(futures: Iterable[Future[Result]], error: BaseException) -> None:
    for future in futures:
        future.set_exception(error if isinstance(error, Exception) else asyncio.CancelledError())
