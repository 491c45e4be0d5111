"""A run inside a notebook: its totals, and every picture beside the answers, the wrong ones first."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from snellen.analysis.summarize import summarize
from snellen.report.html import templates
from snellen.report.pictures import gather
from snellen.report.view import WORST_FIRST, build_view
from snellen.trial import Run

__all__ = ["notebook_html"]

_MAX_CASES = 20  # a cell is for a look; all cases are in the report


def notebook_html(run: Run, *, pinned: Mapping[str, Path]) -> str:
    """A fragment of HTML without script or style sheet, as notebooks keep of what they are given."""
    pictures = gather((ref for trial in run.trials for ref in trial.case.images), pinned=pinned)
    view = build_view(run, summary=summarize(run), pictures=pictures)
    worst_first = sorted(view.cases, key=lambda case: WORST_FIRST.index(case.worst))
    left = max(0, len(worst_first) - _MAX_CASES)
    return templates().get_template("notebook.html.j2").render(view=view, cases=worst_first[:_MAX_CASES], left=left)
