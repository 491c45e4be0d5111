"""The gates of a run that is kept: those it was made with, decided on all that it holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from snellen.analysis.gate_sources import decide, why_partial
from snellen.analysis.gate_text import parse_gate
from snellen.analysis.gate_values import Gate
from snellen.analysis.gates import skip
from snellen.analysis.verdict import Decided
from snellen.errors import InputError, Problem
from snellen.runs.baseline import Baseline
from snellen.runs.store import RunStore
from snellen.trial import GateResult, RunFacts

__all__ = ["decide_kept", "gates_kept"]


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


def decide_kept(
    gates: Mapping[Gate, str], store: RunStore, facts: RunFacts, *, baselines: Mapping[str, Baseline]
) -> tuple[Decided, ...]:
    """Whether these gates hold of a kept run, in their order.

    Args:
        gates: Each with why it cannot be decided, "" where it can be, as `gates_kept` gives them.
        store: Where the run is.
        facts: Of the run.
        baselines: Those that the gates need, by name.
    """
    decided = decide([gate for gate, why in gates.items() if not why], store, facts, baselines=baselines)
    return tuple(_in_order(gates, decided))


def _in_order(gates: Mapping[Gate, str], decided: Iterable[Decided]) -> Iterator[Decided]:
    found = {one.gate: one for one in decided}
    for gate, why in gates.items():
        yield found[gate] if gate in found else skip(gate, why)
