"""Chat Completions as bytes: the body of a request, and what the body of a reply says."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import NoReturn, cast

import orjson

from snellen._text import printable, shorten
from snellen.errors import InputError, ModelError
from snellen.request import ImagePart, Message, Part, Request, TextPart
from snellen.response import Response, StopReason, Usage

__all__ = ["chat_body", "parse_chat"]

_Json = dict[str, object]

_STOPS: dict[object, StopReason] = {
    "stop": "stop",
    "length": "length",
    "content_filter": "content_filter",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",  # what tool_calls was called until 2023, still said by some servers
    "end_turn": "stop",  # the next four are other vendors' words that gateways pass on
    "eos": "stop",
    "max_tokens": "length",
    "refusal": "refusal",
}
_SURROGATES = re.compile("[\ud800-\udfff]")
_KEPT_OF_BODY = 2_000
_SAID_WIDTH = 300


def chat_body(request: Request, data_urls: Mapping[tuple[str, str], str]) -> bytes:
    """The JSON that asks `request`.

    Args:
        request: What is asked.
        data_urls: For each picture that is sent inline, by its (identity, transform), the data URL.

    Raises:
        InputError: A text cannot be written as UTF-8.
    """
    body: _Json = {
        "model": request.model,
        "messages": [_message(message, data_urls) for message in request.messages],
        **request.params,
    }
    try:
        return orjson.dumps(body)
    except orjson.JSONEncodeError as error:
        raise InputError(f"the request cannot be written as JSON: {error}") from None


def _message(message: Message, data_urls: Mapping[tuple[str, str], str]) -> _Json:
    match message.parts:
        case (TextPart(text),):  # a plain string is what every server takes, those that see no pictures too
            return {"role": message.role, "content": text}
        case parts:
            return {"role": message.role, "content": [_part(part, data_urls) for part in parts]}


def _part(part: Part, data_urls: Mapping[tuple[str, str], str]) -> _Json:
    if isinstance(part, TextPart):
        return {"type": "text", "text": part.text}
    return {"type": "image_url", "image_url": _image_url(part, data_urls)}


def _image_url(part: ImagePart, data_urls: Mapping[tuple[str, str], str]) -> _Json:
    key = (part.identity, part.transform)
    # An address has a data URL when the endpoint cannot fetch and we did.
    url = data_urls[key] if part.is_inline else data_urls.get(key, part.identity)
    return {"url": url} if part.detail is None else {"url": url, "detail": part.detail}


def parse_chat(
    body: bytes,
    *,
    latency_s: float,
    request_id: str = "",
    recorded: bool = False,
    recorded_at: str = "",
) -> Response:
    """What a reply says, for bodies that just arrived and for recorded ones alike.

    Servers that leave out usage, fingerprints or details are tolerated; a reply that holds no answer never is.

    Args:
        body: As it arrived, of a reply with status 200.
        latency_s: Of the call.
        request_id: From the reply's headers; without one the reply's own `id` is taken.
        recorded: Whether it is replayed.
        recorded_at: When it was asked.

    Raises:
        ModelError: It is no chat completion (kind bad_reply); the message names the place that is wrong.
    """
    reply = _read(body)
    message, stop = _choice(reply, body)
    refusal = message.get("refusal")
    if isinstance(refusal, str) and refusal:
        text, stop = refusal, "refusal"
    else:
        text = _content(message, body)
    served, own_id = reply.get("model"), reply.get("id")
    return Response(
        text=_SURROGATES.sub("\ufffd", text),
        stop=stop,
        served_model=_clean(served),
        usage=_usage(reply.get("usage")),
        latency_s=latency_s,
        request_id=request_id or _clean(own_id),
        recorded=recorded,
        recorded_at=recorded_at,
        body=body,
    )


def _clean(value: object) -> str:
    return _SURROGATES.sub("\ufffd", value) if isinstance(value, str) else ""


def _read(body: bytes) -> _Json:
    try:
        reply = orjson.loads(body)
    except orjson.JSONDecodeError:
        reply = _read_leniently(body)
    if not isinstance(reply, dict):
        _fail(f"it is {_kind(reply)}; a chat completion is an object", body)
    if (error := reply.get("error")) and not reply.get("choices"):
        _fail(f"it is an error: {_said(error)}", body)
    return cast("_Json", reply)


def _read_leniently(body: bytes) -> object:
    """What Python's own reader makes of it, which takes halves of surrogate pairs and NaN where orjson does not."""
    if not body.strip():
        _fail("it is empty", body)
    try:
        text = body.decode("utf-8-sig")
        if text.lstrip().startswith("<"):
            _fail(
                f"it is a web page: {shorten(printable(re.sub('<[^>]*>', ' ', text)), _SAID_WIDTH)}",
                body,
                hint="Usually base_url lacks its /v1, or a proxy or login page answered in the server's place.",
            )
        return json.loads(text)
    except UnicodeDecodeError as error:
        _fail(f"byte {error.start:,} is no UTF-8", body)
    except RecursionError:
        _fail("it is nested too deep", body)
    except ValueError as error:
        _fail(f"it is no JSON, or was cut off: {error}", body)


def _choice(reply: _Json, body: bytes) -> tuple[_Json, StopReason]:
    choices = reply.get("choices")
    if not isinstance(choices, list):
        _fail(f"choices is {_kind(choices)}; right is a list", body)
    if not choices:
        _fail("choices is empty", body)
    choice = choices[0]
    if not isinstance(choice, dict):
        _fail(f"choices[0] is {_kind(choice)}; right is an object", body)
    if error := choice.get("error"):  # OpenRouter, when the provider failed half way
        _fail(f"choices[0] is an error: {_said(error)}", body)
    message = choice.get("message")
    if not isinstance(message, dict):
        _fail(f"choices[0].message is {_kind(message)}; right is an object", body)
    reason = choice.get("finish_reason")
    return message, _STOPS.get(reason, "unknown") if isinstance(reason, str) else "unknown"


def _content(message: _Json, body: bytes) -> str:
    """The answer; some servers send a list of parts, of which those that are not text (reasoning) are no answer."""
    place = "choices[0].message.content"
    content = message.get("content")
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        _fail(f"{place} is {_kind(content)}; right is a text", body)
    texts = []
    for index, part in enumerate(content):
        if not isinstance(part, dict):
            _fail(f"{place}[{index}] is {_kind(part)}; right is an object", body)
        if part.get("type", "text") == "text":
            text = part.get("text")
            if not isinstance(text, str):
                _fail(f"{place}[{index}].text is {_kind(text)}; right is a text", body)
            texts.append(text)
    return "".join(texts)


def _usage(usage: object) -> Usage:
    total = _object(usage)
    inputs, outputs = _object(total.get("prompt_tokens_details")), _object(total.get("completion_tokens_details"))
    return Usage(
        input_tokens=_tokens(total.get("prompt_tokens")),
        output_tokens=_tokens(total.get("completion_tokens")),
        cached_tokens=_tokens(inputs.get("cached_tokens")),
        reasoning_tokens=_tokens(outputs.get("reasoning_tokens")),
        image_tokens=_tokens(inputs.get("image_tokens")),
    )


def _object(value: object) -> _Json:
    return cast("_Json", value) if isinstance(value, dict) else {}


def _tokens(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _kind(value: object) -> str:
    if value is None:
        return "missing or null"
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return names.get(type(value), "a number")


def _said(error: object) -> str:
    """A server's own words for an error, on one line that is safe to show."""
    said = error.get("message", error) if isinstance(error, dict) else error
    return shorten(printable(said if isinstance(said, str) else json.dumps(said)), _SAID_WIDTH)


def _fail(found: str, body: bytes, *, hint: str = "") -> NoReturn:
    message = f"the reply (HTTP 200, {len(body):,} bytes) is not an answer: {found}"
    raise ModelError(
        f"{message}\n  {hint}" if hint else message,
        kind="bad_reply",
        status=200,
        body=body[:_KEPT_OF_BODY].decode("utf-8", "replace"),
    ) from None
