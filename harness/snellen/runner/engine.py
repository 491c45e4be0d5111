"""The engine: takes a stream of jobs, gives a stream of trials, and holds only what is in flight.

It is the one place where a response is looked up, asked for and recorded. pytest, the command line and notebooks all
drive it. It runs on one asyncio loop; encoding pictures happens on threads.
"""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import AsyncIterator, Callable, Iterable

from snellen._clock import iso_now
from snellen._secrets import secrets_in_environ
from snellen.errors import ConfigError, InputError, ModelError
from snellen.images.digest import DigestCache
from snellen.models.chat import chat_body, parse_chat
from snellen.models.client import ModelClient
from snellen.models.retry import UnansweredError
from snellen.models.spec import BUILT_INS, ModelSpec, check_ready
from snellen.recordings.entry import Entry
from snellen.recordings.file import RecordingStore
from snellen.response import Response
from snellen.runner.evals import shown_path
from snellen.runner.judge import error_trial, failure_of, judged
from snellen.runner.pictures import encode_pictures
from snellen.runner.plan import Job, Question, prepare
from snellen.runner.settings import Settings
from snellen.trial import Failure, SentImage, Skipped, Trial

__all__ = ["Engine", "Result"]

Result = Trial | Skipped


def _record_by_run(job: Job) -> str:
    return f"snellen run {shlex.quote(str(shown_path(job.eval.file)))} --model {job.model.key} --responses missing"


class Engine:
    """Settles jobs: replays what is recorded, asks for what is not, as the mode says."""

    def __init__(self, settings: Settings, *, record_command: Callable[[Job], str] = _record_by_run) -> None:
        """Opens nothing yet.

        Args:
            settings: All that decides how the run is done.
            record_command: Gives the command that a miss tells people to run.
        """
        self._settings = settings
        self._record_command = record_command
        self._store = RecordingStore(settings.recordings, secrets=secrets_in_environ(settings.environ))
        self._cache = DigestCache(settings.state / "digests.db")
        self._clients: dict[str, ModelClient] = {}
        self._limits: dict[str, asyncio.Semaphore] = {}
        self._stopped: dict[str, Failure] = {}
        self._asking: dict[str, asyncio.Lock] = {}
        self._asked: set[str] = set()
        self._writing: set[asyncio.Task[None]] = set()
        self.used: set[str] = set()
        """Fingerprints that this run asked for, found or not."""
        self.places: set[tuple[str, str]] = set()
        """Eval and model of the recordings files that this run looked into."""

    @property
    def store(self) -> RecordingStore:
        """The recordings this engine replays and writes."""
        return self._store

    def check_ready(self, jobs: Iterable[Job]) -> None:
        """Makes sure, before anything is paid for, that what will be asked can be asked and kept.

        Raises:
            ConfigError: A model that will surely be asked has no key and no address.
            StorageError: Answers could not be recorded.
        """
        mode = self._settings.mode
        if mode == "recorded":
            return
        jobs = list(jobs)
        if mode != "missing":  # a missing mode that misses nothing needs no key
            for spec in {job.model.key: job.model for job in jobs}.values():
                check_ready(spec, self._settings.environ)
        if mode != "live":
            for name, model in dict.fromkeys((job.eval.recordings, job.model.key) for job in jobs):
                self._store.check_writable(eval=name, model=model)

    async def stream(self, jobs: Iterable[Job]) -> AsyncIterator[tuple[Job, Result]]:
        """Jobs with their results in the order they are settled, which on replay is the order of the jobs.

        Raises:
            SnellenError: What ends the whole run: damaged recordings, a full disk, a model that is not set up.
        """
        pending: dict[asyncio.Task[Result], Job] = {}
        try:
            for job in jobs:
                settled = self._settle_at_once(job)
                if isinstance(settled, Question):
                    pending[asyncio.create_task(self._ask(settled))] = job
                else:
                    yield job, settled
                while len(pending) >= self._window(job.model):
                    for task in await _first_done(pending):
                        yield pending.pop(task), task.result()
            while pending:
                for task in await _first_done(pending):
                    yield pending.pop(task), task.result()
        finally:
            for task in pending:
                task.cancel()
            await asyncio.gather(*pending, return_exceptions=True)

    async def settle(self, job: Job) -> Result:
        """The result of one job."""
        settled = self._settle_at_once(job)
        return await self._ask(settled) if isinstance(settled, Question) else settled

    async def aclose(self) -> None:
        """Closes connections, folds what was recorded into its files and keeps the digest cache."""
        for client in self._clients.values():
            await client.aclose()
        self._clients.clear()
        self._cache.close()
        await asyncio.gather(*self._writing)
        self._store.fold()

    # What needs no waiting: input errors, replays, misses and skips.

    def _settle_at_once(self, job: Job) -> Result | Question:
        try:
            question = prepare(job, cache=self._cache, pinned=self._settings.pinned)
        except InputError as error:
            return error_trial(job, failure_of(error))
        self.used.add(question.fingerprint)
        self.places.add((job.eval.recordings, job.model.key))
        mode = self._settings.mode
        if mode in ("recorded", "missing"):
            entry = self._find(question)
            if entry is not None:
                return self._replay(question, entry)
        if reason := _skip_reason(job, self._settings):
            return Skipped(eval=job.eval.name, case_id=job.case.id, model=job.model.key, reason=reason)
        if mode == "recorded":
            return self._miss(question)
        return question

    def _find(self, question: Question, *, refresh: bool = False) -> Entry | None:
        job = question.job
        name, model = job.eval.recordings, job.model.key
        return self._store.find(question.fingerprint, eval=name, model=model, refresh=refresh)

    def _replay(self, question: Question, entry: Entry) -> Trial:
        response = parse_chat(
            entry.body,
            latency_s=entry.latency_s,
            request_id=entry.request_id,
            recorded=True,
            recorded_at=entry.recorded_at,
        )
        return judged(question, response, images=_sent(question))

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

    # What is asked.

    async def _ask(self, question: Question) -> Result:
        lock = self._asking.setdefault(question.fingerprint, asyncio.Lock())
        async with lock, self._limit(question.job.model):
            # It may have been answered while we waited: by this run, or by another process in the same mode.
            is_recorded_meanwhile = self._settings.mode == "missing" or question.fingerprint in self._asked
            if is_recorded_meanwhile and (entry := self._find(question, refresh=True)) is not None:
                return self._replay(question, entry)
            return await self._ask_now(question)

    async def _ask_now(self, question: Question) -> Trial:
        job = question.job
        if (stopped := self._stopped.get(job.model.key)) is not None:
            return error_trial(job, stopped, question=question)
        try:
            urls, images = await asyncio.to_thread(
                encode_pictures, question.request, model=job.model, settings=self._settings, cache=self._cache
            )
            asked = await self._client(job.model).ask(chat_body(question.request, urls))
        except ConfigError:  # the model is not set up: no other question can be asked of it either
            raise
        except InputError as error:
            return error_trial(job, failure_of(error), question=question)
        except ModelError as error:
            return self._no_response(question, error)
        now = iso_now()
        try:
            response = parse_chat(asked.body, latency_s=asked.latency_s, request_id=asked.request_id, recorded_at=now)
        except ModelError as error:
            return error_trial(job, failure_of(error), question=question, attempts=asked.attempts)
        if self._settings.mode != "live":
            await self._keep(question, response)
        return judged(question, response, attempts=asked.attempts, images=images)

    def _no_response(self, question: Question, error: ModelError) -> Trial:
        attempts = error.attempts if isinstance(error, UnansweredError) else ()
        failure = failure_of(error)
        if error.fatal:
            message = f"not asked, because {question.job.model.key} cannot be asked: {failure.message}"
            self._stopped[question.job.model.key] = Failure(kind=failure.kind, message=message)
        return error_trial(question.job, failure, question=question, attempts=attempts)

    async def _keep(self, question: Question, response: Response) -> None:
        """Records the response, also when the run is stopped meanwhile: it is paid for."""
        writing = asyncio.create_task(asyncio.to_thread(self._record, question, response))
        self._writing.add(writing)
        writing.add_done_callback(self._writing.discard)
        await asyncio.shield(writing)

    def _record(self, question: Question, response: Response) -> None:
        job = question.job
        entry = Entry(
            fingerprint=question.fingerprint,
            case=job.case.id,
            variant=job.variant,
            repeat=job.repeat,
            request=question.canonical,
            body=response.body,
            served_model=response.served_model,
            latency_s=round(response.latency_s, 4),
            recorded_at=response.recorded_at,
            request_id=response.request_id,
        )
        self._store.append(entry, eval=job.eval.recordings, model=job.model.key)
        self._asked.add(question.fingerprint)

    def _client(self, spec: ModelSpec) -> ModelClient:
        if spec.key not in self._clients:
            self._clients[spec.key] = ModelClient(spec, environ=self._settings.environ, pinned=self._settings.pinned)
        return self._clients[spec.key]

    def _limit(self, spec: ModelSpec) -> asyncio.Semaphore:
        return self._limits.setdefault(spec.key, asyncio.Semaphore(self._settings.concurrency or spec.concurrency))

    def _window(self, spec: ModelSpec) -> int:
        """How many jobs may wait at once: enough to keep every model busy, few enough to hold little."""
        return 4 * (self._settings.concurrency or spec.concurrency)


async def _first_done(tasks: Iterable[asyncio.Task[Result]]) -> set[asyncio.Task[Result]]:
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    return done


def _sent(question: Question) -> tuple[SentImage, ...]:
    """How the pictures of a replayed response went out, as far as the request tells: no pixel is read."""
    return tuple(SentImage(identity=part.identity, transform=part.transform) for part in question.request.images)


def _skip_reason(job: Job, settings: Settings) -> str:
    """Why a case that needs the network is not asked, "" when it is."""
    if not job.case.live or all(ref.url is None or ref.url in settings.pinned for ref in job.case.images):
        return ""
    if settings.mode == "recorded":
        return "needs the network and has no recording; record it with --responses missing and a model that has one"
    if job.model.name in BUILT_INS:
        return f"needs the network; {job.model.key} never uses it"
    return ""
