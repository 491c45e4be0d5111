"""Settings of a project in a folder of its own, and jobs to settle in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from evalkit import make_project
from snellen.runner.load import load_evals
from snellen.runner.plan import Job, plan
from snellen.runner.settings import Settings, load_settings

MakeJobs = Callable[..., tuple[Settings, list[Job]]]


@pytest.fixture
def make_jobs(tmp_path: Path) -> MakeJobs:
    """The settings and jobs of a project of `cases` cases, asked of the model at `url`."""

    def make(
        url: str, *, mode: str = "missing", cases: int = 2, concurrency: int | None = None
    ) -> tuple[Settings, list[Job]]:
        if not (tmp_path / "evals").exists():
            make_project(tmp_path, url=url, cases=cases)
        settings = load_settings(tmp_path, environ={}, mode=mode, concurrency=concurrency)
        return settings, list(plan(load_evals([tmp_path / "evals"], settings), settings))

    return make
