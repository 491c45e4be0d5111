"""The fingerprint of a request: what decides the answer, and nothing else, as one digest."""

from __future__ import annotations

import binascii
import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import cast
from urllib.parse import unquote_to_bytes

import orjson
import pybase64

from snellen._files import digest
from snellen.errors import InputError
from snellen.request import Api

__all__ = ["canonical_of_wire", "fingerprint", "identity_of_url"]

# Every integral float up to here is exactly one integer; above it 1e300 would become 300 digits.
_MAX_EXACT_INT = 2**53

# A string this long in a part that is neither text nor picture is a file's bytes; a recording keeps its digest.
_MAX_INLINE_CHARS = 1_000

_NO_REQUEST: Mapping[Api, str] = MappingProxyType(
    {
        "chat": "the request body is no chat request: it needs a `model` and a list of `messages`",
        "responses": "the request body is no Responses request: it needs a `model` and as `input` a text or a list",
    }
)


def fingerprint(canonical: Mapping[str, object]) -> str:
    """The hex SHA-256 under which the response to this request is recorded.

    Key order does not count, and 0.0 is 0: JSON has one kind of number, and configuration files write either.

    Args:
        canonical: A request in canonical form, as `Request.canonical()` and `canonical_of_wire` give it.

    Raises:
        InputError: It holds something no JSON request can carry: nan, half a surrogate pair, a Python object.
    """
    try:
        return digest(orjson.dumps(_plain(canonical, "request"), option=orjson.OPT_SORT_KEYS))
    except (orjson.JSONEncodeError, RecursionError) as error:
        raise InputError(f"this request cannot be sent as JSON: {error}") from error


def _plain(value: object, where: str) -> object:
    match value:
        case None | bool() | str() | int():
            return value
        case float():
            return _number(value, where)
        case list() | tuple():
            return [_plain(item, where) for item in value]
        case Mapping():
            return {key: _plain(item, f"{where}.{key}") for key, item in value.items()}
        case _:
            raise InputError(f"{where} holds {value!r}, which no JSON request can carry")


def _number(value: float, where: str) -> int | float:
    if not math.isfinite(value):
        raise InputError(f"{where} is {value!r}; JSON has no such number")
    return int(value) if value.is_integer() and abs(value) <= _MAX_EXACT_INT else value


def canonical_of_wire(body: bytes, *, api: Api = "chat") -> dict[str, object]:
    """The canonical form of a request body that some client is about to send, equal to that of our own `Request`.

    A text message equals one text part, a picture counts by its bytes however it was wrapped, `stream: false` is what
    leaving it out means, and in Responses `detail: auto` is, too. The repeat is always the first. All other parameters
    count as they are: `instructions`, `previous_response_id` and `store` of Responses are among them.

    Args:
        body: JSON of a request.
        api: Which endpoint it is for.

    Raises:
        InputError: It is not JSON, or names no model or nothing that is asked.
    """
    try:
        sent = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InputError(f"the request body is not JSON: {error}") from error
    said = "messages" if api == "chat" else "input"
    asked = sent.get(said) if isinstance(sent, dict) else None
    if api == "responses" and isinstance(asked, str):
        asked = [{"role": "user", "content": asked}]
    if not isinstance(asked, list) or not isinstance(sent.get("model"), str):
        raise InputError(_NO_REQUEST[api])
    params = {key: value for key, value in sent.items() if key not in ("model", said)}
    if params.get("stream") is False:
        del params["stream"]
    return {
        "api": api,
        "model": sent["model"],
        "messages": [_message(message) if api == "chat" else _item(message) for message in asked],
        "params": params,
        "repeat": 0,
    }


def _message(message: object) -> dict[str, object]:
    if not isinstance(message, dict):
        raise InputError(f"the request body holds the message {message!r}; a message is an object")
    return {**message, "content": _parts(message.get("content"), _part)}


def _parts(content: object, part_of: Callable[[object], object]) -> list[object]:
    match content:
        case str():
            return [{"type": "text", "text": content}]
        case list():
            return [part_of(part) for part in content]
        case _:
            return []


def _item(item: object) -> object:
    """An input item: a message as Chat Completions would have it; the result of a tool or a reasoning as it is."""
    if not isinstance(item, dict):
        raise InputError(f"the request body holds the input item {item!r:.80}; an item is an object")
    if item.get("type", "message") != "message" or "role" not in item:
        return _without_bytes(item)
    message = {key: value for key, value in item.items() if key != "type"}  # `message` is what leaving it out means
    return {**message, "content": _parts(item.get("content"), _input_part)}


def _input_part(part: object) -> object:
    kind = part.get("type") if isinstance(part, dict) else None
    if isinstance(part, dict) and kind in ("input_text", "output_text"):
        return {**part, "type": "text"}
    if isinstance(part, dict) and kind == "input_image" and isinstance(part.get("image_url"), str):
        said = {key: value for key, value in part.items() if value is not None and (key, value) != ("detail", "auto")}
        url = str(said.pop("image_url"))
        return {**said, "type": "image", "image": identity_of_url(url)}
    return _without_bytes(part)  # a picture that was uploaded before goes by its file_id


def _part(part: object) -> object:
    if not isinstance(part, dict) or part.get("type") == "text":
        return part
    if part.get("type") == "image_url":
        return _image(part)
    return _without_bytes(part)


def _image(part: dict[str, object]) -> dict[str, object]:
    # gpt-4-vision-preview took the address itself where every later model wants an object; old programs still do it.
    given = part.get("image_url")
    inner = {"url": given} if isinstance(given, str) else given
    if not isinstance(inner, dict) or not isinstance(inner.get("url"), str):
        raise InputError(f"the request body holds a picture without an address: {given!r:.80}")
    extra = {key: value for key, value in part.items() if key not in ("type", "image_url")}
    extra |= {key: value for key, value in inner.items() if key != "url" and value is not None}
    return {**extra, "type": "image", "image": identity_of_url(cast("str", inner["url"]))}


def identity_of_url(url: str) -> str:
    """`sha256:<hex>` of the bytes that a data URI carries; any other address as it is."""
    if url[:5].lower() != "data:":
        return url
    header, _, payload = url.partition(",")
    return f"sha256:{digest(_payload(header, payload))}"


def _payload(header: str, payload: str) -> bytes:
    if not header.lower().endswith(";base64"):
        return unquote_to_bytes(payload)
    try:
        return pybase64.b64decode("".join(payload.split()), validate=True)
    except (binascii.Error, ValueError):
        return payload.encode("utf-8", "surrogatepass")  # not base64: the endpoint will refuse it, its text still tells


def _without_bytes(value: object) -> object:
    match value:
        case str() if len(value) > _MAX_INLINE_CHARS:
            return f"sha256:{digest(value.encode('utf-8', 'surrogatepass'))}"
        case list():
            return [_without_bytes(item) for item in value]
        case dict():
            return {key: _without_bytes(item) for key, item in value.items()}
        case _:
            return value
