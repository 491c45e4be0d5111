"""Asking one question: once among all who ask it, within the budget, and on disk before anything is made of it."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace

from snellen._clock import iso_now
from snellen._text import plural
from snellen.errors import ConfigError, InputError, ModelError, StorageError
from snellen.images.digest import DigestCache
from snellen.models.api import parse_reply, request_body
from snellen.models.client import Asked, ModelClient
from snellen.models.limits import Limiter, limiter_of
from snellen.models.prices import cost_usd, price_of
from snellen.models.quirks import check_request, quirk_notes
from snellen.models.retry import UnansweredError
from snellen.models.spec import ModelSpec
from snellen.recordings.appender import Appender
from snellen.recordings.entry import Entry
from snellen.recordings.file import RecordingStore
from snellen.response import Response
from snellen.runner.answer import Answer, again, entry_of, guessed_tokens, guessed_usd, replayed
from snellen.runner.budget import Budget
from snellen.runner.claims import Claims
from snellen.runner.health import Health
from snellen.runner.judge import failure_of
from snellen.runner.kept import Kept
from snellen.runner.lanes import Room
from snellen.runner.pictures import encode_pictures, is_quick
from snellen.runner.plan import Question
from snellen.runner.settings import Settings
from snellen.trial import Failure, SentImage

__all__ = ["Asker"]

_POLL_FIRST_S, _POLL_LONGEST_S = 0.02, 0.25


class NotAskedError(ModelError):
    """A question was not sent, because the run is being ended."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"not asked: {reason}", kind="not_asked")


class Asker:
    """Asks questions of all models of a run."""

    def __init__(
        self,
        settings: Settings,
        *,
        kept: Kept,
        cache: DigestCache,
        budget: Budget,
        stop: Callable[[str], None],
        sleep: Callable[[float], Awaitable[object]],
    ) -> None:
        """Opens nothing yet.

        Args:
            settings: Of the run.
            kept: Where responses are kept.
            cache: Knows which pictures were decoded before.
            budget: Of the run.
            stop: Has nothing more sent; takes the reason.
            sleep: Waits so many seconds.
        """
        self._settings = settings
        self._kept = kept
        self._cache = cache
        self._budget = budget
        self._stop = stop
        self._sleep = sleep
        self._claims: Claims | None = None
        self._appenders: dict[RecordingStore, Appender] = {}
        self._clients: dict[tuple[str, str, bool], ModelClient] = {}
        self._limiters: dict[tuple[object, ...], Limiter] = {}
        self._rooms: dict[tuple[str, bool], Room] = {}
        self._health: dict[str, Health] = {}
        self._under_way: dict[str, asyncio.Future[Answer]] = {}
        self.flying: set[asyncio.Task[object]] = set()
        """Tasks with a request on its way, which may be charged for whatever we do."""
        self.resent = 0
        """Questions that a killed run had sent and that were asked again."""
        self.stop_reason = ""
        """Why nothing more is sent; empty while the run goes on."""
        self.is_left = False
        """Whether nobody wants to know what becomes of the jobs that are left."""
        self.notes: dict[str, None] = {}
        """What people should know of how servers take what is sent, each once."""

    def said(self) -> Iterator[str]:
        """What people should know of how the run was asked, a sentence or two each."""
        if self.resent:
            sent = plural(self.resent, "question")
            yield f"{sent} had been sent when that run broke off and were sent again; the server may charge for both."
        yield from self.notes

    def room(self, spec: ModelSpec, *, of_scorers: bool = False) -> Room:
        """The room for this model's questions.

        Those of scorers have one of their own: a trial keeps its place while it is judged, so a model that judged its
        own answers in the same room could fill it with trials that wait for one another.
        """
        key = spec.key, of_scorers
        if key not in self._rooms:
            self._rooms[key] = Room(self._most(spec))
        return self._rooms[key]

    def _room_of(self, question: Question) -> Room:
        return self.room(question.job.model, of_scorers=question.is_of_scorer)

    async def ask(self, question: Question) -> Answer:
        """The answer to a question; one that is under way already is not asked a second time.

        Raises:
            SnellenError: What ends the run: a full disk, a model that is not set up.
        """
        under_way = self._under_way.get(question.fingerprint)
        if under_way is not None:
            return again(await asyncio.shield(under_way))
        future = self._under_way[question.fingerprint] = asyncio.get_running_loop().create_future()
        try:
            answer = await self._claim_and_ask(question)
        except BaseException as error:
            future.set_exception(error if isinstance(error, Exception) else asyncio.CancelledError())
            future.exception()  # looked at, so that nobody is told of it a second time
            raise
        else:
            future.set_result(answer)
            return answer
        finally:
            del self._under_way[question.fingerprint]

    async def aclose(self) -> None:
        """Closes connections and writes what is not written yet."""
        clients, self._clients = self._clients, {}
        for client in clients.values():
            await client.aclose()
        await asyncio.sleep(0)  # a transport that was told to close does so in the loop's next round
        for appender in self._appenders.values():
            await asyncio.to_thread(appender.close)
        self._appenders.clear()
        if self._claims is not None:
            self._claims.close()
            self._claims = None

    async def _claim_and_ask(self, question: Question) -> Answer:
        if self._claims is None:
            self._claims = Claims(self._settings.state / "asking.lock")
        claims, wait_s = self._claims, _POLL_FIRST_S
        if self.stop_reason:
            return Answer(failure=failure_of(NotAskedError(self.stop_reason)))
        while not claims.take(question.fingerprint):
            with self._room_of(question).away():  # there may be questions that nobody asks yet
                await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 1.5, _POLL_LONGEST_S)
        try:
            entry = self._answered_elsewhere(question)
            return replayed(question, entry) if entry is not None else await self._ask_now(question)
        finally:
            claims.give_back(question.fingerprint)

    def _answered_elsewhere(self, question: Question) -> Entry | None:
        """What another process received for this question since we last looked."""
        job = question.job
        store = self._kept.store if self._settings.mode == "missing" else self._kept.journal().responses
        return store.find(question.fingerprint, eval=job.eval.recordings, model=job.model.key, refresh=True)

    async def _ask_now(self, question: Question) -> Answer:
        spec = question.job.model
        health = self._health.setdefault(spec.key, Health(spec))
        await health.ready()
        if health.failure is not None:
            return Answer(failure=health.failure)
        reserved_usd = await self._budget.admit(spec.key, guessed_usd(question))
        answer = None
        try:
            answer = await self._asked(question)
        finally:
            self._settle_budget(spec, reserved_usd, answer)
        await health.take(answer.failure, sleep=functools.partial(self._wait, self._room_of(question)))
        return answer

    def _settle_budget(self, spec: ModelSpec, reserved_usd: float | None, answer: Answer | None) -> None:
        self._budget.give_back(reserved_usd)
        if answer is None or (answer.failure is not None and answer.failure.kind == "not_asked"):
            return
        response = answer.response
        cost = None if response is None else cost_usd(response.usage, price_of(spec))
        self._budget.take(spec.key, cost_usd=cost, is_answered=response is not None)

    async def _asked(self, question: Question) -> Answer:
        kept: list[Response | Failure] = []

        async def on_reply(asked: Asked) -> None:
            kept.append(await self._received(question, asked))

        try:
            body, images = await self._body(question)
            asked = await self._send(question, body, on_reply)
        except ConfigError:  # the model is not set up: no other question can be asked of it either
            raise
        except InputError as error:
            return Answer(failure=failure_of(error))
        except ModelError as error:
            return self._no_response(question, error)
        self.flying.discard(_this_task())  # not sooner: what has arrived is to be kept, whatever happens to the run
        if isinstance(kept[0], Failure):
            return Answer(failure=kept[0], attempts=asked.attempts)
        return Answer(response=kept[0], attempts=asked.attempts, images=images)

    async def _body(self, question: Question) -> tuple[bytes, tuple[SentImage, ...]]:
        request, spec = question.request, question.job.model
        check_request(request, spec)
        self.notes.update(dict.fromkeys(quirk_notes(request, spec)))
        encode = functools.partial(encode_pictures, request, model=spec, settings=self._settings, cache=self._cache)
        # A thread costs more than a small picture does, and would only take the other core's time.
        urls, images = encode() if is_quick(request, self._cache) else await asyncio.to_thread(encode)
        return request_body(request, urls), images

    async def _send(self, question: Question, body: bytes, on_reply: Callable[[Asked], Awaitable[object]]) -> Asked:
        task, journal, health = _this_task(), self._kept.journal(), self._health[question.job.model.key]
        if journal.was_sent(question.fingerprint):
            self.resent += 1

        def before_send(attempt: int) -> None:
            if health.failure is not None or self.stop_reason or not self._budget.may_send():
                raise NotAskedError(self.stop_reason)
            journal.sent(question.fingerprint, attempt)
            self.flying.add(task)

        client = self._client(question)
        tokens = sum(guessed_tokens(question))
        try:
            return await client.ask(body, tokens=tokens, before_send=before_send, on_reply=on_reply)
        except ModelError:
            self.flying.discard(task)
            journal.failed(question.fingerprint)
            raise
        except asyncio.CancelledError:
            if task not in self.flying:  # it waited to be asked again: what had been sent was refused
                journal.failed(question.fingerprint)
            raise

    async def _received(self, question: Question, asked: Asked) -> Response | Failure:
        """What a reply says, on disk by now."""
        spec = question.job.model
        try:
            response = parse_reply(
                spec.api, asked.body, latency_s=asked.latency_s, request_id=asked.request_id, recorded_at=iso_now()
            )
        except ModelError as error:
            self._kept.journal().failed(question.fingerprint)
            return failure_of(error)
        try:
            await self._keep(question, response)
        except StorageError as error:  # said at once: the next request waits for no more than our place
            self._stop(str(error))
            raise
        if response.usage.input_tokens is not None:
            self.limiter(spec).used(response.usage.input_tokens + (response.usage.output_tokens or 0))
        return response

    def _no_response(self, question: Question, error: ModelError) -> Answer:
        failure, health = failure_of(error), self._health[question.job.model.key]
        if error.fatal:
            health.give_up(failure)
        elif error.kind == "not_asked" and health.failure is not None:
            failure = health.failure
        return Answer(failure=failure, attempts=error.attempts if isinstance(error, UnansweredError) else ())

    async def _keep(self, question: Question, response: Response) -> None:
        """Has the response on disk before anything is made of it, also when the run is ended meanwhile: it is paid."""
        stores = [] if self._settings.mode == "missing" else [self._kept.journal().responses]
        stores += [] if self._settings.mode == "live" else [self._kept.store]
        entry = entry_of(question, response)
        for store in stores:
            await asyncio.shield(asyncio.wrap_future(self._append(store, question, entry)))
        self._kept.asked.add(question.fingerprint)

    def _append(self, store: RecordingStore, question: Question, entry: Entry) -> Future[None]:
        if store not in self._appenders:
            self._appenders[store] = Appender(store)
        job = question.job
        return self._appenders[store].submit(entry, eval=job.eval.recordings, model=job.model.key)

    async def _wait(self, room: Room, seconds: float) -> None:
        """Waits before asking again, while others take our place."""
        self.flying.discard(_this_task())
        with room.away():
            await self._sleep(seconds)

    def _client(self, question: Question) -> ModelClient:
        spec = question.job.model
        key = spec.key, spec.api, question.is_of_scorer
        if key not in self._clients:
            self._clients[key] = ModelClient(
                spec,
                environ=self._settings.environ,
                pinned=self._settings.pinned,
                limiter=self.limiter(spec),
                sleep=functools.partial(self._wait, self._room_of(question)),
            )
        return self._clients[key]

    def limiter(self, spec: ModelSpec) -> Limiter:
        """The limiter of this model and key, which models that are sent the same name share."""
        whom = spec.base_url, spec.api_key_env, spec.name
        if whom not in self._limiters:
            self._limiters[whom] = limiter_of(self._share_of(spec), most=self._most(spec))
        return self._limiters[whom]

    @property
    def waits(self) -> dict[str, float]:
        """Seconds for which nothing may be asked, by the name that is sent; only of models that wait."""
        return {str(whom[-1]): wait for whom, limiter in self._limiters.items() if (wait := limiter.waiting_s) > 0}

    def _most(self, spec: ModelSpec) -> int:
        return max(1, (self._settings.concurrency or spec.concurrency) // self._settings.processes)

    def _share_of(self, spec: ModelSpec) -> ModelSpec:
        """The model with the rates that this process may use of it."""
        processes = self._settings.processes
        rates = (spec.requests_per_minute, spec.tokens_per_minute)
        requests, tokens = (None if rate is None else rate / processes for rate in rates)
        return spec if processes == 1 else replace(spec, requests_per_minute=requests, tokens_per_minute=tokens)


def _this_task() -> asyncio.Task[object]:
    task = asyncio.current_task()
    assert task is not None  # noqa: S101  # only coroutines call this
    return task
