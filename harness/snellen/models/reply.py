"""What the replies of every API have in common: how their bytes are read, and how one that is no answer is named."""

from __future__ import annotations

import json
import re
from typing import NoReturn, cast

import orjson

from snellen._text import printable, shorten
from snellen.errors import ModelError

__all__ = ["Json", "clean", "fail", "kind_of", "object_of", "read", "said", "texts_of", "token_count"]

Json = dict[str, object]

_SURROGATES = re.compile("[\ud800-\udfff]")
_KEPT_OF_BODY = 2_000
_SAID_WIDTH = 300


def read(body: bytes, *, right: str, sign: str) -> Json:
    """The object that a reply is.

    Args:
        body: As it arrived, of a reply with status 200.
        right: What it should be ("a chat completion"), for the message.
        sign: The field that such a reply always has; without it, an `error` is all it says.

    Raises:
        ModelError: It is no object, or an error (kind bad_reply).
    """
    try:
        reply = orjson.loads(body)
    except orjson.JSONDecodeError:
        reply = _read_leniently(body)
    if not isinstance(reply, dict):
        fail(f"it is {kind_of(reply)}; {right} is an object", body)
    if (error := reply.get("error")) and not reply.get(sign):
        fail(f"it is an error: {said(error)}", body)
    return cast("Json", reply)


def _read_leniently(body: bytes) -> object:
    """What Python's own reader makes of it, which takes halves of surrogate pairs and NaN where orjson does not."""
    if not body.strip():
        fail("it is empty", body)
    try:
        text = body.decode("utf-8-sig")
        if text.lstrip().startswith("<"):
            fail(
                f"it is a web page: {shorten(printable(re.sub('<[^>]*>', ' ', text)), _SAID_WIDTH)}",
                body,
                hint="Usually base_url lacks its /v1, or a proxy or login page answered in the server's place.",
            )
        return json.loads(text)
    except UnicodeDecodeError as error:
        fail(f"byte {error.start:,} is no UTF-8", body)
    except RecursionError:
        fail("it is nested too deep", body)
    except ValueError as error:
        fail(f"it is no JSON, or was cut off: {error}", body)


def texts_of(content: object, body: bytes, *, place: str, kind: str) -> str:
    """The texts of a message's content, joined; parts of other kinds (reasoning, pictures) are no answer.

    Args:
        content: A text, a list of parts, or null.
        body: The whole reply, for the error.
        place: Where the content stands, for the message.
        kind: The `type` of the parts that count; a part without a type counts too.

    Raises:
        ModelError: It is none of these (kind bad_reply).
    """
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        fail(f"{place} is {kind_of(content)}; right is a text", body)
    texts = []
    for index, part in enumerate(content):
        if not isinstance(part, dict):
            fail(f"{place}[{index}] is {kind_of(part)}; right is an object", body)
        if part.get("type", kind) == kind:
            text = part.get("text")
            if not isinstance(text, str):
                fail(f"{place}[{index}].text is {kind_of(text)}; right is a text", body)
            texts.append(text)
    return "".join(texts)


def clean(value: object) -> str:
    """A text with halves of surrogate pairs replaced; anything else is an empty one."""
    return _SURROGATES.sub("\ufffd", value) if isinstance(value, str) else ""


def object_of(value: object) -> Json:
    """The object that `value` is; what is none is an empty one."""
    return cast("Json", value) if isinstance(value, dict) else {}


def token_count(value: object) -> int | None:
    """The count, None for what is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def kind_of(value: object) -> str:
    """What kind of JSON value this is, for a message."""
    if value is None:
        return "missing or null"
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return names.get(type(value), "a number")


def said(error: object) -> str:
    """A server's own words for an error, on one line that is safe to show."""
    words = error.get("message", error) if isinstance(error, dict) else error
    return shorten(printable(words if isinstance(words, str) else json.dumps(words)), _SAID_WIDTH)


def fail(found: str, body: bytes, *, hint: str = "") -> NoReturn:
    """The end of a reply that is no answer.

    Args:
        found: What is wrong, with its place.
        body: The whole reply.
        hint: What to do next, a sentence.

    Raises:
        ModelError: Always (kind bad_reply).
    """
    message = f"the reply (HTTP 200, {len(body):,} bytes) is not an answer: {found}"
    raise ModelError(
        f"{message}\n  {hint}" if hint else message,
        kind="bad_reply",
        status=200,
        body=body[:_KEPT_OF_BODY].decode("utf-8", "replace"),
    ) from None
