"""The Batch API of a model's server: a file of requests goes up, a file of replies comes down within a day.

Uploading and creating are never done twice: a try that ended without a clear answer is looked up before the next.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Literal, Self, TypeVar

from snellen.errors import ConfigError, ModelError, Problem, StorageError
from snellen.models.batch_reply import Json, RemoteBatch, batch_of, id_of, object_of
from snellen.models.redact import Redactor, secrets_of
from snellen.models.retry import backoff
from snellen.models.spec import ModelSpec, check_ready

if TYPE_CHECKING:
    from openai import AsyncOpenAI

__all__ = ["MAX_BYTES", "MAX_LINES", "BatchClient", "refuse_local"]

MAX_LINES = 50_000
"""Of one input file, by OpenAI's rule."""

MAX_BYTES = 190_000_000
"""Of one input file. OpenAI's rule is 200 MB and does not say which kind, so some room is left."""

_MAX_DOWNLOAD_BYTES = 16 * 2**30  # 50,000 answers of 300 KB each
_FILES_A_PAGE = 1_000
_BATCHES_A_PAGE = 100  # the most that OpenAI gives
_NOT_THERE = (404, 405, 501)
_MARK = "snellen"

T = TypeVar("T")


def refuse_local(spec: ModelSpec) -> None:
    """Nothing, when the model has a server.

    Raises:
        ConfigError: It runs in this process, where there is nobody to leave a batch with.
    """
    if spec.is_in_process:
        hint = f"Ask it at once, for nothing: snellen run PATH --model {spec.key} --responses missing"
        raise ConfigError(Problem(f"model {spec.key!r} runs on this machine and has no Batch API", hint=hint))


class BatchClient:
    """Talks to one model's server about files and batches: `with BatchClient(spec, environ=...) as client`."""

    def __init__(
        self,
        spec: ModelSpec,
        *,
        environ: Mapping[str, str],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """Opens nothing yet.

        Args:
            spec: Whose server.
            environ: Where the key is.
            sleep: Waits between tries, in seconds.

        Raises:
            ConfigError: The model has no server, or its key is not set.
        """
        refuse_local(spec)
        check_ready(spec, environ)
        self._spec = spec
        self._environ = environ
        self._sleep = sleep
        self._redactor = Redactor(secrets_of(spec, environ))
        self._rng = random.Random()  # noqa: S311  # spreads requests in time, guards nothing
        self._runner = asyncio.Runner()
        self._clients: dict[bool, AsyncOpenAI] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for client in self._clients.values():
            self._runner.run(client.close())
        self._clients.clear()
        self._runner.close()

    def redacted(self, body: bytes) -> bytes:
        """The body of an answer without our own secrets, as a live answer is kept."""
        return self._redactor.answer(body)

    def upload(self, path: Path, *, name: str, may_be_there: bool = False) -> str:
        """The server's id for an input file, which is sent piece by piece.

        Args:
            path: The file.
            name: What it is called there; nothing else may have this name.
            may_be_there: An earlier try may have succeeded: look for it first.

        Raises:
            ConfigError: The server has no Batch API.
            ModelError: It could not be uploaded.
        """

        async def send() -> str:
            with path.open("rb") as file:  # nothing else runs on this loop
                raw = await self._open().files.with_raw_response.create(
                    file=(name, file, "application/jsonl"), purpose="batch"
                )
            return id_of(object_of(raw.content, "the file"), "the file")

        try:
            return self._run(self._only_once(lambda: self._find_upload(name), send, may_be_there=may_be_there))
        except ModelError as error:
            if error.status in _NOT_THERE:
                hint = f"Ask it live: snellen run PATH --model {self._spec.key} --responses missing"
                raise ConfigError(Problem(f"no Batch API: {error}", hint=hint)) from error
            raise

    def create(
        self, file_id: str, *, endpoint: str, mark: str, description: str = "", may_be_there: bool = False
    ) -> RemoteBatch:
        """A batch of an uploaded file, created once however often the connection breaks.

        Args:
            file_id: Of the input file.
            endpoint: Which every line of it names too.
            mark: Put into the batch's metadata, and what it is found by; nothing else may have it.
            description: For people who look at the batches of their account.
            may_be_there: An earlier try may have succeeded: look for it first.

        Raises:
            ModelError: It was not created, as far as the server tells.
        """

        async def send() -> RemoteBatch:
            metadata = {_MARK: mark, **({"description": description[:512]} if description else {})}
            body = {
                "input_file_id": file_id,
                "endpoint": endpoint,
                "completion_window": "24h",
                "metadata": metadata,
            }
            return batch_of(await self._json("POST", "/batches", body=body))

        return self._run(self._only_once(lambda: self._find_batch(mark), send, may_be_there=may_be_there))

    def find(self, mark: str) -> RemoteBatch | None:
        """The batch that was created with this mark, None when there is none."""
        return self._run(self._find_batch(mark))

    def retrieve(self, batch_id: str) -> RemoteBatch:
        """How the batch stands now.

        Raises:
            ModelError: The server does not say.
        """
        return batch_of(self._run(self._again(lambda: self._json("GET", f"/batches/{batch_id}"))))

    def cancel(self, batch_id: str) -> RemoteBatch:
        """The batch, on its way to being cancelled; what is answered already can still be collected.

        Raises:
            ModelError: The server refused.
        """
        return batch_of(self._run(self._again(lambda: self._json("POST", f"/batches/{batch_id}/cancel", body={}))))

    def download(self, file_id: str, target: Path) -> None:
        """Writes the server's file to `target` in one step, piece by piece, however large it is.

        Raises:
            ModelError: It cannot be had; status 404 when the server has removed it.
            StorageError: It cannot be written here.
        """
        temporary = target.with_name(f".{target.name}.part")

        async def receive() -> None:
            try:
                with temporary.open("wb") as file:  # nothing else runs on this loop
                    await self._receive(file_id, file)
                    file.flush()
                    os.fsync(file.fileno())
            except OSError as error:
                raise StorageError(f"cannot write {target}: {error.strerror or error}") from error

        try:
            self._run(self._again(receive))
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)

    # Below here on the loop.

    async def _receive(self, file_id: str, file: BinaryIO) -> None:
        import httpx2

        from snellen.models.wire import BrokenOffError, GarbledError

        files = self._open(is_bounded=False).files
        async with files.with_streaming_response.content(file_id) as response:
            try:
                async for piece in response.iter_bytes():
                    file.write(piece)
                    if file.tell() > _MAX_DOWNLOAD_BYTES:
                        raise ModelError(  # the size is known here only
                            f"{self._spec.host} sends more than {_MAX_DOWNLOAD_BYTES // 2**30} GB for file {file_id}",
                            kind="bad_reply",
                        )
            except httpx2.TransportError as error:
                raise BrokenOffError(response.status_code) from error
            except httpx2.DecodingError as error:
                raise GarbledError(response.status_code) from error

    async def _find_upload(self, name: str) -> str | None:
        try:
            async for entry in self._pages("/files", purpose="batch", limit=_FILES_A_PAGE):
                if entry.get("filename") == name:
                    return id_of(entry, "the file")
        except ModelError as error:
            if error.status not in (400, *_NOT_THERE):
                raise
            # Not every server lists files. A second upload of the same bytes costs nothing: only batches do.
        return None

    async def _find_batch(self, mark: str) -> RemoteBatch | None:
        async for entry in self._pages("/batches", limit=_BATCHES_A_PAGE):
            metadata = entry.get("metadata")
            if isinstance(metadata, dict) and metadata.get(_MARK) == mark:
                return batch_of(entry)
        return None

    async def _pages(self, path: str, **query: object) -> AsyncIterator[Json]:
        """The entries of a list, page after page."""
        seen: set[str] = set()
        while True:
            page = await self._json("GET", path, query=query)
            entries = [entry for entry in page.get("data") or () if isinstance(entry, dict)]
            for entry in entries:
                yield entry
            last = str(entries[-1].get("id", "")) if entries else ""
            if not page.get("has_more") or not last or last in seen:
                return
            seen.add(last)
            query = {**query, "after": last}

    async def _only_once(
        self, find: Callable[[], Awaitable[T | None]], send: Callable[[], Awaitable[T]], *, may_be_there: bool
    ) -> T:
        """What `send` makes. Before a try that follows one without a clear answer, `find` looks for what that made."""
        is_unclear = may_be_there

        async def attempt() -> T:
            nonlocal is_unclear
            if is_unclear and (found := await self._told(find)) is not None:
                return found
            try:
                return await self._told(send)
            except ModelError as error:
                is_unclear = error.status is None or not 400 <= error.status < 500  # noqa: PLR2004  # a clear no
                raise

        return await self._again(attempt)

    async def _again(self, ask: Callable[[], Awaitable[T]]) -> T:
        """What `ask` gives, asked again where that may help."""
        for number in itertools.count():
            try:
                return await self._told(ask)
            except ModelError as error:
                asked_s = error.retry_after_s or 0.0
                if not error.retryable or number >= self._spec.retries or asked_s > self._spec.max_retry_after_s:
                    raise
            await self._sleep(asked_s + backoff(number, self._rng))
        raise AssertionError("counting does not end")

    async def _told(self, ask: Callable[[], Awaitable[T]]) -> T:
        """What `ask` gives, with whatever goes wrong in our own words."""
        import openai

        from snellen.models.failures import failure_of
        from snellen.models.wire import ReplyError

        try:
            return await ask()
        except (TimeoutError, openai.OpenAIError, ReplyError) as error:
            failure = failure_of(error, spec=self._spec, redactor=self._redactor)
        # Raised out here, so that the original, which holds the key in its request, is not in the traceback.
        raise failure

    async def _json(
        self,
        method: Literal["GET", "POST"],
        path: str,
        *,
        body: object = None,
        query: Mapping[str, object] | None = None,
    ) -> Json:
        import httpx2

        async def send() -> httpx2.Response:
            client = self._open()
            if method == "GET":
                return await client.get(path, cast_to=httpx2.Response, options={"params": dict(query or {})})
            return await client.post(path, cast_to=httpx2.Response, body=body)

        return object_of((await self._told(send)).content, path)

    def _open(self, *, is_bounded: bool = True) -> AsyncOpenAI:
        if is_bounded not in self._clients:
            from snellen.models.wire import open_client

            client = open_client(self._spec, environ=self._environ, transport=None, is_bounded=is_bounded)
            self._clients[is_bounded] = client
        return self._clients[is_bounded]

    def _run(self, work: Awaitable[T]) -> T:
        async def awaited() -> T:
            return await work

        return self._runner.run(awaited())
