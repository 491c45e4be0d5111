"""The baseline that a kept run makes."""

from __future__ import annotations

import shlex
import statistics
from collections.abc import Iterable
from pathlib import Path

from snellen.errors import InputError, Problem
from snellen.runs.baseline import UNMEASURED_S, Baseline, BaselineFacts, check_name, key_of_row
from snellen.runs.rows import JudgedBy, TrialRow
from snellen.runs.store import RunStore
from snellen.trial import RunFacts

__all__ = ["baseline_of"]


def baseline_of(store: RunStore, run: str, *, name: str) -> Baseline:
    """The baseline that a kept run makes; the same run makes the same one whenever it is asked for.

    Args:
        store: Where the run is.
        run: Its id, the start of its id, or `latest`.
        name: What to call the baseline.

    Raises:
        InputError: There is no such run, it did not come to its end, is one shard of several, has no trial, or asks
            the same twice, so that nobody could tell which of the two a later run is held to.
    """
    check_name(name)
    with store.open(run) as kept:
        facts = kept.facts
        _check_whole(facts)
        rows = list(kept.rows())
    if not rows:
        raise InputError(f"run {facts.id} has no trial, so there is nothing to compare later runs with")
    rows.sort(key=key_of_row)
    _check_distinct(rows, facts)
    judges: set[JudgedBy] = set().union(*(row.judges for row in rows))
    made = BaselineFacts(
        name=name,
        run=facts.id,
        made_at=facts.started_at.partition("T")[0],
        trials=len(rows),
        models={key: _model(key, facts, rows) for key in sorted({row.model for row in rows})},
        versions={"snellen": facts.versions["snellen"]} if "snellen" in facts.versions else {},
        scorers=tuple(sorted(judges)),
    )
    return Baseline(facts=made, rows=tuple(_kept(row, place) for place, row in enumerate(rows)))


def _check_whole(facts: RunFacts) -> None:
    if facts.shard:
        hint = "Put the shards together, and take the run that this gives: snellen merge RUN..."
        raise InputError(Problem(f"run {facts.id} is only shard {facts.shard} of a run", hint=hint))
    if facts.state == "finished":
        return
    if facts.state == "running":
        raise InputError(Problem(f"run {facts.id} is under way", hint="Wait until it has ended."))
    why = f": {facts.stopped_because}" if facts.stopped_because else ""
    typed = Path(facts.command[0]).name if facts.command else ""
    again = f"snellen resume {facts.id}" if typed == "snellen" else shlex.join([typed or "pytest", *facts.command[1:]])
    raise InputError(Problem(f"run {facts.id} was {facts.state}{why}", hint=f"Finish it first: {again}"))


def _check_distinct(rows: Iterable[TrialRow], facts: RunFacts) -> None:
    last = None
    for row in rows:
        if last is not None and key_of_row(last) == key_of_row(row):
            said = f"run {facts.id} asks case {row.case!r} of eval {row.eval!r} twice of model {row.model!r}"
            hint = "Give each its own id, or ask it with `repeats`: a baseline tells trials apart by what was asked."
            raise InputError(Problem(said, hint=hint))
        last = row


def _model(key: str, facts: RunFacts, rows: Iterable[TrialRow]) -> dict[str, object]:
    times_s = [row.latency_s for row in rows if row.model == key and row.outcome != "error" and row.latency_s]
    about: dict[str, object] = {"name": str(facts.models.get(key, {}).get("name", key))}
    if served := sorted(facts.served_models.get(key, ())):
        about["served"] = served
    if times_s:
        about["median_latency_s"] = round(statistics.median(times_s), 3)
    return about


def _kept(row: TrialRow, place: int) -> TrialRow:
    """The row without what is not kept."""
    return row._replace(
        place=place,
        latency_s=None if row.latency_s is None else UNMEASURED_S,
        recorded=False,
        input_tokens=None,
        output_tokens=None,
        judges=(),
        is_judging_priced=True,
    )
