"""A scorer's verdict on one response, with what it looked at, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Evidence", "EvidenceKind", "Score"]

EvidenceKind = Literal["found", "missing", "negated", "ambiguous", "forbidden", "absent", "note"]
"""found: expected and mentioned; missing: expected, not there; negated: there, but denied; ambiguous: there, and no
rule can tell whether it is claimed; forbidden: there and must not be; absent: rightly not there; note: else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One thing a scorer looked at.

    Attributes:
        kind: What it means for the verdict.
        keyword: The expectation as written ("고양이|cat").
        span: Start and end in code points of the response's text as it arrived; None where nothing can be pointed at.
        note: Why, in a short sentence; empty when the kind says it all.
    """

    kind: EvidenceKind
    keyword: str
    span: tuple[int, int] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One scorer's verdict.

    Attributes:
        scorer: Its name.
        value: 0..1, or None when the response could not be judged.
        passed: Whether the response is right; False when it could not be judged.
        explanation: One line for people.
        evidence: What it looked at, in the order of the text where it has spans.
    """

    scorer: str
    value: float | None
    passed: bool
    explanation: str = ""
    evidence: tuple[Evidence, ...] = ()

    def __post_init__(self) -> None:
        if self.value is not None and not 0.0 <= self.value <= 1.0:
            raise ValueError(
                f"scorer {self.scorer!r} gave the value {self.value!r}; a value is 0..1, or None for unscored"
            )
        if self.value is None and self.passed:
            raise ValueError(f"scorer {self.scorer!r} says passed without a value")

    @property
    def is_unscored(self) -> bool:
        """True when a response came but could not be judged."""
        return self.value is None
