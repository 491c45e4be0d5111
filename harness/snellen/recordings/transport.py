"""The second door to the recordings: an httpx2 transport under an application's own OpenAI client."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import cast, get_args

import httpx2

from snellen._clock import elapsed_since, iso_now, monotonic
from snellen.errors import ConfigError, InputError, RecordingMissError, StorageError
from snellen.recordings.answers import served_model_of
from snellen.recordings.entry import Entry
from snellen.recordings.file import Mode, RecordingStore
from snellen.recordings.fingerprint import canonical_of_wire, fingerprint
from snellen.recordings.scrub import scrub_entry, secrets_of_call
from snellen.request import ANSWERING, API_PATHS, Api

__all__ = ["AsyncRecordedTransport", "RecordedTransport"]

# An answer of a vision model has some kilobytes. What is larger is passed on, but not kept.
_MAX_RECORDED_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Call:
    """A request that is asked now and recorded when its answer is whole."""

    request: httpx2.Request
    api: Api
    canonical: dict[str, object]
    fingerprint: str
    started: float

    @property
    def model(self) -> str:
        """The name as sent."""
        return str(self.canonical["model"])


class _Desk:
    """What both transports decide: what to replay, what to ask, what to keep."""

    def __init__(self, store: RecordingStore, *, name: str, mode: Mode) -> None:
        if mode not in get_args(Mode):
            raise ConfigError(f"responses mode {mode!r} is none of {', '.join(get_args(Mode))}")
        self._store = store
        self._name = name
        self._mode = mode
        self._failed_write: StorageError | None = None
        self._writable: set[str] = set()

    def handles(self, request: httpx2.Request) -> bool:
        """Whether this is a request that is recorded; any other goes through as it is.

        Raises:
            RecordingMissError: It would go through, but mode 'recorded' opens no connection.
            StorageError: An earlier answer could not be kept, so no further one is paid for.
        """
        if self._failed_write is not None:
            raise self._failed_write
        if self._mode == "live":
            return False
        if _api_of(request) is not None:
            return True
        recorded = " and ".join(f"POST …{path}" for path in map(API_PATHS.__getitem__, ANSWERING))
        self._let_through(request, f"only {recorded} are recorded")
        return False

    def _let_through(self, request: httpx2.Request, why: str) -> None:
        if self._mode == "recorded":
            where = f"{request.method} {request.url.copy_with(userinfo=b'', query=None, fragment=None)}"
            message = f"{where} was not sent: responses are only replayed here, and there can be none for it, as {why}."
            hint = f"\nCall recorded_client({self._name!r}, mode='missing') to send it."
            raise RecordingMissError(message + hint, fingerprint="")

    def receive(self, request: httpx2.Request, body: bytes) -> httpx2.Response | _Call | None:
        """The recorded response; or the call to be asked and recorded; or None for a body that asks no model.

        Raises:
            RecordingMissError: Nothing is recorded, and nothing may be asked.
            RecordingDamagedError: A recordings file is damaged; nothing is asked.
            StorageError: What would be answered could not be written; nothing is asked.
        """
        try:
            api = _api_of(request) or "chat"
            canonical = canonical_of_wire(body, api=api)
            call = _Call(request, api, canonical, fingerprint(canonical), monotonic())
        except InputError as error:
            self._let_through(request, str(error))
            return None
        if self._mode != "refresh":
            again = self._mode == "missing"
            entry = self._store.find(call.fingerprint, eval=self._name, model=call.model, refresh=again)
            if entry is not None:
                return _replayed(entry)
        if self._mode == "recorded":
            raise self._miss(call)
        if call.model not in self._writable:
            self._store.check_writable(eval=self._name, model=call.model)
            self._writable.add(call.model)
        return call

    def _miss(self, call: _Call) -> RecordingMissError:
        return self._store.miss(
            call.canonical,
            fingerprint=call.fingerprint,
            case_id="",
            eval=self._name,
            model=call.model,
            command=f"run this once with recorded_client({self._name!r}, mode='missing')",
        )

    def close(self) -> None:
        """Folds what was recorded into its files."""
        if self._mode in ("missing", "refresh"):
            self._store.fold(eval=self._name)

    def keep(self, call: _Call, response: httpx2.Response, raw: bytes) -> None:
        """Records the answer if it is whole.

        Args:
            call: What was asked.
            response: Its status and headers.
            raw: The body as it was transferred, perhaps compressed.

        Raises:
            StorageError: It could not be written.
        """
        latency_s = elapsed_since(call.started)
        body = _decoded(response, raw)
        served_model = served_model_of(body, api=call.api)
        if served_model is None:
            return
        entry = Entry(
            fingerprint=call.fingerprint,
            request=call.canonical,
            body=body,
            served_model=served_model,
            latency_s=latency_s,
            recorded_at=iso_now(),
            request_id=response.headers.get("x-request-id", ""),
        )
        secrets = secrets_of_call(call.request.headers.items(), str(call.request.url))
        try:
            self._store.append(scrub_entry(entry, secrets), eval=self._name, model=call.model)
        except StorageError as error:
            self._failed_write = error
            raise


def _api_of(request: httpx2.Request) -> Api | None:
    """Which API this request is of, None when it asks no model."""
    if request.method != "POST":
        return None
    return next((api for api in ANSWERING if request.url.path.endswith(API_PATHS[api])), None)


def _replayed(entry: Entry) -> httpx2.Response:
    is_json = entry.body[:1] == b"{"
    headers = {
        "content-type": "application/json" if is_json else "text/event-stream; charset=utf-8",
        "content-length": str(len(entry.body)),
        "x-snellen-recorded": entry.recorded_at,
    }
    if entry.request_id:
        headers["x-request-id"] = entry.request_id
    return httpx2.Response(200, headers=headers, stream=httpx2.ByteStream(entry.body))


def _decoded(response: httpx2.Response, raw: bytes) -> bytes:
    try:
        return httpx2.Response(response.status_code, headers=response.headers, content=raw).content
    except httpx2.DecodingError:
        return b""


class _Copy:
    """Collects what passes, and hands it over once when it ends, however it ends."""

    def __init__(self, keep: Callable[[bytes], None]) -> None:
        self._keep = keep
        self._chunks: list[bytes] = []
        self._size = 0
        self._is_over = False

    def add(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._size <= _MAX_RECORDED_BYTES:
            self._chunks.append(chunk)

    def end(self) -> None:
        if not self._is_over:
            self._is_over = True
            if self._size <= _MAX_RECORDED_BYTES:
                self._keep(b"".join(self._chunks))


class _CopiedStream(httpx2.SyncByteStream):
    """A body that reaches its reader chunk by chunk, and the recordings before its reader learns that it has ended."""

    def __init__(self, stream: httpx2.SyncByteStream, keep: Callable[[bytes], None]) -> None:
        self._stream = stream
        self._rest = iter(stream)  # one for all readers: a client may read on with a second one after [DONE]
        self._copy = _Copy(keep)

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._rest:
            self._copy.add(chunk)
            yield chunk
        self._copy.end()

    def close(self) -> None:
        self._stream.close()
        self._copy.end()  # a client that has read [DONE] closes without reading on


class _AsyncCopiedStream(httpx2.AsyncByteStream):
    """The same for an asynchronous body."""

    def __init__(self, stream: httpx2.AsyncByteStream, keep: Callable[[bytes], None]) -> None:
        self._stream = stream
        self._rest = aiter(stream)
        self._copy = _Copy(keep)

    # The write below takes a fraction of a millisecond and is not awaited, on purpose: a cancellation can then not come
    # between an answer that was paid for and the disk.

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._rest:
            self._copy.add(chunk)
            yield chunk
        self._copy.end()

    async def aclose(self) -> None:
        await self._stream.aclose()
        self._copy.end()


class RecordedTransport(httpx2.BaseTransport):
    """Replays and records the model calls of a synchronous client; everything else goes through as it is."""

    def __init__(
        self,
        store: RecordingStore,
        *,
        name: str = "app",
        mode: Mode = "recorded",
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        """Opens nothing; in mode 'recorded' nothing is ever opened.

        Args:
            store: Where recordings are.
            name: What they are filed under, in the place of an eval's name.
            mode: What to do with recorded and missing responses.
            transport: Asks what is asked; None makes an ordinary one when it is first needed.
        """
        self._desk = _Desk(store, name=name, mode=mode)
        self._transport = transport

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The response, recorded or asked.

        Raises:
            RecordingMissError: Mode 'recorded' has no response to this request.
            StorageError: An answer could not be written.
        """
        outcome = self._desk.receive(request, request.read()) if self._desk.handles(request) else None
        if isinstance(outcome, httpx2.Response):
            return outcome
        if self._transport is None:
            self._transport = httpx2.HTTPTransport()
        response = self._transport.handle_request(request)
        if outcome is None or not response.is_success:
            return response
        stream = _CopiedStream(
            cast("httpx2.SyncByteStream", response.stream), lambda raw: self._desk.keep(outcome, response, raw)
        )
        return _with_stream(response, stream)

    def close(self) -> None:
        """Closes the transport behind, and folds what was recorded into its files."""
        if self._transport is not None:
            self._transport.close()
        self._desk.close()


class AsyncRecordedTransport(httpx2.AsyncBaseTransport):
    """Replays and records the model calls of an asynchronous client; everything else goes through as it is."""

    def __init__(
        self,
        store: RecordingStore,
        *,
        name: str = "app",
        mode: Mode = "recorded",
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        """As `RecordedTransport`."""
        self._desk = _Desk(store, name=name, mode=mode)
        self._transport = transport

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """As `RecordedTransport.handle_request`."""
        outcome = self._desk.receive(request, await request.aread()) if self._desk.handles(request) else None
        if isinstance(outcome, httpx2.Response):
            return outcome
        if self._transport is None:
            self._transport = httpx2.AsyncHTTPTransport()
        response = await self._transport.handle_async_request(request)
        if outcome is None or not response.is_success:
            return response
        stream = _AsyncCopiedStream(
            cast("httpx2.AsyncByteStream", response.stream), lambda raw: self._desk.keep(outcome, response, raw)
        )
        return _with_stream(response, stream)

    async def aclose(self) -> None:
        """As `RecordedTransport.close`."""
        if self._transport is not None:
            await self._transport.aclose()
        self._desk.close()


def _with_stream(response: httpx2.Response, stream: httpx2.SyncByteStream | httpx2.AsyncByteStream) -> httpx2.Response:
    return httpx2.Response(
        response.status_code, headers=response.headers, stream=stream, extensions=response.extensions
    )
