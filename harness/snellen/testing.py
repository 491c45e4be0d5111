"""For tests of evals: tiny pictures, replies as a server writes them, and a server that gives them over real HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Literal, Self

from snellen.request import API_PATHS

__all__ = ["FakeEndpoint", "FakeReply", "FakeRequest", "chat_reply", "responses_reply", "tiny_png"]

_DEFAULT_USAGE = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
_DEFAULT_RESPONSES_USAGE = {"input_tokens": 100, "output_tokens": 10, "total_tokens": 110}


def tiny_png(color: str = "red", size: tuple[int, int] = (8, 8), *, text: str = "") -> bytes:
    """A PNG of one colour, the same bytes each time.

    Args:
        color: By a name or code that Pillow knows.
        size: Width and height in pixels.
        text: Written across it in black, as tall as fits; needs a picture that is large enough to read.
    """
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new("RGB", size, color)
    if text:
        tall_px = max(6, min(size[1] * 3 // 5, size[0] * 3 // (2 * len(text))))
        centre = (size[0] / 2, size[1] / 2)
        ImageDraw.Draw(picture).text(centre, text, fill="black", font=ImageFont.load_default(tall_px), anchor="mm")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def chat_reply(
    text: str | None,
    *,
    finish_reason: str | None = "stop",
    refusal: str | None = None,
    model: str = "fake-model-2026-01-01",
    usage: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """A chat completion as a server writes it.

    Args:
        text: The answer.
        finish_reason: Why it ended.
        refusal: The refusal, beside or instead of an answer.
        model: Who says to have answered.
        usage: Token counts; None gives some, an empty one leaves them out.
    """
    reply: dict[str, object] = {
        "id": "chatcmpl-fake",
        "object": "chat.completion",
        "created": 1767225600,
        "model": model,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text, "refusal": refusal},
                "finish_reason": finish_reason,
            }
        ],
    }
    counted = _DEFAULT_USAGE if usage is None else usage
    return {**reply, "usage": dict(counted)} if counted else reply


def responses_reply(
    text: str | None,
    *,
    status: str = "completed",
    incomplete_reason: str | None = None,
    refusal: str | None = None,
    model: str = "fake-model-2026-01-01",
    usage: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """A reply of the Responses API as a server writes it.

    Args:
        text: The answer.
        status: How it ended.
        incomplete_reason: Why it is cut off, such as "max_output_tokens"; the status is then "incomplete".
        refusal: The refusal, beside or instead of an answer.
        model: Who says to have answered.
        usage: Token counts; None gives some, an empty one leaves them out.
    """
    status = status if incomplete_reason is None else "incomplete"
    content: list[dict[str, object]] = []
    if text is not None:
        content.append({"type": "output_text", "text": text, "annotations": []})
    if refusal is not None:
        content.append({"type": "refusal", "refusal": refusal})
    message = {"id": "msg_fake", "type": "message", "role": "assistant", "status": status, "content": content}
    reply: dict[str, object] = {
        "id": "resp_fake",
        "object": "response",
        "created_at": 1767225600,
        "status": status,
        "error": None,
        "incomplete_details": None if incomplete_reason is None else {"reason": incomplete_reason},
        "model": model,
        "output": [message],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
    }
    counted = _DEFAULT_RESPONSES_USAGE if usage is None else usage
    return {**reply, "usage": dict(counted)} if counted else reply


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeReply:
    """What the fake endpoint does with one request.

    Attributes:
        status: HTTP status.
        body: Bytes go out as they are, a text as UTF-8, anything else as JSON.
        headers: Further headers; a Content-Type given here wins.
        delay_s: Waited before the first byte.
        drip_s: Waited after each byte of the body, for a reply that never seems to end.
        hang_up: Closes the connection "before" the first byte, or "midway" through the body.
    """

    status: int = 200
    body: object = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    drip_s: float = 0.0
    hang_up: Literal["", "before", "midway"] = ""

    def head_and_body(self) -> tuple[bytes, bytes]:
        """The bytes that go over the wire."""
        body = self.body if isinstance(self.body, bytes) else _encoded(self.body)
        media_type = "text/html; charset=utf-8" if isinstance(self.body, str) else "application/json"
        phrase = HTTPStatus(self.status).phrase if self.status in list(HTTPStatus) else "Unknown"
        headers = {"content-type": media_type, "content-length": str(len(body))}
        headers |= {name.lower(): value for name, value in self.headers.items()}
        lines = [f"HTTP/1.1 {self.status} {phrase}", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        return "\r\n".join(lines).encode("latin-1"), body


def _encoded(body: object) -> bytes:
    return body.encode("utf-8") if isinstance(body, str) else json.dumps(body).encode("ascii")


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeRequest:
    """One request as the fake endpoint saw it.

    Attributes:
        method: In capitals.
        path: With its query.
        headers: Names in lower case.
        body: As it arrived.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def json(self) -> dict[str, object]:
        """The body as JSON."""
        value: dict[str, object] = json.loads(self.body)
        return value


Answer = str | FakeReply


class FakeEndpoint:
    """An OpenAI-compatible server on 127.0.0.1 that says what it is told to and remembers what it was asked.

        with FakeEndpoint("a cat", FakeReply(status=500), "a dog") as endpoint:
            ...  # ask endpoint.base_url
        assert len(endpoint.requests) == 3

    Replies are given in order, the last one again and again; a text is the answer in the form of the API that was
    asked, Chat Completions or Responses. A function instead of replies gets each request and returns its reply.
    """

    def __init__(self, *replies: Answer, answer: Callable[[FakeRequest], Answer] | None = None) -> None:
        """Opens nothing yet.

        Args:
            replies: In order; none at all means "ok" for ever.
            answer: Instead of `replies`.
        """
        self.requests: list[FakeRequest] = []
        self._replies = replies or ("ok",)
        self._answer = answer or self._next
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fake-endpoint", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._failure: Exception | None = None
        self._port = 0

    @property
    def base_url(self) -> str:
        """What a model's `base_url` or OPENAI_BASE_URL is set to; known while the endpoint is open."""
        return f"http://127.0.0.1:{self._port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        if self._failure is not None and error is None:
            raise self._failure  # an assertion in `answer` fails the test, not only the connection

    def _next(self, request: FakeRequest) -> Answer:
        return self._replies[min(len(self.requests), len(self._replies)) - 1]

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        finally:
            self._started.set()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        connections: set[asyncio.Task[None]] = set()

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.create_task(self._talk(reader, writer))
            connections.add(task)
            task.add_done_callback(connections.discard)

        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        self._port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._stop.wait()
        server.close()
        for task in tuple(connections):
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await _read_request(reader)) is not None:
                self.requests.append(request)
                answer = self._answer(request)
                reply = _answering(request, answer) if isinstance(answer, str) else answer
                if not await _send(reply, writer):
                    break
        except ConnectionError:
            pass  # the client had enough
        except Exception as error:  # noqa: BLE001  # raised where the test can see it, when the endpoint is closed
            self._failure = error
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


def _answering(request: FakeRequest, text: str) -> FakeReply:
    is_responses = request.path.partition("?")[0].endswith(API_PATHS["responses"])
    return FakeReply(body=responses_reply(text) if is_responses else chat_reply(text))


async def _read_request(reader: asyncio.StreamReader) -> FakeRequest | None:
    """The next request of a connection, None when the client closed it."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.rstrip("\r\n").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
    except asyncio.IncompleteReadError:
        return None
    method, path, _ = first.split(" ", 2)
    return FakeRequest(method=method, path=path, headers=headers, body=body)


async def _send(reply: FakeReply, writer: asyncio.StreamWriter) -> bool:
    """Sends a reply; False when the connection is to be closed."""
    await asyncio.sleep(reply.delay_s)
    if reply.hang_up == "before":
        return False
    head, body = reply.head_and_body()
    writer.write(head)
    await writer.drain()
    pieces = [body[at : at + 1] for at in range(len(body))] if reply.drip_s else [body]
    for piece in [body[: len(body) // 2]] if reply.hang_up else pieces:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(reply.drip_s)
    return not reply.hang_up
