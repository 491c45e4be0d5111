"""Whether a model got better or worse on the same questions: differences, broken and fixed cases, margins."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from snellen.stats._samples import changes, check_confidence, finite, without_noise
from snellen.stats.means import Formula, mean_of
from snellen.stats.proportions import Interval

__all__ = [
    "McNemar",
    "NonInferiority",
    "PairedDifference",
    "mcnemar",
    "non_inferior",
    "non_inferior_mean",
    "paired_difference",
    "tango_interval",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedDifference:
    """By how much the mean moved.

    Attributes:
        value: Mean of `after - before`; above 0 is better.
        standard_error: Of the paired differences; None when there are fewer than two clusters.
        interval: Student's t with `clusters - 1` degrees of freedom; None when there is no standard error.
        p_value: Two-sided, of Student's t; None when there is no standard error, or when all differences are equal
            and not 0: t would be infinite, and a p of 0 from two pairs is no evidence. `permutation_p` has an answer.
        n: How many pairs.
        clusters: How many clusters; `n` when every pair stands alone.
        formula: Which standard error it is.
    """

    value: float
    standard_error: float | None
    interval: Interval | None
    p_value: float | None
    n: int
    clusters: int
    formula: Formula


@dataclass(frozen=True, slots=True, kw_only=True)
class McNemar:
    """How odd a split of the cases that changed is, were either way as likely.

    Attributes:
        broke: Cases that passed before and fail after.
        fixed: Cases that failed before and pass after.
        p_exact: Two-sided exact binomial p; never too small, on average a good deal too large.
        p_mid: Two-sided mid-p, which counts the outcome itself by half; 1.0 when both are as many.
    """

    broke: int
    fixed: int
    p_exact: float
    p_mid: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NonInferiority:
    """Whether it is shown that nothing was lost beyond a margin.

    Attributes:
        holds: Whether `bound` is above `-margin`.
        bound: Lower end of the one-sided interval of `after - before`.
        margin: The loss that would be accepted, 0 or more.
        confidence: One-sided.
    """

    holds: bool
    bound: float
    margin: float
    confidence: float


def paired_difference(
    before: Sequence[float],
    after: Sequence[float],
    *,
    clusters: Sequence[Hashable | None] | None = None,
    confidence: float = 0.95,
) -> PairedDifference:
    """The mean of `after - before` over the same questions, with its standard error, interval and p.

    Args:
        before: A score per question. Repeats of a question are averaged first.
        after: The scores of the same questions, in the same order.
        clusters: What each question belongs to; a None stands alone. See `mean_of`.
        confidence: Of the interval, above 0 and below 1.

    Raises:
        ValueError: No pair, different lengths, or a score that is not finite.

    Source:
        Miller (2024), Adding Error Bars to Evals, arXiv:2411.00640, section 4.2.
    """
    mean = mean_of(changes(before, after).tolist(), clusters=clusters, confidence=confidence)
    return PairedDifference(
        value=mean.value,
        standard_error=mean.standard_error,
        interval=mean.interval,
        p_value=_t_test(mean.value, error=mean.standard_error, freedom=mean.clusters - 1),
        n=mean.n,
        clusters=mean.clusters,
        formula=mean.formula,
    )


def _t_test(value: float, *, error: float | None, freedom: int) -> float | None:
    from scipy.special import stdtr

    if error is None:
        return None
    if error == 0:
        return 1.0 if value == 0 else None
    return float(2 * stdtr(freedom, -abs(value) / error))


def mcnemar(broke: int, fixed: int) -> McNemar:
    """The exact and the mid-p McNemar test of `broke` against `fixed` cases; those that did not change say nothing.

    Six that all went one way are the fewest that reach an exact p below 0.05.

    Args:
        broke: Cases that passed before and fail after, 0 or more.
        fixed: Cases that failed before and pass after, 0 or more.

    Returns:
        Both p are 1.0 when nothing changed.

    Raises:
        ValueError: A count is negative.

    Source:
        McNemar (1947), Psychometrika 12:153-157; Fagerland, Lydersen and Laake (2013), The McNemar test for binary
        matched-pairs data, BMC Medical Research Methodology 13:91. The exact p is that of `mcnemar(exact=True)` in
        statsmodels and of `scipy.stats.binomtest(broke, broke + fixed)`.
    """
    if broke < 0 or fixed < 0:
        raise ValueError(f"cases are counted from 0; got broke={broke!r}, fixed={fixed!r}")
    n, fewer = broke + fixed, min(broke, fixed)
    at_most = _half_binomial(fewer, n)
    return McNemar(
        broke=broke,
        fixed=fixed,
        p_exact=min(1.0, 2 * at_most),
        p_mid=1.0 if broke == fixed else at_most + _half_binomial(fewer - 1, n),
    )


def _half_binomial(most: int, n: int) -> float:
    """P(X <= most) of n fair coins; by the beta integral, since a binomial coefficient of 100,000 is no double."""
    from scipy.special import betainc

    if most < 0:
        return 0.0
    return 1.0 if most >= n else float(betainc(n - most, most + 1, 0.5))


def tango_interval(gained: int, lost: int, n: int, *, confidence: float = 0.95) -> Interval:
    """The score interval of `(gained - lost) / n`, the change of a pass rate over the same cases.

    It has a width when nothing changed, and never leaves -1..1.

    Args:
        gained: Cases that failed before and pass after, 0 or more.
        lost: Cases that passed before and fail after, 0 or more.
        n: All cases, changed or not, at least `gained + lost` and 1.
        confidence: Share of such intervals that hold the true change, above 0 and below 1.

    Raises:
        ValueError: An argument is out of its range.

    Source:
        Tango (1998), Equivalence test and confidence interval for the difference in proportions for the paired-sample
        design, Statistics in Medicine 17:891-908, section 3.
    """
    check_confidence(confidence)
    if n < 1 or gained < 0 or lost < 0 or gained + lost > n:
        raise ValueError(f"gained={gained!r} and lost={lost!r} of n={n!r}: counts from 0 that fit into n were expected")
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    return Interval(_tango_low(gained, lost, n, z=z), -_tango_low(lost, gained, n, z=z))


def _tango_low(gained: int, lost: int, n: int, *, z: float) -> float:
    """The change below the observed one that lies exactly z standard errors under it."""
    observed = (gained - lost) / n
    if lost == n:
        return -1.0
    if gained == n:  # the standard error is 0 at the observed change, and a search would stop there
        return (n - z * z) / (n + z * z)
    if gained == lost == 0:
        return -z * z / (n + z * z)
    low, high = -1.0, observed
    while low < (middle := (low + high) / 2) < high:
        if n * (observed - middle) > z * _tango_error(middle, gained=gained, lost=lost, n=n):
            low = middle
        else:
            high = middle
    return low


def _tango_error(change: float, *, gained: int, lost: int, n: int) -> float:
    """The standard error of `gained - lost`, were `change` the true change."""
    a = 2 * n
    b = (2 * n - gained + lost) * change - gained - lost
    c = -lost * change * (1 - change)
    root = math.sqrt(max(0.0, b * b - 4 * a * c))
    # The likeliest share that was lost: the larger root, in the form that subtracts nothing.
    share_lost = (root - b) / (2 * a) if b <= 0 else -2 * c / (b + root)
    return math.sqrt(max(0.0, n * (2 * share_lost + change * (1 - change))))


def non_inferior(*, gained: int, lost: int, n: int, margin: float, confidence: float = 0.95) -> NonInferiority:
    """Whether passes and fails show that the pass rate fell by less than `margin`.

    That no loss was found ("p > 0.05") is not that; few cases find nothing and show nothing.

    Args:
        gained: Cases that failed before and pass after.
        lost: Cases that passed before and fail after.
        n: All cases, changed or not.
        margin: The loss of pass rate that would be accepted, 0 or more (0.02 is two points in a hundred).
        confidence: One-sided, above 0.5 and below 1.

    Returns:
        `bound` is the lower end of Tango's interval at `2 * confidence - 1`.

    Raises:
        ValueError: An argument is out of its range.

    Source:
        Tango (1998), Statistics in Medicine 17:891-908.
    """
    two_sided = _two_sided(confidence, margin=margin)
    bound = tango_interval(gained, lost, n, confidence=two_sided).low
    return NonInferiority(holds=bound > -margin, bound=bound, margin=margin, confidence=confidence)


def non_inferior_mean(
    differences: Sequence[float],
    *,
    clusters: Sequence[Hashable | None] | None = None,
    margin: float,
    confidence: float = 0.95,
) -> NonInferiority:
    """Whether graded scores show that their mean fell by less than `margin`.

    Args:
        differences: `after - before` per question, of scores from 0 to 1. Repeats are averaged first.
        clusters: What each question belongs to; a None stands alone.
        margin: The loss of mean score that would be accepted, 0 or more.
        confidence: One-sided, above 0.5 and below 1.

    Returns:
        `bound` is the lower end of Student's t. Equal differences have no spread to go by, and two unchanged questions
        would show everything; the bound is then as far below them as Tango's is for as many unchanged cases.
        One cluster shows nothing: its bound is the same, and wide.

    Raises:
        ValueError: No difference, one that is not finite, or a margin or confidence out of range.

    Source:
        Schuirmann (1987), J. Pharmacokinetics and Biopharmaceutics 15:657-680, the lower of the two one-sided tests.
    """
    two_sided = _two_sided(confidence, margin=margin)
    steps = without_noise(finite(differences, what="differences"), scale=1.0)
    mean = mean_of(steps.tolist(), clusters=clusters, confidence=two_sided)
    if mean.interval is not None and mean.standard_error:
        bound = mean.interval.low
    else:
        bound = mean.value + tango_interval(0, 0, mean.clusters, confidence=two_sided).low
    return NonInferiority(holds=bound > -margin, bound=bound, margin=margin, confidence=confidence)


def _two_sided(confidence: float, *, margin: float) -> float:
    if not 0.5 < confidence < 1:  # noqa: PLR2004  # below it the bound would lie above what was observed
        raise ValueError(f"one-sided confidence lies between 0.5 and 1; got {confidence!r}")
    if not 0 <= margin < math.inf:
        raise ValueError(f"a margin is the loss that would be accepted, 0 or more; got {margin!r}")
    return 2 * confidence - 1
