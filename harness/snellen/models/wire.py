"""The connection under openai's client: replies are read whole, up to a limit, and no redirect is followed.

Only loaded when something is asked live, because openai and httpx2 take a third of a second to import.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import httpx2
from openai import AsyncOpenAI

from snellen.models.spec import DEFAULT_BASE_URL, ModelSpec

__all__ = [
    "MAX_REPLY_BYTES",
    "BrokenOffError",
    "GarbledError",
    "ReplyError",
    "TooLargeError",
    "offline_transport",
    "open_client",
]

MAX_REPLY_BYTES = 8 * 2**20
"""Of a reply, after decompression; the longest answers that models write are under 1 MB."""

_CONNECT_TIMEOUT_S = 10.0
_OF_THE_WIRE = ("content-encoding", "content-length", "transfer-encoding")
_NO_KEY = "no-key"  # openai's client insists on one; servers that need none ignore it
_IN_PROCESS_URL = "http://offline.invalid/v1"  # never looked up: the transport is the application itself


class ReplyError(Exception):
    """A reply had begun and could not be read to its end.

    Attributes:
        status: The reply's HTTP status.
    """

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


class TooLargeError(ReplyError):
    """A reply was larger than MAX_REPLY_BYTES; the rest was not read."""


class GarbledError(ReplyError):
    """A reply was not compressed as it said."""


class BrokenOffError(ReplyError):
    """A reply's connection ended before the reply did."""


class _BoundedClient(httpx2.AsyncClient):
    """Reads every reply, of any status, whole and only up to the limit, before openai's client sees it."""

    async def send(self, request: httpx2.Request, *, stream: bool = False, **options: Any) -> httpx2.Response:
        response = await super().send(request, stream=True, **options)
        try:
            body = await _read_bounded(response)
        finally:
            await response.aclose()
        # What it says of its encoding and length was true on the wire and is not true of `body`.
        headers = httpx2.Headers([(n, v) for n, v in response.headers.multi_items() if n.lower() not in _OF_THE_WIRE])
        return httpx2.Response(response.status_code, headers=headers, content=body, request=response.request)


async def _read_bounded(response: httpx2.Response) -> bytes:
    body = bytearray()
    try:
        async for piece in response.aiter_bytes():  # httpx2 inflates in pieces of 1 MiB at most
            body += piece
            if len(body) > MAX_REPLY_BYTES:
                raise TooLargeError(response.status_code)
    except httpx2.TransportError as error:
        raise BrokenOffError(response.status_code) from error
    except httpx2.DecodingError as error:
        raise GarbledError(response.status_code) from error
    return bytes(body)


def open_client(
    spec: ModelSpec,
    *,
    environ: Mapping[str, str],
    transport: httpx2.AsyncBaseTransport | None,
    is_bounded: bool = True,
) -> AsyncOpenAI:
    """An openai client for this model that neither retries nor follows redirects: those decisions are ours.

    Args:
        spec: Whom to ask.
        environ: Where the key and the values of further headers are.
        transport: Instead of the network; None goes there, by the proxies of the environment.
        is_bounded: False leaves replies unread and unlimited, for files that are read piece by piece.
    """
    address = urlsplit(_IN_PROCESS_URL if spec.is_in_process else spec.base_url or DEFAULT_BASE_URL)
    timeout = httpx2.Timeout(spec.timeout_s, connect=min(_CONNECT_TIMEOUT_S, spec.timeout_s))
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=max(20, spec.concurrency))
    kind = _BoundedClient if is_bounded else httpx2.AsyncClient
    http_client = kind(timeout=timeout, limits=limits, follow_redirects=False, transport=transport)
    return AsyncOpenAI(
        api_key=environ.get(spec.api_key_env, "").strip() or _NO_KEY,
        base_url=urlunsplit(address._replace(query="")),
        default_query=dict(parse_qsl(address.query)),  # left in base_url, the path would be put behind it
        default_headers={header: environ.get(name, "").strip() for header, name in spec.headers_env.items()},
        timeout=timeout,
        max_retries=0,
        http_client=http_client,
    )


def offline_transport(pinned: Mapping[str, Path]) -> httpx2.AsyncBaseTransport:
    """The built-in models, as a transport: requests are answered in this process."""
    from snellen.offline.app import create_app

    return httpx2.ASGITransport(create_app(pinned=pinned))
