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
    """What measures this; metrics are measured elsewhere, for they need whole trials.

    Args:
        threshold: What the figure will be held against.
        with_eval: Whether cases are named with their eval.
        today: ISO date, for marks that have run out.
    """
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
        self._unknown, self._unpriced, self._worst = Blamed(), Blamed(), Worst()
        self._responses = 0

    def add(self, row: TrialRow) -> None:
        if row.latency_s is None:
            return
        self._responses += 1
        if row.cost_usd is None:
            self._unknown.add(name_of(row, with_eval=self.with_eval))
        elif not row.is_judging_priced:
            self._unpriced.add(name_of(row, with_eval=self.with_eval))
        else:
            cost = row.cost_usd + (row.judging_usd or 0.0)
            self._costs.append(cost)
            if cost:
                self._worst.add(cost, row, with_eval=self.with_eval)

    def figure(self) -> Figure:
        value, responses = math.fsum(self._costs), plural(self._responses, "response")
        figure = shown(value, "usd", against=self.threshold.value)
        if not (self._unknown.count or self._unpriced.count):
            return self._figure(value, said=f"{figure} for {responses}", blamed=self._worst)
        is_all = self._unknown.count == self._responses
        problems = [f"what {'' if is_all else f'{self._unknown.count:,} of '}{responses} cost is not known"]
        problems = problems if self._unknown.count else []
        if self._unpriced.count:
            problems.append(f"what judging {self._unpriced.count:,} of {responses} cost is not known")
        blamed = self._unknown if self._unknown.count else self._unpriced
        if not self._costs:
            return self._figure(None, problem="; ".join(problems))
        return self._figure(value, said=f"the others, {figure}", problem="; ".join(problems), blamed=blamed)

    def _figure(
        self, value: float | None, *, said: str = "", problem: str = "", blamed: Blamed | Worst | None = None
    ) -> Figure:
        return Figure(
            value=value,
            n=self._responses,
            counted="responses",
            said=said,
            problem=problem,
            cases=tuple(blamed.names) if blamed else (),
            more_cases=blamed.more if blamed else 0,
        )
