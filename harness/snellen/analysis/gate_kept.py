"""The gates of a run that is kept: those it was made with, by what it says of them."""

from __future__ import annotations

from dataclasses import replace

from snellen.analysis.gate_sources import why_partial
from snellen.analysis.gate_text import parse_gate
from snellen.analysis.gate_values import Gate
from snellen.errors import InputError, Problem
from snellen.runs.store import RunStore
from snellen.trial import GateResult, RunFacts

__all__ = ["gates_kept"]


def gates_kept(store: RunStore, facts: RunFacts) -> dict[Gate, str]:
    """The gates that a run was made with, each with why it can never be decided on this run, "" where it can be.

    A run that keeps none, such as one that was judged again, has those of the runs it was made of.

    Raises:
        InputError: A gate means nothing to this Snellen.
    """
    known = set(store.ids()) if facts.parent and not facts.gates else ()
    sources = [facts] if facts.gates else [store.facts(name) for name in facts.parent if name in known]
    found: dict[Gate, str] = {}
    for source in sources:
        # A whole run skips a gate when its cases were not all selected: it holds a part of them for good.
        is_whole = not why_partial(source) and len(source.parent) <= 1
        for result in source.gates:
            gate = _gate(result, source)
            found[gate] = found.get(gate) or (result.because if is_whole and result.state == "skipped" else "")
    return found


def _gate(result: GateResult, facts: RunFacts) -> Gate:
    try:
        gate = parse_gate(result.text)
    except InputError as error:
        hint = f"Run {facts.id} was made by another version of Snellen; name the gates anew: --gate or --evals."
        raise InputError(Problem(one.message, hint=hint) for one in error.problems) from error
    return replace(gate, scope=replace(gate.scope, eval=result.eval))
