"""What a run that is under way has sent and received, on disk: a run that was killed goes on where it was."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from snellen._clock import iso_now, run_id
from snellen._files import write_atomic
from snellen.errors import StorageError
from snellen.recordings.file import RecordingStore

__all__ = ["JOURNALS", "Journal", "Unfinished", "unfinished_runs"]

JOURNALS = "journals"
"""Folder of all journals below the project's state."""

_HEADER = "run.json"
_LEDGER = "sent.log"


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A run that did not come to its end.

    Attributes:
        run_id: Its id.
        command: What was typed.
        cwd: Where.
        is_running: Whether a process that is alive is at it.
    """

    run_id: str
    command: tuple[str, ...]
    cwd: str
    is_running: bool = False


def unfinished_runs(state: Path) -> list[Unfinished]:
    """The runs below the project's state that have not come to their end, oldest first."""
    found = []
    for header in (state / JOURNALS).glob(f"*/{_HEADER}"):
        known = _read_header(header)
        if known is not None:
            command = known.get("command")
            words = tuple(map(str, command)) if isinstance(command, list) else ()
            is_running = _is_held(header.parent)
            found.append(Unfinished(str(known["run_id"]), words, str(known.get("cwd", "")), is_running))
    return sorted(found, key=lambda run: run.run_id)


class Journal:
    """A folder that lives as long as a run: its ledger of what was sent, and responses that go to no recordings file.

    Runs of the same plan find each other by it. Whoever starts while another process is at it shares its responses, and
    whoever starts after one was killed goes on with that run. The lock is the kernel's, so a killed process holds none.

    Attributes:
        run_id: The run's id; that of the killed run when it goes on.
        is_continued: Whether this goes on where a killed or stopped run was.
        is_shared: Whether another process was at the same plan when this one began.
        begun_at: When that run began.
        responses: What was received, for modes that keep it out of the recordings or record it anew.
    """

    def __init__(self, folder: Path, *, header: Mapping[str, object], fresh: bool, secrets: Collection[str]) -> None:
        """Opens the folder, or makes it.

        Args:
            folder: Below the project's state, the same for the same plan.
            header: What people and `snellen resume` must know of the run.
            fresh: Begin anew, whatever a killed run has left.
            secrets: Values that must not be written.

        Raises:
            StorageError: It cannot be written; nothing was sent.
        """
        self._folder = folder
        try:
            self._lock, is_alone = _locked(folder)
            self._begin(header, is_alone=is_alone, fresh=fresh)
            fcntl.flock(self._lock, fcntl.LOCK_SH)
            self._ledger = os.open(folder / _LEDGER, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StorageError(f"cannot write {folder}: {error.strerror or error}") from error
        self.responses = RecordingStore(folder / "responses", secrets=secrets)

    def _begin(self, header: Mapping[str, object], *, is_alone: bool, fresh: bool) -> None:
        left = _read_header(self._folder / _HEADER)
        if is_alone and left is not None and fresh:
            for path in self._folder.iterdir():
                if path.is_dir():
                    shutil.rmtree(path)
                elif path.name != "lock":
                    path.unlink()
            left = None
        self.is_continued = is_alone and left is not None
        self.is_shared = not is_alone
        self.run_id = str(left["run_id"]) if left is not None and self.is_continued else run_id()
        self.begun_at = str(left["begun_at"]) if left is not None else iso_now()
        self._in_doubt = _in_doubt(self._folder / _LEDGER) if self.is_continued else set()
        if is_alone:
            known = {**header, "run_id": self.run_id, "begun_at": self.begun_at}
            write_atomic(self._folder / _HEADER, orjson.dumps(known, option=orjson.OPT_INDENT_2), mode=0o600)

    def was_sent(self, fingerprint: str) -> bool:
        """Whether the killed run had sent this question and nobody knows what became of it."""
        return fingerprint in self._in_doubt

    def sent(self, fingerprint: str, attempt: int) -> None:
        """Writes that a question goes out now; it survives a kill, though not a power cut.

        Raises:
            StorageError: The disk is full; then nothing may be sent.
        """
        self._write(f"sent {fingerprint} {attempt}\n")

    def failed(self, fingerprint: str) -> None:
        """Writes that a question ended without a response."""
        self._write(f"failed {fingerprint}\n")

    def _write(self, line: str) -> None:
        data = line.encode("ascii")
        try:
            written = os.write(self._ledger, data)
        except OSError as error:
            raise StorageError(f"cannot write {self._folder / _LEDGER}: {error.strerror or error}") from error
        if written != len(data):
            raise StorageError(f"cannot write {self._folder / _LEDGER}: the disk is full")

    def close(self, *, finished: bool) -> None:
        """Lets go of the folder; the last to finish removes it, for then nothing in it is needed any more."""
        os.close(self._ledger)
        try:
            if finished and _is_locked(self._lock):
                shutil.rmtree(self._folder, ignore_errors=True)
        finally:
            os.close(self._lock)


def _locked(folder: Path) -> tuple[int, bool]:
    """The folder's lock, held, and whether nobody else holds it; the folder is made when it is not there."""
    while True:
        for path in (folder.parent.parent, folder.parent, folder):  # mkdir gives its mode to the last one only
            path.mkdir(exist_ok=True, mode=0o700)
        try:
            descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            is_alone = _is_locked(descriptor)
            if not is_alone:
                fcntl.flock(descriptor, fcntl.LOCK_SH)  # waits while the last holder removes the folder
            if os.path.samestat(os.fstat(descriptor), (folder / "lock").stat()):
                return descriptor, is_alone
        except FileNotFoundError:
            continue  # removed between two of these lines
        os.close(descriptor)


def _is_held(folder: Path) -> bool:
    """Whether a process that is alive is at it."""
    try:
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return not _is_locked(descriptor)
    finally:
        os.close(descriptor)


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read_header(path: Path) -> Mapping[str, object] | None:
    try:
        header = orjson.loads(path.read_bytes())
    except (FileNotFoundError, orjson.JSONDecodeError):
        return None
    is_header = isinstance(header, dict) and isinstance(header.get("run_id"), str) and "begun_at" in header
    return header if is_header else None


def _in_doubt(ledger: Path) -> set[str]:
    """The questions that were sent and are not known to have failed; a torn last line never went out."""
    found: set[str] = set()
    try:
        lines = ledger.read_text(encoding="ascii", errors="replace").splitlines(keepends=True)
    except FileNotFoundError:
        return found
    for line in lines:
        match line.split() if line.endswith("\n") else ():
            case ("sent", fingerprint, *_):
                found.add(fingerprint)
            case ("failed", fingerprint):
                found.discard(fingerprint)
            case _:
                pass
    return found
