"""A server on 127.0.0.1 that misbehaves on the wire as it is told, and keeps the ledger of what it was asked.

It writes bytes to bare sockets, so that it can say what no HTTP library would send. What a run was charged for is what
stands in the ledger, whatever the run itself believes.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import hashlib
import json
import re
import socket
import ssl
import struct
import threading
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from types import TracebackType
from typing import Self

from snellen.testing import chat_reply

__all__ = ["BEHAVIOURS", "RIGHT", "FaultServer", "Line", "right_answer"]

RIGHT = "right"
"""The behaviour of a server that is well."""

_MB = 2**20
_HUGE_MB = 200


def right_answer(case: str) -> str:
    """What the server says to a case: every case gets its own words."""
    return f"It is red, {case}."


@dataclass(slots=True, kw_only=True)
class Line:
    """One request in the ledger.

    Attributes:
        number: 0-based, in the order they arrived.
        case: Id of the case that asked, told by its prompt.
        digest: Of the body.
        attempt: 0-based, among the requests of this case.
        behaviour: What the server did with it.
        is_answered: The last byte of the reply was handed to the kernel.
    """

    number: int
    case: str
    digest: str
    attempt: int
    behaviour: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    is_answered: bool = False


class _Wire:
    """The connection as a behaviour uses it."""

    def __init__(self, writer: asyncio.StreamWriter, server: FaultServer, line: Line) -> None:
        self._writer = writer
        self.server = server
        self.line = line
        self.is_open = True

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    def hang_up(self) -> None:
        self.is_open = False

    def reset(self) -> None:
        """Closes with RST instead of FIN, as a server does that crashed."""
        peer = self._writer.get_extra_info("socket")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()
        self.is_open = False

    async def reply(
        self, status: int, body: bytes, headers: Mapping[str, str] | None = None, *, promised: int | None = None
    ) -> None:
        """A reply in two pieces, so that it can end after the first.

        Args:
            status: Of HTTP.
            body: As it goes out.
            headers: Further ones, or instead of ours.
            promised: Content-Length, when it is not the body's.
        """
        said = {"content-type": "application/json", "content-length": str(promised or len(body)), **(headers or {})}
        phrase = HTTPStatus(status).phrase
        lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in said.items()), "", ""]
        middle = len(body) // 2
        await self.send("\r\n".join(lines).encode("latin-1") + body[:middle])
        self.server.reached("first byte", self.line)
        await self.send(body[middle:])
        if promised is None:
            self.line.is_answered = True
            self.server.reached("last byte", self.line)


Behaviour = Callable[[_Wire], Awaitable[None]]


def _answer(**changes: object) -> Behaviour:
    """A chat completion whose choice has `changes`; `text` may hold {case}."""

    async def behave(wire: _Wire) -> None:
        await asyncio.sleep(wire.server.delay_of(wire.line))
        given = {"text": right_answer(wire.line.case), **changes}
        reply = chat_reply(given.pop("text"), model="fault-server-2026-01-01", **given)  # type: ignore[arg-type]
        await wire.reply(200, json.dumps(reply).encode())

    return behave


def _status(status: int, body: object = b"", **headers: str) -> Behaviour:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda wire: wire.reply(status, data, named)


def _error(status: int, message: str, code: str | None = None, **headers: str) -> Behaviour:
    return _status(status, {"error": {"message": message, "code": code, "type": code}}, **headers)


async def _later_date(wire: _Wire) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    await wire.reply(429, b'{"error": {"message": "slow down"}}', {"retry-after": date})


async def _reset(wire: _Wire) -> None:
    wire.reset()


async def _close(wire: _Wire) -> None:
    wire.hang_up()


async def _short_body(wire: _Wire) -> None:
    body = json.dumps(chat_reply("It is red.")).encode()
    await wire.reply(200, body, promised=len(body) + 100)
    wire.hang_up()


async def _huge(wire: _Wire) -> None:
    await wire.reply(200, b"[", promised=_HUGE_MB * _MB)
    for _ in range(_HUGE_MB):
        await wire.send(b" " * _MB)


async def _bomb(wire: _Wire) -> None:
    await wire.reply(200, _bomb_bytes(), {"content-encoding": "gzip"})


@functools.cache
def _bomb_bytes() -> bytes:
    """200 MB of blanks in 200 KB."""
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    return b"".join([*(packer.compress(b" " * _MB) for _ in range(_HUGE_MB)), packer.flush()])


async def _hang(wire: _Wire) -> None:
    await asyncio.sleep(3600)


async def _drip(wire: _Wire) -> None:
    await wire.reply(200, b"{", promised=_MB)
    while True:
        await wire.send(b" ")
        await asyncio.sleep(0.05)


async def _redirect_home(wire: _Wire) -> None:
    await wire.reply(307, b"", {"location": "/v1/chat/completions"})


async def _redirect_away(wire: _Wire) -> None:
    await wire.reply(307, b"", {"location": f"http://127.0.0.1:{wire.server.stranger_port}/v1/chat/completions"})


_HTML = b"<html><body><h1>Service unavailable</h1></body></html>"
_CUT_JSON = json.dumps(chat_reply("It is red."))[:-40].encode()
_SURROGATE = json.dumps(chat_reply("It is red, \ud800 and \0.")).encode()

BEHAVIOURS: Mapping[str, Behaviour] = {
    RIGHT: _answer(),
    "wrong": _answer(text="It is blue."),
    "429 retry-after 2": _error(429, "slow down", retry_after="2"),
    "429 retry-after 120": _error(429, "slow down", retry_after="120"),
    "429 retry-after date": _later_date,
    "429 retry-after -5": _error(429, "slow down", retry_after="-5"),
    "429 retry-after soon": _error(429, "slow down", retry_after="soon"),
    "429": _error(429, "slow down"),
    "insufficient_quota": _error(429, "You exceeded your current quota", "insufficient_quota"),
    "500": _error(500, "it broke"),
    "503": _error(503, "overloaded"),
    "503 html": _status(503, _HTML, content_type="text/html"),
    "401": _error(401, "Incorrect API key provided", "invalid_api_key"),
    "413": _error(413, "the picture is too large"),
    "400": _error(400, "the picture is no picture"),
    "reset": _reset,
    "close": _close,
    "short body": _short_body,
    "cut JSON": _status(200, _CUT_JSON),
    "empty": _status(200),
    "html": _status(200, _HTML, content_type="text/html"),
    "invalid UTF-8": _status(200, b'{"choices": [{"message": {"content": "red \xff"}}]}'),
    "wrong schema": _status(200, {"choices": "red"}),
    "no choices": _status(200, {"id": "x", "choices": []}),
    "null content": _answer(text=None),
    "refusal": _answer(text=None, refusal="I cannot look at this."),
    "content_filter": _answer(text="", finish_reason="content_filter"),
    "length": _answer(text="It is red and", finish_reason="length"),
    "surrogate and NUL": _status(200, _SURROGATE),
    "200 MB": _huge,
    "gzip bomb": _bomb,
    "hang": _hang,
    "drip": _drip,
    "redirect home": _redirect_home,
    "redirect away": _redirect_away,
}
"""What the server can do, by name."""

_CASE = re.compile(rb"number (\d+)")


class FaultServer:
    """A chat completions server that does to each attempt of each case what its script says.

    with FaultServer({"c3": ("500", "reset", "right")}) as server:
        ...  # ask server.base_url
    assert server.asked() == {"c3": 3, ...}
    """

    def __init__(
        self,
        script: Mapping[str, Sequence[str]] | None = None,
        *,
        delay_s: Callable[[Line], float] = lambda _: 0.0,
        on_reached: Callable[[str, Line], None] = lambda *_: None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Opens nothing yet.

        Args:
            script: Names of behaviours for the attempts of a case, the last one again and again; others are answered.
            delay_s: Waited before an answer.
            on_reached: Told of "request", "first byte" and "last byte" as they happen, before anything else does.
            tls: Of a server that speaks TLS.
        """
        self.script = dict(script or {})
        self.ledger: list[Line] = []
        self.strangers: list[bytes] = []
        """What arrived at the port that only a redirect names; nothing ever should."""
        self.delay_of = delay_s
        self.reached = on_reached
        self.port = self.stranger_port = 0
        self._tls = tls
        self._attempts: Counter[str] = Counter()
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="fault-server", daemon=True)

    @property
    def base_url(self) -> str:
        """What a model's `base_url` is set to."""
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self.port}/v1"

    def asked(self) -> Counter[str]:
        """How often each case was asked."""
        return Counter(line.case for line in self.ledger)

    def in_flight(self) -> list[Line]:
        """What was asked and not answered to the end."""
        return [line for line in self.ledger if not line.is_answered]

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._started.wait(30)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._loop.set_exception_handler(lambda *_: None)  # of connections that the client reset
        talks: set[asyncio.Task[None]] = set()

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.create_task(self._talk(reader, writer))
            talks.add(task)
            task.add_done_callback(talks.discard)

        server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=self._tls, backlog=512)
        stranger = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        self.port, self.stranger_port = (one.sockets[0].getsockname()[1] for one in (server, stranger))
        self._started.set()
        await self._stop.wait()
        server.close()
        stranger.close()
        for task in tuple(talks):
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        await asyncio.sleep(0)  # transports let go of their sockets a turn later

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.strangers.append(await reader.read(65536))
        writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                while await self._serve_one(reader, writer):
                    pass
                writer.close()
                await writer.wait_closed()
        finally:
            writer.transport.abort()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        line = self._enter(await _read_request(reader))
        self.reached("request", line)
        wire = _Wire(writer, self, line)
        await BEHAVIOURS[line.behaviour](wire)
        return wire.is_open

    def _enter(self, request: tuple[Mapping[str, str], bytes]) -> Line:
        headers, body = request
        found = _CASE.search(body)
        case = f"c{found[1].decode()}" if found else "?"
        attempt = self._attempts[case]
        self._attempts[case] += 1
        steps = self.script.get(case, (RIGHT,))
        line = Line(
            number=len(self.ledger),
            case=case,
            digest=hashlib.sha256(body).hexdigest(),
            attempt=attempt,
            behaviour=steps[min(attempt, len(steps) - 1)],
            headers=headers,
            body=body,
        )
        self.ledger.append(line)
        return line


async def _read_request(reader: asyncio.StreamReader) -> tuple[Mapping[str, str], bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    lines = head.rstrip("\r\n").split("\r\n")[1:]
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return headers, await reader.readexactly(int(headers.get("content-length", "0")))
