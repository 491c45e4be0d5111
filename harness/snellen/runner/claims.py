"""Who is asking what: processes on one project never ask the same question at the same time."""

from __future__ import annotations

import errno
import fcntl
import os
import threading
from pathlib import Path

from snellen.errors import StorageError

__all__ = ["Claims"]

_KEY_DIGITS = 15  # of the fingerprint, 60 bits: what fits into a file offset with a sign


class Claims:
    """Locks on fingerprints, shared by all processes that use one file.

    A claim is the kernel's lock on one byte of the file, at an offset made of the fingerprint: nothing is written, and
    a killed process leaves none behind. The kernel does not tell engines within one process apart, so that is done
    here.
    """

    _held: set[tuple[str, int]] = set()  # noqa: RUF012  # of the whole process, which is the point
    _open: dict[str, tuple[int, int]] = {}  # noqa: RUF012  # likewise: descriptor and users of each file
    _lock = threading.Lock()

    def __init__(self, path: Path) -> None:
        """Opens the file, which stays empty.

        Raises:
            StorageError: It cannot be opened for writing.
        """
        self._path = str(path.resolve())
        self._mine: set[int] = set()
        with self._lock:
            descriptor, users = self._open.get(self._path) or (_open(path), 0)
            self._descriptor = descriptor
            self._open[self._path] = descriptor, users + 1

    def take(self, fingerprint: str) -> bool:
        """Claims a question; False while somebody else asks it."""
        key = int(fingerprint[:_KEY_DIGITS], 16)
        with self._lock:
            if (self._path, key) in self._held or not self._locked(key):
                return False
            self._held.add((self._path, key))
        self._mine.add(key)
        return True

    def give_back(self, fingerprint: str) -> None:
        """Lets go of a question that was claimed here."""
        key = int(fingerprint[:_KEY_DIGITS], 16)
        self._mine.remove(key)
        with self._lock:
            self._held.remove((self._path, key))
            fcntl.lockf(self._descriptor, fcntl.LOCK_UN, 1, key)

    def close(self) -> None:
        """Lets go of everything. The file is closed by its last user: closing drops all locks of the process."""
        with self._lock:
            for key in self._mine:
                self._held.discard((self._path, key))
                fcntl.lockf(self._descriptor, fcntl.LOCK_UN, 1, key)
            self._mine.clear()
            descriptor, users = self._open.pop(self._path)
            if users > 1:
                self._open[self._path] = descriptor, users - 1
            else:
                os.close(descriptor)

    def _locked(self, key: int) -> bool:
        try:
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, key)
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EAGAIN):
                return False
            if error.errno in (errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP):
                raise StorageError(
                    f"{self._path}: this file system has no locks, so two processes could ask and pay for the same "
                    f"question ({error.strerror}). Put the project on a local disk."
                ) from error
            raise
        return True


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StorageError(f"cannot write {path}: {error.strerror or error}") from error
