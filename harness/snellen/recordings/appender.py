"""Recording at speed: one thread that writes, in one go, whatever came in while it was writing."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import NamedTuple

from snellen.recordings.entry import Entry
from snellen.recordings.file import Outgoing, RecordingStore

__all__ = ["Appender"]

# Lines of this many entries are held at a time: some megabytes, and a write whose cost no longer counts.
_MAX_GROUP = 1_000


class _Waiting(NamedTuple):
    entry: Entry
    eval: str
    model: str
    done: Future[None]


class Appender:
    """Appends entries to a store from one thread of its own, many with one write and one wait for the disk.

    Any thread may submit. Once the disk has refused something, nothing more is accepted: each further answer would be
    paid for and lost.
    """

    def __init__(self, store: RecordingStore) -> None:
        """Opens nothing; the thread begins with the first entry.

        Args:
            store: Where the entries go.
        """
        self._store = store
        self._queue: list[_Waiting] = []
        self._submitted = 0
        self._settled = 0
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_closed = False
        self._refusal: Exception | None = None

    def submit(self, entry: Entry, *, eval: str, model: str) -> Future[None]:  # noqa: A002  # the project's word for it
        """What is done once the entry is on disk, freed of secrets; it cannot be cancelled, for the answer is paid for.

        Args:
            entry: What to record.
            eval: Whose file it goes to.
            model: Likewise.

        Returns:
            Its exception is a RecordingError when the body is not UTF-8, or the StorageError with which the disk
            refused this entry or an earlier one.

        Raises:
            RuntimeError: The appender was closed.
        """
        done: Future[None] = Future()
        done.set_running_or_notify_cancel()
        with self._changed:
            if self._is_closed:
                raise RuntimeError("this appender was closed; nothing more can be recorded with it")
            if self._refusal is None:
                self._queue.append(_Waiting(entry, eval, model, done))
                self._submitted += 1
                self._begin()
                self._changed.notify_all()
                return done
        done.set_exception(self._refusal)
        return done

    def _begin(self) -> None:
        if self._thread is None:
            # A daemon: whoever forgets to close it can still end, and what was not done was not acknowledged.
            self._thread = threading.Thread(target=self._work, name="snellen-appender", daemon=True)
            self._thread.start()

    def flush(self) -> None:
        """Returns once nothing that was submitted before is waiting: it is on disk, or its future says why not."""
        with self._changed:
            submitted = self._submitted
            self._changed.wait_for(lambda: self._settled >= submitted)

    def close(self) -> None:
        """Flushes and ends the thread; a second time does nothing."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def __enter__(self) -> Appender:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _work(self) -> None:
        while group := self._next_group():
            self._write_all(group)
            with self._changed:
                self._settled += len(group)
                self._changed.notify_all()

    def _next_group(self) -> list[_Waiting]:
        """What came in since the last time; empty once the appender is closed and nothing is left."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._is_closed)
            group = self._queue[:_MAX_GROUP]
            del self._queue[:_MAX_GROUP]
            return group

    def _write_all(self, group: list[_Waiting]) -> None:
        by_file: dict[Path, list[tuple[Outgoing, Future[None]]]] = {}
        for waiting in group:
            try:
                outgoing = self._store.outgoing(waiting.entry, eval=waiting.eval, model=waiting.model)
            except Exception as error:  # noqa: BLE001  # whatever it is, it is told to who waits, and ends nobody else
                waiting.done.set_exception(error)
            else:
                by_file.setdefault(outgoing.file, []).append((outgoing, waiting.done))
        for pairs in by_file.values():
            self._write([outgoing for outgoing, _ in pairs], [done for _, done in pairs])

    def _write(self, group: Sequence[Outgoing], dones: Sequence[Future[None]]) -> None:
        try:
            if self._refusal is None:
                self._store.write(group)
        except Exception as error:  # noqa: BLE001  # a thread that died silently would leave all others waiting for ever
            with self._changed:
                self._refusal = error
        for done in dones:
            if self._refusal is None:
                done.set_result(None)
            else:
                done.set_exception(self._refusal)
