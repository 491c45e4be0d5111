"""The parts of one run, done by several machines, put together again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

from snellen._clock import run_id
from snellen.errors import InputError, Problem
from snellen.runs.exchange import read_export, settled
from snellen.runs.store import Kept, RunStore
from snellen.runs.tables import Placed
from snellen.trial import GateResult, RunFacts, RunState, Skipped, Trial

__all__ = ["merge_runs"]

_SHARD = re.compile(r"([1-9]\d{0,5})/([1-9]\d{0,5})")
_WORST_FIRST: tuple[RunState, ...] = ("interrupted", "stopped", "running", "finished")


class _Source:
    """A shard: a run of the store, or an export."""

    def __init__(self, store: RunStore, name: str, root: Path) -> None:
        self._store, self.name, self._root = store, name, root
        with self.open() as (facts, _):
            self.facts = facts

    def open(self) -> AbstractContextManager[tuple[RunFacts, Iterator[Placed]]]:
        is_file = Path(self.name).suffix in (".jsonl", ".parquet")
        return self._open_file() if is_file else self._open_run()

    @contextmanager
    def _open_file(self) -> Iterator[tuple[RunFacts, Iterator[Placed]]]:
        with read_export(Path(self.name)) as (header, results):
            yield header.facts, ((place, settled(result, self._root)) for place, result in results)

    @contextmanager
    def _open_run(self) -> Iterator[tuple[RunFacts, Iterator[Placed]]]:
        with self._store.open(self.name) as kept:
            yield kept.facts, kept.results()


def merge_runs(store: RunStore, names: Sequence[str], *, root: Path, title: str | None = None) -> RunFacts:
    """Makes one run of all its shards and keeps it; the shards stay as they are.

    Args:
        store: Where runs are looked for, and where the new one is kept.
        names: Runs of the store (an id, its beginning, `latest`) and exports (files that end in .jsonl or .parquet).
        root: The project's folder.
        title: Of the new run; None takes the first shard's.

    Returns:
        The facts of the new run.

    Raises:
        InputError: A shard is missing, is there twice, or is of another run; or two of them disagree on a result.
        StorageError: The new run cannot be kept.
    """
    sources = sorted((_Source(store, name, root) for name in names), key=lambda source: _place(source)[0])
    _check(sources)
    facts = _merged([source.facts for source in sources])
    if title is not None:
        facts = replace(facts, title=title)
    store.add(facts, lambda kept: _once(sources, kept))
    return facts


def _place(source: _Source) -> tuple[int, int]:
    found = _SHARD.fullmatch(source.facts.shard)
    if found is None:
        said = f"run {source.facts.id!r} is no shard, so there is nothing to merge it with"
        raise InputError(Problem(said, hint="Shards are made by --shard: snellen run evals --shard 1/4"))
    return int(found[1]), int(found[2])


def _check(sources: Sequence[_Source]) -> None:
    first = sources[0]
    count = _place(first)[1]
    here: dict[int, _Source] = {}
    for source in sources:
        number, of = _place(source)
        if of != count:
            raise _differ(first, source, f"shards of {count} and of {of}")
        if number in here:
            both = f"{here[number].facts.id!r} and {source.facts.id!r}"
            raise InputError(f"shard {number}/{count} is there twice: {both}. Leave one of them out.")
        here[number] = source
        for name in ("mode", "evals", "models"):
            if getattr(source.facts, name) != getattr(first.facts, name):
                raise _differ(
                    first, source, f"{name} {getattr(first.facts, name)!r} and {getattr(source.facts, name)!r}"
                )
    missing = [f"{number}/{count}" for number in range(1, count + 1) if number not in here]
    if missing:
        said = f"{len(missing)} of {count} shards missing: {', '.join(missing[:20])}"
        raise InputError(
            Problem(said, hint="Name all of them: runs of this project, or files made by `snellen export`.")
        )


def _differ(one: _Source, other: _Source, what: str) -> InputError:
    return InputError(
        Problem(
            f"{one.facts.id!r} and {other.facts.id!r} are not shards of one run: {what}",
            hint="Shards are made by the same command with another --shard, from the same commit.",
        )
    )


def _once(sources: Sequence[_Source], kept: Kept) -> Iterator[Placed]:
    """What all shards hold, each place once; they may overlap where they agree."""
    for source in sources:
        with source.open() as (_, results):
            for place, result in results:
                before = kept.at(place)
                if before is None:
                    yield place, result
                elif before != result:
                    said = f"the shards disagree about {_name(result)} at place {place} of the plan"
                    raise InputError(Problem(said, file=source.name, hint="Nothing was kept."))
    twins = kept.twins()
    if twins is not None:
        first, second, case = twins
        said = f"case {case!r} is asked the same at the places {first} and {second} of the plan"
        raise InputError(Problem(f"these are not shards of one run: {said}", hint="Nothing was kept."))


def _name(result: Trial | Skipped) -> str:
    return f"case {result.case.id if isinstance(result, Trial) else result.case_id!r}"


def _merged(shards: Sequence[RunFacts]) -> RunFacts:
    spent = [facts.spent_usd for facts in shards if facts.spent_usd is not None]
    commits = {facts.git_commit for facts in shards}
    dirty = {facts.git_dirty for facts in shards}
    return replace(
        shards[0],
        id=run_id(),
        started_at=min(facts.started_at for facts in shards),
        duration_s=_duration_s(shards),
        versions=_versions(shards),
        model_notes={key: note for facts in shards for key, note in facts.model_notes.items()},
        state=next(state for state in _WORST_FIRST if any(facts.state == state for facts in shards)),
        stopped_because="; ".join(dict.fromkeys(facts.stopped_because for facts in shards if facts.stopped_because)),
        git_commit=commits.pop() if len(commits) == 1 else "",
        git_dirty=dirty.pop() if len(dirty) == 1 else None if None in dirty else True,
        served_models=_served(shards),
        calls=sum(facts.calls for facts in shards),
        spent_usd=sum(spent) if spent else None,
        notes=tuple(dict.fromkeys(note for facts in shards for note in facts.notes)),
        shard="",
        gates=_undecided(shards),
        metrics=tuple(one for facts in shards for one in facts.metrics),  # each says of which shard it is
        parent=tuple(facts.id for facts in shards),
    )


def _undecided(shards: Sequence[RunFacts]) -> tuple[GateResult, ...]:
    """The gates that shards were made with, none of which was decided on all of the run."""
    found = dict.fromkeys((one.eval, one.text) for facts in shards for one in facts.gates)
    return tuple(
        GateResult(text=text, eval=name, state="skipped", because="it was not decided since shards were put together")
        for name, text in found
    )


def _duration_s(shards: Sequence[RunFacts]) -> float:
    """From the first start to the last end; when a start cannot be read, that of the longest."""
    longest = max(facts.duration_s for facts in shards)
    try:
        starts = [datetime.fromisoformat(facts.started_at).astimezone(UTC) for facts in shards]
        ends = [start + timedelta(seconds=facts.duration_s) for start, facts in zip(starts, shards, strict=True)]
    except (ValueError, OverflowError):
        return longest
    return round((max(ends) - min(starts)).total_seconds(), 3)


def _versions(shards: Sequence[RunFacts]) -> dict[str, str]:
    """Of each package its version, or all of them where machines differ."""
    names = dict.fromkeys(chain.from_iterable(facts.versions for facts in shards))
    return {
        name: " | ".join(dict.fromkeys(facts.versions[name] for facts in shards if name in facts.versions))
        for name in names
    }


def _served(shards: Sequence[RunFacts]) -> dict[str, tuple[str, ...]]:
    keys = dict.fromkeys(chain.from_iterable(facts.served_models for facts in shards))
    return {
        key: tuple(dict.fromkeys(chain.from_iterable(facts.served_models.get(key, ()) for facts in shards)))
        for key in keys
    }
