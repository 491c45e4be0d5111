"""What a threshold is held against: one figure over the trials of one model, and the cases responsible for it."""

from __future__ import annotations

import heapq
import math
import statistics
from abc import ABC, abstractmethod
from array import array
from dataclasses import dataclass

from snellen._text import plural
from snellen.analysis.case_sums import CaseSums
from snellen.analysis.gate_values import Threshold
from snellen.runs.rows import TrialRow
from snellen.stats.proportions import Interval
from snellen.trial import label_of

__all__ = ["CONFIDENCE", "MOST_CASES", "Blamed", "Figure", "Measuring", "measuring", "name_of", "shown"]

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
        n: How many of `counted`.
        counted: In the plural.
        said: The figure for people, without its interval.
        problem: Why the gate cannot hold whatever was measured, a clause; empty when it can.
        cases: The first cases responsible.
        more_cases: How many more there are.
    """

    value: float | None
    interval: Interval | None = None
    confidence: float | None = None
    n: int
    counted: str = "cases"
    said: str = ""
    problem: str = ""
    cases: tuple[str, ...] = ()
    more_cases: int = 0


class Measuring(ABC):
    """Takes trials one by one and holds little of them."""

    def __init__(self, threshold: Threshold, *, with_eval: bool) -> None:
        """Begins empty.

        Args:
            threshold: What the figure will be held against.
            with_eval: Whether cases are named with their eval.
        """
        self.threshold = threshold
        self.with_eval = with_eval
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


def measuring(threshold: Threshold, *, with_eval: bool) -> Measuring:
    """What measures this; metrics are measured elsewhere, for they need whole trials."""
    if threshold.unit == "usd":
        return _Cost(threshold, with_eval=with_eval)
    if threshold.unit == "s":
        return _Latency(threshold, with_eval=with_eval)
    return _Share(threshold, with_eval=with_eval)


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


class _Worst:
    """The trials of the largest weight, and how many have weight at all."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, str]] = []
        self.count = 0

    def add(self, weight: float, row: TrialRow, *, with_eval: bool) -> None:
        self.count += 1
        if len(self._heap) < MOST_CASES:
            heapq.heappush(self._heap, (weight, -row.place, name_of(row, with_eval=with_eval)))
        elif weight > self._heap[0][0]:
            heapq.heapreplace(self._heap, (weight, -row.place, name_of(row, with_eval=with_eval)))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for _, _, name in sorted(self._heap, reverse=True))

    @property
    def more(self) -> int:
        return self.count - len(self._heap)


class _Share(Measuring):
    """accuracy, score, and the shares or counts of outcomes."""

    def __init__(self, threshold: Threshold, *, with_eval: bool) -> None:
        super().__init__(threshold, with_eval=with_eval)
        self._outcome = "passed" if threshold.measure == "accuracy" else threshold.measure.removesuffix("s")
        self._is_score = threshold.measure == "score"
        wants_much = threshold.op in (">=", ">")
        self._blames_hits = not wants_much and not (threshold.op == "==" and self._outcome in ("passed", "score"))
        self._tries = 0
        self._cases = CaseSums()
        self._blamed, self._worst = Blamed(), _Worst()

    def add(self, row: TrialRow) -> None:
        if row.outcome == "error" and self._outcome != "error":
            return
        value = (row.score or 0.0) if self._is_score else float(row.outcome == self._outcome)
        self._tries += 1
        self._cases.take(row, value)
        if self._is_score:
            badness = value if self._blames_hits else 1 - value
            if badness > 0:
                self._worst.add(badness, row, with_eval=self.with_eval)
        elif bool(value) is self._blames_hits:
            self._blamed.add(name_of(row, with_eval=self.with_eval))

    def figure(self) -> Figure:
        what = "trials" if self._outcome == "error" else "responses"
        blamed = self._worst if self._is_score else self._blamed
        cases, more = tuple(blamed.names), blamed.more
        if self.threshold.unit == "count":
            said = f"{self._cases.total:,.0f} of {self._tries:,} {what}"
            return Figure(value=self._cases.total, n=self._tries, counted=what, said=said, cases=cases, more_cases=more)
        if not self._tries:
            return Figure(value=None, n=0, problem=f"there is no {what.removesuffix('s')} to measure")
        value = self._cases.total / self._tries
        confidence = self.threshold.confidence or CONFIDENCE
        n = len(self._cases)
        of = plural(n, "case") if n == self._tries else f"{self._tries:,} {what} to {plural(n, 'case')}"
        figure = shown(value, "share", against=self.threshold.value)
        return Figure(
            value=value,
            interval=self._cases.interval(confidence=confidence, is_graded=self._is_score).interval,
            confidence=confidence,
            n=n,
            said=f"{figure} in {of}" if self._is_score else f"{figure} of {of}",
            cases=cases,
            more_cases=more,
        )


class _Latency(Measuring):
    """Half, or so many in a hundred, took no longer."""

    def __init__(self, threshold: Threshold, *, with_eval: bool) -> None:
        super().__init__(threshold, with_eval=with_eval)
        self._times_s = array("d")
        self._worst = _Worst()

    def add(self, row: TrialRow) -> None:
        if row.outcome == "error" or not row.latency_s:  # 0 is no time: nobody measured it
            return
        self._times_s.append(row.latency_s)
        if not self.threshold.takes(row.latency_s):
            self._worst.add(row.latency_s, row, with_eval=self.with_eval)

    def figure(self) -> Figure:
        if not self._times_s:
            return Figure(value=None, n=0, counted="responses", problem="no response has a time that was measured")
        name, times_s = self.threshold.measure, sorted(self._times_s)
        if name.startswith("median"):
            value = statistics.median(times_s)
        else:  # nearest rank: one that was really measured; whole numbers, since 0.95 * 20 is no 19
            value = times_s[math.ceil(int(name[1:].partition("_")[0]) * len(times_s) / 100) - 1]
        said = f"{shown(value, 's', against=self.threshold.value)} in {plural(len(times_s), 'response')}"
        return Figure(
            value=value,
            n=len(times_s),
            counted="responses",
            said=said,
            cases=self._worst.names,
            more_cases=self._worst.more,
        )


class _Cost(Measuring):
    """What responses cost when they were asked, judging included."""

    def __init__(self, threshold: Threshold, *, with_eval: bool) -> None:
        super().__init__(threshold, with_eval=with_eval)
        self._costs = array("d")
        self._unknown, self._worst = Blamed(), _Worst()
        self._responses = 0

    def add(self, row: TrialRow) -> None:
        if row.latency_s is None:
            return
        self._responses += 1
        if row.cost_usd is None:
            self._unknown.add(name_of(row, with_eval=self.with_eval))
            return
        cost = row.cost_usd + (row.judging_usd or 0.0)
        self._costs.append(cost)
        if cost:
            self._worst.add(cost, row, with_eval=self.with_eval)

    def figure(self) -> Figure:
        value = math.fsum(self._costs)
        figure = shown(value, "usd", against=self.threshold.value)
        said = f"{figure} for {plural(self._responses, 'response')}"
        if self._unknown.count == self._responses:
            problem = f"what {plural(self._responses, 'response')} cost is not known"
            return Figure(value=None, n=self._responses, counted="responses", problem=problem)
        if self._unknown.count:
            return Figure(
                value=value,
                n=self._responses,
                counted="responses",
                said=f"the others, {figure}",
                problem=f"what {self._unknown.count:,} of {plural(self._responses, 'response')} cost is not known",
                cases=tuple(self._unknown.names),
                more_cases=self._unknown.more,
            )
        return Figure(
            value=value,
            n=self._responses,
            counted="responses",
            said=said,
            cases=self._worst.names,
            more_cases=self._worst.more,
        )


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
