"""What the bodies of requests of every API have in common."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from snellen.errors import InputError
from snellen.request import ImagePart

__all__ = ["DataUrls", "to_json", "url_of"]

DataUrls = Mapping[tuple[str, str], str]
"""For each picture that is sent inline, by its (identity, transform), the data URL."""


def to_json(body: Mapping[str, object]) -> bytes:
    """The bytes of a request body.

    Raises:
        InputError: A text cannot be written as UTF-8.
    """
    try:
        return orjson.dumps(body)
    except orjson.JSONEncodeError as error:
        raise InputError(f"the request cannot be written as JSON: {error}") from None


def url_of(part: ImagePart, data_urls: DataUrls) -> str | orjson.Fragment:
    """What stands for this picture on the wire: its data URL, or its address.

    A data URL holds nothing that JSON escapes. Said so by a fragment, it is copied as it is; else orjson takes eight
    times its length of memory, for the case that every character of it must be escaped.
    """
    # An address has a data URL when the endpoint cannot fetch and we did.
    key = (part.identity, part.transform)
    data_url = data_urls[key] if part.is_inline else data_urls.get(key)
    return part.identity if data_url is None else orjson.Fragment(f'"{data_url}"')
