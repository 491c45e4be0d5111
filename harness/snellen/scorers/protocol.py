"""What a scorer is: a function of a case and its response that gives a score."""

from __future__ import annotations

from typing import Protocol

from snellen.case import Case
from snellen.response import Response
from snellen.score import Score

__all__ = ["Scorer"]


class Scorer(Protocol):
    """Judges a response against a case. Pure: same arguments, same score; never raises on any response text."""

    def __call__(self, case: Case, response: Response, /) -> Score:
        """The verdict."""
        ...
