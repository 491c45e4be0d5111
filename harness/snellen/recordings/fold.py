"""Folding: what was appended while running becomes part of the sorted file that people commit."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Collection
from pathlib import Path
from typing import BinaryIO, NamedTuple

from snellen._files import locked, write_atomic
from snellen.recordings.index import Line, journal_of, read_lines

__all__ = ["fold_file"]


class _Place(NamedTuple):
    """Where a line is copied from, after what it is sorted by."""

    key: tuple[object, ...]
    file: BinaryIO
    offset: int
    length: int


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
        places: dict[str, _Place] = {}
        for path, source in sources:
            for line in read_lines(source, path):
                places[line.fingerprint] = _Place(_sort_key(line), source, line.offset, len(line.raw))
        is_torn = _has_unfinished_line(sources[-1][1])
        kept = sorted((place for key, place in places.items() if key not in without), key=lambda place: place.key)
        _remove_halves(file)
        _replace(file, _joined(kept))
        journal.unlink()
    return is_torn


def _sort_key(line: Line) -> tuple[object, ...]:
    return tuple(line.fields[name] for name in ("case", "variant", "repeat", "fingerprint"))


def _has_unfinished_line(journal: BinaryIO) -> bool:
    end = journal.seek(0, io.SEEK_END)
    journal.seek(max(0, end - 1))
    return journal.read(1) not in (b"", b"\n")


def _remove_halves(file: Path) -> None:
    """Removes what a fold that was killed while writing left beside; with the lock held nobody is writing one."""
    for half in file.parent.glob(f".{file.name}.*.tmp"):
        half.unlink(missing_ok=True)


def _joined(places: list[_Place]) -> bytes:
    out = io.BytesIO()
    for place in places:
        place.file.seek(place.offset)
        out.write(place.file.read(place.length).strip().removeprefix(b"\xef\xbb\xbf") + b"\n")
    return out.getvalue()


def _replace(file: Path, data: bytes) -> None:
    if not data:
        file.unlink(missing_ok=True)
    elif not _holds(file, data):
        write_atomic(file, data)


def _holds(file: Path, data: bytes) -> bool:
    return file.exists() and file.stat().st_size == len(data) and file.read_bytes() == data
