"""Where each entry of one recordings file lies, so that a response is read only when it is asked for."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from snellen.errors import RecordingDamagedError, RecordingError
from snellen.recordings.entry import Entry, damaged, fields_of, parse_line
from snellen.recordings.fingerprint import fingerprint

__all__ = ["FileIndex", "Line", "base_of", "journal_of", "read_lines"]

_JOURNAL = ".journal"

# How every line of ours begins. Quotes inside of JSON strings are escaped, so no answer can imitate it.
_START = b'{"fingerprint":"'


def journal_of(file: Path) -> Path:
    """Where new entries of a recordings file are appended until they are folded in."""
    return file.with_name(file.name + _JOURNAL)


def base_of(path: Path) -> Path:
    """The recordings file that a path means: itself, or the one that a journal belongs to."""
    return path.with_name(path.name.removesuffix(_JOURNAL))


class Line(NamedTuple):
    """One line that holds an entry: 1-based number, where it starts in the file, its bytes and its fields."""

    number: int
    offset: int
    raw: bytes
    fields: dict[str, object]

    @property
    def fingerprint(self) -> str:
        """The entry's."""
        return cast("str", self.fields["fingerprint"])


def read_lines(file: BinaryIO, path: Path, *, number: int = 0) -> Iterator[Line]:
    """The entries of an open file from where it stands; empty lines are read over.

    A journal's last line without a newline is not given: its writer was killed before it could say that it is done.
    What such a writer left before a whole entry of the next one is read over for the same reason.

    Args:
        file: Standing at the start of a line.
        path: Its name, for errors, and to tell a journal.
        number: Of the line before.

    Raises:
        RecordingDamagedError: A line is not an entry.
    """
    is_journal = path.name.endswith(_JOURNAL)
    offset = file.tell()
    for at, raw in enumerate(file, number + 1):
        if is_journal and not raw.endswith(b"\n"):
            return
        if raw.strip():
            yield _line(raw, offset, path=path, number=at, is_journal=is_journal)
        offset += len(raw)


def _line(raw: bytes, offset: int, *, path: Path, number: int, is_journal: bool) -> Line:
    try:
        return Line(number, offset, raw, fields_of(raw, file=path, number=number))
    except RecordingDamagedError:
        start = raw.rfind(_START)
        if not is_journal or start <= 0:
            raise
        return Line(number, offset + start, raw[start:], fields_of(raw[start:], file=path, number=number))


class FileIndex:
    """The entries of one file or journal by fingerprint, at some hundred bytes of memory each."""

    def __init__(self, path: Path) -> None:
        """Opens nothing yet.

        Args:
            path: A recordings file or its journal; it need not exist.
        """
        self.path = path
        self.is_torn = False
        """The journal ends in a part of a line: a process was killed while writing it."""
        self._is_loaded = False
        self._forget()

    def _forget(self) -> None:
        self._places: dict[bytes, tuple[int, int]] = {}
        self._seen: tuple[int, ...] = ()
        self._last = Line(0, 0, b"", {})

    def keys(self) -> set[bytes]:
        """The fingerprints it holds, as bytes."""
        self._load()
        return set(self._places)

    def __contains__(self, key: str) -> bool:
        """Whether a response was recorded under this fingerprint when the file was read."""
        self._load()
        return bytes.fromhex(key) in self._places

    def lines(self) -> Iterator[Line]:
        """The lines that count, in file order: of several with one fingerprint the last does."""
        self._load()
        if not self._places:
            return
        with self.path.open("rb") as file:
            for line in read_lines(file, self.path):
                if self._places.get(bytes.fromhex(line.fingerprint)) == (line.offset, line.number):
                    yield line

    def expire(self) -> None:
        """Lets the next look into it see what was appended since."""
        self._is_loaded = False

    def _load(self) -> None:
        if not self._is_loaded:
            self.refresh()

    def refresh(self) -> None:
        """Reads what has changed since the file was last read.

        Raises:
            RecordingDamagedError: A line is not an entry.
            RecordingError: The file cannot be read.
        """
        try:
            with self.path.open("rb") as file:
                self._read(file)
        except FileNotFoundError:
            self._forget()
        except OSError as error:
            raise RecordingError(f"cannot read {self.path}: {error.strerror or error}") from error
        self._is_loaded = True

    def _read(self, file: BinaryIO) -> None:
        seen = _signature(file)
        if seen == self._seen:
            return
        if not self._has_only_grown(file):
            self._forget()
        self.is_torn = self._read_rest(file)
        if self.is_torn:
            # Perhaps it is being written this moment. Who writes holds the lock; the dead hold none.
            with contextlib.suppress(OSError):
                fcntl.flock(file.fileno(), fcntl.LOCK_SH)
            self.is_torn = self._read_rest(file)
        self._seen = seen

    def _has_only_grown(self, file: BinaryIO) -> bool:
        file.seek(self._last.offset)
        is_there = file.read(len(self._last.raw)) == self._last.raw
        return is_there and self._last.number > 0 and self.path.name.endswith(_JOURNAL)

    def _read_rest(self, file: BinaryIO) -> bool:
        """Takes in what follows the last known line; true when something is left that is no whole line."""
        file.seek(self._last.offset + len(self._last.raw))
        for line in read_lines(file, self.path, number=self._last.number):
            self._places[bytes.fromhex(line.fingerprint)] = (line.offset, line.number)
            self._last = line
        file.seek(self._last.offset + len(self._last.raw))
        return bool(file.read().strip())

    def read(self, key: str) -> Entry | None:
        """The entry with this fingerprint; None when there is none, or when the file was replaced since it was read.

        Raises:
            RecordingDamagedError: Somebody changed the request in the entry, so that it has another fingerprint.
        """
        if key not in self:
            return None
        offset, number = self._places[bytes.fromhex(key)]
        try:
            with self.path.open("rb") as file:
                is_same = _signature(file) == self._seen
                file.seek(offset)
                raw = file.readline()
        except FileNotFoundError:
            return None
        try:
            entry = parse_line(raw, file=self.path, number=number)
        except RecordingDamagedError:
            if is_same:
                raise
            return None
        if entry.fingerprint != key:
            return None
        if not entry.scrubbed and fingerprint(entry.request) != key:
            what = "holds a request that has another fingerprint than it says; it was changed by hand"
            raise damaged(what, line=raw, file=self.path, number=number)
        return entry


def _signature(file: BinaryIO) -> tuple[int, ...]:
    facts = os.fstat(file.fileno())
    return facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns
