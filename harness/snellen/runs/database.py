"""The run store's file: how it is made, opened, brought up to date, and what is said when that fails."""

from __future__ import annotations

import sqlite3
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from snellen._files import cannot_write, locked, write_atomic
from snellen.errors import StorageError

__all__ = ["VERSION", "opened", "storage_errors", "transaction"]

VERSION = 4

# What is listed and summed lies apart from what was said, so that counting a run reads a twentieth of it.
_TABLES = f"""
CREATE TABLE IF NOT EXISTS runs (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kept INTEGER NOT NULL,
                   facts BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS cases (run INTEGER NOT NULL, eval TEXT NOT NULL, id TEXT NOT NULL, body BLOB NOT NULL,
                    PRIMARY KEY (run, eval, id)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS trials (run INTEGER NOT NULL, place INTEGER NOT NULL, eval TEXT NOT NULL,
                     "case" TEXT NOT NULL, variant TEXT NOT NULL, model TEXT NOT NULL, repeat INTEGER NOT NULL,
                     outcome TEXT NOT NULL, failure TEXT, latency_s REAL, recorded INTEGER NOT NULL,
                     input_tokens INTEGER, output_tokens INTEGER, cost_usd REAL, score REAL, "group" TEXT,
                     tags TEXT NOT NULL, mark TEXT NOT NULL, mark_until TEXT NOT NULL, digest TEXT NOT NULL,
                     judging_usd REAL, judges TEXT NOT NULL, is_judging_priced INTEGER NOT NULL,
                     PRIMARY KEY (run, place)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bodies (run INTEGER NOT NULL, place INTEGER NOT NULL, body BLOB NOT NULL,
                     PRIMARY KEY (run, place)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS skipped (run INTEGER NOT NULL, place INTEGER NOT NULL, body BLOB NOT NULL,
                      PRIMARY KEY (run, place)) STRICT, WITHOUT ROWID;
PRAGMA user_version = {VERSION};
"""
_CHANGED = {
    1: ("runs", "cases", "trials"),
    2: ("trials",),
    3: ("trials",),
}  # tables that look otherwise today, by older version
_BUSY_S = 30.0  # another process may be in the middle of a large run's commit

Migration = Callable[[sqlite3.Connection], None]
"""Moves what tables of an older version hold, renamed to `old_*`, into the tables of this version."""


@contextmanager
def storage_errors(path: Path, *, doing: str = "write") -> Iterator[None]:
    """Says which file it was, and how much room there is, when SQLite or the system refuses.

    Raises:
        StorageError: In place of either's own error.
    """
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        said = cannot_write(path, error) if doing == "write" else f"cannot read {path}: {error}"
        raise StorageError(said) from error


@contextmanager
def opened(path: Path, *, migrate: Migration, busy_s: float = _BUSY_S) -> Iterator[sqlite3.Connection]:
    """A connection to the store at `path`, which is made when there is none, and closed in the end.

    Args:
        path: The SQLite file.
        migrate: Brings the runs of an older version over.
        busy_s: How long to wait while another process writes.

    Raises:
        StorageError: It is no run store, or a newer Snellen wrote it.
    """
    if not path.exists():
        _make(path)
    with closing(sqlite3.connect(path, timeout=busy_s, isolation_level=None)) as database:
        database.execute("PRAGMA synchronous = FULL")
        _bring_up_to_date(path, database, migrate)
        yield database


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """All of what is written inside, or nothing of it."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:  # a full disk may have ended it
            database.execute("ROLLBACK")
        raise


def _make(path: Path) -> None:
    """Makes the file beside its place and moves it there whole: who switches to WAL waits for nobody."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Answers and error texts are nobody's to commit.
    write_atomic(path.parent / ".gitignore", b"*\n", mode=0o600)
    lock = path.with_name(f"{path.name}.lock")
    with locked(lock):
        if not path.exists():
            new = path.with_name(f"{path.name}.new")
            new.unlink(missing_ok=True)
            new.touch(mode=0o600)  # SQLite gives what it puts beside a file the file's mode
            with closing(sqlite3.connect(new)) as database:
                database.executescript(f"PRAGMA journal_mode = WAL; BEGIN; {_TABLES} COMMIT;")
            new.replace(path)
        lock.unlink()


def _bring_up_to_date(path: Path, database: sqlite3.Connection, migrate: Migration) -> None:
    found = _version(database)
    if found in _CHANGED and _has_runs(database):
        with transaction(database):
            if _version(database) == found:  # nobody else did while we waited
                _migrate(path, database, migrate, version=found)
        found = _version(database)
    if found == VERSION:
        return
    writer = f"was written by a newer Snellen (store version {found}, this one knows {VERSION})"
    what = f"{writer}. Upgrade Snellen" if found > VERSION else "holds no runs. Look at what it is"
    raise StorageError(f"{path} {what}, or move the file away to start anew.")


def _migrate(path: Path, database: sqlite3.Connection, migrate: Migration, *, version: int) -> None:
    """Puts new tables beside the old ones that changed, which go once their runs have moved."""
    for table in _CHANGED[version]:
        database.execute(f"ALTER TABLE {table} RENAME TO old_{table}")
    for statement in filter(str.strip, _TABLES.split(";")):
        database.execute(statement)
    try:
        migrate(database)
    except (ValueError, TypeError, zlib.error, struct.error) as error:
        said = f"{path} has store version {version} and holds something that is no run"
        raise StorageError(f"{said}, so it was left as it is: {error}") from error
    for table in _CHANGED[version]:
        database.execute(f"DROP TABLE old_{table}")


def _version(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA user_version").fetchone()[0])


def _has_runs(database: sqlite3.Connection) -> bool:
    names = {row[0] for row in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    return {"runs", "cases", "trials"} <= names
