"""The engine beside pytest: jobs are handed to it at once on its own thread, items wait for their own result."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterable, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from snellen._clock import elapsed_since, monotonic
from snellen.errors import ModelError
from snellen.runner.engine import Engine, Result
from snellen.runner.plan import Job
from snellen.trial import Trial

__all__ = ["Prefetch"]

_T = TypeVar("_T")
_NOTICE_S = 1.0  # a wait that is longer is told about, once in so many seconds


class Prefetch:
    """Runs an engine on a thread of its own, which is started with the first job.

    Attributes:
        planned: Jobs that were handed over.
        fetched: How many of them have a result; once nothing more is asked, only responses count.
    """

    def __init__(self, engine: Engine, *, grace_s: float, is_replay: bool) -> None:
        """Starts nothing yet.

        Args:
            engine: To be run; it belongs to the thread from then on.
            grace_s: How long what is in flight is waited for when the session ends early.
            is_replay: Nothing is ever asked, so there is nothing to wait for: jobs are settled where they are wanted.
        """
        self._engine = engine
        self._grace_s = grace_s
        self._is_replay = is_replay
        self._one_at_a_time = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="snellen-engine", daemon=True)
        self._changed = threading.Condition()
        self._results: dict[int, Result] = {}
        self._awaited: int | None = None
        self._end: BaseException | None = None
        self._streaming: Future[None] | None = None
        self._handed_over: set[int] = set()
        self.planned = 0
        self.fetched = 0

    def start(self, lanes: Sequence[Sequence[Job]]) -> None:
        """Begins to settle all jobs, several at a time, the lanes beside one another."""
        self._handed_over = {id(job) for jobs in lanes for job in jobs}
        self.planned = len(self._handed_over)
        self._streaming = self._submit(self._stream(lanes))

    def result_of(self, job: Job, *, on_wait: Callable[[], None] = lambda: None) -> Result:
        """The result of `job`, waiting for it, and given once; a job that was not handed over is settled now.

        Args:
            job: What an item is about.
            on_wait: Called about once a second while it is waited for.

        Raises:
            SnellenError: What ended the whole run.
        """
        if id(job) not in self._handed_over:
            return self.settle(job)
        result = self._results.get(id(job))
        if result is None:
            self._wait_for(id(job), on_wait)
            if id(job) not in self._results:
                assert self._end is not None  # noqa: S101  # else it would still be waited for
                raise self._end
        self._handed_over.discard(id(job))  # a second asking, as by a plugin that runs items again, is settled anew
        return self._results.pop(id(job))

    def settle(self, job: Job) -> Result:
        """The result of a job that nobody planned."""
        if self._is_replay:
            with self._one_at_a_time:
                return _at_once(self._engine.settle(job))
        return self._submit(self._engine.settle(job)).result()

    def close(self, *, on_wait: Callable[[int], None] = lambda _: None) -> None:
        """Sends nothing more, waits for what is in flight as long as the grace time, and closes the engine.

        Args:
            on_wait: Called with the number of requests in flight when there are any. An interrupt while they are
                waited for ends them.
        """
        try:
            if self._streaming is not None:
                self._wait_for_stream(self._streaming, on_wait)
            self._submit(self._engine.aclose()).result()
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def _wait_for(self, job: int, on_wait: Callable[[], None]) -> None:
        with self._changed:
            self._awaited = job
            begun = monotonic()
            while not self._changed.wait_for(lambda: job in self._results or self._end is not None, _NOTICE_S):
                if elapsed_since(begun) >= _NOTICE_S:
                    on_wait()
            self._awaited = None

    def _wait_for_stream(self, streaming: Future[None], on_wait: Callable[[int], None]) -> None:
        if not streaming.done():
            in_flight = self._engine.in_flight
            self._loop.call_soon_threadsafe(self._wind_up)
            try:
                if in_flight:
                    on_wait(in_flight)
                streaming.exception()
            except KeyboardInterrupt:
                self._loop.call_soon_threadsafe(self._engine.give_up)
        streaming.exception()

    def _wind_up(self) -> None:
        self._engine.stop("the session ended", leave_rest=True)
        self._loop.call_later(self._grace_s, self._engine.give_up)

    def _submit(self, work: Coroutine[Any, Any, _T]) -> Future[_T]:
        if not self._thread.is_alive():
            self._thread.start()
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _stream(self, lanes: Sequence[Iterable[Job]]) -> None:
        end: BaseException = ModelError("not asked: the session ended", kind="not_asked")
        try:
            async for job, result in self._engine.stream(*lanes):
                self.fetched += not self._engine.stop_reason or _is_response(result)
                self._results[id(job)] = result
                if self._awaited == id(job):
                    self._tell()
        except BaseException as error:
            end = error if isinstance(error, Exception) else end
            raise
        finally:
            self._end = end
            self._tell()

    def _tell(self) -> None:
        with self._changed:
            self._changed.notify_all()


def _is_response(result: Result) -> bool:
    return isinstance(result, Trial) and result.response is not None


def _at_once(work: Coroutine[Any, Any, _T]) -> _T:
    """What a coroutine that waits for nothing gives; no loop is needed, and a handover to a thread costs more."""
    try:
        work.send(None)
    except StopIteration as done:
        value: _T = done.value
        return value
    work.close()
    raise AssertionError("a replay waited for something")
