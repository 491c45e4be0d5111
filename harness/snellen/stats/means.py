"""How sure a mean can be: its standard error, for values that stand alone and for values in clusters."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from snellen.stats._samples import check_confidence, cluster_codes, finite, without_noise
from snellen.stats.proportions import Interval

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Formula", "Mean", "StandardErrors", "mean_of", "standard_errors", "t_interval"]

Formula = Literal["independent", "clustered"]
"""independent: every value stands alone; clustered: values of one cluster may err together."""

_FEWEST = 2
"""Clusters from which a spread can be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """A mean and how sure it is.

    Attributes:
        value: The mean of all values, each counted once, whatever its cluster.
        standard_error: None when there are fewer than two clusters.
        interval: Student's t with `clusters - 1` degrees of freedom; None when there is no standard error. It has no
            width when all values are equal: of shares where all or none succeed, `wilson` says more.
        n: How many values.
        clusters: How many clusters; `n` when every value stands alone.
        formula: Which standard error it is.
    """

    value: float
    standard_error: float | None
    interval: Interval | None
    n: int
    clusters: int
    formula: Formula


class StandardErrors(NamedTuple):
    """The standard errors of one mean that papers and tools report.

    Attributes:
        independent: As if every value stood alone: sqrt(sum (s - mean)^2 / (n - 1) / n).
        miller: `independent` with the products within clusters added to its square, Miller (2024), section 2.2.
        cr0: From the sums of the clusters alone, without a correction for their number (Liang and Zeger 1986).
        clustered: `cr0` * sqrt(C / (C - 1)) for C clusters; what `mean_of` reports.
    """

    independent: float
    miller: float
    cr0: float
    clustered: float


def mean_of(
    values: Sequence[float], *, clusters: Sequence[Hashable | None] | None = None, confidence: float = 0.95
) -> Mean:
    """The mean of `values` with its standard error and interval.

    Questions about one picture, or one question in ten phrasings, tend to be right and wrong together; taken as
    independent they would promise more than they know. With clusters the standard error is CR0 * sqrt(C / (C - 1)),
    which inspect_ai's `stderr(cluster=...)` and the clustered covariance of statsmodels report too: of the formulas in
    use it is the largest, and with clusters of one value it is the independent one.

    Args:
        values: Finite numbers, at least one. Repeats of a question are averaged first: n counts questions.
        clusters: What each value belongs to (a picture, a document); a None stands alone. None: each stands alone.
        confidence: Share of such intervals that hold the true value, above 0 and below 1. Below some thirty clusters
            they hold it a little less often than that (Cameron and Miller 2015).

    Raises:
        ValueError: No value, one that is not finite, or not as many clusters as values.

    Source:
        Miller (2024), Adding Error Bars to Evals, arXiv:2411.00640, sections 2.1 and 2.2; Cameron and Miller (2015),
        A Practitioner's Guide to Cluster-Robust Inference, J. Human Resources 50:317-372, equations 11 and 12.
    """
    check_confidence(confidence)
    sample = finite(values, what="values")
    codes, count = cluster_codes(clusters, n=sample.size)
    value = _mean(sample)
    error = None if count < _FEWEST else _spread(sample, codes=codes, count=count).clustered
    return Mean(
        value=value,
        standard_error=error,
        interval=None if error is None else t_interval(value, error=error, freedom=count - 1, confidence=confidence),
        n=sample.size,
        clusters=count,
        formula="independent" if count == sample.size else "clustered",
    )


def standard_errors(values: Sequence[float], clusters: Sequence[Hashable | None] | None) -> StandardErrors:
    """The standard errors of the mean of `values` by the formulas in use, to compare with other tools.

    Args:
        values: Finite numbers.
        clusters: What each value belongs to; a None stands alone. None: each stands alone, and `miller` and
            `clustered` are the independent one.

    Raises:
        ValueError: Fewer than two clusters, a value that is not finite, or not as many clusters as values.

    Source:
        Miller (2024), arXiv:2411.00640; Liang and Zeger (1986), Biometrika 73:13-22.
    """
    sample = finite(values, what="values")
    codes, count = cluster_codes(clusters, n=sample.size)
    if count < _FEWEST:
        raise ValueError(f"a standard error needs at least two clusters; got {count}")
    return _spread(sample, codes=codes, count=count)


def _mean(sample: NDArray[np.float64]) -> float:
    """The mean, the same in any order, and exactly the common value when all are equal."""
    first = float(sample[0])
    return first if bool((sample == first).all()) else math.fsum(sample.tolist()) / sample.size


def _spread(sample: NDArray[np.float64], *, codes: NDArray[np.intp], count: int) -> StandardErrors:
    import numpy as np

    n, residuals = sample.size, sample - _mean(sample)
    squares = float(np.square(residuals).sum())
    sums = residuals
    if count < n:  # clusters whose values cancel leave 0, not a last bit that would make them look all but certain
        raw: NDArray[np.float64] = np.bincount(codes, weights=residuals, minlength=count).astype(np.float64)
        sums = without_noise(raw, scale=float(np.abs(sample).max()))
    within = float(np.square(sums).sum()) / n**2
    return StandardErrors(
        independent=math.sqrt(squares / (n - 1) / n),
        # squares / (n (n - 1)) + within - squares / n^2: the square of each value stands in both and is taken once.
        miller=math.sqrt(within + squares / (n - 1) / n**2),
        cr0=math.sqrt(within),
        clustered=math.sqrt(within * count / (count - 1)),
    )


def t_interval(value: float, *, error: float, freedom: int, confidence: float) -> Interval:
    """Student's interval around `value` whose standard error `error` has `freedom` degrees of freedom."""
    from scipy.special import stdtrit

    reach = float(stdtrit(freedom, 0.5 + confidence / 2)) * error
    return Interval(value - reach, value + reach)
