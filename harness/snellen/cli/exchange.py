"""`snellen export`, `snellen import` and `snellen merge`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from snellen._text import plural, printable
from snellen.analysis.gate_kept import gates_kept
from snellen.analysis.gate_parts import undecidable
from snellen.analysis.gate_sources import baselines_of, gates_of_run, why_partial
from snellen.analysis.metric_results import metrics_named, metrics_of_run
from snellen.cli.run import print_result
from snellen.gating import gated
from snellen.runner.settings import load_settings
from snellen.runs.exchange import export_run, import_run
from snellen.runs.merge import merge_runs
from snellen.runs.store import RunStore

__all__ = ["export_command", "import_command", "merge_command"]


def export_command(name: str, output: Path) -> int:
    """Writes a kept run to a file."""
    store, root = _project()
    header = export_run(store, name, output, root=root)
    skipped = f", {plural(header.skipped, 'skipped case')}" if header.skipped else ""
    print(printable(f"{output}: run {header.facts.id}, {plural(header.trials, 'trial')}{skipped}, without pictures"))
    return 0


def import_command(files: Sequence[Path]) -> int:
    """Puts exported runs into the run store, one file after another."""
    store, root = _project()
    for file in files:
        key, is_new = import_run(store, file, root=root)
        print(printable(f"{file}: run {key} {'is kept now' if is_new else 'was kept already, with the same content'}"))
    return 0


def merge_command(names: Sequence[str], *, title: str | None, gates: tuple[str, ...] = ()) -> int:
    """Makes one run of all its shards, decides its gates, and prints and gives the exit code as `snellen run` does.

    Gates are those that the shards were made with, and these.
    """
    settings = replace(load_settings(Path.cwd(), environ=os.environ), more_gates=gates)
    store = RunStore(settings.state / "runs.db")
    more = gates_of_run(replace(settings, gates=()))  # a slip is told before anything is kept
    facts = merge_runs(store, names, root=settings.root, title=title)
    if named := metrics_named([facts]):
        facts = replace(facts, metrics=metrics_of_run(named, store, facts))
        store.amend(facts)
    own = gates_kept(store, facts)
    part = undecidable(settings, baselines_of(own, settings), facts.evals)
    chosen = {gate: why or part.get(gate, "") for gate, why in own.items()} | dict.fromkeys(more, "")
    result = gated(store, facts, chosen, settings=settings, keep=True)
    print_result(result, has_report=False)
    print(printable(f"run: {facts.id}, made of {plural(len(facts.parent), 'shard')}: {', '.join(facts.parent)}"))
    if why := why_partial(facts):
        print(printable(f"Not all shards came to their end, so no gate is decided: {why}"))
    return result.exit_code


def _project() -> tuple[RunStore, Path]:
    settings = load_settings(Path.cwd(), environ=os.environ)
    return RunStore(settings.state / "runs.db"), settings.root
