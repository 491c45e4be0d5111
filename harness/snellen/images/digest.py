"""What names a picture in a fingerprint: the digest of its bytes, remembered so that a replay reads no picture."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from snellen._files import digest, read_regular
from snellen._text import shorten
from snellen.case import ImageRef
from snellen.errors import ImageError, InputError, Problem
from snellen.images.fit import ImageRules

__all__ = ["DigestCache", "Plain", "identity_of", "read_picture", "source_bytes"]

_MAX_BYTES = 50 * 1024 * 1024  # a larger file is a mistake: endpoints take less, and 4/3 of it travels as base64
_RACY_NS = 2_000_000_000  # FAT keeps times in 2 s steps: a file this young may change and keep its time
_MAX_UNWRITTEN = 1_000  # some hundred kilobytes, and a transaction that takes a few milliseconds
_LOCK_WAIT_S = 1.0  # the cache is a convenience; nobody waits longer for it
_DAMAGED = frozenset([sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB])
_SCHEMA = """
CREATE TABLE IF NOT EXISTS file_v1 (
    path BLOB PRIMARY KEY, size INTEGER, mtime_ns INTEGER, ctime_ns INTEGER, inode INTEGER, sha256 TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS checked_v2 (
    identity TEXT PRIMARY KEY, media_type TEXT, width_px INTEGER, height_px INTEGER
) WITHOUT ROWID;
"""


class Plain(NamedTuple):
    """A picture that can go out as it is.

    Attributes:
        media_type: What its bytes are.
        width_px: As displayed.
        height_px: As displayed.
    """

    media_type: str
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class _Stamp:
    """What must be unchanged for a file to be taken as unchanged."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int

    @classmethod
    def of(cls, path: Path) -> _Stamp:
        facts = path.stat()
        return cls(facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino)

    @property
    def is_racy(self) -> bool:
        """True when the file changed so lately, or in the future, that a later change might not show."""
        return _now_ns() - max(self.mtime_ns, self.ctime_ns) < _RACY_NS


def _now_ns() -> int:
    return time.time_ns()


class DigestCache:
    """Digests of picture files by path, size and times, and which contents were decoded in full before.

    A cache and nothing more: a damaged file is put aside and begun anew, one that cannot be opened, read or written
    (locked, read-only, full disk) is done without, silently, and then everything is remembered in memory only.
    Threads may share one; several processes may use one file. What is learnt is held in memory until it reaches the
    file, at `flush()` or when it has become much; what is in the file is looked up there.
    """

    def __init__(self, path: Path | None) -> None:
        """The cache at `path`, made with its folder when it is first used; None keeps it in memory."""
        self._lock = threading.Lock()
        self._files: dict[bytes, tuple[_Stamp, str]] = {}
        self._checked: dict[str, Plain | None] = {}
        self._flush_at = _MAX_UNWRITTEN
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._is_opened = path is None

    def digest_of(self, path: Path, *, name: str) -> str:
        """Hex SHA-256 of the file, without reading it when it is unchanged since it was last read.

        Raises:
            ImageError: It is missing, unreadable, not a regular file, or over 50 MB.
        """
        try:
            stamp = _Stamp.of(path)
        except (OSError, ValueError) as error:
            raise _unreadable(name, error) from error
        known = self._known(os.fsencode(path), stamp)
        if known is not None:
            return known
        is_racy = stamp.is_racy  # of the moment before reading
        found = digest(read_picture(path, name=name))
        if not is_racy:
            self._remember(path, stamp, found)
        return found

    def warm(self, refs: Iterable[ImageRef]) -> None:
        """Learns the digests of all local files among `refs`, several at a time; one that fails is left for later."""
        paths = dict.fromkeys(ref.path for ref in refs if ref.path is not None)
        unread = [path for path in paths if not self._is_known(path)]
        with ThreadPoolExecutor(max_workers=min(8, (os.cpu_count() or 1) + 1)) as pool:  # hashing lets others run
            for _ in pool.map(self._try_digest, unread):
                pass

    def is_checked(self, identity: str) -> bool:
        """True when the picture of this `identity_of` was decoded in full before, by any process with this file."""
        with self._lock:
            return identity in self._checked or self._checked_on_disk(identity) is not None

    def plain_of(self, identity: str) -> Plain | None:
        """What was seen of a picture that was decoded in full before and needed no work; None of any other."""
        with self._lock:
            if identity in self._checked:
                return self._checked[identity]
            row = self._checked_on_disk(identity)
            return None if row is None or row[0] is None else Plain(*row)

    def mark_checked(self, identity: str, plain: Plain | None = None) -> None:
        """Remembers that the picture of this `identity_of` decodes in full, and that it can go out as it is."""
        with self._lock:
            self._checked[identity] = plain
            self._flush_when_much()

    def flush(self) -> None:
        """Writes what was learnt since the last time, in one transaction."""
        with self._lock:
            self._flush()

    def _flush_when_much(self) -> None:
        if len(self._files) + len(self._checked) >= self._flush_at:
            self._flush()
            # Where nothing can be written now, it is not tried again with every picture.
            self._flush_at = max(_MAX_UNWRITTEN, 2 * (len(self._files) + len(self._checked)))

    def _flush(self) -> None:
        connection = self._opened() if self._files or self._checked else None
        if connection is None:
            return
        try:
            with connection:
                connection.executemany("INSERT OR REPLACE INTO file_v1 VALUES (?, ?, ?, ?, ?, ?)", self._rows())
                connection.executemany(
                    "INSERT OR REPLACE INTO checked_v2 VALUES (?, ?, ?, ?)",
                    ((key, *(plain or (None, None, None))) for key, plain in self._checked.items()),
                )
        except sqlite3.Error as error:  # what is unwritten stays so, and the next flush tries again
            if _is_damage(error):
                self._do_without(error)
            return
        self._files.clear()
        self._checked.clear()

    def close(self) -> None:
        """Flushes and lets go of the file; the cache goes on in memory."""
        self.flush()
        with self._lock:
            self._do_without()

    def __enter__(self) -> DigestCache:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _is_known(self, path: Path) -> bool:
        try:
            return self._known(os.fsencode(path), _Stamp.of(path)) is not None
        except (OSError, ValueError):
            return False

    def _try_digest(self, path: Path) -> None:
        with contextlib.suppress(ImageError):  # whoever asks for it gets the error, with the name people know it by
            self.digest_of(path, name=str(path))

    def _known(self, key: bytes, stamp: _Stamp) -> str | None:
        with self._lock:
            stamp_then, sha256 = self._files.get(key) or self._on_disk(key) or (None, "")
            return sha256 if stamp_then == stamp else None

    def _on_disk(self, key: bytes) -> tuple[_Stamp, str] | None:
        row = self._select("SELECT size, mtime_ns, ctime_ns, inode, sha256 FROM file_v1 WHERE path = ?", key)
        return None if row is None else (_Stamp(*row[:4]), str(row[4]))

    def _checked_on_disk(self, identity: str) -> tuple[Any, ...] | None:
        return self._select("SELECT media_type, width_px, height_px FROM checked_v2 WHERE identity = ?", identity)

    def _remember(self, path: Path, before: _Stamp, sha256: str) -> None:
        """Keeps a digest, unless the file changed while it was read."""
        with contextlib.suppress(OSError):
            if _Stamp.of(path) == before:
                with self._lock:
                    self._files[os.fsencode(path)] = (before, sha256)  # a name need not be Unicode
                    self._flush_when_much()

    def _rows(self) -> Iterator[tuple[bytes, int, int, int, int, str]]:
        for key, (stamp, sha256) in self._files.items():
            yield key, stamp.size, stamp.mtime_ns, stamp.ctime_ns, stamp.inode, sha256

    def _select(self, query: str, key: bytes | str) -> tuple[Any, ...] | None:
        connection = self._opened()
        if connection is None:
            return None
        try:
            row: tuple[Any, ...] | None = connection.execute(query, (key,)).fetchone()
        except sqlite3.Error as error:
            self._do_without(error)
            return None
        return row

    def _opened(self) -> sqlite3.Connection | None:
        """The open file, None where the cache is in memory only; whoever never looks leaves nothing open."""
        if not self._is_opened and self._path is not None:
            self._is_opened = True
            self._connection = _connect(self._path)
        return self._connection

    def _do_without(self, error: sqlite3.Error | None = None) -> None:
        self._is_opened = True
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if error is not None and self._path is not None and _is_damage(error):
            _put_aside(self._path)


def _connect(path: Path) -> sqlite3.Connection | None:
    """The open cache file, made anew when it was damaged; None when it cannot be used."""
    for _ in range(2):
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)  # names of pictures are the user's own business
            return _with_tables(path)
        except sqlite3.Error as error:
            if not _is_damage(error):
                return None
            _put_aside(path)
        except OSError:
            return None
    return None


def _is_damage(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED  # extended codes carry the plain one below


def _put_aside(path: Path) -> None:
    """Moves a damaged file out of the way; never removes what may turn out to be somebody's."""
    with contextlib.suppress(OSError):
        path.replace(path.with_name(f"{path.name}.damaged"))


def _with_tables(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_LOCK_WAIT_S, check_same_thread=False)
    try:
        connection.execute("PRAGMA synchronous = OFF")  # losing it costs only a second reading
        connection.executescript(_SCHEMA)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def read_picture(path: Path, *, name: str) -> bytes:
    """The bytes of a picture file.

    Raises:
        ImageError: It is missing, unreadable, not a regular file (a pipe cannot hang us), or over 50 MB.
    """
    try:
        return read_regular(path, limit=_MAX_BYTES)
    except (InputError, ValueError) as error:
        raise _unreadable(name, error) from error


def _unreadable(name: str, error: Exception) -> ImageError:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return ImageError(Problem(f"picture {shorten(name, 200)!r} cannot be read: {reason}", hint="Check the path."))


def source_bytes(ref: ImageRef) -> bytes:
    """The picture's bytes as they were given.

    Raises:
        ImageError: The file cannot be read, or the picture is an address, which only `images.fetch` may fetch.
    """
    if ref.data is not None:
        return ref.data
    if ref.path is not None:
        return read_picture(ref.path, name=ref.name)
    raise ImageError(Problem(f"picture {shorten(ref.name, 200)!r} is an address, and nothing was fetched from it"))


def identity_of(
    ref: ImageRef, *, cache: DigestCache, rules: ImageRules, pinned: Mapping[str, Path] = MappingProxyType({})
) -> str:
    """What stands for the picture in a fingerprint: `sha256:<hex>` of its source bytes, or its URL.

    Args:
        ref: The picture.
        cache: Knows the digests of unchanged files.
        rules: With `inline_urls` a picture given by URL is sent inline, so its bytes decide the answer.
        pinned: Local copies of URLs. An inlined URL that has one goes by its digest, any other by the URL, so that
            a replay needs no network.

    Raises:
        ImageError: A local file cannot be read.
    """
    if ref.data is not None:
        return f"sha256:{digest(ref.data)}"
    if ref.path is not None:
        return f"sha256:{cache.digest_of(ref.path, name=ref.name)}"
    url = ref.url or ""
    if rules.inline_urls and url in pinned:
        return f"sha256:{cache.digest_of(pinned[url], name=url)}"
    return url
