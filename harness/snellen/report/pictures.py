"""The pictures of a run, made small: each distinct one once, whatever the number of cases, models and repeats."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from types import MappingProxyType

from snellen._files import digest
from snellen.case import ImageRef
from snellen.errors import InputError
from snellen.images.decode import inspect_image
from snellen.images.digest import source_bytes
from snellen.images.thumbnail import thumbnail
from snellen.report.words import public_text

__all__ = ["Picture", "Pictures", "gather", "in_base64", "previews"]

# Thumbnail side by number of pictures: what is seen at once is sharp, and a mail still has room for larger ones.
_THUMB_SIDES = ((150, 480), (600, 320), (1_500, 200), (4_000, 160))
_SMALLEST_THUMB_PX = 96
# A preview is for reading what the model had to read; a few may be large, many must fit a mail.
_PREVIEW_SIDES = ((60, 1_280),)
_PREVIEW_PX = 640
_WRAPPING_BYTES = 80  # the element around one preview
_WORKERS = min(4, os.cpu_count() or 1)  # Pillow lets other threads run while it decodes and encodes


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One distinct picture.

    Attributes:
        sha256: Of the source bytes.
        thumb: WebP, without metadata.
        thumb_width_px: Of the thumbnail.
        thumb_height_px: Of the thumbnail.
        width_px: Of the source, upright.
        height_px: Of the source, upright.
        size_bytes: Of the source.
        notes: What is unusual about it ("3 frames, only the first is used").
    """

    sha256: str
    thumb: bytes = field(repr=False)
    thumb_width_px: int
    thumb_height_px: int
    width_px: int
    height_px: int
    size_bytes: int
    notes: tuple[str, ...] = ()

    @property
    def is_shown_in_full(self) -> bool:
        """True when the thumbnail is as large as the picture, so that a preview would show no more."""
        return max(self.width_px, self.height_px) <= max(self.thumb_width_px, self.thumb_height_px)


@dataclass(frozen=True, slots=True)
class Pictures:
    """The pictures of a run by what names them.

    Attributes:
        distinct: Each distinct picture by its digest, in the order in which the run first shows it.
        digests: The digest of each file and inline picture that could be read.
        problems: Why the others cannot be shown, a phrase each.
        sources: Where to read a distinct picture again.
        preview_px: Longest side of a larger preview.
        pinned: Local copies of addresses; only those are shown.
    """

    distinct: Mapping[str, Picture] = field(default_factory=dict)
    digests: Mapping[Path | bytes, str] = field(default_factory=dict)
    problems: Mapping[Path | bytes, str] = field(default_factory=dict)
    sources: Mapping[str, ImageRef] = field(default_factory=dict)
    preview_px: int = _PREVIEW_PX
    pinned: Mapping[str, Path] = field(default_factory=dict)

    def find(self, ref: ImageRef) -> Picture | None:
        """The picture `ref` names; None for an address without a local copy and for one that cannot be shown."""
        key = _key(_local(ref, self.pinned))
        sha256 = None if key is None else self.digests.get(key)
        return None if sha256 is None else self.distinct[sha256]

    def problem(self, ref: ImageRef) -> str:
        """Why `find` gives None for a picture that is no address."""
        key = _key(ref)
        return "" if key is None else self.problems.get(key, "it was not read")


def _local(ref: ImageRef, pinned: Mapping[str, Path]) -> ImageRef:
    """`ref`, or the local copy of the address that it is."""
    copy = pinned.get(ref.url) if ref.url is not None else None
    return ref if copy is None else replace(ref, url=None, path=copy)


def gather(refs: Iterable[ImageRef], *, pinned: Mapping[str, Path] = MappingProxyType({})) -> Pictures:
    """Reads and shrinks every file and inline picture among `refs`, each once; addresses are never fetched.

    Args:
        refs: Pictures of cases, repetitions included.
        pinned: Local copies of addresses.
    """
    named: dict[Path | bytes, ImageRef] = {}
    for ref in (_local(ref, pinned) for ref in refs):
        key = _key(ref)
        if key is not None:
            named.setdefault(key, ref)
    side_px = _side(len(named), _THUMB_SIDES, _SMALLEST_THUMB_PX)
    distinct: dict[str, Picture] = {}
    digests: dict[Path | bytes, str] = {}
    problems: dict[Path | bytes, str] = {}
    sources: dict[str, ImageRef] = {}
    with ThreadPoolExecutor(_WORKERS) as pool:
        for (key, ref), made in zip(
            named.items(), pool.map(lambda ref: _shrink(ref, side_px), named.values()), strict=True
        ):
            if isinstance(made, str):
                problems[key] = made
                continue
            digests[key] = made.sha256
            distinct.setdefault(made.sha256, made)
            sources.setdefault(made.sha256, ref)
    preview_px = _side(len(distinct), _PREVIEW_SIDES, _PREVIEW_PX)
    return Pictures(distinct, digests, problems, sources, preview_px, pinned)


def previews(pictures: Pictures, order: Iterable[str], *, room_bytes: int) -> Iterator[tuple[str, bytes]]:
    """Larger versions of the pictures with these digests, in this order, until `room_bytes` of base64 are used up."""
    wanted = (sha256 for sha256 in order if not pictures.distinct[sha256].is_shown_in_full)
    with ThreadPoolExecutor(_WORKERS) as pool:
        while batch := list(islice(wanted, 4 * _WORKERS)):
            for sha256, data in zip(batch, pool.map(lambda each: _preview(pictures, each), batch), strict=True):
                if data is None:
                    continue
                room_bytes -= in_base64(len(data)) + _WRAPPING_BYTES
                if room_bytes < 0:
                    return
                yield sha256, data


def in_base64(size_bytes: int) -> int:
    """How many characters base64 makes of so many bytes."""
    return (size_bytes + 2) // 3 * 4


def _key(ref: ImageRef) -> Path | bytes | None:
    return ref.path if ref.path is not None else ref.data


def _side(count: int, steps: Iterable[tuple[int, int]], smallest_px: int) -> int:
    return next((side_px for most, side_px in steps if count <= most), smallest_px)


def _shrink(ref: ImageRef, side_px: int) -> Picture | str:
    if ref.path is not None and not ref.path.exists():
        return "its file is no longer there"
    try:
        data = source_bytes(ref)
        facts = inspect_image(data, name=ref.name)
        small = thumbnail(data, name=ref.name, side_px=side_px)
    except InputError as error:
        return public_text(error.problems[0].message)
    shown = inspect_image(small, name=ref.name)
    return Picture(
        sha256=digest(data),
        thumb=small,
        thumb_width_px=shown.width_px,
        thumb_height_px=shown.height_px,
        width_px=facts.width_px,
        height_px=facts.height_px,
        size_bytes=len(data),
        notes=facts.notes,
    )


def _preview(pictures: Pictures, sha256: str) -> bytes | None:
    """The larger version; None when the source went away or changed since the thumbnail was made."""
    ref = pictures.sources[sha256]
    try:
        data = source_bytes(ref)
        return thumbnail(data, name=ref.name, side_px=pictures.preview_px) if digest(data) == sha256 else None
    except InputError:
        return None
