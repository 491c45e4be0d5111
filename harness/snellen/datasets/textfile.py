"""Text files as they come: opened without hanging, told apart from what only looks like one, read line by line."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from snellen.errors import InputError, Problem

__all__ = ["MAX_LINE_BYTES", "bad_byte", "numbered_lines", "open_regular", "refuse_foreign"]

MAX_LINE_BYTES = 16 * 1024 * 1024  # a row with several pictures as data URIs; more is a file without line ends
_BUFFER_BYTES = 1 << 20
_BOM = b"\xef\xbb\xbf"
_HEAD_BYTES = 16

_FOREIGN = (
    (b"\x1f\x8b", "is compressed with gzip", "Unpack it first: gunzip"),
    (b"PK\x03\x04", "is a zip archive or an Excel workbook", "Unpack it, or save the sheet as CSV (UTF-8)."),
    (b"\x28\xb5\x2f\xfd", "is compressed with zstd", "Unpack it first: unzstd"),
    (b"BZh", "is compressed with bzip2", "Unpack it first: bunzip2"),
    (b"\xfd7zXZ", "is compressed with xz", "Unpack it first: unxz"),
    (b"PAR1", "is a Parquet file", "Save the table as JSONL or CSV."),
    (b"\xff\xfe", "is UTF-16 text", "Save it as UTF-8."),
    (b"\xfe\xff", "is UTF-16 text", "Save it as UTF-8."),
)


def open_regular(path: Path, *, name: str) -> BinaryIO:
    """`path` opened for reading bytes; a pipe, device or folder is refused before it can hang us.

    Args:
        path: The file.
        name: How errors call it.

    Raises:
        InputError: It is missing, unreadable, or no regular file.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise InputError(Problem(f"cannot be read: {error.strerror or error}", file=name)) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise InputError(Problem("is not a regular file", file=name))
    return os.fdopen(descriptor, "rb", buffering=_BUFFER_BYTES)


def refuse_foreign(head: bytes, *, name: str) -> None:
    """Raises InputError when a file that begins with `head` is packed, a workbook, or not UTF-8 at all."""
    for magic, what, hint in _FOREIGN:
        if head.startswith(magic):
            command = f"{hint} {name}" if not hint.endswith(".") else hint
            raise InputError(Problem(f"{what}, not plain text", file=name, hint=command))
    if len(head) > 1 and 0 in (head[0], head[1]) and head[0] != head[1]:
        raise InputError(Problem("is UTF-16 text, not UTF-8", file=name, hint="Save it as UTF-8."))


def bad_byte(data: bytes, error: UnicodeDecodeError) -> tuple[int, str]:
    """The 1-based line in `data` that is not UTF-8, and the message that says so."""
    line = data.count(b"\n", 0, error.start) + 1
    return line, f"byte 0x{data[error.start]:02x} is not UTF-8 text"


def numbered_lines(path: Path, *, name: str) -> Iterator[tuple[int, bytes | Problem]]:
    """Each line with its 1-based number, its line end kept, without a byte order mark; memory stays at one line.

    A line over 16 MB is skipped, and the Problem that says so comes in its place.

    Raises:
        InputError: The file cannot be read, or is not plain UTF-8 text.
    """
    with open_regular(path, name=name) as file:
        refuse_foreign(file.peek(_HEAD_BYTES)[:_HEAD_BYTES], name=name)  # type: ignore[attr-defined]  # buffered
        number = 0
        while line := file.readline(MAX_LINE_BYTES + 1):
            number += 1
            if number == 1:
                line = line.removeprefix(_BOM)
            if len(line) > MAX_LINE_BYTES:
                _skip_line(file)
                yield number, Problem(f"the line is longer than {MAX_LINE_BYTES:,} bytes", file=name, line=number)
            else:
                yield number, line


def _skip_line(file: BinaryIO) -> None:
    while chunk := file.readline(_BUFFER_BYTES):
        if chunk.endswith(b"\n"):
            return
