"""One run from a plan to results, for callers that want it done: the command line and notebooks."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from snellen.runner.engine import Engine, Result
from snellen.runner.evals import Eval
from snellen.runner.judge import with_body_score
from snellen.runner.plan import Job, Survey, plan
from snellen.runner.settings import Settings
from snellen.trial import Trial

__all__ = ["Interruption", "run_evals"]

_T = TypeVar("_T")


class Interruption:
    """Whether and how a run was told to end.

    Attributes:
        signal: The signal's number, None while nobody interrupted.
    """

    def __init__(self, engine: Engine, *, grace_s: float, on_interrupt: Callable[[str], None]) -> None:
        """Nobody has interrupted yet.

        Args:
            engine: What is to be ended.
            grace_s: How long what is in flight is waited for.
            on_interrupt: Called at once with what is being done, a sentence.
        """
        self.signal: int | None = None
        self._engine = engine
        self._grace_s = grace_s
        self._on_interrupt = on_interrupt

    def interrupt(self, number: int = signal.SIGINT) -> None:
        """Asks nothing more and waits for what is in flight; the second time, waits no longer."""
        if self.signal is not None:
            self._engine.give_up()
            return
        self.signal = number
        in_flight = self._engine.in_flight
        self._engine.stop("the run was interrupted", leave_rest=True)
        if in_flight:
            waiting = f"Waiting up to {self._grace_s:g} s for {in_flight} under way; interrupt again to end at once."
            self._on_interrupt(waiting)
        asyncio.get_running_loop().call_later(self._grace_s, self._engine.give_up)


def run_evals(
    evals: Sequence[Eval],
    settings: Settings,
    *,
    engine: Engine,
    found: Survey,
    on_result: Callable[[Job, Result], None],
    on_interrupt: Callable[[str], None] = lambda _: None,
) -> int | None:
    """Asks and judges these evals; gives the number of the signal that ended it early, else None.

    Args:
        evals: What to measure.
        settings: How.
        engine: Begun; it is closed afterwards, but not ended.
        found: What the plan amounts to.
        on_result: Called with each result as it is settled, body assertions included.
        on_interrupt: Called with a sentence when the run is being ended by a signal.

    Raises:
        SnellenError: Nothing can be asked (bad input, a model that is not set up) or kept (disk full).
    """
    interruption = Interruption(engine, grace_s=settings.grace_s, on_interrupt=on_interrupt)
    lanes = _lanes(evals, settings, found)
    _run(_settle_all(engine, lanes, on_result, interruption), interruption)
    return interruption.signal


def _lanes(evals: Sequence[Eval], settings: Settings, found: Survey) -> list[Iterator[Job]]:
    """The plan, once for each model, so that none waits for another; for replays, which wait for nobody, just once."""
    if settings.mode == "recorded" or len(found.models) < 2:  # noqa: PLR2004  # one model has nobody to wait for
        return [plan(evals, settings)]

    def of(key: str) -> Iterator[Job]:
        return (job for job in plan(evals, settings) if job.model.key == key)

    return [of(spec.key) for spec in found.models]


async def _settle_all(
    engine: Engine,
    lanes: Sequence[Iterator[Job]],
    on_result: Callable[[Job, Result], None],
    interruption: Interruption,
) -> None:
    try:
        with _signals(interruption):
            async for job, result in engine.stream(*lanes):
                body = job.eval.body
                judged = with_body_score(result, body) if isinstance(result, Trial) and body is not None else result
                on_result(job, judged)
    finally:
        await engine.aclose()


@contextlib.contextmanager
def _signals(interruption: Interruption) -> Iterator[None]:
    """Has Ctrl-C and SIGTERM end the run in good order; only the main thread can listen to them."""
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM) if threading.current_thread() is threading.main_thread() else ()
    for number in numbers:
        loop.add_signal_handler(number, interruption.interrupt, number)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


def _run(work: Coroutine[Any, Any, _T], interruption: Interruption) -> _T:
    """What `work` gives in the end, on a loop of its own."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    # A notebook calls a cell from inside of its own loop, which cannot run another: that one gets a thread.
    loops: list[asyncio.AbstractEventLoop] = []

    async def noted() -> _T:
        loops.append(asyncio.get_running_loop())
        return await work

    with ThreadPoolExecutor(1, thread_name_prefix="snellen-run") as pool:
        done = pool.submit(asyncio.run, noted())
        while True:
            try:
                return done.result()
            except KeyboardInterrupt:  # the notebook's stop button
                _pass_on(interruption, loops, done)


def _pass_on(interruption: Interruption, loops: list[asyncio.AbstractEventLoop], done: Future[Any]) -> None:
    if not done.done():
        for loop in loops:
            loop.call_soon_threadsafe(interruption.interrupt)
