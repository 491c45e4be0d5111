"""The bytes of a picture that a request names: in a data URI, pinned by its address, or on a server of this machine."""

from __future__ import annotations

import asyncio
import ipaddress
import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pybase64

from snellen._files import read_regular
from snellen._text import printable, shorten
from snellen.errors import InputError
from snellen.offline.protocol import ApiError

__all__ = ["load"]

_MOST_BYTES = 20 * 2**20
_FETCH_S = 10.0
_DATA_URI = re.compile(r"data:([^,;]*)((?:;[^,;]*)*),", re.IGNORECASE)
_LOOPBACK_4 = ipaddress.ip_network("127.0.0.0/8")
_LOOPBACK_6 = ipaddress.ip_address("::1")  # and no IPv4 address dressed up as IPv6
_OK = 200
_SHOWN = 200  # characters of an address in a message
_RULE = (
    "the offline models have no network; they fetch http://127.0.0.1 and http://localhost only, "
    "so send the image as a base64 data URI"
)


async def load(url: str, pinned: Mapping[str, bytes | Path]) -> bytes:
    """What stands behind `url`.

    Nothing but a loopback address is ever connected to, so a request cannot make this server look into a network.

    Args:
        url: A base64 data URI, an address in `pinned`, or plain http to this machine.
        pinned: Pictures known by their address: their bytes, or a local file.

    Raises:
        ApiError: 400; the data is not base64, or the address may not or cannot be fetched.
    """
    if url[:5].casefold() == "data:":
        return _decode(url)
    if url in pinned:
        return _pinned(url, pinned[url])
    return await _fetch(_loopback(url), shown=url)


def _decode(uri: str) -> bytes:
    head = _DATA_URI.match(uri)
    if head is None or ";base64" not in head[2].casefold():
        raise ApiError(
            "Invalid image data URI: expected 'data:image/<type>;base64,<data>'.", code="invalid_base64_image"
        )
    try:
        data = pybase64.b64decode(uri[head.end() :].encode(), validate=True)
    except ValueError as error:
        raise ApiError(f"Invalid base64-encoded image: {error}", code="invalid_base64_image") from error
    if not data:
        raise ApiError("The image is empty (0 bytes).", code="empty_image_file")
    return data


def _pinned(url: str, image: bytes | Path) -> bytes:
    if isinstance(image, bytes):
        return image
    try:
        return read_regular(image, limit=_MOST_BYTES)
    except InputError as error:
        raise _not_downloaded(url, str(error)) from error


def _loopback(url: str) -> str:
    """`url` with its host as a loopback address; names are not looked up, whatever they would mean."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise _not_downloaded(url, str(error)) from error
    if parts.scheme != "http" or parts.username is not None or parts.password is not None:
        raise _not_downloaded(url, _RULE)
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError as error:
        raise _not_downloaded(url, _RULE) from error
    if address not in _LOOPBACK_4 and address != _LOOPBACK_6:
        raise _not_downloaded(url, _RULE)
    literal = f"[{address}]" if address.version == 6 else str(address)  # noqa: PLR2004  # the IP version
    return urlunsplit(("http", f"{literal}:{port or 80}", parts.path, parts.query, ""))


async def _fetch(url: str, *, shown: str) -> bytes:
    import httpx2

    try:
        async with asyncio.timeout(_FETCH_S), httpx2.AsyncClient(trust_env=False, follow_redirects=False) as client:
            headers = {"Accept-Encoding": "identity"}
            async with client.stream("GET", url, headers=headers) as response:
                if response.status_code != _OK:
                    raise _not_downloaded(shown, f"the server answered {response.status_code}")
                return await _read(response.aiter_raw(), shown)
    except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError) as error:
        raise _not_downloaded(shown, str(error) or f"no answer in {_FETCH_S:g} s") from error


async def _read(pieces: AsyncIterator[bytes], shown: str) -> bytes:
    body = bytearray()
    async for piece in pieces:
        body += piece
        if len(body) > _MOST_BYTES:
            raise _not_downloaded(shown, f"it has more than {_MOST_BYTES:,} bytes")
    return bytes(body)


def _not_downloaded(url: str, why: str) -> ApiError:
    return ApiError(
        f"Error while downloading {shorten(printable(url), _SHOWN)}: {why}.",
        code="failed_to_download_image",
        param="url",
    )
