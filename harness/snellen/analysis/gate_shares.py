"""How many are right, and how sure that is: the figure of gates on accuracy, on scores and on outcomes."""

from __future__ import annotations

from snellen._text import plural
from snellen.analysis.case_sums import CaseSums
from snellen.analysis.gate_figures import CONFIDENCE, Blamed, Figure, Measuring, Worst, name_of, shown
from snellen.analysis.gate_values import Threshold
from snellen.analysis.verdict import is_excused
from snellen.runs.rows import TrialRow

__all__ = ["Share"]


class Share(Measuring):
    """accuracy, score, and the shares or counts of outcomes; what is right or wrong of a marked case is left out.

    That a response is missing is no matter of right and wrong: errors are counted whatever the mark.
    """

    def __init__(self, threshold: Threshold, *, with_eval: bool, today: str) -> None:
        """Begins empty; arguments as for any measuring."""
        super().__init__(threshold, with_eval=with_eval, today=today)
        self._outcome = "passed" if threshold.measure == "accuracy" else threshold.measure.removesuffix("s")
        self._is_score = threshold.measure == "score"
        wants_much = threshold.op in (">=", ">")
        self._blames_hits = not wants_much and not (threshold.op == "==" and self._outcome in ("passed", "score"))
        self._tries = 0
        self._cases, self._marked = CaseSums(), CaseSums()
        self._blamed, self._worst = Blamed(), Worst()

    def add(self, row: TrialRow) -> None:
        """Counts a trial towards the figure."""
        if row.outcome == "error" and self._outcome != "error":
            return
        value = (row.score or 0.0) if self._is_score else float(row.outcome == self._outcome)
        if self._outcome != "error" and is_excused(row.mark, row.mark_until, today=self.today):
            self._marked.take(row, value)
            return
        self._tries += 1
        self._cases.take(row, value)
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
            return Figure(
                value=self._cases.total,
                n=self._tries,
                counted=what,
                said=said,
                left_out=self._left_out(),
                cases=cases,
                more_cases=more,
            )
        if not self._tries:
            problem = f"there is no {what.removesuffix('s')} to measure"
            return Figure(value=None, n=0, problem=problem, left_out=self._left_out())
        value = self._cases.total / self._tries
        confidence = self.threshold.confidence or CONFIDENCE
        n = len(self._cases)
        of = plural(n, "case") if n == self._tries else f"{self._tries:,} {what} to {plural(n, 'case')}"
        figure = shown(value, "share", against=self.threshold.value)
        return Figure(
            value=value,
            interval=self._cases.interval(confidence=confidence, is_graded=self._is_score).interval,
            confidence=confidence,
            clustered="" if self._cases.clusters == n else f", clustered in {plural(self._cases.clusters, 'group')}",
            n=n,
            said=f"{figure} in {of}" if self._is_score else f"{figure} of {of}",
            left_out=self._left_out(),
            cases=cases,
            more_cases=more,
        )

    def _left_out(self) -> str:
        """How many marked cases there are, and what the figure would be with them."""
        if not len(self._marked):
            return ""
        total, tries = self._cases.total + self._marked.total, self._tries + self._marked.tries
        with_them = f"{total:,.0f}"
        if self.threshold.unit != "count":
            with_them = shown(total / tries, "share", against=self.threshold.value)
        return f"{plural(len(self._marked), 'marked case')} left out ({with_them} of {tries:,} with them)"
