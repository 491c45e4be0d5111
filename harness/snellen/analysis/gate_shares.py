"""How many are right, and how sure that is: the figure of gates on accuracy, on scores and on outcomes."""

from __future__ import annotations

import math
from array import array

from snellen._keys import KeyMap, key_of
from snellen._text import plural
from snellen.analysis.gate_figures import CONFIDENCE, Blamed, Figure, Measuring, Worst, name_of, shown
from snellen.analysis.gate_values import Threshold
from snellen.runs.rows import TrialRow
from snellen.stats.means import mean_of
from snellen.stats.proportions import Interval, wilson

__all__ = ["Share"]


class Share(Measuring):
    """accuracy, score, and the shares or counts of outcomes."""

    def __init__(self, threshold: Threshold, *, with_eval: bool) -> None:
        """Begins empty; arguments as for any measuring."""
        super().__init__(threshold, with_eval=with_eval)
        self._outcome = "passed" if threshold.measure == "accuracy" else threshold.measure.removesuffix("s")
        self._is_score = threshold.measure == "score"
        wants_much = threshold.op in (">=", ">")
        self._blames_hits = not wants_much and not (threshold.op == "==" and self._outcome in ("passed", "score"))
        self._tries = 0
        self._cases = _Cases()
        self._blamed, self._worst = Blamed(), Worst()

    def add(self, row: TrialRow) -> None:
        """Counts a trial towards the figure."""
        if row.outcome == "error" and self._outcome != "error":
            return
        value = (row.score or 0.0) if self._is_score else float(row.outcome == self._outcome)
        self._tries += 1
        self._cases.add(row, value)
        if self._is_score:
            badness = value if self._blames_hits else 1 - value
            if badness > 0:
                self._worst.add(badness, row, with_eval=self.with_eval)
        elif bool(value) is self._blames_hits:
            self._blamed.add(name_of(row, with_eval=self.with_eval))

    def figure(self) -> Figure:
        """What came of it."""
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
            interval=self._cases.interval(value, confidence=confidence, is_graded=self._is_score),
            confidence=confidence,
            n=n,
            said=f"{figure} in {of}" if self._is_score else f"{figure} of {of}",
            cases=cases,
            more_cases=more,
        )


class _Cases:
    """Sums by case and the group of each, in some fifty bytes a case."""

    def __init__(self) -> None:
        self._numbers = KeyMap()
        self._sums, self._tries, self._groups = array("d"), array("I"), array("Q")

    def __len__(self) -> int:
        return len(self._sums)

    @property
    def total(self) -> float:
        """The sum of all values, the same in any order."""
        return math.fsum(self._sums)

    def add(self, row: TrialRow, value: float) -> None:
        key = key_of(f"{row.eval}\0{row.case}")
        number = self._numbers.setdefault(key, len(self._sums))
        if number == len(self._sums):
            self._sums.append(0.0)
            self._tries.append(0)
            self._groups.append(key if row.group is None else key_of(f"{row.eval}\0\0{row.group}"))
        self._sums[number] += value
        self._tries[number] += 1

    def interval(self, value: float, *, confidence: float, is_graded: bool) -> Interval:
        """Wilson's for cases that stand alone, as everywhere else; Student's t for clusters and for graded scores.

        Where t has no width, nothing was seen to vary, which is not that nothing can: Wilson's then, for as many
        clusters, which is never too narrow for values from 0 to 1.
        """
        clusters = len(set(self._groups))
        if is_graded or clusters < len(self._sums):
            means = [one / tries for one, tries in zip(self._sums, self._tries, strict=True)]
            spread = mean_of(means, clusters=self._groups, confidence=confidence)
            if spread.interval is not None and spread.standard_error:
                reach = (spread.interval.high - spread.interval.low) / 2
                return Interval(max(0.0, value - reach), min(1.0, value + reach))
        return wilson(min(1.0, value) * clusters, clusters, confidence=confidence)
