"""How sure a share or a ratio can be: one rule for the table, the metrics and the gates."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import Literal, NamedTuple

from snellen.stats.means import mean_of, t_interval
from snellen.stats.proportions import Interval, wilson

__all__ = ["IntervalFormula", "Sure", "ratio_interval", "share_interval"]

IntervalFormula = Literal["", "Wilson", "t", "t, clustered"]
"""Which interval it is; empty without one."""


class Sure(NamedTuple):
    """An interval and how it was found.

    Attributes:
        interval: None where too little is known to give one.
        formula: Which it is.
    """

    interval: Interval | None
    formula: IntervalFormula


def share_interval(
    hits: Sequence[float], tries: Sequence[float], *, cases: int, confidence: float = 0.95, is_graded: bool = False
) -> Sure:
    """The interval of `sum(hits) / sum(tries)`, a share of tries or a mean of scores from 0 to 1.

    Args:
        hits: Of each cluster (the questions about one picture; a case that stands alone is a cluster): how many of its
            tries succeeded, or the sum of their scores.
        tries: Of each cluster: how many there were, at least one.
        cases: How many cases the clusters hold together; as many as clusters when each stands alone.
        confidence: Share of such intervals that hold the true value.
        is_graded: Whether a try may have a value between 0 and 1, for which Wilson's formula is too wide.

    Source:
        Wilson (1927) for shares of cases that stand alone, repeats of a case averaged; otherwise `ratio_interval`.
    """
    below, count = math.fsum(tries), len(hits)
    value = math.fsum(hits) / below
    is_plain = cases == count
    if is_plain and not is_graded:
        return Sure(wilson(min(value, 1.0) * count, count, confidence=confidence), "Wilson")
    pulls = [(hit - value * many) / below for hit, many in zip(hits, tries, strict=True)]
    found = ratio_interval(value, pulls, range(count), confidence=confidence)
    return found if is_plain or found.formula != "t" else Sure(found.interval, "t, clustered")


def ratio_interval(
    value: float,
    pulls: Sequence[float],
    clusters: Sequence[Hashable],
    *,
    confidence: float = 0.95,
    is_share: bool = False,
    top: float = 1.0,
    freedom: int | None = None,
) -> Sure:
    """The interval of a value that is made of the pulls of its evidence.

    Where nothing was seen to vary, which is not that nothing can, a value from 0 to 1 has Wilson's interval for as many
    clusters as there are: never too narrow for values in that range. A value without a top has none then.

    Args:
        value: What was found, 0 to `top`.
        pulls: How far each piece of evidence moves it: its influence over the number of pieces, summing to 0.
        clusters: What each belongs to; pieces of one cluster may err together.
        confidence: As in `share_interval`.
        is_share: Whether the value is a share of tries, so that Wilson's interval holds when each stands alone.
        top: What the value cannot be above; infinite for errors in units of their own.
        freedom: Degrees of freedom of pulls that already carry the corrections for how few they are. None: of a plain
            sample, clusters - 1, and corrected here by C / (C - 1) for C clusters.

    Raises:
        ValueError: No pull, one that is not finite, or not as many clusters as pulls.

    Source:
        Cochran (1977), Sampling Techniques, 3rd edition, section 6.3, for ratios; Cameron and Miller (2015), J. Human
        Resources 50:317-372, equations 11 and 12, for clusters.
    """
    count, known = len(pulls), len(set(clusters))
    is_plain = known == count
    if is_share and is_plain and freedom is None:
        return Sure(wilson(min(1.0, value) * known, known, confidence=confidence), "Wilson")
    reach = _reach(pulls, clusters, known=known, confidence=confidence, freedom=freedom)
    if reach:
        low, high = max(0.0, value - reach), min(top, value + reach)
        return Sure(Interval(low, high), "t" if is_plain else "t, clustered")
    if top > 1:
        return Sure(None, "")
    return Sure(wilson(min(1.0, value) * known, known, confidence=confidence), "Wilson")


_FEWEST = 2
"""Clusters from which a spread can be told."""


def _reach(
    pulls: Sequence[float], clusters: Sequence[Hashable], *, known: int, confidence: float, freedom: int | None
) -> float:
    """Half the width of Student's interval; 0 where nothing was seen to vary, or there is too little to see it."""
    if known < _FEWEST or (freedom is not None and freedom < 1):
        return 0.0
    if freedom is None:
        found = mean_of([pull * len(pulls) for pull in pulls], clusters=clusters, confidence=confidence).interval
    else:
        sums: dict[Hashable, float] = {}
        for pull, name in zip(pulls, clusters, strict=True):
            sums[name] = sums.get(name, 0.0) + pull
        found = t_interval(0.0, error=math.hypot(*sums.values()), freedom=freedom, confidence=confidence)
    return 0.0 if found is None else (found.high - found.low) / 2
