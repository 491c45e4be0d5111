"""A kept run held to gates: its own, or any others, without asking anything again."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from snellen._clock import today
from snellen.analysis.gate_kept import gates_kept
from snellen.analysis.gate_parts import undecidable
from snellen.analysis.gate_sources import baselines_of, blind_notes, decide, gates_of, why_partial
from snellen.analysis.gate_values import Gate
from snellen.analysis.verdict import exit_code_of
from snellen.errors import InputError, Problem
from snellen.runner.load import load_evals
from snellen.runner.settings import Settings, load_settings
from snellen.runs.store import RunStore
from snellen.session import RunResult
from snellen.trial import RunFacts

__all__ = ["chosen_gates", "gate", "gated"]

_REFUSED, _NO_RESULT = 2, 3


def gate(
    run: str | RunResult = "latest",
    *,
    gates: str | Mapping[str, object] | Iterable[str | Mapping[str, object]] = (),
    evals: str | Path | Iterable[str | Path] = (),
    keep: bool = False,
) -> RunResult:
    """Holds a kept run to gates; nothing is asked: `snellen.gate("latest", gates="accuracy >= 0.9").exit_code`.

    Args:
        run: Its id, the start of its id, or `latest`; or what `snellen.run` gave.
        gates: In place of those that the run was made with.
        evals: Eval files and folders whose gates, and those of pyproject, are taken as they are written today.
        keep: Put what came of them into the run, for `snellen show` and reports, in the place of what it says of gates.

    Raises:
        InputError: There is no such run or no gate, or a gate means nothing.
    """
    settings = load_settings(Path.cwd(), environ=os.environ)
    store = run.store if isinstance(run, RunResult) else RunStore(settings.state / "runs.db")
    facts = store.facts(run.facts.id if isinstance(run, RunResult) else run)
    written = (gates,) if isinstance(gates, str | Mapping) else tuple(gates)
    paths = [Path(evals)] if isinstance(evals, str | Path) else [Path(one) for one in evals]
    chosen = chosen_gates(store, facts, replace(settings, more_gates=written), evals=paths)
    return gated(store, facts, chosen, settings=settings, keep=keep)


def chosen_gates(store: RunStore, facts: RunFacts, settings: Settings, *, evals: Sequence[Path]) -> dict[Gate, str]:
    """The gates that a kept run is to be held to, each with why it cannot be decided, "" where it can be.

    Args:
        store: Where the run is.
        facts: Of the run.
        settings: Whose `more_gates` stand in place of the run's own.
        evals: Eval files and folders whose gates and those of pyproject are taken as they are written today.

    Raises:
        InputError: A gate means nothing, no eval there is of this run, or there is no gate at all.
    """
    if not evals and not settings.more_gates:
        found = gates_kept(store, facts)
        if not found:
            hint = 'Name some: --gate "accuracy >= 0.9", or --evals evals for those that stand in eval files now.'
            raise InputError(Problem(f"run {facts.id} was made without gates", hint=hint))
        return found
    loaded = [one for one in load_evals(evals, settings) if one.name in facts.evals] if evals else []
    if evals and not loaded:
        said = f"none of the evals of run {facts.id} stands there: {', '.join(facts.evals)}"
        raise InputError(Problem(said, hint="Name the files or folders that it was made of, such as --evals evals."))
    own = settings if evals else replace(settings, gates=())
    found = dict.fromkeys(gates_of(loaded, own), "")
    if not found:
        raise InputError(Problem("neither these evals nor pyproject have gates", hint="Name one: --gate GATE"))
    return found | undecidable(own, baselines_of(found, settings), facts.evals)


def gated(store: RunStore, facts: RunFacts, gates: Mapping[Gate, str], *, settings: Settings, keep: bool) -> RunResult:
    """A kept run with what came of gates, and what `snellen run` would exit with.

    A run that holds only a part of what was to be asked gives 3: no gate says anything of it.

    Args:
        store: Where it is.
        facts: Of the run.
        gates: Each with why it cannot be decided, "" where it can be.
        settings: Of the project, for its baselines.
        keep: Whether the run keeps what came of them.

    Raises:
        InputError: A baseline is damaged.
        StorageError: The run cannot be read or written.
    """
    decided = decide(list(gates), store, facts, baselines=baselines_of(gates, settings), undecidable=gates)
    facts = replace(facts, gates=tuple(result for one in decided for result in one.results))
    if keep:
        store.amend(facts)
    code = exit_code_of(store.rows(facts.id), decided=decided, today=today())
    return RunResult(
        facts=facts,
        store=store,
        exit_code=_NO_RESULT if code != _REFUSED and why_partial(facts) else code,
        notes=blind_notes(decided, store.rows(facts.id)),
        pinned=settings.pinned,
    )
