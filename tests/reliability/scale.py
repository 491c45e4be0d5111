"""How much is tried: little in every run of the tests, much in `make soak`; and the figures that come of it."""

from __future__ import annotations

import os
import random
from pathlib import Path

__all__ = ["FIGURES", "IS_SOAK", "figure", "moments", "scaled"]

IS_SOAK = os.environ.get("SNELLEN_SOAK") == "1"  # read at import: the environment of tests is bared later
SEED = int(os.environ.get("SNELLEN_SOAK_SEED") or random.SystemRandom().randrange(1_000_000))
FIGURES = Path(os.environ["SNELLEN_SOAK_FIGURES"]) if os.environ.get("SNELLEN_SOAK_FIGURES") else None
"""Where figures go, a line each; nowhere in an ordinary run."""


def scaled(usual: int, soak: int) -> int:
    """The number of tries."""
    return soak if IS_SOAK else usual


def moments(name: str) -> random.Random:
    """Chance for one test; the seed is shown when the test fails, and SNELLEN_SOAK_SEED brings it back."""
    print(f"SNELLEN_SOAK_SEED={SEED}")  # noqa: T201  # pytest shows it with a failure
    return random.Random(f"{SEED} {name}")  # noqa: S311  # chooses moments


def figure(name: str, **values: object) -> None:
    """Notes figures for the summary of `make soak`."""
    if FIGURES is not None:
        said = ", ".join(f"{key} {value}" for key, value in values.items())
        with FIGURES.open("a", encoding="utf-8") as file:
            file.write(f"{name}: {said}\n")
