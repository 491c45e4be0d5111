"""Embeddings as bytes: the body of a request, and the numbers that a reply makes of a text."""

from __future__ import annotations

import sys
from array import array

from snellen.models.body import DataUrls, to_json
from snellen.models.reply import Json, clean, fail, kind_of, object_of, read, token_count
from snellen.request import Request, TextPart
from snellen.response import Response, Usage

__all__ = ["embeddings_body", "parse_embeddings", "vector_of"]

_PLACE = "data[0].embedding"
_FLOAT_BYTES = 4  # OpenAI's base64 form holds little-endian 32-bit floats


def embeddings_body(request: Request, data_urls: DataUrls) -> bytes:
    """The JSON that asks for the numbers of the request's text.

    One text goes out with a request, so that each has a recording of its own: a reference that a thousand cases are
    compared with is asked about once. `encoding_format` is left out, because some servers do not know it, and what
    leaving it out means is numbers everywhere.

    Args:
        request: What is asked; its texts are one text.
        data_urls: Of pictures, which have no part in it.

    Raises:
        InputError: The text cannot be written as UTF-8.
    """
    del data_urls
    parts = (part.text for message in request.messages for part in message.parts if isinstance(part, TextPart))
    return to_json({"model": request.model, "input": ["\n".join(parts)], **request.params})


def parse_embeddings(
    body: bytes,
    *,
    latency_s: float,
    request_id: str = "",
    recorded: bool = False,
    recorded_at: str = "",
) -> Response:
    """What a reply says: as text only how many numbers it holds; `vector_of` gives them.

    Args:
        body: As it arrived, of a reply with status 200.
        latency_s: Of the call.
        request_id: From the reply's headers; without one the reply's own `id` is taken.
        recorded: Whether it is replayed.
        recorded_at: When it was asked.

    Raises:
        ModelError: It holds no numbers (kind bad_reply); the message names the place that is wrong.
    """
    reply = _read(body)
    numbers = _vector(reply, body)
    return Response(
        text=f"{len(numbers):,} numbers",
        served_model=clean(reply.get("model")),
        usage=_usage(reply.get("usage")),
        latency_s=latency_s,
        request_id=request_id or clean(reply.get("id")),
        recorded=recorded,
        recorded_at=recorded_at,
        body=body,
    )


def vector_of(body: bytes) -> tuple[float, ...]:
    """The numbers that a reply holds, as they came; they may be no finite ones.

    Args:
        body: Of a reply to one text.

    Raises:
        ModelError: It holds none (kind bad_reply).
    """
    return _vector(_read(body), body)


def _read(body: bytes) -> Json:
    return read(body, right="a list of embeddings", sign="data")


def _vector(reply: Json, body: bytes) -> tuple[float, ...]:
    data = reply.get("data")
    if not isinstance(data, list):
        hint = 'The model answers questions: is it meant to have api = "embeddings"?' if "choices" in reply else ""
        fail(f"data is {kind_of(data)}; right is a list", body, hint=hint)
    if len(data) != 1:
        fail(f"data holds {len(data):,} embeddings; right is one, of the one text that was sent", body)
    numbers = object_of(data[0]).get("embedding")
    if isinstance(numbers, str):
        numbers = _decoded(numbers, body)
    if not isinstance(numbers, list):
        fail(f"{_PLACE} is {kind_of(numbers)}; right is a list of numbers", body)
    if not numbers:
        fail(f"{_PLACE} is empty", body)
    for index, number in enumerate(numbers):
        if isinstance(number, bool) or not isinstance(number, int | float):
            fail(f"{_PLACE}[{index}] is {kind_of(number)}; right is a number", body)
    try:
        return tuple(map(float, numbers))
    except OverflowError:
        fail(f"{_PLACE} holds a whole number that no float holds", body)


def _decoded(text: str, body: bytes) -> list[float]:
    """The numbers of the form that `encoding_format = "base64"` asks for."""
    import pybase64

    try:
        data = pybase64.b64decode(text, validate=True)
    except ValueError:
        fail(f"{_PLACE} is a text that is no base64", body)
    if len(data) % _FLOAT_BYTES:
        fail(f"{_PLACE} has {len(data):,} bytes, which is no whole number of 32-bit floats", body)
    numbers = array("f", data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tolist()


def _usage(usage: object) -> Usage:
    """There is no output, so that a price can be reckoned: some servers leave `completion_tokens` out, some say 0."""
    return Usage(input_tokens=token_count(object_of(usage).get("prompt_tokens")), output_tokens=0)
