"""`snellen datasets`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from snellen._text import plural, printable
from snellen.case import Case
from snellen.datasets.check import check_dataset
from snellen.datasets.open import open_dataset
from snellen.errors import Problem
from snellen.runner.modules import load_own_scorers
from snellen.scorers.lint import lint_expectation

__all__ = ["check_command"]


def check_command(path: Path) -> int:
    """Checks a dataset: 0 when every case can be asked, 2 when not."""
    load_own_scorers(path, environ=os.environ)
    dataset = open_dataset(path)
    found = check_dataset(dataset, on_case=_lint)
    for problem in found.problems:
        sys.stderr.write(f"{printable(str(problem))}\n")
    for note in found.notes:
        print(printable(f"note: {note}"))
    print(
        f"{printable(dataset.name)}: {plural(found.case_count, 'good case')}, "
        f"{plural(found.image_count, 'picture')} decoded, "
        f"{plural(len(found.problems), 'problem')}, {plural(len(found.notes), 'note')}"
    )
    return 2 if found.problems else 0


def _lint(case: Case) -> Iterator[Problem]:
    for message in lint_expectation(case.expect):
        file, line = (case.source.file, case.source.line) if case.source else (None, None)
        yield Problem(message, file=file, line=line, case_id=case.id)
