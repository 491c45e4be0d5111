"""`snellen gate`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import orjson

from snellen._text import printable
from snellen.gating import chosen_gates, gated
from snellen.report.terminal import gate_lines, mark_lines, summary_table
from snellen.runner.settings import load_settings
from snellen.runs.store import RunStore
from snellen.session import RunResult

__all__ = ["gate_command"]


def gate_command(name: str, *, gates: tuple[str, ...], evals: Sequence[Path], keep: bool, as_json: bool) -> int:
    """Holds a kept run to gates, prints what came of them and gives the exit code of `snellen run`."""
    settings = replace(load_settings(Path.cwd(), environ=os.environ), more_gates=gates)
    store = RunStore(settings.state / "runs.db")
    facts = store.facts(name)
    chosen = chosen_gates(store, facts, settings, evals=evals)
    result = gated(store, facts, chosen, settings=settings, keep=keep)
    if as_json:
        value = {"run": facts.id, "exit_code": result.exit_code, "gates": result.gates, "notes": result.notes}
        print(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())
    else:
        _print(result, is_kept=keep)
    return result.exit_code


def _print(result: RunResult, *, is_kept: bool) -> None:
    print(summary_table(result.summary, color=sys.stdout.isatty()))
    for line in (*mark_lines(result.marks), *gate_lines(result.gates)):
        print(line)
    for note in result.notes:
        print(printable(note))
    print(f"run: {result.facts.id}{', which keeps this' if is_kept else ''}")
