"""What commands print to: a reader who has seen enough (`| head`) is no fault, and changes no exit code."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

__all__ = ["patient_output"]


class _Outlet(io.FileIO):
    """A file descriptor; once nobody reads it any more, what is written goes nowhere."""

    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            _close_off(self.fileno())
            return super().write(data)


def _close_off(number: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)


@contextmanager
def patient_output() -> Iterator[None]:
    """Lets a command come to its end, and to its own exit code, when a reader of its output goes away before.

    Streams that somebody put in the place of the process's own are left alone.

    Raises:
        OSError: What was printed last cannot be written, as on a full disk.
    """
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = _patient(sys.stdout, sys.__stdout__), _patient(sys.stderr, sys.__stderr__)
    try:
        yield
    finally:
        after = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = before
        for stream, own in zip(after, before, strict=True):
            if stream is not own:
                _emptied(stream)


def _patient(stream: TextIO, own: TextIO | None) -> TextIO:
    if stream is not own or not isinstance(stream, io.TextIOWrapper):  # there is none where the shell closed it
        return stream
    stream.flush()
    outlet = _Outlet(stream.fileno(), "w", closefd=False)
    return io.TextIOWrapper(
        outlet if stream.write_through else io.BufferedWriter(outlet),  # as Python does it under PYTHONUNBUFFERED
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


def _emptied(stream: TextIO) -> None:
    try:
        stream.flush()
    except OSError:
        _close_off(stream.fileno())  # else it would be tried again when Python ends, which then exits with 120
        raise
