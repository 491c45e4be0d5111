"""What kind of picture some bytes are, by their first bytes and never by a file's name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from snellen._text import shorten
from snellen.errors import ImageError, Problem

__all__ = ["Kind", "kind_of", "misnamed", "refuse"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A picture format that is read.

    Attributes:
        format: Pillow's name of it, the only decoder the bytes are ever given to.
        media_type: As it goes into a data URL.
        suffixes: What files of this kind are usually called.
    """

    format: str
    media_type: str
    suffixes: tuple[str, ...]


_JPEG = Kind("JPEG", "image/jpeg", (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"))
_PNG = Kind("PNG", "image/png", (".png", ".apng"))
_GIF = Kind("GIF", "image/gif", (".gif",))
_WEBP = Kind("WEBP", "image/webp", (".webp",))
_AVIF = Kind("AVIF", "image/avif", (".avif", ".avifs"))
_TIFF = Kind("TIFF", "image/tiff", (".tif", ".tiff"))
_BMP = Kind("BMP", "image/bmp", (".bmp", ".dib"))
_ICO = Kind("ICO", "image/x-icon", (".ico",))

_PREFIXES = (
    (b"\xff\xd8\xff", _JPEG),
    (b"\x89PNG\r\n\x1a\n", _PNG),
    (b"GIF87a", _GIF),
    (b"GIF89a", _GIF),
    (b"II*\0", _TIFF),
    (b"MM\0*", _TIFF),
    (b"BM", _BMP),
    (b"\0\0\1\0", _ICO),
)
_READ = "Pictures are JPEG, PNG, WebP, GIF, AVIF, TIFF, BMP or ICO"
_HEIC_BRANDS = frozenset([b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"])
_OTHER_FILES = (
    (b"%PDF", "is a PDF document", "Draw its pages as pictures first: `pdftoppm -png in.pdf page`."),
    (
        b"version https://git-lfs",
        "is a Git LFS pointer, not the picture itself",
        "Fetch the real file: `git lfs pull`.",
    ),
)
_TEXT_START = 512  # enough to get past an XML declaration and a comment


def kind_of(data: bytes) -> Kind | None:
    """The kind of picture that `data` begins like, None when it is none that is read."""
    for prefix, kind in _PREFIXES:
        if data.startswith(prefix):
            return kind
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return _WEBP
    if data[4:8] == b"ftyp" and _brands(data) & {b"avif", b"avis"}:
        return _AVIF
    return None


def _brands(data: bytes) -> set[bytes]:
    """Major and compatible brands of an ISO media file; both HEIC and AVIF may lead with the neutral `mif1`."""
    end = min(int.from_bytes(data[:4], "big"), 256)
    return {data[8:12]} | {data[start : start + 4] for start in range(16, end, 4)}


def misnamed(name: str, kind: Kind) -> str:
    """A note when `name` ends like another kind of picture than it is; empty when it fits or says nothing."""
    suffix = PurePath(name).suffix.lower()
    others = (_JPEG, _PNG, _GIF, _WEBP, _AVIF, _TIFF, _BMP, _ICO)
    if suffix in kind.suffixes or not any(suffix in other.suffixes for other in others):
        return ""
    return f"named {suffix} but is {kind.format}; read as {kind.format}"


def refuse(data: bytes, name: str) -> ImageError:
    """The error for bytes of no kind that is read: what they are instead, and what to do about it."""
    found, hint = _what_it_is(data)
    return ImageError(Problem(f"picture {shorten(name, 200)!r} {found}", hint=hint))


def _what_it_is(data: bytes) -> tuple[str, str]:
    if data[4:8] == b"ftyp" and _brands(data) & _HEIC_BRANDS:
        hint = "Save it as JPEG first: `heif-convert in.heic out.jpg`, or `sips -s format jpeg in.heic --out out.jpg`."
        return "is HEIC, which no decoder here reads", hint
    for prefix, found, hint in _OTHER_FILES:
        if data.startswith(prefix):
            return found, hint
    return _text_or_bytes(data)


def _text_or_bytes(data: bytes) -> tuple[str, str]:
    if not data:
        return "is empty (0 bytes)", "Copy or download it again."
    start = data[:_TEXT_START].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in start:
        return "is SVG, a drawing and not pixels", "Draw it as pixels first: `rsvg-convert in.svg -o out.png`."
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "is a web page, most likely an error page that was saved in its place", "Download the picture again."
    text = data[:_TEXT_START].decode("utf-8-sig", "replace")
    if _is_text(text):
        return f"is text, beginning {shorten(text, 40)!r}", f"{_READ}."
    return f"is of no known kind, beginning with the bytes {data[:8].hex(' ')}", f"{_READ}; convert it to one of them."


def _is_text(text: str) -> bool:
    whole = text[:-1]  # the last character may have been cut in two
    return "\ufffd" not in whole and all(character.isprintable() or character in "\t\r\n" for character in whole)
