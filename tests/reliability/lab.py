"""Runs to be disturbed: a project whose model is the fault server, and the ways to run it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

from evalkit import make_project
from snellen.recordings.entry import Entry
from snellen.recordings.file import RecordingStore
from snellen.runner.load import load_evals
from snellen.runner.settings import load_settings
from snellen.session import RunResult, run_and_keep

__all__ = ["KEY", "MODES", "Naps", "kept_cases", "kept_entries", "make_lab", "run_here", "sockets"]

KEY = "sk-lab-0123456789abcdef"
MODES = ("missing", "refresh", "live")
"""Those that ask."""


class Naps:
    """Stands for sleeping: notes what would have been waited, and waits nothing."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)
        await asyncio.sleep(0)


def make_lab(root: Path, url: str, *, cases: int = 20, timeout_s: float = 60, retries: int = 3) -> Path:
    """A project whose model `fake` is at `url`."""
    root.mkdir(parents=True, exist_ok=True)
    make_project(root, url=url, cases=cases)
    pyproject = root / "pyproject.toml"
    text = pyproject.read_text().replace("name =", f"retries = {retries}\ntimeout_s = {timeout_s}\nname =", 1)
    pyproject.write_text(text)
    return root


def run_here(
    root: Path, *, mode: str = "live", concurrency: int = 8, naps: Naps | None = None, only: Iterable[str] = ()
) -> RunResult:
    """Runs the project's evals in this process, without sleeping between attempts."""
    environ = {"OPENAI_API_KEY": KEY}
    settings = load_settings(root / "evals", environ=environ, mode=mode, concurrency=concurrency)
    paths = [root / "evals" / name for name in only] or [root / "evals"]
    return run_and_keep(load_evals(paths, settings), settings, sleep=naps or Naps())


def kept_entries(root: Path) -> list[Entry]:
    """All responses on disk, those in the journals of runs that are under way or were killed included."""
    places = [root / "evals" / "recordings", *root.glob(".snellen/journals/*/responses")]
    return [stored.entry for place in places for stored in RecordingStore(place).entries()]


def kept_cases(root: Path) -> set[str]:
    """The cases that have a response on disk."""
    return {entry.case for entry in kept_entries(root)}


def sockets() -> int:
    """How many sockets this process has open."""
    return sum(_is_socket(str(path)) for path in Path("/proc/self/fd").iterdir())


def _is_socket(path: str) -> bool:
    try:
        return Path(path).readlink().name.startswith("socket:")
    except OSError:  # it was closed meanwhile, such as the one that listed them
        return False
