"""Gates as a reader sees them: whether each held, for whom, what was measured, and which cases are responsible."""

from __future__ import annotations

from dataclasses import dataclass

from snellen.report.words import public_text, visible
from snellen.trial import GateResult, GateState

__all__ = ["GateView", "gate_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GateView:
    """One gate, for one model.

    Attributes:
        state: How it ended.
        text: The gate as it was written.
        where: Eval, prompt variant and model; empty for all of the run.
        because: What was measured.
        cases: Those responsible, the first of them.
        more_cases: How many more there are.
        notes: What a careful reader must know.
    """

    state: GateState
    text: str
    where: str
    because: str
    cases: tuple[str, ...]
    more_cases: int
    notes: tuple[str, ...]


def gate_of(result: GateResult) -> GateView:
    """A gate for readers."""
    return GateView(
        state=result.state,
        text=visible(result.text),
        where=visible(", ".join(part for part in (result.eval, result.variant, result.model) if part)),
        because=public_text(result.because),
        cases=tuple(map(visible, result.cases)),
        more_cases=result.more_cases,
        notes=tuple(map(public_text, result.notes)),
    )
