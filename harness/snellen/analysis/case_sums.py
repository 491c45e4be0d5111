"""Sums by what may err together: what the interval of a share is made of."""

from __future__ import annotations

import math
from array import array

from snellen._keys import KeyMap, KeySet, key_of
from snellen.runs.rows import TrialRow
from snellen.stats.shares import Sure, share_interval

__all__ = ["CaseSums", "case_key", "cluster_key"]


def case_key(row: TrialRow) -> int:
    """The key of the row's case, whatever the model, prompt variant and repeat."""
    return key_of(f"{row.eval}\0{row.case}")


def cluster_key(row: TrialRow) -> int:
    """The key of what may err together with this case: its group; without one, the case stands alone."""
    return case_key(row) if row.group is None else key_of(f"{row.eval}\0\0{row.group}")


class CaseSums:
    """Sums by what may err together, in some fifty bytes a case; cases are counted."""

    def __init__(self) -> None:
        """Begins empty."""
        self._cases = KeySet()
        self._numbers = KeyMap()
        self._sums, self._tries = array("d"), array("Q")

    def __len__(self) -> int:
        """How many cases there are."""
        return len(self._cases)

    @property
    def clusters(self) -> int:
        """How many there are of what may err together, a case without a group being its own."""
        return len(self._sums)

    @property
    def total(self) -> float:
        """The sum of all values, the same in any order."""
        return math.fsum(self._sums)

    @property
    def tries(self) -> int:
        """How many trials there are."""
        return sum(self._tries)

    def take(self, row: TrialRow, value: float) -> None:
        """Adds the value of one trial."""
        self.add(case_key(row), cluster_key(row), value)

    def add(self, case: int, cluster: int, value: float, *, tries: int = 1) -> None:
        """Adds the sum of the values of `tries` trials of a case."""
        self._cases.add(case)
        number = self._numbers.setdefault(cluster, len(self._sums))
        if number == len(self._sums):
            self._sums.append(0.0)
            self._tries.append(0)
        self._sums[number] += value
        self._tries[number] += tries

    def interval(self, *, confidence: float = 0.95, is_graded: bool = False) -> Sure:
        """As `share_interval`: Wilson's for cases that stand alone, Student's t for clusters and for graded scores."""
        return share_interval(self._sums, self._tries, cases=len(self), confidence=confidence, is_graded=is_graded)
