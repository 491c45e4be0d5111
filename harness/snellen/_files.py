"""Files that survive: atomic writes, locked appends, digests, and joins that cannot leave a root."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import secrets
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from snellen.errors import InputError, StorageError

__all__ = [
    "append_locked",
    "cannot_write",
    "digest",
    "is_python_eval",
    "join_inside",
    "locked",
    "read_regular",
    "write_atomic",
]

# A script may be named eval_imagenet.py. An eval names Snellen, or has a function that takes one of its fixtures.
_EVAL = re.compile(rb"snellen|def\s+eval_\w*\s*\([^)]*\b(?:ask|case|response)\b")


def digest(data: bytes) -> str:
    """Hex SHA-256 of `data`."""
    return hashlib.sha256(data).hexdigest()


def write_atomic(path: Path, data: bytes | Iterable[bytes], *, mode: int = 0o644) -> None:
    """Replaces `path` with `data` in one step: a reader sees the old file or the new one, never a part.

    Args:
        path: The file; folders that are missing are made.
        data: The content, or its parts in order, of which only one is held at a time.
        mode: Permissions of the new file.

    Raises:
        StorageError: The disk is full, read-only or forbidden; the old file is untouched.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as file:
            os.fchmod(file.fileno(), mode)
            file.writelines([data] if isinstance(data, bytes) else data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise StorageError(cannot_write(path, error)) from error


@contextlib.contextmanager
def locked(path: Path, *, mode: int = 0o600) -> Iterator[int]:
    """A file descriptor of `path`, opened for reading and appending, that no other process holds at the same time.

    The lock is the kernel's (flock), so a killed process leaves none behind. A file that was removed by its previous
    holder while we waited is opened anew, so nobody appends to a file that has no name any more.

    Raises:
        StorageError: It cannot be created or opened for writing.
    """
    descriptor = _open_locked(path, mode)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _open_locked(path: Path, mode: int) -> int:
    while True:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, mode)
        except OSError as error:
            raise StorageError(cannot_write(path, error)) from error
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        try:
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        except FileNotFoundError:
            pass
        os.close(descriptor)


def append_locked(path: Path, data: bytes) -> os.stat_result:
    """Appends `data` to `path` and returns once it is on disk; several processes may do so at once.

    All of it is there then, or nothing: a part that fitted is taken back, so that what follows stays readable.

    Args:
        path: The file; folders that are missing are made.
        data: One line or several, at most 2 GB.

    Returns:
        The file's facts as they were then: `data` ends where the file did.

    Raises:
        StorageError: It could not be written in full.
    """
    with locked(path) as descriptor:
        before = os.fstat(descriptor).st_size
        try:
            written = os.write(descriptor, data)
            if written != len(data):
                raise OSError(28, f"only {written:,} of {len(data):,} bytes fitted")  # noqa: TRY301  # 28 is ENOSPC
            os.fsync(descriptor)
            return os.fstat(descriptor)
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(descriptor, before)
            raise StorageError(cannot_write(path, error)) from error


def cannot_write(path: Path, error: Exception) -> str:
    """What to say of a write that failed: the file, why, and how many bytes are free where it lies."""
    free = ""
    with contextlib.suppress(OSError):
        existing = next(parent for parent in [path, *path.parents] if parent.exists())
        usage = os.statvfs(existing)
        free = f" ({usage.f_bavail * usage.f_frsize:,} bytes free)"
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"cannot write {path}: {reason}{free}"


def is_python_eval(path: Path) -> bool:
    """True for a file named `eval_*.py` that holds an eval, as far as its text tells; nothing is imported."""
    if not (path.name.startswith("eval_") and path.suffix == ".py"):
        return False
    try:
        return _EVAL.search(path.read_bytes()) is not None
    except OSError:
        return False


def join_inside(root: Path, name: str) -> Path:
    """The file that `name` means below `root`, with every link followed.

    Raises:
        InputError: `name` is absolute, holds a NUL, or leaves `root` by `..` or by a link.
    """
    if "\0" in name:
        raise InputError(f"path {name!r} holds a NUL byte")
    if Path(name).is_absolute() or name.startswith(("~", "\\\\", "//")):
        raise InputError(f"path {name!r} is not relative to {root}")
    try:
        base = root.resolve(strict=True)
        target = (base / name).resolve()
    except (OSError, RuntimeError) as error:
        raise InputError(f"path {name!r} cannot be resolved: {error}") from error
    if not target.is_relative_to(base):
        raise InputError(f"path {name!r} leaves {root}")
    return target


def read_regular(path: Path, *, limit: int) -> bytes:
    """The bytes of a regular file; a pipe or device is refused before it can hang us.

    Raises:
        InputError: It is missing, unreadable, not a regular file, or larger than `limit` bytes.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode):
                raise InputError(f"{path} is not a regular file")
            if facts.st_size > limit:
                raise InputError(f"{path} has {facts.st_size:,} bytes; the limit is {limit:,}")
            return file.read()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
