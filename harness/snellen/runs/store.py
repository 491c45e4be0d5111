"""The run store: one SQLite file that keeps every run with its cases and trials."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from snellen._text import nearest
from snellen.errors import InputError, Problem
from snellen.runs.database import opened, storage_errors, transaction
from snellen.runs.rows import RunInfo, TrialRow
from snellen.runs.tables import (
    Placed,
    count_of,
    facts_of,
    find_twins,
    info_of,
    insert_run,
    known_runs,
    migrate,
    placed,
    put,
    result_at,
    results_of,
    rows_of,
    skipped_of,
    trials_of,
    update_facts,
)
from snellen.runs.writer import RunWriter, is_being_written
from snellen.trial import Run, RunFacts, Skipped, Trial

__all__ = ["Kept", "RunStore"]

_T = TypeVar("_T")


class RunStore:
    """Runs on disk. Every call opens the file anew, so the store may be held for as long as one likes.

    Wherever a run is named, its id, the start of its id, or `latest` will do. A name of no run, or of several, is an
    InputError; a file that cannot be used is a StorageError.
    """

    def __init__(self, path: Path) -> None:
        """Opens nothing yet.

        Args:
            path: The SQLite file; made with its folder when the first run is written.
        """
        self.path = path

    def begin(self, facts: RunFacts, *, replace: bool = False) -> RunWriter:  # reads as a claim there
        """Adds a run that is written while it goes on, in state "running".

        Args:
            facts: What is known of it by now.
            replace: Go on with the run of this id when there is one: results of the same place are replaced, the
                others stay.

        Raises:
            InputError: There is a run of this id already, or another process is writing it.
            StorageError: The disk is full, read-only or forbidden, or the file is no run store.
        """
        return RunWriter(self.path, facts, continues=replace)

    def save(self, run: Run) -> None:
        """Keeps a run that is done, all of it or nothing.

        Raises:
            InputError: There is a run of this id already.
            StorageError: The disk is full, read-only or forbidden, or the file is no run store.
        """
        self.add(run.facts, lambda _: placed(run))

    def add(self, facts: RunFacts, results: Callable[[Kept], Iterable[Placed]]) -> None:
        """Keeps a run whose results come one by one, all of it or nothing.

        Args:
            facts: Of the run.
            results: Gives what became of each place, and may look at what it gave before; what it raises leaves the
                store as it was.

        Raises:
            InputError: There is a run of this id already.
            StorageError: As for `save`.
        """
        with self._open() as database, transaction(database):
            if facts.id in {key for _, key in known_runs(database)}:
                raise InputError(Problem(f"there is a run {facts.id!r} already", hint="Give the new one another id."))
            run = insert_run(database, facts)
            put(database, run, results(Kept(database, run)))

    def amend(self, facts: RunFacts) -> None:
        """Puts these facts in the place of those of the run of their id, which has come to its end.

        Raises:
            InputError: There is no such run.
            StorageError: As for `save`.
        """
        with self._open() as database, transaction(database):
            update_facts(database, self._find(known_runs(database), facts.id), facts)

    def load(self, name: str) -> Run:
        """The whole run."""
        with self._reading(name) as (database, run):
            return Run(
                facts=self._facts(database, run),
                trials=tuple(trial for _, trial in trials_of(database, run)),
                skipped=tuple(skip for _, skip in skipped_of(database, run)),
            )

    def facts(self, name: str) -> RunFacts:
        """What a reader must know of the run."""
        with self._reading(name) as (database, run):
            return self._facts(database, run)

    def ids(self) -> list[str]:
        """Ids of all runs, the one begun last first."""
        if not self.path.is_file():
            return []
        with self._open(doing="read") as database:
            return [key for _, key in known_runs(database)]

    def runs(self, *, limit: int | None = None) -> list[RunInfo]:
        """Runs at a glance, the one begun last first.

        Args:
            limit: How many at most, None for all.
        """
        if not self.path.is_file():
            return []
        with self._open(doing="read") as database:
            return [
                replace(info_of(database, run), facts=self._facts(database, run))
                for run, _ in known_runs(database)[:limit]
            ]

    def rows(self, name: str) -> Iterator[TrialRow]:
        """The measures of all trials, by place; no answer is read."""
        with self._reading(name) as (database, run):
            yield from rows_of(database, run)

    def trials(
        self,
        name: str,
        *,
        case: str | None = None,
        eval: str | None = None,  # noqa: A002  # the value's own word
        outcomes: Collection[str] = (),
        limit: int | None = None,
    ) -> Iterator[tuple[int, Trial]]:
        """Whole trials with their places, by place, one in memory at a time.

        Args:
            name: Of the run.
            case: Only trials of cases with this id.
            eval: Only trials of the eval of this name.
            outcomes: Only trials that ended so; empty for all.
            limit: How many at most.
        """
        with self._reading(name) as (database, run):
            yield from trials_of(database, run, case=case, eval=eval, outcomes=outcomes, limit=limit)

    def skipped(self, name: str) -> tuple[Skipped, ...]:
        """Cases that were not asked, on purpose, by place."""
        with self._reading(name) as (database, run):
            return tuple(skip for _, skip in skipped_of(database, run))

    @contextmanager
    def open(self, name: str) -> Iterator[Kept]:
        """One unchanging view of a run, however long the reading takes and whoever writes meanwhile."""
        with self._reading(name) as (database, run):
            yield Kept(database, run, facts=self._facts(database, run))

    def _facts(self, database: sqlite3.Connection, run: int) -> RunFacts:
        """A run that nobody writes any more was interrupted, though nobody was left to say so."""
        facts = facts_of(database, run)
        if facts.state == "running" and not is_being_written(self.path, run):
            return replace(facts, state="interrupted")
        return facts

    @contextmanager
    def _reading(self, name: str) -> Iterator[tuple[sqlite3.Connection, int]]:
        if not self.path.exists():
            raise self._no_run()
        with self._open(doing="read") as database:
            database.execute("BEGIN")  # all that is read is of one moment
            yield database, self._find(known_runs(database), name)

    def _no_run(self) -> InputError:
        return InputError(Problem(f"there is no run in {self.path.name} yet", hint="Make one: snellen run evals"))

    def _find(self, runs: list[tuple[int, str]], name: str) -> int:
        if not runs:
            raise self._no_run()
        if name == "latest":
            return runs[0][0]
        found = [(number, key) for number, key in runs if key.startswith(name)]
        exact = [number for number, key in found if key == name]
        if exact or len(found) == 1:
            return exact[0] if exact else found[0][0]
        if found:
            raise InputError(f"{name!r} is the start of {len(found)} runs: {', '.join(key for _, key in found[:5])}")
        meant = nearest(name, [key for _, key in runs])
        hint = f"Did you mean {meant!r}?" if meant else f"The newest is {runs[0][1]!r}; `latest` means it."
        raise InputError(Problem(f"there is no run {name!r}", hint=hint))

    @contextmanager
    def _open(self, *, doing: str = "write") -> Iterator[sqlite3.Connection]:
        with storage_errors(self.path, doing=doing), opened(self.path, migrate=migrate) as database:
            yield database


class Kept:
    """One run in the store, as it is at one moment."""

    def __init__(self, database: sqlite3.Connection, run: int, *, facts: RunFacts | None = None) -> None:
        """Is made by `RunStore`, and good for as long as its connection is open."""
        self._database = database
        self._run = run
        self.facts = facts_of(database, run) if facts is None else facts

    @property
    def counts(self) -> tuple[int, int]:
        """How many trials and skipped cases it has."""
        return count_of(self._database, self._run)

    def rows(self) -> Iterator[TrialRow]:
        """The measures of all trials, by place."""
        return rows_of(self._database, self._run)

    def results(self) -> Iterator[Placed]:
        """Trials, then skipped cases, each by place."""
        return results_of(self._database, self._run)

    def at(self, place: int) -> Trial | Skipped | None:
        """What stands at a place, None for nothing."""
        return result_at(self._database, self._run, place)

    def twins(self) -> tuple[int, int, str] | None:
        """Two places that ask the same, and the case's id; None when every place asks its own."""
        return find_twins(self._database, self._run)
