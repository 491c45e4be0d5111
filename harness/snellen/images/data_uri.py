"""Pictures as `data:` URIs, in and out."""

from __future__ import annotations

import re

import pybase64

from snellen._text import shorten
from snellen.errors import ImageError, Problem

__all__ = ["data_uri_of", "parse_data_uri"]

_MAX_BYTES = 20 * 1024 * 1024  # what endpoints took per image when they still said so
_HEAD_LENGTH = 256  # no honest head is longer
_HEAD = re.compile(r"data:(?P<type>[^;,\s]*)(?P<parameters>(;[^;,]*)*),", re.IGNORECASE)
_RIGHT = "Write it as data:image/png;base64,iVBORw0K..."


def data_uri_of(data: bytes, media_type: str) -> str:
    """`data` as a `data:` URI."""
    return f"data:{media_type};base64,{pybase64.b64encode_as_string(data)}"


def parse_data_uri(text: str) -> bytes:
    """The bytes inside a base64 `data:` URI, whatever picture they turn out to be.

    The stated type may be any `image/...` (also the common but unregistered `image/jpg`) or be missing: what the bytes
    are is decided by the bytes. White space in the base64 is skipped, because YAML and mail wrap lines; padding may
    be missing.

    Raises:
        ImageError: It is no `data:` URI, not base64, not said to be a picture, empty, or over 20 MB.
    """
    head = _HEAD.match(text[:_HEAD_LENGTH])
    if head is None:
        raise _refused(text, "has no head that ends with a comma")
    media_type = head["type"].lower()
    if media_type and media_type != "application/octet-stream" and not media_type.startswith("image/"):
        raise _refused(text, f"is said to be {media_type!r}, not a picture")
    if not head["parameters"].lower().endswith(";base64"):
        raise _refused(text, "is not base64")
    payload = "".join(text[head.end() :].split())
    if len(payload) > (_MAX_BYTES + 2) // 3 * 4:
        raise _refused(text, f"holds over {_MAX_BYTES // 1024 // 1024} MB", hint="Save the picture as a file instead.")
    return _decoded(text, payload)


def _decoded(text: str, payload: str) -> bytes:
    bare = payload.rstrip("=")
    if not bare:
        raise _refused(text, "holds no bytes")
    wrong = re.search(r"[^A-Za-z0-9+/]", bare)
    if wrong:
        raise _refused(text, f"has {wrong.group()!r} in its base64{_why(wrong.group())}")
    padding = -len(bare) % 4
    if padding == 3 or len(payload) - len(bare) not in {0, padding}:  # noqa: PLR2004  # no byte ends after one letter
        raise _refused(text, f"is cut off or padded wrongly ({len(payload):,} base64 characters)")
    return pybase64.b64decode(bare + "=" * padding, validate=True)


def _why(character: str) -> str:
    if character in "-_":
        return ", the alphabet for URLs; a data URI takes + and /"
    return ", percent-encoded; write it plainly" if character == "%" else ""


def _refused(text: str, found: str, *, hint: str = _RIGHT) -> ImageError:
    return ImageError(Problem(f"data URI {shorten(text[:_HEAD_LENGTH], 48)!r} {found}", hint=hint))
