"""The engine: takes a stream of jobs, gives a stream of results, and holds only what is in flight.

It is the one place where a response is looked up, asked for and recorded. pytest, the command line and notebooks all
drive it. It runs on one asyncio loop; what would hold the loop up happens on threads.
"""

from __future__ import annotations

import asyncio
import functools
import shlex
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

from snellen._text import plural
from snellen.images.digest import DigestCache
from snellen.models.spec import ModelSpec, check_ready
from snellen.recordings.file import RecordingStore
from snellen.runner.answer import Answer
from snellen.runner.asking import Asker
from snellen.runner.batch_state import pending_in_batches
from snellen.runner.budget import Budget, check_prices
from snellen.runner.evals import shown_path
from snellen.runner.judge import error_trial
from snellen.runner.judging import Judges, Judging
from snellen.runner.kept import Kept
from snellen.runner.plan import Job, Question, Survey
from snellen.runner.settings import Settings
from snellen.runner.settling import Result, Settling
from snellen.runner.wanted import Wanted
from snellen.trial import Trial

__all__ = ["Engine", "Result"]

_Out = asyncio.Queue[tuple[Job, Result] | BaseException | None]

_DRAIN_S = 0.05
_MAX_NAMED = 5
_HELD_RESULTS = 64  # settled, and not yet taken by whoever reads the stream


def _record_by_run(job: Job) -> str:
    return f"snellen run {shlex.quote(str(shown_path(job.eval.file)))} --model {job.model.key} --responses missing"


class Engine:
    """Settles jobs: replays what is recorded, asks for what is not, as the mode says."""

    def __init__(
        self,
        settings: Settings,
        *,
        record_command: Callable[[Job], str] = _record_by_run,
        does_fixtures: bool = False,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """Opens nothing yet.

        Args:
            settings: All that decides how the run is done.
            record_command: Gives the command that a miss tells people to run.
            does_fixtures: Whether eval functions may take fixtures of pytest, as pytest calls them.
            sleep: Waits so many seconds before something is asked again.
        """
        self._settings = settings
        self._cache = DigestCache(settings.state / "digests.db")
        self._kept = Kept(settings)
        self.budget = Budget(settings.limits, on_spent=self._limit_reached)
        self._asker = Asker(
            settings, kept=self._kept, cache=self._cache, budget=self.budget, stop=self.stop, sleep=sleep
        )
        self._judges = Judges(settings, cache=self._cache)
        self._settling = Settling(
            settings,
            kept=self._kept,
            asker=self._asker,
            judges=self._judges,
            cache=self._cache,
            record_command=record_command,
            does_fixtures=does_fixtures,
        )
        self._tasks: set[asyncio.Task[object]] = set()
        self.judges: tuple[ModelSpec, ...] = ()
        """The models that scorers ask, once the run is begun."""

    @property
    def store(self) -> RecordingStore:
        """The recordings this engine replays and writes."""
        return self._kept.store

    @property
    def wanted(self) -> Wanted:
        """What was looked for; a replay also notes the fingerprints."""
        return self._kept.wanted

    @property
    def stop_reason(self) -> str:
        """Why nothing more is asked; empty while the run goes on."""
        return self._asker.stop_reason

    @property
    def in_flight(self) -> int:
        """Requests on their way, and responses that are being kept."""
        return len(self._asker.flying)

    @property
    def waits(self) -> dict[str, float]:
        """Seconds for which nothing may be asked of a model, because its server said so; only of models that wait."""
        return self._asker.waits

    @property
    def run_id(self) -> str:
        """The id of the run: that of the killed run when this one goes on with it."""
        return self._kept.run_id

    @property
    def is_continued(self) -> bool:
        """Whether this goes on with a run that was killed or stopped."""
        return self._kept.is_continued

    @property
    def notes(self) -> tuple[str, ...]:
        """What people should know of how the run was asked, a sentence or two each."""
        return (*self._kept.notes(), *self._asker.said())

    def orphan_notes(self) -> tuple[str, ...]:
        """What to say of recordings that nothing asked for.

        Only a replay of whole evals that missed nothing can tell.
        """
        left = self.wanted.orphans(self.store) if self._settings.mode == "recorded" else []
        if not left:
            return ()
        cases = ", ".join(sorted({stored.entry.case for stored in left})[:_MAX_NAMED])
        return (
            f"{plural(len(left), 'recording')} that nothing asked for: {cases}. "
            "If they are not needed any more: snellen recordings prune evals",
        )

    def begin(self, found: Survey, *, plan_key: str, header: dict[str, object]) -> None:
        """Makes sure, before anything is paid for, that what will be asked can be asked and kept.

        Args:
            found: What the plan amounts to.
            plan_key: The same for the same plan, so that a killed run is found again.
            header: What `snellen resume` must know.

        Raises:
            ConfigError: A model that will surely be asked has no key and no address, one that scorers ask cannot be
                used for that, or cost is limited and that of a model is not known.
            StorageError: Answers could not be kept.
        """
        mode = self._settings.mode
        asked = [one for _, one in found.asked]
        self.judges = self._judges.check(asked)
        if mode == "recorded":
            return
        check_prices(self._settings.limits, found.models)
        if mode != "missing":  # a missing mode that misses nothing needs no key
            for spec in found.models:
                check_ready(spec, self._settings.environ)
            self._judges.check_ready(asked)
        if mode != "live":
            for name, model in (*found.places, *((name, model) for name, (model, _) in found.asked)):
                self.store.check_writable(eval=name, model=model)
        if mode == "missing":
            self._settling.in_batches = pending_in_batches(self._settings)
        self._kept.begin(plan_key=plan_key, header=header)

    async def stream(self, *lanes: Iterable[Job]) -> AsyncIterator[tuple[Job, Result]]:
        """Jobs with their results in the order they are settled, which for one lane of replays is that of the jobs.

        Args:
            lanes: Jobs that wait for one another, usually those of one model; no lane waits for another.

        Raises:
            SnellenError: What ends the whole run: damaged recordings, a full disk, a model that is not set up.
        """
        out: _Out = asyncio.Queue(_HELD_RESULTS)
        feeders = [asyncio.create_task(self._feed(jobs, out)) for jobs in lanes]
        try:
            left = len(feeders)
            while left:
                item = await out.get()
                if isinstance(item, BaseException):
                    raise item
                if item is None:
                    left -= 1
                else:
                    yield item
        finally:
            for feeder in feeders:
                feeder.cancel()
            await self._wind_up(out)
            await asyncio.gather(*feeders, return_exceptions=True)

    async def _wind_up(self, out: _Out) -> None:
        """Has what is in flight received and kept, though nobody wants its results, and ends the rest."""
        if not self._tasks:
            return
        self.stop("the run was ended", leave_rest=True)
        late = asyncio.get_running_loop().call_later(self._settings.grace_s, self.give_up)
        try:
            while tasks := set(self._tasks):
                while not out.empty():
                    out.get_nowait()
                await asyncio.wait(tasks, timeout=_DRAIN_S)
        finally:
            late.cancel()
            self.give_up()

    async def settle(self, job: Job) -> Result:
        """The result of one job."""
        settled = self._settling.at_once(job)
        return await self._ask(settled) if isinstance(settled, Question | Judging) else settled

    def stop(self, reason: str, *, leave_rest: bool = False) -> None:
        """Asks nothing more; what is in flight is still received and kept.

        Args:
            reason: What the results of the jobs that are left say; a clause.
            leave_rest: Give no results for them at all, so that the run ends at once.
        """
        self._asker.is_left = self._asker.is_left or leave_rest
        if self._asker.stop_reason:
            return
        self._asker.stop_reason = reason
        # Not the task that reached a limit just now and tells us so: it ends by itself.
        for task in self._tasks - self._asker.flying - {_current_task()}:
            task.cancel()

    def give_up(self) -> None:
        """Ends what is still in flight, too; what arrives later is lost, and may be charged for."""
        for task in self._tasks:
            task.cancel()

    async def aclose(self) -> None:
        """Closes connections, writes what is not written yet and folds recordings into their files."""
        try:
            await self._asker.aclose()
        finally:
            self._cache.close()
        await asyncio.to_thread(self.store.fold)

    def end(self, *, finished: bool) -> None:
        """Lets go of what was kept so that a killed run can be gone on with; call it once the results are kept.

        Args:
            finished: Everything was settled, so that the next run of this plan begins anew.
        """
        self._kept.end(finished=finished and not self.stop_reason)

    async def _feed(self, jobs: Iterable[Job], out: _Out) -> None:
        asking: set[asyncio.Task[object]] = set()
        try:
            for job in jobs:
                if self._asker.is_left:
                    break
                settled = self._settling.at_once(job)
                if not isinstance(settled, Question | Judging):
                    await out.put((job, settled))
                    continue
                await self._asker.room(job.model).enter()
                task: asyncio.Task[object] = asyncio.create_task(self._ask_into(settled, out))
                asking.add(task)
                task.add_done_callback(functools.partial(_forget, asking))
            await asyncio.gather(*asking)
            await out.put(None)
        except BaseException as error:  # handed to the reader of the stream, who raises it
            await out.put(error)
            raise

    async def _ask_into(self, settled: Question | Judging, out: _Out) -> None:
        """Asks, and hands on the result; to be cancelled only while it is among the tasks."""
        job, room = settled.job, self._asker.room(settled.job.model)
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  # we are a coroutine
        self._tasks.add(task)
        result = None
        try:
            result = await self._ask(settled)
        except asyncio.CancelledError:
            if not self.stop_reason:
                raise
            if isinstance(settled, Question) and (task in self._asker.flying or not self._asker.is_left):
                result = error_trial(job, self._settling.not_asked(task), question=settled)
        except BaseException as error:  # handed to the reader of the stream, who raises it
            await out.put(error)
            raise
        finally:
            room.leave()
            self._tasks.discard(task)
            self._asker.flying.discard(task)
        is_unsent = result is not None and result.failure is not None and result.failure.kind == "not_asked"
        if result is not None and not (is_unsent and self._asker.is_left):
            await out.put((job, result))

    async def _ask(self, settled: Question | Judging) -> Trial:
        if isinstance(settled, Question):
            found = self._settling.judged(settled, await self._asker.ask(settled))
            if isinstance(found, Trial):
                return found
            settled = found
        with self._asker.room(settled.job.model).away():  # its answer is there: others may be asked meanwhile
            for at, question in settled.open():
                settled.answers[at] = await self._ask_for_scorer(question)
        return self._judges.judged(settled)

    async def _ask_for_scorer(self, question: Question) -> Answer:
        """What comes of a scorer's question; that it was not asked when the run is ended, for the response is there.

        Raises:
            asyncio.CancelledError: The run is left, so that a trial that is half judged is nobody's result.
        """
        if self.stop_reason:
            if self._asker.is_left:
                raise asyncio.CancelledError
            return Answer(failure=self._settling.not_asked())
        task = _current_task()
        room = self._asker.room(question.job.model, of_scorers=True)
        try:
            await room.enter()
            try:
                return await self._asker.ask(question)
            finally:
                room.leave()
        except asyncio.CancelledError:
            if not self.stop_reason or (self._asker.is_left and task not in self._asker.flying):
                raise
            return Answer(failure=self._settling.not_asked(task))

    def _limit_reached(self, reason: str) -> None:
        self.stop(reason)


def _current_task() -> asyncio.Task[object] | None:
    try:
        return asyncio.current_task()
    except RuntimeError:  # called from outside of the loop
        return None


def _forget(tasks: set[asyncio.Task[object]], task: asyncio.Task[object]) -> None:
    """Drops a task that is done; its error, if any, was handed to the reader of the stream."""
    tasks.discard(task)
    if not task.cancelled():
        task.exception()
