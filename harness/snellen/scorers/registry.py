"""The scorers by name, and which one a case needs when nobody named any."""

from __future__ import annotations

from snellen._text import nearest
from snellen.case import Case
from snellen.errors import InputError
from snellen.scorers.keywords import keywords
from snellen.scorers.protocol import Scorer

__all__ = ["SCORERS", "default_scorers", "get_scorer"]

SCORERS: dict[str, Scorer] = {"keywords": keywords}
"""All scorers, by the name that eval files use."""


def get_scorer(name: str) -> Scorer:
    """The scorer of this name.

    Raises:
        InputError: None has it; names those there are and the nearest.
    """
    if name in SCORERS:
        return SCORERS[name]
    meant = nearest(name, SCORERS)
    guess = f" Did you mean {meant!r}?" if meant else ""
    raise InputError(f"scorer {name!r} is not registered. Registered: {', '.join(sorted(SCORERS))}.{guess}")


def default_scorers(case: Case) -> tuple[str, ...]:
    """Names of the scorers that the case's expectation needs; none when it expects nothing."""
    return () if case.expect.is_empty else ("keywords",)
