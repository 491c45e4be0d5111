"""What was found of a keyword in a text: its verdict, its place and the reason."""

from __future__ import annotations

from typing import Literal, NamedTuple

__all__ = ["MISSING", "Finding", "Place", "Reading", "Verdict"]

Verdict = Literal["mentioned", "negated", "ambiguous", "missing"]
"""mentioned: said; negated: there, but denied; ambiguous: there, and no rule can tell; missing: not there."""


class Place(NamedTuple):
    """Where a keyword stands in the folded text.

    Attributes:
        text: The whole folded text.
        start: Of the keyword.
        end: Of the keyword.
        first: Where its sentence begins.
        last: Where its sentence ends, before the full stop.
    """

    text: str
    start: int
    end: int
    first: int
    last: int

    @property
    def before(self) -> str:
        """The sentence up to the keyword."""
        return self.text[self.first : self.start]

    @property
    def after(self) -> str:
        """The sentence from the keyword on."""
        return self.text[self.end : self.last]


class Reading(NamedTuple):
    """How one occurrence is to be read, and why."""

    verdict: Verdict
    note: str = ""


class Finding(NamedTuple):
    """The verdict on a keyword in a whole text.

    Attributes:
        verdict: Of the occurrence that decides: one affirmative mention is enough.
        span: That occurrence, in code points of the original text; None when there is none.
        note: Why, a short sentence; empty for a plain mention.
    """

    verdict: Verdict
    span: tuple[int, int] | None = None
    note: str = ""


MISSING = Finding("missing")
