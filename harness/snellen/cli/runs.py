"""`snellen runs`."""

from __future__ import annotations

import os
from pathlib import Path

import orjson

from snellen._text import plural, printable, shorten
from snellen.report.words import at_clock, in_dollars
from snellen.runner.settings import load_settings
from snellen.runs.rows import RunInfo
from snellen.runs.store import RunStore

__all__ = ["run_store", "runs_command"]


def run_store() -> RunStore:
    """The run store of the project that this folder belongs to."""
    return RunStore(load_settings(Path.cwd(), environ=os.environ).state / "runs.db")


def runs_command(*, limit: int, as_json: bool) -> int:
    """Lists kept runs, the newest first."""
    store = run_store()
    runs = store.runs(limit=limit)
    if as_json:
        print(orjson.dumps([_as_json(info) for info in runs], default=str, option=orjson.OPT_INDENT_2).decode())
        return 0
    for info in runs:
        print(printable(_line(info)))
    left = len(store.ids()) - len(runs)
    if not runs:
        print("No run is kept yet. Make one: snellen run evals")
    elif left > 0:
        print(f"… and {left:,} older; --limit {len(runs) + left} shows all")
    return 0


def _as_json(info: RunInfo) -> dict[str, object]:
    counts = {name: getattr(info, name) for name in ("passed", "failed", "unscored", "error", "not_asked", "skipped")}
    return {"facts": info.facts, **counts, "accuracy": info.accuracy, "cost_usd": info.cost_usd}


def _line(info: RunInfo) -> str:
    facts = info.facts
    pairs = (
        (info.passed, "passed"),
        (info.failed, "failed"),
        (info.unscored, "unscored"),
        (info.error - info.not_asked, "error"),
        (info.not_asked, "not asked"),
        (info.skipped, "skipped"),
    )
    counts = [f"{count:,} {name}" for count, name in pairs if count]
    parts = [
        facts.id,
        at_clock(facts.started_at),
        shorten(facts.title, 40),
        facts.state if not facts.shard else f"{facts.state}, shard {facts.shard}",
        facts.mode,
        ", ".join(counts) or plural(0, "trial"),
    ]
    if info.accuracy is not None:
        parts.append(f"{info.accuracy:.0%} right")
    if info.cost_usd is not None:
        parts.append(in_dollars(info.cost_usd))
    return "  ".join(parts)
