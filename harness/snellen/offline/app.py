"""The offline models as an ASGI application that speaks the Chat Completions and Responses APIs.

In process: `httpx2.AsyncClient(transport=httpx2.ASGITransport(create_app()))`. For other programs: `server.serve()`.
"""

from __future__ import annotations

import asyncio
import functools
import importlib.metadata
import importlib.util
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from snellen._files import digest
from snellen.errors import ConfigError, ImageError
from snellen.offline import sources
from snellen.offline.protocol import ApiError, Asked, parse
from snellen.offline.replies import (
    Reply,
    cut_to,
    error_body,
    image_tokens,
    model_body,
    models_body,
    reply_body,
    reply_events,
    responses_body,
)
from snellen.request import ANSWERING, API_PATHS

__all__ = ["App", "create_app"]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_MOST_BODY_BYTES = 64 * 2**20
_JSON = b"application/json"
_MODULES = ("cv2", "numpy", "onnxruntime", "rapidocr")
_DECIDING = ("snellen", "rapidocr", "onnxruntime", "opencv-python-headless", "numpy", "pillow")

# Looking is CPU work: off the event loop, so that other requests get on, and two at a time, because the reader takes
# one picture after the other anyway and shapes are measured meanwhile.
_workers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="snellen-offline")


def create_app(*, pinned: Mapping[str, bytes | Path] | None = None) -> App:
    """An ASGI application with the models `offline-reader` and `offline-describer`.

    Making it is cheap: weights are loaded by the first question that has a picture.

    Args:
        pinned: Pictures that requests may name by an address that is never fetched: their bytes or a local file.

    Raises:
        ConfigError: The packages of `snellen[offline]` are not installed.
    """
    missing = [name for name in _MODULES if importlib.util.find_spec(name) is None]
    if missing:
        raise ConfigError(
            f"the offline model needs {', '.join(missing)}, not installed here.\n  pip install 'snellen[offline]'"
        )
    return functools.partial(_serve, dict(pinned or {}))


async def _serve(pinned: Mapping[str, bytes | Path], scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["type"] == "http":
        await _respond(pinned, scope, receive, send)
    else:
        raise ValueError(f"the offline model speaks HTTP, not {scope['type']}")


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _respond(pinned: Mapping[str, bytes | Path], scope: Scope, receive: Receive, send: Send) -> None:
    try:
        status, kind, pieces = 200, _JSON, await _route(pinned, scope, receive)
        if not isinstance(pieces, bytes):
            kind = b"text/event-stream; charset=utf-8"
    except ApiError as error:
        status, kind, pieces = error.status, _JSON, error_body(error)
    except Exception as error:  # noqa: BLE001  # a client is owed an error object, whatever broke
        broken = ApiError(f"The offline model broke: {error!r}", status=500, code="server_error", kind="server_error")
        status, kind, pieces = 500, _JSON, error_body(broken)
    await _send(send, status=status, kind=kind, pieces=[pieces] if isinstance(pieces, bytes) else pieces)


async def _send(send: Send, *, status: int, kind: bytes, pieces: Iterable[bytes]) -> None:
    pieces = list(pieces)
    headers = [(b"content-type", kind), (b"x-request-id", b"req_" + digest(b"".join(pieces))[:32].encode())]
    if len(pieces) == 1:
        headers.append((b"content-length", str(len(pieces[0])).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    for piece in pieces:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _route(pinned: Mapping[str, bytes | Path], scope: Scope, receive: Receive) -> bytes | Iterable[bytes]:
    method, path = scope["method"], scope["path"].rstrip("/")
    for api in ANSWERING:
        if path == f"/v1{API_PATHS[api]}":
            _allow(method, "POST", path)
            return await _complete(pinned, parse(await _read_body(receive), api=api))
    if path == "/v1/models" or path.startswith("/v1/models/"):
        _allow(method, "GET", path)
        return models_body() if path == "/v1/models" else model_body(path.removeprefix("/v1/models/"))
    raise ApiError(
        f"Invalid URL ({method} {path}); this server has POST /v1/chat/completions, "
        "POST /v1/responses and GET /v1/models.",
        status=404,
        code="unknown_url",
    )


def _allow(method: str, allowed: str, path: str) -> None:
    if method != allowed:
        raise ApiError(f"Not allowed to {method} on {path}; use {allowed}.", status=405, code="method_not_supported")


async def _read_body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ApiError("The client went away before its request was complete.", code="incomplete_request")
        body += message.get("body", b"")
        if len(body) > _MOST_BODY_BYTES:
            raise ApiError(
                f"The request has more than {_MOST_BODY_BYTES:,} bytes, which is the limit of the offline models.",
                status=413,
                code="request_too_large",
            )
        if not message.get("more_body", False):
            return bytes(body)


async def _complete(pinned: Mapping[str, bytes | Path], asked: Asked) -> bytes | Iterable[bytes]:
    images = [await sources.load(url, pinned) for url in asked.images]
    text, tokens = await asyncio.get_running_loop().run_in_executor(_workers, _look, asked, images)
    text, is_cut = cut_to(text, asked.most_tokens)
    reply = Reply(
        text=text, is_cut=is_cut, image_tokens=tokens, created=int(time.time()), fingerprint=_system_fingerprint()
    )
    if asked.api == "responses":
        return responses_body(asked, reply)
    return reply_events(asked, reply) if asked.streams else reply_body(asked, reply)


def _look(asked: Asked, images: list[bytes]) -> tuple[str, int]:
    """The answer and what the pictures count. The packages for looking are loaded here, by the first who asks."""
    from snellen.offline.describe import answer
    from snellen.offline.pictures import decode

    decoded = []
    for number, image in enumerate(images, 1):
        try:
            decoded.append(decode(image))
        except ImageError as error:
            raise ApiError(f"Invalid image {number}: {error}.", code="image_parse_error", param="messages") from error
    tokens = sum(image_tokens(*size) for _, size in decoded)
    return answer(asked.model, asked.prompt, [pixels for pixels, _ in decoded]), tokens


@functools.cache
def _system_fingerprint() -> str:
    """Changes when software that decides the answer does."""
    versions = "\n".join(f"{name} {importlib.metadata.version(name)}" for name in _DECIDING)
    return f"fp_{digest(versions.encode())[:10]}"
