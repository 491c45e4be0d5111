"""What measures a threshold, and the two measures that are not about right and wrong: latency and cost."""

from __future__ import annotations

import math
import statistics
from array import array

from snellen._text import plural
from snellen.analysis.gate_figures import Blamed, Figure, Measuring, Worst, name_of, shown
from snellen.analysis.gate_shares import Share
from snellen.analysis.gate_values import Threshold
from snellen.runs.rows import TrialRow

__all__ = ["measuring"]


def measuring(threshold: Threshold, *, with_eval: bool, today: str) -> Measuring:
    """What measures this; metrics are measured elsewhere, for they need whole trials."""
    if threshold.unit == "usd":
        return _Cost(threshold, with_eval=with_eval, today=today)
    if threshold.unit == "s":
        return _Latency(threshold, with_eval=with_eval, today=today)
    return Share(threshold, with_eval=with_eval, today=today)


class _Latency(Measuring):
    """Half, or so many in a hundred, took no longer."""

    def __init__(self, threshold: Threshold, *, with_eval: bool, today: str) -> None:
        super().__init__(threshold, with_eval=with_eval, today=today)
        self._times_s = array("d")
        self._worst = Worst()

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

    def __init__(self, threshold: Threshold, *, with_eval: bool, today: str) -> None:
        super().__init__(threshold, with_eval=with_eval, today=today)
        self._costs = array("d")
        self._unknown, self._worst = Blamed(), Worst()
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
