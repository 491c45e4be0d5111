"""A picture as it goes out to an endpoint: its own bytes where they will do, converted once where they will not.

The fixed rules, which a fingerprint takes for granted:

* A still, upright, opaque 8-bit picture in a format the endpoint takes, no larger than asked for, goes out byte for
  byte, except that EXIF, XMP and IPTC blocks (a GPS position is in there), further frames and appended bytes are
  cut out without touching a pixel.
* Everything else becomes upright 8-bit sRGB on white: JPEG of quality 92 when the source was compressed with loss,
  else PNG. Where the endpoint takes only one of the two, that one.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Literal

from PIL import Image

from snellen._text import plural, shorten
from snellen.errors import ImageError, Problem
from snellen.images.container import FURTHER_FRAMES
from snellen.images.data_uri import data_uri_of
from snellen.images.decode import ImageFacts, OpenedImage, decode_image, opened
from snellen.images.digest import Plain
from snellen.images.fit import ImageRules, fit_size
from snellen.images.pixels import is_see_through

__all__ = ["Encoded", "data_url", "encode_image", "encode_plain"]

_JPEG_QUALITY = 92  # text edges survive; re-encoding at 90 and above changes no answer in robustness studies
_PLAIN_MODES = frozenset(["1", "L", "LA", "P", "PA", "RGB", "RGBA"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """A picture ready to be sent.

    Attributes:
        data: The bytes.
        media_type: What they are.
        width_px: As displayed.
        height_px: As displayed.
        notes: What was done to the source, a short phrase each; empty when it goes out as it is.
    """

    data: bytes
    media_type: str
    width_px: int
    height_px: int
    notes: tuple[str, ...] = ()


def encode_image(data: bytes, *, name: str, rules: ImageRules, checked: bool = False) -> Encoded:
    """The picture as `rules` want it.

    Args:
        data: The source's bytes.
        name: What people call it, for errors.
        rules: What the endpoint takes.
        checked: The same bytes were decoded in full before (`DigestCache.is_checked`), so that a picture that goes
            out as it is need not be decoded again.

    Raises:
        ImageError: It cannot be decoded in full, or the endpoint takes neither JPEG nor PNG and not this format.
    """
    with opened(data, name=name) as picture:
        clean = _clean(picture, rules, checked=checked)
        if clean is not None:
            facts = picture.facts
            return _encoded(clean, facts.media_type, (facts.width_px, facts.height_px), _left_out(picture))
    return _converted(data, name, rules, is_lossy=picture.anatomy.is_lossy)


def encode_plain(data: bytes, plain: Plain, rules: ImageRules) -> Encoded | None:
    """The picture as `rules` want it without looking at it again; None when they want it otherwise than it is.

    Args:
        data: The source's bytes.
        plain: What was seen of them when they were decoded in full (`DigestCache.plain_of`).
        rules: What the endpoint takes.
    """
    size = plain.width_px, plain.height_px
    will_do = plain.media_type in rules.formats and fit_size(*size, rules) == size
    return _encoded(data, plain.media_type, size, ()) if will_do else None


def _clean(picture: OpenedImage, rules: ImageRules, *, checked: bool) -> bytes | None:
    """The source's own bytes when they will do, None when it must be converted."""
    facts, anatomy = picture.facts, picture.anatomy
    size = facts.width_px, facts.height_px
    will_do = (
        anatomy.clean is not None
        and facts.media_type in rules.formats
        and fit_size(*size, rules) == size
        and picture.orientation == 1
        and not anatomy.is_deep
        and picture.image.mode in _PLAIN_MODES
    )
    if not will_do:
        return None
    may_be_see_through = picture.image.has_transparency_data
    if may_be_see_through:
        picture.load()
    elif not checked:
        picture.check()
    return None if may_be_see_through and is_see_through(picture.image) else anatomy.clean


def _left_out(picture: OpenedImage) -> tuple[str, ...]:
    frames, removed = picture.facts.frames, picture.anatomy.removed
    first = (f"first of {plural(frames, 'frame')}",) if frames > 1 else ()
    return (*first, *(f"{label} left out" for label in removed if label != FURTHER_FRAMES))


def _converted(data: bytes, name: str, rules: ImageRules, *, is_lossy: bool) -> Encoded:
    decoded = decode_image(data, name=name)
    target = _target(rules, decoded.facts, name, is_lossy=is_lossy)
    image, notes = decoded.image, decoded.notes
    size = fit_size(image.width, image.height, rules)
    if size != image.size:
        notes = (*notes, f"resized from {image.width} x {image.height} to {size[0]} x {size[1]} px")
        image = image.resize(size, Image.Resampling.LANCZOS)
    before, after = decoded.facts.media_type.partition("/")[2], target.lower()
    if before != after:
        notes = (*notes, f"converted from {decoded.facts.format} to {target}")
    return _encoded(_saved(image, target), f"image/{after}", size, notes)


def _target(rules: ImageRules, facts: ImageFacts, name: str, *, is_lossy: bool) -> Literal["JPEG", "PNG"]:
    takes_jpeg, takes_png = "image/jpeg" in rules.formats, "image/png" in rules.formats
    if takes_jpeg and (is_lossy or not takes_png):
        return "JPEG"
    if takes_png:
        return "PNG"
    taken = ", ".join(rules.formats)
    message = (
        f"picture {shorten(name, 200)!r} is {facts.format} and must be converted, but the model takes only {taken}"
    )
    raise ImageError(Problem(message, hint="Add image/png or image/jpeg to the model's image formats."))


def _saved(image: Image.Image, target: Literal["JPEG", "PNG"]) -> bytes:
    out = io.BytesIO()
    if target == "JPEG":
        image.save(out, "JPEG", quality=_JPEG_QUALITY, subsampling=0)
    else:
        image.save(out, "PNG")
    return out.getvalue()


def _encoded(data: bytes, media_type: str, size: tuple[int, int], notes: tuple[str, ...]) -> Encoded:
    return Encoded(data=data, media_type=media_type, width_px=size[0], height_px=size[1], notes=notes)


def data_url(encoded: Encoded) -> str:
    """The picture as a `data:` URL for a request."""
    return data_uri_of(encoded.data, encoded.media_type)
