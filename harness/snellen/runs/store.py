"""The run store: one SQLite file that keeps every run with its cases and trials."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from snellen._files import locked, write_atomic
from snellen._text import nearest
from snellen.case import Case
from snellen.errors import InputError, Problem, StorageError
from snellen.runs.codec import dump, load, load_trial, trial_without_case
from snellen.trial import Run, RunFacts, Skipped

__all__ = ["RunStore"]

_SCHEMA_VERSION = 1
_SCHEMA = f"""
PRAGMA journal_mode = WAL;
BEGIN;
CREATE TABLE runs (id TEXT PRIMARY KEY, facts BLOB NOT NULL, skipped BLOB NOT NULL) STRICT;
CREATE TABLE cases (run TEXT NOT NULL, eval TEXT NOT NULL, id TEXT NOT NULL, body BLOB NOT NULL,
                    PRIMARY KEY (run, eval, id)) STRICT, WITHOUT ROWID;
CREATE TABLE trials (run TEXT NOT NULL, place INTEGER NOT NULL, eval TEXT NOT NULL, "case" TEXT NOT NULL,
                     outcome TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (run, place)) STRICT, WITHOUT ROWID;
PRAGMA user_version = {_SCHEMA_VERSION};
COMMIT;
"""
_BUSY_S = 30.0  # another process may be in the middle of a large run's commit


class RunStore:
    """Runs on disk. Every call opens the file anew, so the store may be held for as long as one likes."""

    def __init__(self, path: Path) -> None:
        """Opens nothing yet.

        Args:
            path: The SQLite file; made with its folder at the first save.
        """
        self.path = path

    def save(self, run: Run) -> None:
        """Keeps a run, all of it or nothing.

        Raises:
            StorageError: The disk is full, read-only or forbidden, or the file is no run store.
        """
        cases = {(trial.eval, trial.case.id): trial.case for trial in run.trials}
        key = run.facts.id
        with self._open() as database:
            database.execute("INSERT INTO runs VALUES (?, ?, ?)", (key, dump(run.facts), dump(run.skipped)))
            database.executemany(
                "INSERT INTO cases VALUES (?, ?, ?, ?)",
                ((key, *name, dump(case)) for name, case in cases.items()),
            )
            database.executemany(
                "INSERT INTO trials VALUES (?, ?, ?, ?, ?, ?)",
                (
                    (key, place, trial.eval, trial.case.id, trial.outcome, trial_without_case(trial))
                    for place, trial in enumerate(run.trials)
                ),
            )

    def load(self, name: str) -> Run:
        """The run of this id, or of the only id that starts with it; `latest` is the newest.

        Raises:
            InputError: There is no such run, or several.
        """
        key = self._find(name)
        with self._open() as database:
            facts, skipped = database.execute("SELECT facts, skipped FROM runs WHERE id = ?", (key,)).fetchone()
            cases = {
                (one, case): load(Case, body)
                for one, case, body in database.execute("SELECT eval, id, body FROM cases WHERE run = ?", (key,))
            }
            rows = database.execute('SELECT eval, "case", body FROM trials WHERE run = ? ORDER BY place', (key,))
            trials = tuple(load_trial(body, cases[one, case]) for one, case, body in rows)
        return Run(facts=load(RunFacts, facts), trials=trials, skipped=load(tuple[Skipped, ...], skipped))

    def ids(self) -> list[str]:
        """Ids of all runs, the one kept last first; ids alone cannot tell two runs of one second apart."""
        if not self.path.is_file():
            return []
        with self._open() as database:
            return [row[0] for row in database.execute("SELECT id FROM runs ORDER BY rowid DESC")]

    def _find(self, name: str) -> str:
        known = self.ids()
        if not known:
            raise InputError(Problem(f"there is no run in {self.path.name} yet", hint="Make one: snellen run evals"))
        if name == "latest":
            return known[0]
        found = [key for key in known if key.startswith(name)]
        if name in found or len(found) == 1:
            return name if name in found else found[0]
        if found:
            raise InputError(f"{name!r} is the start of {len(found)} runs: {', '.join(found[:5])}")
        meant = nearest(name, known)
        hint = f"Did you mean {meant!r}?" if meant else f"The newest is {known[0]!r}; `latest` means it."
        raise InputError(Problem(f"there is no run {name!r}", hint=hint))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            if not self.path.exists():
                self._make()
            with closing(sqlite3.connect(self.path, timeout=_BUSY_S)) as database:
                database.execute("PRAGMA synchronous = FULL")
                self._check_version(database)
                with database:
                    yield database
        except (sqlite3.Error, OSError) as error:
            raise StorageError(f"cannot use the run store {self.path}: {error}") from error

    def _make(self) -> None:
        """Makes the file beside its place and moves it there whole: who switches to WAL waits for nobody."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Answers and error texts are nobody's to commit.
        write_atomic(self.path.parent / ".gitignore", b"*\n", mode=0o600)
        lock = self.path.with_name(f"{self.path.name}.lock")
        with locked(lock):
            if not self.path.exists():
                new = self.path.with_name(f"{self.path.name}.new")
                new.unlink(missing_ok=True)
                new.touch(mode=0o600)  # SQLite gives what it puts beside a file the file's mode
                with closing(sqlite3.connect(new)) as database:
                    database.executescript(_SCHEMA)
                new.replace(self.path)
            lock.unlink()

    def _check_version(self, database: sqlite3.Connection) -> None:
        found = database.execute("PRAGMA user_version").fetchone()[0]
        if found == _SCHEMA_VERSION:
            return
        writer = f"was written by a newer Snellen (store version {found}, this one knows {_SCHEMA_VERSION})"
        what = f"{writer}. Upgrade Snellen" if found > _SCHEMA_VERSION else "holds no runs. Look at what it is"
        raise StorageError(f"{self.path} {what}, or move the file away to start anew.")
