"""A project in a folder of its own, the bundled one, and the command to use them with."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from clikit import project, snellen

__all__ = ["bundled", "project", "snellen"]

_REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def bundled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the evals, datasets and settings that this repository comes with."""
    root = tmp_path / "bundled"
    for name in ("evals", "datasets"):
        shutil.copytree(_REPOSITORY / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(_REPOSITORY / "pyproject.toml", root)
    monkeypatch.chdir(root)
    return root
