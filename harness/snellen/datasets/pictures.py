"""The pictures of a row, in every form people write them: paths, addresses, data URIs, mappings and old API parts."""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit

from snellen._text import nearest, plural
from snellen.case import Detail, ImageRef
from snellen.datasets.findings import Findings, kind_of, quoted, text_of
from snellen.datasets.paths import PictureFinder
from snellen.errors import ImageError, InputError, Problem
from snellen.images.data_uri import parse_data_uri

__all__ = ["parse_images"]

_DETAILS = get_args(Detail)
_PLACES = ("path", "url", "data")
_ITEM_KEYS = (*_PLACES, "title", "detail")
_PART_TYPES = ("image_url", "input_image")  # Chat Completions and Responses


def parse_images(row: Mapping[str, object], finder: PictureFinder, findings: Findings) -> tuple[ImageRef, ...]:
    """The pictures under `images` (or `image`), with their titles and detail; problems go to `findings`."""
    key = "image" if row.get("images") is None else "images"
    if row.get("image") is not None and row.get("images") is not None:
        findings.add("the case has both 'image' and 'images'", at="image", hint="Keep 'images'; it may be a list.")
    value = row.get(key)
    items = value if isinstance(value, list | tuple) else [] if value is None else [value]
    titles = _titles(row.get("titles"), len(items), findings)
    detail = _detail(row.get("detail"), findings)
    refs: list[ImageRef] = []
    for number, item in enumerate(items, 1):
        try:
            refs.append(_image(item, number, finder, title=titles[number - 1] if titles else "", detail=detail))
        except InputError as error:
            label = f"image {number}: " if len(items) > 1 else ""
            for problem in error.problems:
                findings.add(label + problem.message, at=key, hint=problem.hint)
    return tuple(refs)


def _titles(value: object, count: int, findings: Findings) -> tuple[str, ...]:
    if value is None:
        return ()
    items = value if isinstance(value, list | tuple) else [value]
    titles = [text_of(item, "a title", findings, at="titles") or "" for item in items]
    if len(titles) != count:
        entries = plural(len(titles), "entry", "entries")
        findings.add(f"'titles' has {entries} for {plural(count, 'image')}; each needs one", at="titles")
        return ()
    return tuple(titles)


def _detail(value: object, findings: Findings) -> Detail | None:
    try:
        return _checked_detail(value)
    except InputError as error:
        findings.add(error.problems[0].message, at="detail")
        return None


def _checked_detail(value: object) -> Detail | None:
    if value is None:
        return None
    for detail in _DETAILS:
        if value == detail:
            return detail  # type: ignore[no-any-return]  # get_args gives Any
    raise _refused(f"'detail' is {kind_of(value)}; it may be {', '.join(_DETAILS)}")


def _image(item: object, number: int, finder: PictureFinder, *, title: str, detail: Detail | None) -> ImageRef:
    if isinstance(item, str):
        return _from_text(item, number, finder, title=title, detail=detail)
    if isinstance(item, Mapping):
        return _from_mapping(item, number, finder, title=title, detail=detail)
    if isinstance(item, ImageRef):
        return item
    if isinstance(item, Path):
        return ImageRef(path=finder.find(str(item)), name=str(item), title=title, detail=detail)
    data = bytes(item) if isinstance(item, bytes | bytearray) else _png_of(item)
    if data is None:
        raise _refused(f"a picture is {kind_of(item)}; it may be a path, an http(s) address or a data URI")
    return _inline(data, number, title=title, detail=detail)


def _from_text(text: str, number: int, finder: PictureFinder, *, title: str, detail: Detail | None) -> ImageRef:
    lowered = text[:8].lower()
    if lowered.startswith("data:"):
        return _inline(parse_data_uri(text), number, title=title, detail=detail)
    if "://" in text or lowered.startswith("file:"):
        return ImageRef(url=_checked_url(text), name=text, title=title, detail=detail)
    return ImageRef(path=finder.find(text), name=text, title=title, detail=detail)


def _inline(data: bytes, number: int, *, title: str, detail: Detail | None) -> ImageRef:
    if not data:
        raise _refused("the picture is empty (0 bytes)")
    return ImageRef(data=data, name=f"image {number} (inline)", title=title, detail=detail)


def _checked_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError as error:
        raise _refused(f"{quoted(text)} is not a web address: {error}") from error
    if parts.scheme.lower() not in ("http", "https"):
        raise _refused(
            f"{quoted(text)} cannot be sent: only http and https addresses can",
            "Name a local file, or an http(s) address.",
        )
    if not host or any(char.isspace() or not char.isprintable() for char in text):
        raise _refused(
            f"{quoted(text)} is not a web address", "It needs a host and holds no spaces: write them as %20."
        )
    if parts.username is not None or parts.password is not None:
        # Not quoted in the message: it would put the password on the terminal and into the log.
        raise _refused(f"the address of a picture on {host} carries a user name or password", "Remove it.")
    return text


def _from_mapping(
    item: Mapping[str, object], number: int, finder: PictureFinder, *, title: str, detail: Detail | None
) -> ImageRef:
    if item.get("type") in _PART_TYPES:
        item = _from_part(item)
    _refuse_unknown(item, _ITEM_KEYS)
    title = _text_at(item, "title") or title
    detail = _checked_detail(item.get("detail")) or detail
    given = [place for place in _PLACES if item.get(place) is not None]
    if len(given) != 1:
        found = " and ".join(given) if given else "none of them"
        raise _refused(f"a picture has exactly one of path, url and data; this one has {found}")
    text = _text_at(item, given[0]) or ""
    if given[0] == "data" and not text[:5].lower().startswith("data:"):
        text = f"data:;base64,{text}"
    return _from_text(text, number, finder, title=title, detail=detail)


def _from_part(part: Mapping[str, object]) -> Mapping[str, object]:
    """A message part of the API as an item: `image_url` may be an object, or plain text as early examples had it."""
    _refuse_unknown(part, ("type", "image_url", "detail"))
    image_url = part.get("image_url")
    if isinstance(image_url, Mapping):
        _refuse_unknown(image_url, ("url", "detail"))
        return {"url": image_url.get("url"), "detail": image_url.get("detail")}
    return {"url": image_url, "detail": part.get("detail")}


def _refuse_unknown(item: Mapping[str, object], known: tuple[str, ...]) -> None:
    for key in item:
        if key not in known:
            near = nearest(str(key), known)
            meant = f" Did you mean {near!r}?" if near else ""
            raise _refused(f"a picture has no key {quoted(str(key))}; it may have {', '.join(known)}.{meant}")


def _text_at(item: Mapping[str, object], key: str) -> str | None:
    value = item.get(key)
    if value is None or isinstance(value, str):
        return value
    raise _refused(f"{key!r} of a picture is {kind_of(value)}; it must be text")


def _png_of(item: object) -> bytes | None:
    """A PIL image as PNG, upright; None when `item` is no PIL image.

    The bytes depend on Pillow's zlib, so recordings of a case made from a PIL image may need refreshing after an
    upgrade; a path or bytes never do.
    """
    if "PIL.Image" not in sys.modules:
        return None  # nobody can hold a PIL image that was not made by PIL
    from PIL import Image, ImageOps

    if not isinstance(item, Image.Image):
        return None
    try:
        upright = ImageOps.exif_transpose(item)
        if upright.mode not in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"):
            upright = upright.convert("RGB")
        buffer = io.BytesIO()
        upright.save(buffer, format="PNG")
    except (OSError, ValueError) as error:
        raise _refused(f"the PIL image cannot be written as PNG: {error}") from error
    return buffer.getvalue()


def _refused(message: str, hint: str | None = None) -> ImageError:
    return ImageError(Problem(message, hint=hint))
