"""The engine beside pytest: jobs are handed to it at once on its own thread, items wait for their own result."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from concurrent.futures import CancelledError, Future
from typing import Any, TypeVar

from snellen.runner.engine import Engine, Result
from snellen.runner.plan import Job

__all__ = ["Prefetch"]

_T = TypeVar("_T")


class Prefetch:
    """Runs an engine on a thread. Not started until the first result is wanted or jobs are handed over."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="snellen-engine", daemon=True)
        self._results: dict[int, Future[Result]] = {}
        self._streaming: Future[None] | None = None

    def start(self, jobs: Sequence[Job]) -> None:
        """Begins to settle all `jobs`, several at a time."""
        self._results = {id(job): Future() for job in jobs}
        self._streaming = self._submit(self._stream(jobs))

    def result_of(self, job: Job) -> Result:
        """The result of `job`, waiting for it; a job that was not handed over is settled now.

        Raises:
            SnellenError: What ended the whole run.
        """
        future = self._results.get(id(job))
        return self.settle(job) if future is None else future.result()

    def settle(self, job: Job) -> Result:
        """The result of a job that nobody planned."""
        return self._submit(self._engine.settle(job)).result()

    def close(self) -> None:
        """Ends what is not needed any more and closes the engine: recordings are folded, connections closed."""
        if self._streaming is not None:
            self._streaming.cancel()
        try:
            self._submit(self._engine.aclose()).result()
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def _submit(self, work: Coroutine[Any, Any, _T]) -> Future[_T]:
        if not self._thread.is_alive():
            self._thread.start()
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _stream(self, jobs: Sequence[Job]) -> None:
        try:
            async for job, result in self._engine.stream(jobs):
                self._results[id(job)].set_result(result)
        except BaseException as error:
            self._give_up(error)
            raise

    def _give_up(self, error: BaseException) -> None:
        reason = CancelledError() if isinstance(error, asyncio.CancelledError) else error
        for future in self._results.values():
            if not future.done():
                future.set_exception(reason)
