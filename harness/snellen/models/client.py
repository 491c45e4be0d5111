"""The client of one model: takes the bytes of a request and gives the bytes of its reply, by way of openai's client.

openai's client has the key, the base URL, proxies and TLS as its business; the deadline, the limit of a reply, retries
and the words of an error are ours.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from snellen._clock import elapsed_since, monotonic
from snellen.errors import ModelError
from snellen.models.api import path_of
from snellen.models.limits import Limiter, Slot, limiter_of
from snellen.models.redact import Redactor, secrets_of
from snellen.models.retry import Try, ask_with_retries
from snellen.models.spec import ModelSpec, check_ready
from snellen.trial import Attempt

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI

__all__ = ["Asked", "ModelClient"]


def _nothing(attempt: int) -> None:
    """What is done before an attempt unless someone wants more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A reply with status 200, not yet read: keep it before anything else is done with it.

    Attributes:
        body: As it arrived, but for our own secrets, which are blotted out.
        latency_s: From sending the request to the last byte, of the attempt that succeeded.
        request_id: From the reply's headers; "" when they gave none.
        attempts: All tries, oldest first; the last one succeeded.
    """

    body: bytes = field(repr=False)
    latency_s: float
    request_id: str = ""
    attempts: tuple[Attempt, ...] = ()


class ModelClient:
    """Asks one model. It connects when it is first used and belongs to the event loop it is used in."""

    def __init__(
        self,
        spec: ModelSpec,
        *,
        environ: Mapping[str, str],
        pinned: Mapping[str, Path] | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
        limiter: Limiter | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        rng: random.Random | None = None,
    ) -> None:
        """Opens nothing yet.

        Args:
            spec: Whom to ask.
            environ: Where the key is.
            pinned: For the built-in models: local files that stand for addresses of pictures.
            transport: Instead of the network.
            limiter: Room for its requests, shared with others who ask the same model; None makes one of its own.
            sleep: Waits between attempts, in seconds.
            rng: For the jitter of waits.
        """
        self._spec = spec
        self._environ = environ
        self._pinned = pinned or {}
        self._transport = transport
        self._limiter = limiter_of(spec) if limiter is None else limiter
        self._sleep = sleep
        self._rng = rng or random.Random()  # noqa: S311  # spreads requests in time, guards nothing
        self._redactor = Redactor(secrets_of(spec, environ))
        self._client: AsyncOpenAI | None = None

    async def ask(
        self,
        body: bytes,
        *,
        tokens: int = 0,
        before_send: Callable[[int], object] = _nothing,
        on_reply: Callable[[Asked], Awaitable[object]] | None = None,
    ) -> Asked:
        """The reply to a request, asked again as often as the model's settings allow.

        Args:
            body: The request, as JSON.
            tokens: What it is estimated to use, input and output; only for a model with `tokens_per_minute`.
            before_send: Called with the attempt's number, from 1, when there is room and just before it goes out.
            on_reply: Called with the reply, attempts apart, before its room is given to another request.

        Raises:
            Exception: Whatever `before_send` raises; that attempt was not sent and none follows. Likewise `on_reply`.
            ConfigError: There is no key, or the offline packages are missing; nothing was sent.
            UnansweredError: A ModelError with all attempts: there was no reply with status 200.
        """
        client = self._open()

        async def attempt(a_try: Try) -> Asked | ModelError:
            async with self._limiter.slot(tokens=tokens) as slot:
                before_send(a_try.number)
                reply = await self._attempt(client, body, a_try=a_try, slot=slot)
                if on_reply is not None and isinstance(reply, Asked):
                    await on_reply(reply)
                return reply

        reply, attempts = await ask_with_retries(
            attempt,
            retries=self._spec.retries,
            max_retry_after_s=self._spec.max_retry_after_s,
            trial_timeout_s=self._spec.trial_timeout_s,
            sleep=self._sleep,
            rng=self._rng,
        )
        return replace(reply, attempts=attempts)

    async def aclose(self) -> None:
        """Closes its connections; asking again opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    def _open(self) -> AsyncOpenAI:
        if self._client is None:
            check_ready(self._spec, self._environ)
            from snellen.models import wire

            transport = self._transport
            if transport is None and self._spec.is_in_process:
                transport = wire.offline_transport(self._pinned)
            self._client = wire.open_client(self._spec, environ=self._environ, transport=transport)
        return self._client

    async def _attempt(self, client: AsyncOpenAI, body: bytes, *, a_try: Try, slot: Slot) -> Asked | ModelError:
        import openai

        from snellen.models.failures import failure_of
        from snellen.models.wire import ReplyError

        # A model in this process is not our code to trust: its fault is one case's, as a server's would be.
        faults = (Exception,) if self._spec.is_in_process else (TimeoutError, openai.OpenAIError, ReplyError)
        deadline_s = min(self._spec.timeout_s, a_try.left_s)
        start = monotonic()
        try:
            async with asyncio.timeout(deadline_s):
                return await self._post(client, body, start=start, slot=slot)
        except faults as error:
            failure = failure_of(error, spec=self._spec, redactor=self._redactor, deadline_s=deadline_s)
            self._feed_back(failure, error, slot=slot)
        a_try.spent_s = elapsed_since(start)
        # Given back, not raised, so that the original, which holds the key in its request, is not in the traceback.
        return failure

    def _feed_back(self, failure: ModelError, error: BaseException, *, slot: Slot) -> None:
        """Tells the limiter of an attempt that failed; a request that is wrong in itself says nothing of the rate."""
        if failure.status == HTTPStatus.TOO_MANY_REQUESTS and failure.retryable:
            response = getattr(error, "response", None)
            self._limiter.limited(failure.retry_after_s, {} if response is None else response.headers, slot=slot)
        elif failure.retryable:
            self._limiter.failed()

    async def _post(self, client: AsyncOpenAI, body: bytes, *, start: float, slot: Slot) -> Asked:
        import httpx2

        headers = {"Content-Type": "application/json"}
        response = await client.post(
            path_of(self._spec.api), cast_to=httpx2.Response, content=body, options={"headers": headers}
        )
        latency_s = elapsed_since(start)
        self._limiter.succeeded(response.headers, slot=slot)
        request_id = self._redactor.text(response.headers.get("x-request-id", ""))
        return Asked(body=self._redactor.answer(response.content), latency_s=latency_s, request_id=request_id)
