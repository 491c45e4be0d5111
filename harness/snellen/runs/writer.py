"""Writing a run while it goes on: results go to a thread of their own, which keeps them in batches."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import threading
import time
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from snellen.errors import InputError, Problem, SnellenError, StorageError
from snellen.runs.database import opened, storage_errors, transaction
from snellen.runs.tables import Placed, insert_run, known_runs, migrate, put, update_facts
from snellen.trial import RunFacts, Skipped, Trial

__all__ = ["RunWriter", "is_being_written"]

_BATCH = 500
_BATCH_S = 0.5  # what a killed process may lose, in time
_PATIENT_S = 600.0  # somebody imports a large run: paid answers wait for that
_TRIES, _TRY_AGAIN_S = 5, 0.02  # whoever asks whether a run is being written holds its lock for a moment
_MOST_WAITING = 2 * _BATCH  # more would only be memory: the disk is behind already


class RunWriter:
    """A run that is being written. Several threads may add to one; leaving it by an error keeps what was added."""

    def __init__(self, path: Path, facts: RunFacts, *, continues: bool) -> None:
        """Adds the run, or goes on with the one of this id, in state "running".

        Raises:
            InputError: There is a run of this id and it is not to be continued, or another process writes it now.
            StorageError: The store cannot be written.
        """
        self._path = path
        self._facts = replace(facts, state="running")
        self._changed = threading.Condition()
        self._waiting: list[Placed] = []
        self._error: SnellenError | None = None
        self._is_closing = False
        self._is_closed = False
        self._run, self._lock = _begin(path, self._facts, continues=continues)
        self._thread = threading.Thread(target=self._write, name="snellen-store", daemon=True)
        self._thread.start()

    @property
    def run_id(self) -> str:
        """The run's id."""
        return self._facts.id

    def add(self, place: int, result: Trial | Skipped) -> None:
        """Hands over a result; it is on disk within a second or so, at the latest at `finish`.

        Args:
            place: 0-based position in the run's plan; what was added for the same place before is replaced.
            result: What became of it.

        Raises:
            StorageError: Earlier results could not be written.
        """
        with self._changed:
            while len(self._waiting) >= _MOST_WAITING and self._error is None:
                self._changed.wait()
            if self._error is not None:
                raise self._error
            if self._is_closing:
                raise ValueError(f"run {self.run_id} is finished; nothing can be added to it")
            self._waiting.append((place, result))
            if len(self._waiting) in (1, _BATCH):
                self._changed.notify_all()

    def finish(self, facts: RunFacts) -> None:
        """Writes all that was added and the run's last facts, and closes it.

        Args:
            facts: Of the same run; a state "running" is taken as "finished".

        Raises:
            StorageError: Something could not be written; what was written before stays.
        """
        if facts.id != self.run_id:
            raise ValueError(f"these are facts of run {facts.id}, and this is run {self.run_id}")
        self._close(replace(facts, state="finished") if facts.state == "running" else facts)
        if self._error is not None:
            raise self._error

    def __enter__(self) -> RunWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if not self._is_closed:
            self._close(replace(self._facts, state="interrupted"))
            if kind is None and self._error is not None:
                raise self._error

    def _close(self, facts: RunFacts) -> None:
        if self._is_closed:
            return
        with self._changed:
            self._is_closing = True
            self._changed.notify_all()
        self._thread.join()
        try:
            if self._error is None:
                self._update(facts)
            else:
                with contextlib.suppress(StorageError):  # what is wrong is known already
                    self._update(replace(facts, state="interrupted"))
        except StorageError as failed:
            self._error = failed
        finally:
            self._is_closed = True
            _release(self._path, self._run, self._lock)

    def _update(self, facts: RunFacts) -> None:
        with (
            storage_errors(self._path),
            opened(self._path, migrate=migrate, busy_s=_PATIENT_S) as database,
            transaction(database),
        ):
            update_facts(database, self._run, facts)

    def _write(self) -> None:
        """The thread: one transaction after another until there is nothing more to come, or one fails."""
        try:
            with storage_errors(self._path), opened(self._path, migrate=migrate, busy_s=_PATIENT_S) as database:
                # A crash of the machine may cost the last batches, never the file; the end of the run is synced.
                database.execute("PRAGMA synchronous = NORMAL")
                while batch := self._next_batch():
                    with transaction(database):
                        put(database, self._run, batch)
        except StorageError as error:
            self._fail(error)
        except Exception as error:  # noqa: BLE001  # a fault of ours must not leave the run waiting for ever
            self._fail(StorageError(f"cannot write {self._path}: {type(error).__name__}: {error}"))

    def _fail(self, error: StorageError) -> None:
        with self._changed:
            self._error = error
            self._waiting.clear()
            self._changed.notify_all()

    def _next_batch(self) -> list[Placed]:
        """The next results, as soon as there are many or the first has waited; none when there is nothing to come."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_closing)
            self._changed.wait_for(lambda: len(self._waiting) >= _BATCH or self._is_closing, timeout=_BATCH_S)
            batch, self._waiting = self._waiting[:_BATCH], self._waiting[_BATCH:]
            self._changed.notify_all()
            return batch


def is_being_written(path: Path, run: int) -> bool:
    """Whether a process that is alive writes this run."""
    try:
        descriptor = os.open(_lock_file(path, run), os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def _begin(path: Path, facts: RunFacts, *, continues: bool) -> tuple[int, int]:
    """The run's number, and the descriptor that says we are alive for as long as it is open."""
    held: tuple[int, int] | None = None
    try:
        with storage_errors(path), opened(path, migrate=migrate) as database, transaction(database):
            run = _enter(database, facts, continues=continues)
            held = run, _hold(path, run, facts.id)
    except BaseException:
        if held is not None:
            _release(path, *held)
        raise
    return held


def _enter(database: sqlite3.Connection, facts: RunFacts, *, continues: bool) -> int:
    run = {key: number for number, key in known_runs(database)}.get(facts.id)
    if run is None:
        return insert_run(database, facts)
    if not continues:
        raise InputError(Problem(f"there is a run {facts.id!r} already", hint="Give the new one another id."))
    update_facts(database, run, facts, is_newest=True)
    return run


def _hold(path: Path, run: int, name: str) -> int:
    """The lock is the kernel's, so a killed process leaves none behind, only an empty file."""
    descriptor = os.open(_lock_file(path, run), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    for _ in range(_TRIES):
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        time.sleep(_TRY_AGAIN_S)
    os.close(descriptor)
    raise InputError(
        Problem(f"run {name!r} is being written by another process", hint="Wait until it ends, or end it.")
    )


def _release(path: Path, run: int, descriptor: int) -> None:
    with contextlib.suppress(OSError):
        _lock_file(path, run).unlink(missing_ok=True)
    os.close(descriptor)


def _lock_file(path: Path, run: int) -> Path:
    return path.with_name(f"{path.name}.{run}.running")
