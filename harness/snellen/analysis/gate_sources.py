"""The gates of a run: from eval files, pyproject and flags, with their baselines, to what came of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from snellen._clock import today
from snellen.analysis.gate_text import parse_gate
from snellen.analysis.gate_values import Gate, Threshold
from snellen.analysis.gates import hold_all, skip
from snellen.analysis.metrics import metric_problems
from snellen.analysis.verdict import Decided
from snellen.errors import InputError, Problem
from snellen.runner.evals import Eval
from snellen.runner.load import written_at
from snellen.runner.settings import Settings
from snellen.runs.baseline import Baseline, baseline_path, load_baseline
from snellen.runs.rows import TrialRow
from snellen.runs.store import RunStore
from snellen.trial import RunFacts, Trial

__all__ = [
    "baselines_of",
    "blind_notes",
    "decide",
    "gates_of",
    "gates_of_eval",
    "gates_of_run",
    "looks_at_answers",
    "why_partial",
]

_MERGE = "snellen merge decides it, once all shards are there."


def gates_of(evals: Iterable[Eval], settings: Settings) -> tuple[Gate, ...]:
    """All gates of a run: each eval's own, then those on all of it; the same gate twice is one.

    Raises:
        InputError: Gates, or metrics that an eval shows, mean nothing; all of them are named with file and line.
    """
    gates: list[Gate] = []
    problems: list[Problem] = []
    for one in evals:
        try:
            gates += gates_of_eval(one)
        except InputError as error:
            problems += error.problems
    try:
        gates += gates_of_run(settings)
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(problems)
    return tuple(dict.fromkeys(gates))


def gates_of_eval(one: Eval) -> tuple[Gate, ...]:
    """The gates of one eval, on its trials alone.

    Raises:
        InputError: As for `gates_of`; metrics are looked at as well.
    """
    gates: list[Gate] = []
    problems: list[Problem] = []
    for number, written in enumerate(one.gates):
        try:
            gate = parse_gate(written)
        except InputError as error:
            file, line = written_at(one, "gates", number)
            problems += (Problem(wrong.message, file, line, hint=wrong.hint) for wrong in error.problems)
        else:
            gates.append(replace(gate, scope=replace(gate.scope, eval=one.name)))
    for number, name in enumerate(one.metrics):
        if said := metric_problems(name):
            file, line = written_at(one, "metrics", number)
            problems.append(Problem(said, file, line))
    if problems:
        raise InputError(problems)
    return tuple(dict.fromkeys(gates))


def gates_of_run(settings: Settings) -> tuple[Gate, ...]:
    """The gates of pyproject and of flags, on all trials of the run.

    Raises:
        InputError: One means nothing.
    """
    gates: list[Gate] = []
    problems: list[Problem] = []
    for written, file in _run_wide(settings):
        try:
            gates.append(parse_gate(written))
        except InputError as error:
            problems += (Problem(wrong.message, file or None, hint=wrong.hint) for wrong in error.problems)
    if problems:
        raise InputError(problems)
    return tuple(dict.fromkeys(gates))


def _run_wide(settings: Settings) -> Iterator[tuple[object, str]]:
    yield from ((written, settings.config_file) for written in settings.gates)
    yield from ((written, "") for written in settings.more_gates)


def baselines_of(gates: Iterable[Gate], settings: Settings) -> dict[str, Baseline]:
    """The baselines that these gates need, by name; one that was never set is left out, and its gate will fail.

    Without that nobody could make the run that the first baseline is set of.

    Raises:
        InputError: One is damaged.
    """
    names = dict.fromkeys(gate.baseline for gate in gates if gate.baseline)
    paths = {name: baseline_path(settings.root, name) for name in names}
    return {name: load_baseline(path) for name, path in paths.items() if path.exists()}


def decide(
    gates: Sequence[Gate],
    store: RunStore,
    facts: RunFacts,
    *,
    baselines: Mapping[str, Baseline],
    undecidable: Mapping[Gate, str],
) -> tuple[Decided, ...]:
    """Whether these gates hold of a kept run; none is decided on a part of what was to be asked.

    Args:
        gates: Of the run.
        store: Where it is.
        facts: Of the run.
        baselines: Those that the gates need, by name.
        undecidable: Gates that cannot be decided on this run, with why, a clause.
    """
    why = why_partial(facts)
    if why:
        notes = (_MERGE,) if facts.shard else ()
        return tuple(skip(gate, why, notes=notes) for gate in gates)
    open_gates = [gate for gate in gates if not undecidable.get(gate)]
    rows = store.rows(facts.id) if open_gates else ()

    def trials() -> Iterable[Trial]:
        return (trial for _, trial in store.trials(facts.id))

    found = hold_all(open_gates, rows, baselines=baselines, trials=trials, today=today())
    by_gate = {one.gate: one for one in found}
    return tuple(by_gate[gate] if gate in by_gate else skip(gate, undecidable[gate]) for gate in gates)


def why_partial(facts: RunFacts) -> str:
    """Why a run does not hold all that was to be asked, a clause; empty when it does."""
    if facts.shard:
        return f"this is only shard {facts.shard} of the run"
    return "" if facts.state == "finished" else f"the run was {facts.state}"


def blind_notes(decided: Sequence[Decided], rows: Iterable[TrialRow]) -> tuple[str, ...]:
    """That no gate of a run looks at its wrong answers, or none of those was decided, where that is so."""
    looking = [one for one in decided if looks_at_answers(one.gate)]
    if any(result.state != "skipped" for one in looking for result in one.results) or not decided:
        return ()
    if not any(row.outcome in ("failed", "unscored") for row in rows):
        return ()
    what = "on whether answers are right was decided" if looking else "looks at whether answers are right"
    return (f"No gate {what}, so wrong ones decide nothing.",)


def looks_at_answers(gate: Gate) -> bool:
    """Whether a gate is about right and wrong, and not only about cost, time or what is missing."""
    condition = gate.condition
    return not isinstance(condition, Threshold) or (
        condition.unit not in ("usd", "s") and condition.measure not in ("errors", "unscored")
    )
