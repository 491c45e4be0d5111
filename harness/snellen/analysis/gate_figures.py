"""What a threshold is held against: one figure over the trials of one model, and the cases responsible for it."""

from __future__ import annotations

import heapq
import math
from abc import ABC, abstractmethod
from dataclasses import dataclass

from snellen.analysis.gate_values import Threshold
from snellen.runs.rows import TrialRow
from snellen.stats.proportions import Interval
from snellen.trial import label_of

__all__ = ["CONFIDENCE", "MOST_CASES", "Blamed", "Figure", "Measuring", "Worst", "name_of", "shown"]

MOST_CASES = 20
"""Cases that a gate names; nobody reads on, and the report lists all of them."""

CONFIDENCE = 0.95
"""Of an interval that nobody chose."""

_MOST_DIGITS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What was measured.

    Attributes:
        value: In the threshold's unit; None when there is none, and `problem` says why.
        interval: At `confidence`; None for what is counted.
        confidence: Of the interval.
        clustered: That the interval is of groups and of how many, to be put behind it; empty where cases stand alone.
        n: How many of `counted`.
        counted: In the plural.
        said: The figure for people, without its interval.
        left_out: What is not part of it, and what it would be with that, a clause; empty when all is.
        problem: Why the gate cannot hold whatever was measured, a clause; empty when it can.
        cases: The first cases responsible.
        more_cases: How many more there are.
    """

    value: float | None
    interval: Interval | None = None
    confidence: float | None = None
    clustered: str = ""
    n: int
    counted: str = "cases"
    said: str = ""
    left_out: str = ""
    problem: str = ""
    cases: tuple[str, ...] = ()
    more_cases: int = 0


class Measuring(ABC):
    """Takes trials one by one and holds little of them."""

    def __init__(self, threshold: Threshold, *, with_eval: bool, today: str) -> None:
        """Begins empty.

        Args:
            threshold: What the figure will be held against.
            with_eval: Whether cases are named with their eval.
            today: ISO date, for marks that have run out.
        """
        self.threshold = threshold
        self.with_eval = with_eval
        self.today = today
        self.trials = 0
        self.not_asked = 0

    def take(self, row: TrialRow) -> None:
        """Counts a trial."""
        self.trials += 1
        self.not_asked += row.failure == "not_asked"
        self.add(row)

    @abstractmethod
    def add(self, row: TrialRow) -> None:
        """Counts a trial towards the figure."""

    @abstractmethod
    def figure(self) -> Figure:
        """What came of it."""


def name_of(row: TrialRow, *, with_eval: bool) -> str:
    """What people call the trial where its model is known."""
    label = label_of(row.case, variant=row.variant, model="", repeat=row.repeat)
    return f"{row.eval}[{label}]" if with_eval else label


class Blamed:
    """The names of the first cases responsible, and how many there are."""

    def __init__(self) -> None:
        """Begins empty."""
        self.names: list[str] = []
        self.count = 0

    def add(self, name: str) -> None:
        """Takes a case in; the trials of one case count once when they have one name."""
        self.count += 1
        if len(self.names) < MOST_CASES:
            self.names.append(name)

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.count - len(self.names)


class Worst:
    """The trials of the largest weight, and how many have weight at all."""

    def __init__(self) -> None:
        """Begins empty."""
        self._heap: list[tuple[float, int, str]] = []
        self.count = 0

    def add(self, weight: float, row: TrialRow, *, with_eval: bool) -> None:
        """Takes a trial in."""
        self.count += 1
        if len(self._heap) < MOST_CASES:
            heapq.heappush(self._heap, (weight, -row.place, name_of(row, with_eval=with_eval)))
        elif weight > self._heap[0][0]:
            heapq.heapreplace(self._heap, (weight, -row.place, name_of(row, with_eval=with_eval)))

    @property
    def names(self) -> tuple[str, ...]:
        """What they are called, the worst first."""
        return tuple(name for _, _, name in sorted(self._heap, reverse=True))

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.count - len(self._heap)


def shown(value: float, unit: str, *, against: float | None = None) -> str:
    """A figure with as many digits as it takes to see on which side of `against` it is."""
    if unit == "count":
        return f"{value:,.0f}"
    scale = 100.0 if unit == "share" else 1.0
    first = {"share": 1, "usd": 4, "s": 2}.get(unit, 2)
    digits = next((many for many in range(first, _MOST_DIGITS) if _tells(value * scale, scale, against, many)), first)
    text = f"{value * scale:,.{digits}f}"
    return {"share": f"{text}%", "usd": f"${text}", "s": f"{text} s"}.get(unit, text)


def _tells(value: float, scale: float, against: float | None, digits: int) -> bool:
    if against is None:
        return True
    limit, rounded = against * scale, round(value, digits)
    is_equal = math.isclose(value, limit, rel_tol=1e-12)
    return is_equal or ((rounded > limit) == (value > limit) and not math.isclose(rounded, limit, rel_tol=1e-12))
