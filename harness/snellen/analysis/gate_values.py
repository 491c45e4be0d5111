"""What a gate is: a condition on the trials of one model, and which of them it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from snellen.runs.rows import TrialRow

__all__ = ["Gate", "NoBroken", "NoWorse", "Op", "Scope", "Threshold", "Unit"]

Op = Literal[">=", "<=", "==", ">", "<"]
Unit = Literal["share", "count", "usd", "s", "number"]

_ENOUGH = 1e-12
"""Figures closer than this are equal: 0.1 + 0.2 is 0.3 to whoever wrote the gate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A measure on one side of a number.

    Attributes:
        measure: accuracy, score, passed, failed, unscored, errors, cost, median_latency, pNN_latency, or a metric.
        op: How it compares.
        value: In `unit`.
        unit: share (0..1), count, usd, s (seconds), or number for a metric in units of its own.
        written: The number as it was written ("90%").
        confidence: The end of the interval of this confidence must hold; None: the estimate itself.
    """

    measure: str
    op: Op
    value: float
    unit: Unit
    written: str
    confidence: float | None = None

    def takes(self, measured: float) -> bool:
        """Whether this figure is on the right side."""
        difference = measured - self.value
        is_equal = abs(difference) <= _ENOUGH * max(1.0, abs(self.value))
        match self.op:
            case ">=":
                return difference > 0 or is_equal
            case "<=":
                return difference < 0 or is_equal
            case "==":
                return is_equal
            case ">":
                return difference > 0 and not is_equal
            case "<":
                return difference < 0 and not is_equal


@dataclass(frozen=True, slots=True, kw_only=True)
class NoWorse:
    """That accuracy is shown to have fallen by less than a margin since a baseline, case by case.

    Attributes:
        baseline: Its name.
        margin: The loss of accuracy that is accepted, 0..1.
        confidence: One-sided.
        ignores_missing: Whether cases that only one side has are left out; else they make the gate fail.
    """

    baseline: str = "main"
    margin: float = 0.02
    confidence: float = 0.95
    ignores_missing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NoBroken:
    """That no case which passed in a baseline fails now.

    Attributes:
        baseline: Its name.
        ignores_missing: Whether cases of the baseline that have no verdict now are left out; else the gate fails.
    """

    baseline: str = "main"
    ignores_missing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which trials a gate is about; what is left open takes all.

    Attributes:
        eval: Name of the eval that the gate belongs to, empty for a gate on all of the run.
        tags: Trials of cases with at least one of them.
        model: Name in the configuration; empty: each model, and each must hold.
        variant: Name of the prompt variant, "" for the cases' own prompt; None for all of them together.
    """

    eval: str = ""
    tags: tuple[str, ...] = ()
    model: str = ""
    variant: str | None = None

    def takes(self, *, eval: str, tags: tuple[str, ...], model: str, variant: str) -> bool:  # noqa: A002  # its word
        """Whether such a trial is among them."""
        return (
            self.eval in ("", eval)
            and (not self.tags or any(tag in tags for tag in self.tags))
            and self.model in ("", model)
            and self.variant in (None, variant)
        )

    def takes_row(self, row: TrialRow) -> bool:
        """Whether this trial is among them."""
        return self.takes(eval=row.eval, tags=row.tags, model=row.model, variant=row.variant)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A condition that decides whether a run is good.

    Attributes:
        text: As `--gate` would say it; two gates of one text mean the same.
        condition: What must hold, for each model by itself.
        scope: Which trials it is about.
    """

    text: str
    condition: Threshold | NoWorse | NoBroken
    scope: Scope = Scope()

    @property
    def baseline(self) -> str:
        """Name of the baseline it needs, empty for none."""
        return "" if isinstance(self.condition, Threshold) else self.condition.baseline

    @property
    def measure(self) -> str:
        """What it measures, empty for a gate on a baseline."""
        return self.condition.measure if isinstance(self.condition, Threshold) else ""
