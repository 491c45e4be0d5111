"""Room for the requests of one model and key: how many are in flight, how fast they start, and when none may."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType, TracebackType
from typing import Self

from snellen._clock import monotonic
from snellen.models.spec import ModelSpec
from snellen.models.window import Window

__all__ = ["Limiter", "Slot", "go_duration_s", "limiter_of"]

_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_REGAINED_S = 0.25  # of a lateness, such as a busy event loop's, that a rate makes up for; nothing is saved up beyond
_SPREAD_REGAINED = 0.1  # of a spacing; two that come nearly together are what spreading is against
_UNASKED_PAUSE_S = 0.5  # when all is refused and the server does not say for how long
_UNSETTLED = 4096  # requests whose tokens are awaited at most; a server that counts none would fill the memory
_SMOOTHING = 0.1  # share of a new count of tokens in the mean
_GO_DURATION = re.compile(r"(?:\d+(?:\.\d*)?(?:h|ms|m|s|us|µs|μs|ns))+")
_GO_PART = re.compile(r"(\d+(?:\.\d*)?)(h|ms|m|s|us|µs|μs|ns)")
_GO_UNIT_S = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ns": 1e-9}
_BUCKETS = ("requests", "tokens")


def go_duration_s(text: str) -> float | None:
    """Seconds in a duration as Go writes it, such as "1h2m3.5s" or "20ms"; None when it is no such thing.

    Source:
        Go's time.ParseDuration, without signs; OpenAI's `x-ratelimit-reset-*` headers are written so.
    """
    text = text.strip()
    if text == "0":
        return 0.0
    if not _GO_DURATION.fullmatch(text):
        return None
    return sum(float(number) * _GO_UNIT_S[unit] for number, unit in _GO_PART.findall(text))


class _Schedule:
    """Says when the next of something may start that has a rate."""

    def __init__(self, now: float) -> None:
        self._next = now

    def wait_s(self, now: float) -> float:
        return max(0.0, self._next - now)

    def take(self, now: float, lasts_s: float, *, regained_s: float) -> None:
        self._next = max(self._next, now - regained_s) + lasts_s

    def correct(self, by_s: float) -> None:
        self._next += by_s


class Slot:
    """The right to have one request in flight, held while the block of its `async with` runs.

    Attributes:
        tokens: What the request was estimated to use.
        charged: What it was taken to use.
        in_round: The window's round that it counts for, 0 for none.
        started: When it began to be held.
    """

    __slots__ = ("_limiter", "charged", "in_round", "started", "tokens")

    def __init__(self, limiter: Limiter, tokens: int) -> None:
        """Takes nothing yet."""
        self._limiter = limiter
        self.tokens = tokens
        self.charged = 0.0
        self.in_round = 0
        self.started = 0.0

    async def __aenter__(self) -> Self:
        await self._limiter._enter(self)  # noqa: SLF001  # two halves of one thing
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._limiter._leave(self)  # noqa: SLF001


class Limiter:
    """Room for the requests of one model and key, shared by all who ask it in one event loop.

    async with limiter.slot(tokens=900) as slot:
        ...  # one request
        limiter.succeeded(headers, slot=slot)
    """

    def __init__(
        self,
        most: int,
        *,
        requests_per_minute: float | None = None,
        tokens_per_minute: float | None = None,
        max_retry_after_s: float = 60.0,
        now: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """All room there is, until the server says otherwise.

        Args:
            most: Requests in flight at most.
            requests_per_minute: That many start in a minute, evenly; None sets no rate.
            tokens_per_minute: Likewise for tokens, by what is estimated at first and by what was used later.
            max_retry_after_s: The longest pause that a server gets.
            now: A clock in seconds that never goes back.
            sleep: Waits that many seconds of it.
        """
        self._window = Window(most)
        self._request_s = 60.0 / requests_per_minute if requests_per_minute else 0.0
        self._token_s = 60.0 / tokens_per_minute if tokens_per_minute else 0.0
        self._longest_pause_s = max_retry_after_s
        self._now = now
        self._sleep = sleep
        start = now()
        self._requests, self._tokens, self._spread = _Schedule(start), _Schedule(start), _Schedule(start)
        self._paused_until = start
        self._in_flight = 0
        self._queued = 0
        self._turn = asyncio.Lock()  # first come, first served
        self._freed: asyncio.Future[None] | None = None
        self._asked_pause_s: float | None = None  # the shortest Retry-After of late
        self._unsettled: deque[tuple[float, float]] = deque(maxlen=_UNSETTLED)
        self._mean_used: float | None = None
        self._mean_estimate = 0.0

    @property
    def limit(self) -> int:
        """Requests in flight at most, now."""
        return self._window.limit

    @property
    def in_flight(self) -> int:
        """Slots that are held."""
        return self._in_flight

    @property
    def waiting_s(self) -> float:
        """Seconds for which the model is paused still, because its server asked for that; 0.0 when it is not."""
        return max(0.0, self._paused_until - self._now())

    def slot(self, *, tokens: int = 0) -> Slot:
        """Room for one attempt, to be entered with `async with`, which waits for it in turn.

        Args:
            tokens: What the request is estimated to use, input and output; 0 where nobody knows.
        """
        return Slot(self, tokens)

    def succeeded(self, headers: Mapping[str, str] = _NO_HEADERS, *, slot: Slot | None = None) -> None:
        """Notes that a request was answered.

        Args:
            headers: Of the reply, looked up in lower case.
            slot: The request's, still held.
        """
        self._asked_pause_s = None
        if slot is not None:
            self._window.succeeded(self._now() - slot.started)
            if self._token_s:
                self._unsettled.append((slot.charged, float(slot.tokens)))
        self._heed(headers)

    def limited(
        self, retry_after_s: float | None, headers: Mapping[str, str] = _NO_HEADERS, *, slot: Slot | None = None
    ) -> None:
        """Notes that a request was refused because there were too many.

        Args:
            retry_after_s: What the server wants to pass, None when it did not say.
            headers: Of the reply, looked up in lower case.
            slot: The request's, still held.
        """
        if retry_after_s is not None:
            shortest = self._asked_pause_s
            self._asked_pause_s = retry_after_s if shortest is None else min(shortest, retry_after_s)
        if slot is not None:
            self._window.refused(slot.in_round)
            self._tokens.correct(-slot.charged * self._token_s)  # a request that is refused uses none
        self._heed(headers)

    def failed(self) -> None:
        """Notes a failure that is no refusal: nothing shrinks, nothing grows."""
        self._window.failed()

    def used(self, tokens: int) -> None:
        """Settles the tokens of a request that succeeded, in any order.

        Args:
            tokens: Input and output, as the server counted them.
        """
        if not self._token_s or not self._unsettled:
            return
        charged, estimate = self._unsettled.popleft()
        self._tokens.correct((tokens - charged) * self._token_s)
        is_first = self._mean_used is None
        known = float(tokens) if self._mean_used is None else self._mean_used
        self._mean_used = known + _SMOOTHING * (tokens - known)
        by = 1.0 if is_first else _SMOOTHING
        self._mean_estimate += by * (estimate - self._mean_estimate)

    async def _enter(self, slot: Slot) -> None:
        has_waited = self._queued > 0 or self._wait_s() != 0.0
        # What waited for another to end has lost its place in time; made up for, it would go out in a heap.
        is_late = has_waited and await self._wait_for_room()
        now = slot.started = self._now()
        self._in_flight += 1
        slot.in_round = self._window.sent(has_waited=has_waited)
        slot.charged = self._charge(slot.tokens)
        self._requests.take(now, self._request_s, regained_s=_REGAINED_S)
        self._tokens.take(now, slot.charged * self._token_s, regained_s=_REGAINED_S)
        spacing_s = self._window.spacing_s
        self._spread.take(now, spacing_s, regained_s=0.0 if is_late else spacing_s * _SPREAD_REGAINED)

    async def _wait_for_room(self) -> bool:
        """Waits in turn; True when the last it waited for was not time but another's end."""
        self._queued += 1
        was_full = False
        try:
            async with self._turn:
                while (wait_s := self._wait_s()) != 0.0:
                    was_full = wait_s is None
                    await (self._wait_for_a_free_slot() if wait_s is None else self._sleep(wait_s))
        finally:
            self._queued -= 1
        return was_full

    def _wait_s(self) -> float | None:
        """Seconds until a request may start, None until one in flight has ended, 0.0 for at once."""
        if self._in_flight >= self._window.limit:
            return None
        now = self._now()
        return max(
            self._paused_until - now,
            self._requests.wait_s(now) if self._request_s else 0.0,
            self._tokens.wait_s(now) if self._token_s else 0.0,
            self._spread.wait_s(now),
            0.0,
        )

    async def _wait_for_a_free_slot(self) -> None:
        self._freed = asyncio.get_running_loop().create_future()
        try:
            await self._freed
        finally:
            self._freed = None

    def _leave(self, slot: Slot) -> None:
        self._in_flight -= 1
        if self._window.answered(slot.in_round):
            wanted_s = _UNASKED_PAUSE_S if self._asked_pause_s is None else self._asked_pause_s
            # Whoever wants more than that is not waited for: its cases end, and soon nothing more is asked of it.
            self._pause(wanted_s if wanted_s <= self._longest_pause_s else 0.0)
            self._asked_pause_s = None
        if self._freed is not None and not self._freed.done():
            self._freed.set_result(None)

    def _charge(self, tokens: int) -> float:
        """What a request is taken to use: the estimate, corrected by how wrong estimates have been."""
        if not self._token_s or self._mean_used is None:
            return float(tokens)
        if not tokens or not self._mean_estimate:
            return self._mean_used
        return tokens * self._mean_used / self._mean_estimate

    def _heed(self, headers: Mapping[str, str]) -> None:
        """Pauses when the server says that nothing is left."""
        for bucket in _BUCKETS:
            if headers.get(f"x-ratelimit-remaining-{bucket}") == "0":
                self._pause(go_duration_s(headers.get(f"x-ratelimit-reset-{bucket}", "")) or 0.0)

    def _pause(self, seconds: float) -> None:
        self._paused_until = max(self._paused_until, self._now() + min(seconds, self._longest_pause_s))


def limiter_of(spec: ModelSpec, *, most: int | None = None) -> Limiter:
    """A limiter with a model's settings; models of the same `base_url`, `api_key_env` and `name` should share one.

    Args:
        spec: Whom to ask.
        most: Requests in flight at most, None leaves it to the model.
    """
    return Limiter(
        most or spec.concurrency,
        requests_per_minute=spec.requests_per_minute,
        tokens_per_minute=spec.tokens_per_minute,
        max_retry_after_s=spec.max_retry_after_s,
    )
