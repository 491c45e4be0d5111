"""`snellen init`: a project that works at once."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from snellen._files import write_atomic
from snellen._text import printable, shorten
from snellen.errors import InputError, Problem

__all__ = ["init_command"]

# Under its own name it would rule our repository, or be left out of the wheel.
_RENAMED = {"gitignore": ".gitignore", "project.toml": "pyproject.toml"}


def init_command(folder: Path) -> int:
    """Writes the starter project into a new or empty folder."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        held = ", ".join(sorted(entry.name for entry in folder.iterdir())) if folder.is_dir() else "it is a file"
        hint = "Name a new folder: snellen init my-evals. Nothing was written."
        raise InputError(Problem(f"{folder} is not empty: {shorten(held, 100)}", hint=hint))
    written = _copy(files("snellen.cli") / "starter", folder)
    shown = printable(str(folder))
    print(f"{shown}: {written} files. Now:")
    print(f"  cd {shown}")
    print("  snellen run evals --report reports/first.html")
    print("  pytest evals")
    return 0


def _copy(source: Traversable, target: Path) -> int:
    count = 0
    for entry in sorted(source.iterdir(), key=lambda entry: entry.name):
        place = target / _RENAMED.get(entry.name, entry.name)
        if entry.is_dir():
            count += _copy(entry, place) if entry.name != "__pycache__" else 0
        else:
            write_atomic(place, entry.read_bytes())
            count += 1
    return count
