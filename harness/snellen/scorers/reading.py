"""What scorers of numbers show of their reading: the number they took, or those that they could not choose from."""

from __future__ import annotations

from snellen.score import Evidence
from snellen.scorers.alike import distinct
from snellen.scorers.amounts import shown_figure
from snellen.scorers.answered import Answered

__all__ = ["candidate_evidence", "reading_evidence"]

_MOST_CANDIDATES = 5


def reading_evidence(found: Answered, *, is_right: bool, expected: str, note: str) -> tuple[Evidence, ...]:
    """The number that was read: found when it is right, else a note and what is missing."""
    if found.figure is None:
        return ()
    span = found.span(found.figure)
    if is_right:
        return (Evidence(kind="found", keyword=expected, span=span, note=note),)
    read = Evidence(kind="note", keyword=shown_figure(found.figure), span=span, note=note)
    return read, Evidence(kind="missing", keyword=expected)


def candidate_evidence(found: Answered, expected: str) -> tuple[Evidence, ...]:
    """The numbers of which none was called the answer."""
    candidates = distinct((one for one in found.figures if not one.aside), _MOST_CANDIDATES) or found.figures[:1]
    return tuple(
        Evidence(kind="ambiguous", keyword=expected, span=found.span(one), note=one.aside or shown_figure(one))
        for one in candidates
    )
