"""The engine: takes a stream of jobs, gives a stream of results, and holds only what is in flight.

It is the one place where a response is looked up, asked for and recorded. pytest, the command line and notebooks all
drive it. It runs on one asyncio loop; what would hold the loop up happens on threads.
"""

from __future__ import annotations

import asyncio
import functools
import shlex
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator

from snellen._clock import run_id
from snellen._files import digest
from snellen._secrets import secrets_in_environ
from snellen._text import plural
from snellen.errors import InputError
from snellen.images.digest import DigestCache
from snellen.models.spec import BUILT_INS, ModelSpec, check_ready
from snellen.recordings.entry import Entry
from snellen.recordings.file import RecordingStore
from snellen.runner.answer import Answer, replayed
from snellen.runner.asking import Asker
from snellen.runner.batch_state import Pending, pending_in_batches
from snellen.runner.budget import Budget
from snellen.runner.evals import shown_path
from snellen.runner.journal import JOURNALS, Journal
from snellen.runner.judge import error_trial, failure_of, unjudged
from snellen.runner.judging import Judges, Judging, unrecorded
from snellen.runner.plan import Job, Question, Survey, prepare
from snellen.runner.settings import Settings
from snellen.runner.wanted import Wanted
from snellen.trial import Failure, Skipped, Trial

__all__ = ["Engine", "Result"]

Result = Trial | Skipped

_Out = asyncio.Queue[tuple[Job, Result] | BaseException | None]

_DRAIN_S = 0.05
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
        self._record_command = record_command
        self._does_fixtures = does_fixtures
        self._secrets = secrets_in_environ(settings.environ)
        self._store = RecordingStore(settings.recordings, secrets=self._secrets)
        self._cache = DigestCache(settings.state / "digests.db")
        self._journal: Journal | None = None
        self._run_id: str | None = None
        self._plan_key = ""
        self._header: dict[str, object] = {}
        self.budget = Budget(settings.limits, on_spent=self._limit_reached)
        self._asker = Asker(
            settings,
            store=self._store,
            cache=self._cache,
            open_journal=self._open_journal,
            budget=self.budget,
            stop=self.stop,
            sleep=sleep,
        )
        self._judges = Judges(settings, cache=self._cache)
        self._in_batches = Pending(())
        self._tasks: set[asyncio.Task[object]] = set()
        self._is_left = False
        self.wanted = Wanted()
        """What was looked for; a replay also notes the fingerprints."""
        self.judges: tuple[ModelSpec, ...] = ()
        """The models that scorers ask, once the run is begun."""

    @property
    def store(self) -> RecordingStore:
        """The recordings this engine replays and writes."""
        return self._store

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
        if self._run_id is None:
            self._run_id = self._journal.run_id if self._journal is not None else run_id()
        return self._run_id

    @property
    def is_continued(self) -> bool:
        """Whether this goes on with a run that was killed or stopped."""
        return self._journal is not None and self._journal.is_continued

    @property
    def notes(self) -> tuple[str, ...]:
        """What people should know of how the run was asked, a sentence or two each."""
        return tuple(self._notes())

    def begin(self, found: Survey, *, plan_key: str, header: dict[str, object]) -> None:
        """Makes sure, before anything is paid for, that what will be asked can be asked and kept.

        Args:
            found: What the plan amounts to.
            plan_key: The same for the same plan, so that a killed run is found again.
            header: What `snellen resume` must know.

        Raises:
            ConfigError: A model that will surely be asked has no key and no address, or one that scorers ask cannot be
                used for that.
            StorageError: Answers could not be kept.
        """
        mode = self._settings.mode
        asked = [one for _, one in found.asked]
        self.judges = self._judges.check(asked)
        if mode == "recorded":
            return
        if mode != "missing":  # a missing mode that misses nothing needs no key
            for spec in found.models:
                check_ready(spec, self._settings.environ)
            self._judges.check_ready(asked)
        if mode != "live":
            for name, model in (*found.places, *((name, model) for name, (model, _) in found.asked)):
                self._store.check_writable(eval=name, model=model)
        if mode == "missing":
            self._in_batches = pending_in_batches(self._settings)
        self._plan_key, self._header = plan_key, header
        self._open_journal()

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
        settled = self._settle_at_once(job)
        return await self._ask(settled) if isinstance(settled, Question | Judging) else settled

    def stop(self, reason: str, *, leave_rest: bool = False) -> None:
        """Asks nothing more; what is in flight is still received and kept.

        Args:
            reason: What the results of the jobs that are left say; a clause.
            leave_rest: Give no results for them at all, so that the run ends at once.
        """
        self._is_left = self._is_left or leave_rest
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
        await asyncio.to_thread(self._store.fold)

    def end(self, *, finished: bool) -> None:
        """Lets go of what was kept so that a killed run can be gone on with; call it once the results are kept.

        Args:
            finished: Everything was settled, so that the next run of this plan begins anew.
        """
        if self._journal is not None:
            self._journal.close(finished=finished and not self.stop_reason)

    async def _feed(self, jobs: Iterable[Job], out: _Out) -> None:
        asking: set[asyncio.Task[object]] = set()
        try:
            for job in jobs:
                if self._is_left:
                    break
                settled = self._settle_at_once(job)
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
            if isinstance(settled, Question) and (task in self._asker.flying or not self._is_left):
                result = error_trial(job, self._not_asked(task), question=settled)
        except BaseException as error:  # handed to the reader of the stream, who raises it
            await out.put(error)
            raise
        finally:
            room.leave()
            self._tasks.discard(task)
            self._asker.flying.discard(task)
        is_unsent = result is not None and result.failure is not None and result.failure.kind == "not_asked"
        if result is not None and not (is_unsent and self._is_left):
            await out.put((job, result))

    # What needs no waiting: input errors, replays, misses and skips.

    def _settle_at_once(self, job: Job) -> Result | Question | Judging:
        if job.stored is not None:
            return job.stored if job.stored.response is None else self._scored(job, job.stored)
        if job.eval.fixture and not self._does_fixtures:
            return _for_pytest(job)
        try:
            question = prepare(job, cache=self._cache, pinned=self._settings.pinned)
        except InputError as error:
            return error_trial(job, failure_of(error))
        entry = self._look_for(question)
        if entry is not None:
            return self._judged(question, replayed(question, entry))
        return self._unrecorded(question)

    def _unrecorded(self, question: Question) -> Result | Question:
        """The question itself when it is to be asked, else why it is not."""
        job = question.job
        if reason := _skip_reason(job, self._settings):
            return Skipped(eval=job.eval.name, case_id=job.case.id, model=job.model.key, reason=reason)
        if self._settings.mode == "recorded":
            return self._miss(question)
        if question.fingerprint in self._in_batches:
            return error_trial(job, self._waits_in_batch(), question=question)
        if self.stop_reason and not self._is_left:
            return error_trial(job, self._not_asked(), question=question)
        self._judges.check_ready_for(job)  # what is paid for now must not wait for a judge that nobody can ask
        return question

    def _look_for(self, question: Question) -> Entry | None:
        """What was received before, with a note that it was looked for."""
        if self._settings.mode == "recorded":
            self.wanted.used.add(question.fingerprint)
        self.wanted.look(question)
        return self._find(question)

    def _find(self, question: Question) -> Entry | None:
        """What was received before and holds in this mode: a recording, or what this very run has asked."""
        job = question.job
        if self._settings.mode in ("recorded", "missing"):
            store = self._store
        else:
            journal = self._open_journal()
            is_there = journal.is_continued or journal.is_shared or question.fingerprint in self._asker.asked
            if not is_there:
                return None
            store = journal.responses
        entry = store.find(question.fingerprint, eval=job.eval.recordings, model=job.model.key)
        if entry is not None and self._settings.mode == "refresh":
            self._mend(job, entry)
        return entry

    def _mend(self, job: Job, entry: Entry) -> None:
        """Records what a killed run had received and not yet recorded anew."""
        recorded = self._store.find(entry.fingerprint, eval=job.eval.recordings, model=job.model.key)
        if recorded is None or recorded.body != entry.body:
            self._store.append(entry, eval=job.eval.recordings, model=job.model.key)

    def _judged(self, question: Question, answer: Answer) -> Trial | Judging:
        if answer.response is None:
            failure = answer.failure or self._not_asked()
            return error_trial(question.job, failure, question=question, attempts=answer.attempts)
        trial = unjudged(question, answer.response, attempts=answer.attempts, images=answer.images)
        return self._scored(question.job, trial)

    def _scored(self, job: Job, trial: Trial) -> Trial | Judging:
        """The trial with its scores; what is to be asked for that when it takes asking."""
        judging = self._judges.judging(job, trial)
        if isinstance(judging, Trial):
            return judging
        for at, question in judging.open():
            entry = self._look_for(question)
            if entry is not None:
                judging.answers[at] = replayed(question, entry)
            elif self._settings.mode == "recorded":
                judging.answers[at] = unrecorded(question, self._store, command=self._record_command(job))
            elif self.stop_reason and not self._is_left:
                judging.answers[at] = Answer(failure=self._not_asked())
        return self._judges.judged(judging) if judging.is_settled else judging

    def _miss(self, question: Question) -> Trial:
        job = question.job
        command = self._record_command(job)
        error = self._store.miss(
            question.canonical,
            fingerprint=question.fingerprint,
            case_id=job.case.id,
            eval=job.eval.recordings,
            model=job.model.key,
            command=command,
        )
        return error_trial(job, failure_of(error), question=question)

    async def _ask(self, settled: Question | Judging) -> Trial:
        if isinstance(settled, Question):
            found = self._judged(settled, await self._asker.ask(settled))
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
            if self._is_left:
                raise asyncio.CancelledError
            return Answer(failure=self._not_asked())
        task = _current_task()
        room = self._asker.room(question.job.model, of_scorers=True)
        try:
            await room.enter()
            try:
                return await self._asker.ask(question)
            finally:
                room.leave()
        except asyncio.CancelledError:
            if not self.stop_reason or (self._is_left and task not in self._asker.flying):
                raise
            return Answer(failure=self._not_asked(task))

    def _limit_reached(self, reason: str) -> None:
        self.stop(reason)

    def _not_asked(self, task: asyncio.Task[object] | None = None) -> Failure:
        if task in self._asker.flying:
            message = f"no answer had come when the run was ended ({self.stop_reason}); it may have been charged for"
            return Failure(kind="timeout", message=message)
        return Failure(kind="not_asked", message=f"not asked: {self.stop_reason}")

    def _waits_in_batch(self) -> Failure:
        batches = ", ".join(self._in_batches.batches)
        message = (
            f"not asked: it waits in a batch ({batches}), and asking it now would pay for it twice. "
            "Collect the answer: snellen batch collect. To ask it all the same: --responses refresh"
        )
        return Failure(kind="not_asked", message=message)

    def _open_journal(self) -> Journal:
        if self._journal is None:
            key = self._plan_key or digest(f"{self._settings.mode} without a plan".encode())
            self._journal = Journal(
                self._settings.state / JOURNALS / key[:16],
                header=self._header,
                fresh=self._settings.fresh,
                secrets=self._secrets,
            )
        return self._journal

    def _notes(self) -> Iterator[str]:
        journal = self._journal
        if journal is not None and journal.is_continued:
            yield (
                f"Went on with run {journal.run_id}, begun at {journal.begun_at}: what it had received was not asked "
                "again. To begin anew: --fresh"
            )
        if self._asker.resent:
            sent = plural(self._asker.resent, "question")
            yield f"{sent} had been sent when that run broke off and were sent again; the server may charge for both."
        yield from self._asker.notes


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


def _for_pytest(job: Job) -> Skipped:
    reason = f"its function takes the fixture {job.eval.fixture!r}, which only pytest has: pytest {job.eval.file.name}"
    return Skipped(eval=job.eval.name, case_id=job.case.id, model=job.model.key, reason=reason)


def _skip_reason(job: Job, settings: Settings) -> str:
    """Why a case that needs the network is not asked, "" when it is."""
    if not job.case.live or all(ref.url is None or ref.url in settings.pinned for ref in job.case.images):
        return ""
    if settings.mode == "recorded":
        return "needs the network and has no recording; record it with --responses missing and a model that has one"
    if job.model.name in BUILT_INS:
        return f"needs the network; {job.model.key} never uses it"
    return ""
