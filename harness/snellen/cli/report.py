"""`snellen report`."""

from __future__ import annotations

from pathlib import Path

from snellen.report.html import write_report
from snellen.runner.settings import find_root
from snellen.runs.store import RunStore

__all__ = ["report_command"]


def report_command(name: str, output: Path, *, title: str | None) -> int:
    """Writes the report of a kept run."""
    run = RunStore(find_root(Path.cwd()) / ".snellen" / "runs.db").load(name)
    written = write_report(run, output, title=title)
    print(f"report: {written.path} ({written.size_bytes / 1e6:.1f} MB), run {run.facts.id}")
    for note in written.notes:
        print(f"  {note}")
    return 0
