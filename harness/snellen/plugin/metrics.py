"""The metrics that a session's evals name, and of how much of each eval they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from snellen._text import plural
from snellen.runner.plan import Job

__all__ = ["SessionMetrics"]


class SessionMetrics:
    """Which metrics are shown, in each of a session's processes; only those of evals that name some cost anything."""

    def __init__(self) -> None:
        """Knows none yet."""
        self.named: dict[str, tuple[str, ...]] = {}
        self.left_out: dict[str, str] = {}
        self._planned: dict[str, Counter[str]] = {}

    def collected(self, place: str, jobs: Sequence[Job]) -> None:
        """Learns what stands at a place, whether or not all of it is selected."""
        if jobs and jobs[0].eval.metrics:
            self._planned[place] = Counter(job.eval.name for job in jobs)

    def select(self, jobs: Iterable[Job]) -> None:
        """Learns what of it is asked."""
        planned = sum(self._planned.values(), Counter[str]())
        selected: Counter[str] = Counter()
        for job in jobs:
            if job.eval.metrics:
                self.named.setdefault(job.eval.name, tuple(dict.fromkeys(job.eval.metrics)))
                selected[job.eval.name] += 1
        for name, count in selected.items():
            if left := planned[name] - count:
                verb = "was" if left == 1 else "were"
                self.left_out[name] = f"{left:,} of its {plural(planned[name], 'trial')} {verb} not selected"

    def packed(self) -> dict[str, object]:
        """As a worker of xdist tells them to the controller."""
        return {"named": {name: list(own) for name, own in self.named.items()}, "left_out": self.left_out}

    def learn(self, packed: Any) -> None:  # as `packed` made it in a worker
        """Takes what a worker told; every worker has collected the same."""
        self.named = {name: tuple(own) for name, own in packed["named"].items()}
        self.left_out = dict(packed["left_out"])
