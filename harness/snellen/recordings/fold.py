"""Folding: what was appended while running becomes part of the sorted file that people commit."""

from __future__ import annotations

import contextlib
import io
import struct
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import BinaryIO, cast

from snellen._files import locked, write_atomic
from snellen._keys import KeyMap, key_of_fingerprint
from snellen.recordings.index import Line, journal_of, read_lines

__all__ = ["fold_file"]

_PLACE = struct.Struct(">BQ")  # which of the two files, and where in it
_TAIL_BYTES = 32 + _PLACE.size
_LOWEST = 2**63


def fold_file(file: Path, *, without: Collection[str] = ()) -> bool:
    """Makes one sorted file of `file` and its journal, in one step, while nobody can append.

    Of several entries with one fingerprint the last written stays. Lines are copied as they are, and a file that
    comes out equal is not touched. A file without entries is removed.

    Args:
        file: The recordings file; it need not exist.
        without: Fingerprints to leave out.

    Returns:
        Whether the journal ended in a line that its writer did not finish, which is dropped.

    Raises:
        RecordingDamagedError: A line is not an entry; both files stay as they are.
        StorageError: It cannot be written; both files stay as they are.
    """
    journal = journal_of(file)
    with locked(journal), contextlib.ExitStack() as stack:
        sources = [(path, stack.enter_context(path.open("rb"))) for path in (file, journal) if path.exists()]
        places = _Places()
        for number, (path, source) in enumerate(sources):
            for line in read_lines(source, path):
                if line.fingerprint not in without:
                    places.add(line, source=number)
        is_torn = _has_unfinished_line(sources[-1][1])
        _remove_halves(file)
        _replace(file, places.in_order(), [source for _, source in sources])
        journal.unlink()
    return is_torn


class _Places:
    """Where the last entry of each fingerprint lies, as texts that sort as the entries do, some 110 bytes each."""

    def __init__(self) -> None:
        self._places: list[bytes] = []
        self._numbers = KeyMap()
        self._twins: dict[bytes, int] = {}  # of other entries whose key is taken: there is next to never one

    def add(self, line: Line, *, source: int) -> None:
        """Takes in an entry, in the place of an earlier one with its fingerprint."""
        digest = bytes.fromhex(line.fingerprint)
        place = _sort_key(line) + digest + _PLACE.pack(source, line.offset)
        key = key_of_fingerprint(line.fingerprint)
        number = self._numbers.setdefault(key, len(self._places))
        if number < len(self._places) and self._places[number][-_TAIL_BYTES : -_PLACE.size] != digest:
            number = self._twins.setdefault(digest, len(self._places))
        if number < len(self._places):
            self._places[number] = place
        else:
            self._places.append(place)

    def in_order(self) -> list[bytes]:
        """The places, sorted; nothing can be added after."""
        self._places.sort()
        return self._places


def _sort_key(line: Line) -> bytes:
    case, variant = (str(line.fields[name]).encode() for name in ("case", "variant"))
    # JSON as orjson reads it has integers of 64 bits with or without a sign: with this added, none is below zero.
    repeat = (cast("int", line.fields["repeat"]) + _LOWEST).to_bytes(9, "big")
    return b"\0".join((case, variant, repeat))


def _has_unfinished_line(journal: BinaryIO) -> bool:
    end = journal.seek(0, io.SEEK_END)
    journal.seek(max(0, end - 1))
    return journal.read(1) not in (b"", b"\n")


def _remove_halves(file: Path) -> None:
    """Removes what a fold that was killed while writing left beside; with the lock held nobody is writing one."""
    for half in file.parent.glob(f".{file.name}.*.tmp"):
        half.unlink(missing_ok=True)


def _replace(file: Path, places: list[bytes], sources: list[BinaryIO]) -> None:
    if not places:
        file.unlink(missing_ok=True)
    elif not _holds(file, _lines(places, sources)):
        write_atomic(file, _lines(places, sources))


def _lines(places: list[bytes], sources: list[BinaryIO]) -> Iterator[bytes]:
    for place in places:
        number, offset = _PLACE.unpack(place[-_PLACE.size :])
        sources[number].seek(offset)
        yield sources[number].readline().strip().removeprefix(b"\xef\xbb\xbf") + b"\n"


def _holds(file: Path, lines: Iterator[bytes]) -> bool:
    """Whether the file consists of these lines; it is read no further than to the first that differs."""
    try:
        with file.open("rb") as there:
            return all(there.read(len(line)) == line for line in lines) and not there.read(1)
    except FileNotFoundError:
        return False
