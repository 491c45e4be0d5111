"""`snellen report`."""

from __future__ import annotations

import os
from pathlib import Path

from snellen._text import printable
from snellen.report.html import write_report
from snellen.runner.settings import load_settings
from snellen.runs.store import RunStore

__all__ = ["report_command"]


def report_command(name: str, output: Path, *, title: str | None) -> int:
    """Writes the report of a kept run."""
    settings = load_settings(Path.cwd(), environ=os.environ)
    run = RunStore(settings.state / "runs.db").load(name)
    written = write_report(run, output, title=title, pinned=settings.pinned)
    print(printable(f"report: {written.path} ({written.size_bytes / 1e6:.1f} MB), run {run.facts.id}"))
    for note in written.notes:
        print(printable(f"  {note}"))
    return 0
