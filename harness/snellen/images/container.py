"""What a picture file holds beside its pixels: orientation, frames, metadata, and the same file without them.

Cutting is done on the file's own segments, so the pixels stay bit for bit what they were. What goes: EXIF (which may
hold a GPS position), XMP, IPTC, thumbnails of the uncut picture, further pictures and frames, and whatever was
appended after the end. Colour profiles stay. A file whose structure is not understood has no `clean` form and must be
converted.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["FURTHER_FRAMES", "Anatomy", "dissect"]

FURTHER_FRAMES = "further frames"
"""What `Anatomy.removed` calls the frames after the first."""
_ORIENTATION_TAG = 0x0112
_TRUNCATED = "image file is truncated"  # in the words that Pillow has for the other formats


@dataclass(frozen=True, slots=True, kw_only=True)
class Anatomy:
    """A picture file taken apart.

    Attributes:
        clean: The same pixels without metadata, further frames and appended bytes; `data` itself when there was
            nothing to leave out; None when only converting can make one.
        removed: What `clean` leaves out, in words.
        orientation: EXIF orientation 1 to 8; 1 when none is given or it makes no sense.
        frames: Number of frames, None where only the decoder can tell.
        is_deep: 16 bits a channel.
        is_lossy: Compressed with loss, so that converting to JPEG costs little.
        damage: Why the file is damaged although a decoder may accept it; empty when nothing was found.
    """

    clean: bytes | None
    removed: tuple[str, ...] = ()
    orientation: int = 1
    frames: int | None = 1
    is_deep: bool = False
    is_lossy: bool = False
    damage: str = ""


def dissect(data: bytes, media_type: str) -> Anatomy:
    """The anatomy of a picture file of this kind; never raises, whatever the bytes are."""
    readers = {"image/jpeg": _jpeg, "image/png": _png, "image/gif": _gif, "image/webp": _webp}
    reader = readers.get(media_type)
    if reader is None:
        return Anatomy(clean=None, frames=None, is_lossy=media_type == "image/avif")
    try:
        return reader(data)
    except (IndexError, struct.error, ValueError):
        return Anatomy(clean=None, frames=None, is_lossy=media_type == "image/jpeg")


def _rebuilt(data: bytes, kept: list[bytes], removed: list[str]) -> bytes:
    return b"".join(kept) if removed else data


def _trailing(data: bytes, end: int) -> list[str]:
    return [f"{len(data) - end:,} bytes after its end"] if end < len(data) else []


def _orientation(exif: bytes) -> int:
    """The orientation of the first image directory of an EXIF block."""
    tiff = exif.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, start)
        for index in range(count):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, start + 2 + 12 * index)
            if tag == _ORIENTATION_TAG:
                return value if 1 <= value <= 8 else 1  # noqa: PLR2004  # the eight orientations there are
    except struct.error:
        pass
    return 1


# JPEG: ISO/IEC 10918-1 annex B. Entropy-coded data ends at the first FF that is neither stuffed, fill, nor a restart.
_NO_MARKERS = frozenset((0x00, *range(0xD0, 0xD8)))
_SOI, _EOI, _SOS, _APP0, _APP1, _APP2, _APP13, _APP14, _APP15 = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xE2, 0xED, 0xEE, 0xEF


def _jpeg(data: bytes) -> Anatomy:
    kept: list[bytes] = [data[:2]]
    removed: list[str] = []
    orientation, marker, end = 1, _SOI, 2
    has_scan = False
    for marker, start, end in _jpeg_segments(data):
        has_scan = has_scan or marker == _SOS
        body = data[start + 4 : end]
        label = _jpeg_metadata(marker, body)
        if label:
            removed.append(label)
        else:
            kept.append(data[start:end])
        if label == "EXIF" and orientation == 1:
            orientation = _orientation(body)
    removed += _trailing(data, end)
    return Anatomy(
        clean=_rebuilt(data, kept, removed),
        removed=_distinct(removed),
        orientation=orientation,
        is_lossy=True,
        # Pillow notices only when its buffer happens to run out, and other decoders paint the rest grey.
        damage=_jpeg_damage(has_scan=has_scan, has_end=marker == _EOI),
    )


def _jpeg_damage(*, has_scan: bool, has_end: bool) -> str:
    if not has_end:
        return f"{_TRUNCATED}: its end marker is missing"
    return "" if has_scan else "holds no picture data"


def _end_of_scan(data: bytes, position: int) -> int:
    """Where the marker after a scan's data begins, with its fill bytes; the end of the data when there is none.

    One FF in 256 bytes is looked at, so this is several times as fast as a regular expression that looks at all.
    """
    last = len(data) - 1
    while 0 <= (found := data.find(b"\xff", position)) < last:
        after = found + 1
        while after < last and data[after] == 0xFF:  # noqa: PLR2004  # fill bytes
            after += 1
        if data[after] not in _NO_MARKERS and data[after] != 0xFF:  # noqa: PLR2004  # the data ends in fill bytes
            return found
        position = after + 1
    return len(data)


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of each segment after SOI, a scan's data being part of its SOS, up to and with EOI."""
    position = 2
    while True:
        if data[position] != 0xFF:  # noqa: PLR2004  # every marker begins with FF
            raise ValueError("no marker where one must be")
        while data[position + 1] == 0xFF:  # noqa: PLR2004  # fill bytes
            position += 1
        marker = data[position + 1]
        if marker == _EOI:
            yield marker, position, position + 2
            return
        end = position + 2 + int.from_bytes(data[position + 2 : position + 4], "big")
        if marker == _SOS:
            end = _end_of_scan(data, end)
        yield marker, position, end
        if end >= len(data):  # no end marker
            return
        position = end


def _jpeg_metadata(marker: int, body: bytes) -> str:
    """What an application segment is called when decoders do not need it; empty for what must stay."""
    if not _APP0 <= marker <= _APP15:
        return ""
    if marker == _APP1:
        return "EXIF" if body.startswith(b"Exif") else "XMP"
    if marker == _APP2 and body.startswith(b"MPF"):
        return "further pictures"
    if marker == _APP13:
        return "IPTC"
    needed = (_APP0, b"JFIF"), (_APP2, b"ICC_PROFILE"), (_APP14, b"Adobe")
    return "" if any(marker == kind and body.startswith(start) for kind, start in needed) else "camera data"


def _distinct(labels: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(labels))


# PNG: https://www.w3.org/TR/png-3/
_PNG_ANIMATION = frozenset([b"acTL", b"fcTL", b"fdAT"])
_PNG_TEXT = frozenset([b"tEXt", b"zTXt", b"iTXt"])
_PNG_BITS_AT = 24  # the signature, the header's length and name, width, height


def _png(data: bytes) -> Anatomy:
    kept: list[bytes] = [data[:8]]
    removed: list[str] = []
    orientation, frames, damage, end = 1, 1, "", 8
    for name, start, end in _png_chunks(data):
        body = data[start + 8 : end - 4]
        if not damage and zlib.crc32(data[start + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
            damage = f"the checksum of its {name.decode('latin-1')} chunk is wrong"
        label = _png_metadata(name, body)
        if label:
            removed.append(label)
        else:
            kept.append(data[start:end])
        if name == b"eXIf":
            orientation = _orientation(body)
        elif name == b"acTL":
            frames = max(1, int.from_bytes(body[:4], "big"))
    removed += _trailing(data, end)
    return Anatomy(
        clean=_rebuilt(data, kept, removed),
        removed=_distinct(removed),
        orientation=orientation,
        frames=frames,
        is_deep=data[_PNG_BITS_AT] == 16,  # noqa: PLR2004  # bits a channel
        damage=damage,
    )


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    position = 8
    while True:
        length, name = struct.unpack_from(">I4s", data, position)
        end = position + 12 + length
        if end > len(data):
            raise ValueError("a chunk is longer than the file")
        yield name, position, end
        if name == b"IEND":
            return
        position = end


def _png_metadata(name: bytes, body: bytes) -> str:
    if name == b"eXIf":
        return "EXIF"
    if name in _PNG_ANIMATION:
        return FURTHER_FRAMES
    if name in _PNG_TEXT and body.startswith(b"XML:com.adobe.xmp\0"):
        return "XMP"
    if name in _PNG_TEXT and body.startswith(b"Raw profile type "):  # how ImageMagick hides EXIF and IPTC in text
        return "EXIF"
    return ""


# WebP: https://developers.google.com/speed/webp/docs/riff_container
_WEBP_METADATA = {b"EXIF": "EXIF", b"XMP ": "XMP"}
_VP8X_EXIF_XMP = 0x08 | 0x04


def _webp(data: bytes) -> Anatomy:
    if len(data) < 8 + int.from_bytes(data[4:8], "little"):
        return Anatomy(clean=None, damage=_TRUNCATED)
    kept: list[bytes] = []
    removed: list[str] = []
    names: list[bytes] = []
    orientation, end = 1, 12
    for name, start, end in _webp_chunks(data):
        names.append(name)
        label = _WEBP_METADATA.get(name, "")
        if label:
            removed.append(label)
        else:
            kept.append(data[start:end])
        if name == b"EXIF":
            orientation = _orientation(data[start + 8 : end])
    removed += _trailing(data, end)
    is_animated = b"ANMF" in names
    return Anatomy(
        clean=None if is_animated else _webp_file(data, kept, removed),
        removed=_distinct(removed),
        orientation=orientation,
        frames=names.count(b"ANMF") if is_animated else 1,
        is_lossy=b"VP8L" not in names,
    )


def _webp_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    total = 8 + int.from_bytes(data[4:8], "little")
    position = 12
    while position < total:
        name, length = struct.unpack_from("<4sI", data, position)
        end = position + 8 + length + length % 2
        yield name, position, end
        position = end


def _webp_file(data: bytes, kept: list[bytes], removed: list[str]) -> bytes:
    if not removed:
        return data
    if kept and kept[0].startswith(b"VP8X"):
        kept[0] = kept[0][:8] + bytes([kept[0][8] & ~_VP8X_EXIF_XMP]) + kept[0][9:]
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


# GIF: https://www.w3.org/Graphics/GIF/spec-gif89a.txt
_GIF_EXTENSION, _GIF_IMAGE, _GIF_END = 0x21, 0x2C, 0x3B
_GIF_CONTROL, _GIF_APPLICATION = 0xF9, 0xFF


def _gif(data: bytes) -> Anatomy:
    """A GIF of one frame stays; of a longer one `clean` is its first frame alone."""
    head_end = 13 + _gif_colours(data[10])
    kept: list[bytes] = [data[:head_end]]
    removed: list[str] = []
    frames, end = 0, head_end
    for kind, start, end in _gif_blocks(data, head_end):
        is_xmp = (
            kind == _GIF_EXTENSION and data[start + 1] == _GIF_APPLICATION and b"XMP Data" in data[start : start + 14]
        )
        if is_xmp:
            removed.append("XMP")
        elif frames == 0 or kind == _GIF_END:
            kept.append(data[start:end])
        elif kind == _GIF_IMAGE:
            removed.append(FURTHER_FRAMES)
        frames += kind == _GIF_IMAGE
    removed += _trailing(data, end)
    return Anatomy(clean=_rebuilt(data, kept, removed), removed=_distinct(removed), frames=max(1, frames))


def _gif_colours(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _gif_blocks(data: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    position = start
    while True:
        kind = data[position]
        if kind == _GIF_END:
            yield kind, position, position + 1
            return
        if kind == _GIF_EXTENSION:
            end = _gif_sub_blocks(data, position + 2)
        elif kind == _GIF_IMAGE:
            end = _gif_sub_blocks(data, position + 11 + _gif_colours(data[position + 9]))
        else:
            raise ValueError("no block where one must be")
        yield kind, position, end
        position = end


def _gif_sub_blocks(data: bytes, position: int) -> int:
    while data[position]:
        position += 1 + data[position]
    return position + 1
