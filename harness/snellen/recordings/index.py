"""Where each entry of one recordings file lies, so that a response is read only when it is asked for."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from snellen._keys import KeyMap, key_of_fingerprint
from snellen.errors import RecordingDamagedError, StorageError
from snellen.recordings.entry import Entry, damaged, fields_of, parse_line
from snellen.recordings.fingerprint import fingerprint

__all__ = ["FileIndex", "Line", "base_of", "journal_of", "read_lines"]

_JOURNAL = ".journal"

# How every line of ours begins. Quotes inside of JSON strings are escaped, so no answer can imitate it.
_START = b'{"fingerprint":"'

_COUNTED_BYTES = 1 << 20


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


class _End(NamedTuple):
    """The last known line of a file: its number, where it starts and its bytes."""

    number: int
    offset: int
    raw: bytes

    @property
    def offset_after(self) -> int:
        """Where the next line starts."""
        return self.offset + len(self.raw)


_START_OF_FILE = _End(0, 0, b"")


class FileIndex:
    """The entries of one file or journal by fingerprint, at some 24 bytes of memory each.

    It knows fingerprints by their keys. Of two entries whose fingerprints share one, which is to be expected in one of
    three billion files of 100,000 entries, the earlier is not found; an entry of another fingerprint is never given.
    """

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
        self._offsets = KeyMap()
        self._seen: tuple[int, ...] = ()
        self._last = _START_OF_FILE

    def keys(self) -> KeyMap:
        """The keys of the fingerprints it holds, with their places; to be read, and only until the next refresh."""
        self._load()
        return self._offsets

    def __contains__(self, fingerprint: str) -> bool:
        """Whether a response was recorded under this fingerprint when the file was read."""
        self._load()
        return key_of_fingerprint(fingerprint) in self._offsets

    def lines(self) -> Iterator[Line]:
        """The lines that count, in file order: of several with one fingerprint the last does."""
        self._load()
        if not self._offsets:
            return
        with self.path.open("rb") as file:
            for line in read_lines(file, self.path):
                if self._offsets.get(key_of_fingerprint(line.fingerprint)) == line.offset:
                    yield line

    def expire(self) -> None:
        """Lets the next look into it see what was appended since."""
        self._is_loaded = False

    def learn(self, appended: Sequence[tuple[str, bytes]], after: os.stat_result) -> None:
        """Takes in what this process has just appended without reading it; where that cannot be, lets the next look do.

        Args:
            appended: Fingerprints with their lines, each with its newline, in the order they stand in the file.
            after: The file's facts as they were when the last line stood at its end.
        """
        offset = after.st_size - sum(len(line) for _, line in appended)
        is_same_file = self._seen[:2] == (after.st_dev, after.st_ino) or not self._seen
        if not (self._is_loaded and is_same_file and offset == self._last.offset_after):
            self.expire()
            return
        for number, (key, line) in enumerate(appended, self._last.number + 1):
            self._offsets[key_of_fingerprint(key)] = offset
            self._last = _End(number, offset, line)
            offset += len(line)
        self._seen = _signature_of(after)

    def _load(self) -> None:
        if not self._is_loaded:
            self.refresh()

    def refresh(self) -> None:
        """Reads what has changed since the file was last read.

        Raises:
            RecordingDamagedError: A line is not an entry.
            StorageError: The file cannot be read.
        """
        try:
            if not self._seen or _signature_of(self.path.stat()) != self._seen:
                with self.path.open("rb") as file:
                    self._read(file)
        except FileNotFoundError:
            self._forget()
        except OSError as error:
            raise StorageError(f"cannot read {self.path}: {error.strerror or error}") from error
        self._is_loaded = True

    def _read(self, file: BinaryIO) -> None:
        seen = _signature(file)
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
        file.seek(self._last.offset_after)
        for line in read_lines(file, self.path, number=self._last.number):
            self._offsets[key_of_fingerprint(line.fingerprint)] = line.offset
            self._last = _End(line.number, line.offset, line.raw)
        file.seek(self._last.offset_after)
        return bool(file.read().strip())

    def read(self, key: str) -> Entry | None:
        """The entry with this fingerprint; None when there is none, or when the file was replaced since it was read.

        Raises:
            RecordingDamagedError: Somebody changed the request in the entry, so that it has another fingerprint.
        """
        self._load()
        offset = self._offsets.get(key_of_fingerprint(key))
        if offset is None:
            return None
        try:
            with self.path.open("rb") as file:
                is_same = _signature(file) == self._seen
                file.seek(offset)
                raw = file.readline()
        except FileNotFoundError:
            return None
        try:
            entry = parse_line(raw, file=self.path, number=0)
        except RecordingDamagedError:
            if is_same:
                parse_line(raw, file=self.path, number=self._number_at(offset))  # the same, with the line's number
            return None
        if entry.fingerprint != key:
            return None
        if not entry.scrubbed and fingerprint(entry.request) != key:
            what = "holds a request that has another fingerprint than it says; it was changed by hand"
            raise damaged(what, line=raw, file=self.path, number=self._number_at(offset))
        return entry

    def _number_at(self, offset: int) -> int:
        """The 1-based number of the line at an offset; counted when it is asked for, for only errors name it."""
        number = 1
        with self.path.open("rb") as file:
            while offset > 0 and (part := file.read(min(offset, _COUNTED_BYTES))):
                number += part.count(b"\n")
                offset -= len(part)
        return number


def _signature(file: BinaryIO) -> tuple[int, ...]:
    return _signature_of(os.fstat(file.fileno()))


def _signature_of(facts: os.stat_result) -> tuple[int, ...]:
    return facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns
