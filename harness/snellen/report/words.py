"""Values as a reader sees them: text made safe to look at, names without the machine's paths, times and sizes."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import urlsplit, urlunsplit

from snellen._text import in_dollars, in_seconds, is_korean, printable

__all__ = [
    "at_clock",
    "in_bytes",
    "in_dollars",
    "in_rate",
    "in_seconds",
    "language_of",
    "public_name",
    "public_text",
    "public_url",
    "visible",
]

# Code points that Unicode set aside for ever: HTML forbids them even when escaped, so a reader could never see them.
_NONCHARACTER = re.compile(
    "[\ufdd0-\ufdef"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17))
    + "]"
)
# An absolute path of two parts or more; what follows a letter, dot, colon or slash is a URL's or a relative path's.
_ABSOLUTE = re.compile(
    r"(?<![\w:/.\\-])(?:/(?:[^/\s'\"<>|:*?]+/)+|[A-Za-z]:\\(?:[^\\\s'\"<>|:*?]+\\)+|~/(?:[^/\s'\"]+/)*)"
)
_SECRET_QUERY = re.compile(r"key|token|sig|secret|pass|auth|cred|session|^x-(amz|goog)-", re.IGNORECASE)


def visible(text: str) -> str:
    r"""`text` as valid HTML can hold it: what hides, steers or is forbidden shows as \\x00 or \\ufffe."""
    return _NONCHARACTER.sub(lambda found: f"\\u{ord(found.group()):04x}", printable(text))


def public_name(name: str) -> str:
    """A file's name as written when that was relative, else its last part: a mailed report tells no one's folders."""
    if PurePosixPath(name).is_absolute() or name.startswith("~"):
        return visible(PurePosixPath(name).name)
    if PureWindowsPath(name).is_absolute():
        return visible(PureWindowsPath(name).name)
    return visible(name)


def public_text(text: str) -> str:
    """A message of ours with absolute paths cut to their last part: `/home/kim/evals/a.jsonl` reads `…/a.jsonl`."""
    return visible(_ABSOLUTE.sub("…/", text))


def public_url(url: str) -> tuple[str, bool]:
    """An address as it may be mailed, and whether it still leads there: without credentials, signatures and keys."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return visible(url), False
    host = parts.netloc.rpartition("@")[2]
    query = "&".join(_without_secret(piece) for piece in parts.query.split("&"))
    if (host, query) == (parts.netloc, parts.query):
        return visible(url), parts.scheme in {"http", "https"} and bool(host) and visible(url) == url
    return visible(urlunsplit((parts.scheme, host, parts.path, query, ""))), False


def _without_secret(piece: str) -> str:
    name, equals, _ = piece.partition("=")
    return f"{name}=…" if equals and _SECRET_QUERY.search(name) else piece


def language_of(text: str) -> str | None:
    """`ko` for text with Hangul, so that the browser takes Korean glyphs and line breaks; None says nothing."""
    return "ko" if is_korean(text) else None


def at_clock(iso: str) -> str:
    """`2026-11-22T17:05:00Z` as `2026-11-22 17:05 UTC`; anything else as it is."""
    try:
        moment = datetime.fromisoformat(iso)
    except ValueError:
        return visible(iso)
    zone = " UTC" if moment.tzinfo is not None and not moment.utcoffset() else ""
    return f"{moment:%Y-%m-%d %H:%M}{zone}"


def in_rate(usd: float) -> str:
    """`$2.5`, `$0.25`: a price as it is written in tables, without zeros that say nothing."""
    return f"${usd:,.10g}"


def in_bytes(size_bytes: int) -> str:
    """`840 bytes`, `135 KB`, `18.2 MB`; a megabyte is a million bytes, as mail limits count."""
    if size_bytes < 1_000:  # noqa: PLR2004  # a kilobyte
        return f"{size_bytes} bytes"
    if size_bytes < 999_500:  # noqa: PLR2004  # what rounds to a megabyte
        return f"{size_bytes / 1_000:.0f} KB"
    return f"{size_bytes / 1_000_000:.1f} MB"
