"""`snellen baseline`."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from snellen._text import plural, printable
from snellen.errors import InputError
from snellen.runner.evals import shown_path
from snellen.runner.settings import load_settings
from snellen.runs.baseline import Baseline, baseline_names, baseline_path, key_of_row, load_baseline, write_baseline
from snellen.runs.baseline_run import baseline_of
from snellen.runs.rows import TrialRow
from snellen.runs.store import RunStore

__all__ = ["list_command", "set_command"]


def set_command(name: str, run_name: str) -> int:
    """Writes a run's verdicts to the project's baselines, and says what changed by it."""
    settings = load_settings(Path.cwd(), environ=os.environ)
    path = baseline_path(settings.root, name)
    baseline = baseline_of(RunStore(settings.state / "runs.db"), run_name, name=name)
    before = load_baseline(path) if path.exists() else None
    write_baseline(path, baseline)
    for line in _told(shown_path(path), baseline, before):
        print(printable(line))
    return 0


def list_command() -> int:
    """Lists the project's baselines; one that is damaged is told, and makes the exit code 2."""
    settings = load_settings(Path.cwd(), environ=os.environ)
    names, is_good = baseline_names(settings.root), True
    for name in names:
        try:
            found = load_baseline(baseline_path(settings.root, name))
        except InputError as error:
            print(printable(f"{name}  {error}"))
            is_good = False
            continue
        facts = found.facts
        print(printable(f"{name}  {facts.made_at}  run {facts.run}  {', '.join(facts.models)}  {_counts(found.rows)}"))
    if not names:
        print("There is no baseline yet. Make one of a run: snellen baseline set main RUN")
    return 0 if is_good else InputError.exit_code


def _told(path: Path, baseline: Baseline, before: Baseline | None) -> Iterator[str]:
    yield f"{path}: run {baseline.facts.run}, {_counts(baseline.rows)}"
    if without := sum(row.outcome == "error" for row in baseline.rows):
        verb = "has" if without == 1 else "have"
        yield f"{plural(without, 'trial')} {verb} no response, and can be compared with nothing"
    if before is None:
        yield "Commit it: later runs are held to it by gates, or compared with it by snellen compare"
    else:
        yield f"It was run {before.facts.run}: {_changed(before, baseline)}"


def _counts(rows: Iterable[TrialRow]) -> str:
    found = Counter(row.outcome for row in rows)
    said = [f"{found[name]:,} {name}" for name in ("passed", "failed", "unscored", "error") if found[name]]
    return f"{plural(found.total(), 'trial')}: {', '.join(said)}"


def _changed(before: Baseline, after: Baseline) -> str:
    """How many verdicts and answers are others now."""
    old = {key_of_row(row): row for row in before.rows}
    new = {key_of_row(row): row for row in after.rows}
    both = [(old[key], row) for key, row in new.items() if key in old]
    counts = [
        (sum(was.outcome == "passed" != now.outcome for was, now in both), "broke"),
        (sum(now.outcome == "passed" != was.outcome for was, now in both), "fixed"),
        (sum(was.digest != now.digest for was, now in both), "answered otherwise"),
        (len(new) - len(both), "new"),
        (len(old) - len(both), "gone"),
    ]
    return ", ".join(f"{count:,} {word}" for count, word in counts if count) or "nothing changed"
