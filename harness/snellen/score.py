"""A scorer's verdict on one response, with what it looked at, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Evidence", "EvidenceKind", "Score", "ScorerCall", "Shape"]

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
class Shape:
    """A place in the picture that was right, or that a response gave; for people to see it drawn.

    Attributes:
        is_given: Whether the response gave it; else it is what is right.
        is_met: Whether the two fit: what is right was given, or what was given is right.
        corners: (x, y) in pixels of the original picture, upright: one for a point, two for opposite corners of a box,
            three and more for a polygon.
        radius: Of a point, how far off is right; 0.0 for none.
        note: How well it fits ("IoU 0.620"); may be empty.
    """

    is_given: bool
    is_met: bool
    corners: tuple[tuple[float, float], ...]
    radius: float = 0.0
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorerCall:
    """One question that a scorer asked of a model in order to judge.

    Attributes:
        model: The model's name in the configuration.
        served_model: What the server says answered; empty when it did not say.
        text: What came back, as it came; empty when nothing did.
        fingerprint: Under which it is recorded.
        recorded: Whether it was replayed.
        latency_s: Of the call that was answered, 0.0 when nothing came.
        cost_usd: What it cost when it was asked, None when that is not known.
        failure: Why nothing came back; empty when something did.
    """

    model: str
    served_model: str = ""
    text: str = ""
    fingerprint: str = ""
    recorded: bool = False
    latency_s: float = 0.0
    cost_usd: float | None = None
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One scorer's verdict.

    Attributes:
        scorer: Its name.
        version: Of the scorer; two scores of one version and the same options may be compared.
        options: The first digits of the SHA-256 of its options as canonical JSON, what is expected left out; empty
            when it has none.
        value: 0..1, or None when the response could not be judged.
        passed: Whether the response is right; False when it could not be judged.
        explanation: One line for people.
        evidence: What it looked at, in the order of the text where it has spans.
        extracted: What was read from the response as its answer ("B", "42", "yes"); None when nothing was, or when the
            scorer reads no answer out of the text.
        calls: What was asked of models in order to judge.
        shapes: The places in the picture that were compared, what is right first.
        parts: The verdicts of which this one is made, for a combination.
    """

    scorer: str
    version: str = ""
    options: str = ""
    value: float | None
    passed: bool
    explanation: str = ""
    evidence: tuple[Evidence, ...] = ()
    extracted: str | None = None
    calls: tuple[ScorerCall, ...] = ()
    shapes: tuple[Shape, ...] = ()
    parts: tuple[Score, ...] = ()

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
