"""What a paired difference could have been: resampled intervals and sign-flip p, without an assumption of shape."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from snellen.stats._samples import changes, check_confidence, cluster_codes, without_noise
from snellen.stats.proportions import Interval

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Resampled", "paired_bootstrap", "permutation_p"]

_EXACT_OUTCOMES = 2**20
"""Sign flips that are told apart one by one: twenty different differences, some 30 ms and 16 MB."""

_CHUNK = 1_000_000
"""Numbers drawn at a time: 8 MB, which stays near the processor; larger chunks measured slower."""

_WORTH_GROUPING = 16
"""How many equal differences, on average, make one binomial draw cheaper than drawing each of them."""

_TIE = 1e-9
"""Share of their spread by which two resampled means may differ and still be the same mean, summed otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resampled:
    """An interval from resampled data.

    Attributes:
        interval: Of the mean of `after - before`.
        method: bca: corrected for bias and skew; percentile: where that correction is not defined.
        resamples: How many.
        seed: They were drawn with.
    """

    interval: Interval
    method: Literal["bca", "percentile"]
    resamples: int
    seed: int


@dataclass(frozen=True, slots=True)
class _Groups:
    """Clusters that are alike, so that one number can stand for all of them; ascending, whatever order they came in.

    Attributes:
        sums: Sum of the differences of one cluster.
        sizes: How many pairs it has.
        counts: How many such clusters there are.
    """

    sums: NDArray[np.float64]
    sizes: NDArray[np.float64]
    counts: NDArray[np.int64]

    @property
    def clusters(self) -> int:
        return int(self.counts.sum())

    @property
    def mean(self) -> float:
        return float(self.counts @ self.sums / (self.counts @ self.sizes))


def paired_bootstrap(
    before: Sequence[float],
    after: Sequence[float],
    *,
    clusters: Sequence[Hashable | None] | None = None,
    resamples: int = 10_000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Resampled:
    """The bootstrap interval of the mean of `after - before`.

    Pairs are drawn with replacement, or whole clusters where there are some; the mean of a draw is the sum of its
    differences over the number of its pairs. The order of the pairs does not matter.

    Args:
        before: A score per question. Repeats of a question are averaged first.
        after: The scores of the same questions, in the same order.
        clusters: What each question belongs to; a None stands alone. None: each stands alone.
        resamples: How many means are drawn, at least 1.
        confidence: Above 0 and below 1.
        seed: Same input and seed, same interval.

    Returns:
        BCa, or the percentiles of the means where BCa is not defined: when all means are equal, which is so for
        differences that are all the same and for a single cluster, or when all lie on one side of the observed one.
        Equal means give an interval without width: nothing was seen to vary, which is not that nothing can.

    Raises:
        ValueError: No pair, different lengths, a score that is not finite, or an option out of range.

    Source:
        Efron (1987), Better Bootstrap Confidence Intervals, JASA 82:171-185, BCa with the jackknife's acceleration;
        Davison and Hinkley (1997), Bootstrap Methods and their Application, section 3.8, for whole clusters.
    """
    import numpy as np

    check_confidence(confidence)
    _check_resamples(resamples)
    groups = _group(before, after, clusters)
    means = _resampled_means(groups, resamples=resamples, rng=np.random.default_rng(seed))
    tail = (1 - confidence) / 2
    shares = _bca_shares(groups, means, tail=tail)
    low, high = np.quantile(means, shares or (tail, 1 - tail))
    return Resampled(
        interval=Interval(float(low), float(high)),
        method="bca" if shares else "percentile",
        resamples=resamples,
        seed=seed,
    )


def _check_resamples(resamples: int) -> None:
    if resamples < 1:
        raise ValueError(f"at least one resample is needed; got {resamples!r}")


def _group(before: Sequence[float], after: Sequence[float], clusters: Sequence[Hashable | None] | None) -> _Groups:
    import numpy as np

    steps = changes(before, after)
    codes, count = cluster_codes(clusters, n=steps.size)
    if count == steps.size:
        sums, counts = np.unique(steps, return_counts=True)
        return _Groups(sums, np.ones(sums.size), counts)
    order = np.lexsort((steps, codes))  # a cluster is summed from its smallest, so that its order does not matter
    raw: NDArray[np.float64] = np.bincount(codes[order], weights=steps[order], minlength=count).astype(np.float64)
    totals = without_noise(raw, scale=float(np.abs(steps).max()))
    rows: NDArray[np.float64] = np.column_stack((totals, np.bincount(codes, minlength=count)))
    alike, counts = np.unique(rows, axis=0, return_counts=True)
    return _Groups(alike[:, 0].copy(), alike[:, 1].copy(), counts)


def _resampled_means(groups: _Groups, *, resamples: int, rng: np.random.Generator) -> NDArray[np.float64]:
    import numpy as np

    drawn = groups.clusters
    grouped = groups.counts.size * _WORTH_GROUPING <= drawn
    rows = max(1, _CHUNK // (groups.counts.size if grouped else drawn))
    sums, sizes = groups.sums, groups.sizes
    if not grouped:
        sums, sizes = np.repeat(sums, groups.counts), np.repeat(sizes, groups.counts)
    even = float(sizes[0]) * drawn if bool((sizes == sizes[0]).all()) else None
    means = np.empty(resamples)
    for start in range(0, resamples, rows):
        part = means[start : start + rows]
        if grouped:
            # How often each kind of cluster is drawn is multinomial: the same law as drawing them one by one.
            times = rng.multinomial(drawn, groups.counts / drawn, size=part.size)
            part[:] = times @ sums / (times @ sizes if even is None else even)
        else:
            chosen = rng.integers(0, drawn, size=(part.size, drawn))
            part[:] = sums.take(chosen).sum(axis=1) / (sizes.take(chosen).sum(axis=1) if even is None else even)
    return means


def _bca_shares(groups: _Groups, means: NDArray[np.float64], *, tail: float) -> tuple[float, float] | None:
    """Which quantiles of the means are the ends of the interval; None where BCa is not defined."""
    import numpy as np
    from scipy.special import ndtr, ndtri

    spread = float(np.ptp(means))
    offset = means - groups.mean
    # A mean equal to the observed one lies by half below it; passes and fails have many of them.
    share_below = float((offset < -_TIE * spread).mean() + (offset <= _TIE * spread).mean()) / 2
    if spread == 0 or not 0 < share_below < 1:
        return None
    bias = float(ndtri(share_below))
    acceleration = _acceleration(groups)
    shares = []
    for z in (float(ndtri(tail)), float(ndtri(1 - tail))):
        stretch = 1 - acceleration * (bias + z)
        if stretch <= 0:
            return None
        shares.append(float(ndtr(bias + (bias + z) / stretch)))
    return shares[0], shares[1]


def _acceleration(groups: _Groups) -> float:
    """A sixth of the skew of the means that leave out one cluster each, Efron's a."""
    import numpy as np

    counts = groups.counts
    left_out = (counts @ groups.sums - groups.sums) / (counts @ groups.sizes - groups.sizes)
    pull = counts @ left_out / groups.clusters - left_out
    squares = float(counts @ np.square(pull))
    return float(counts @ pull**3) / (6 * squares**1.5) if squares > 0 else 0.0


def permutation_p(
    before: Sequence[float],
    after: Sequence[float],
    *,
    clusters: Sequence[Hashable | None] | None = None,
    resamples: int = 10_000,
    seed: int = 0,
) -> float:
    """The two-sided p of the mean of `after - before`, were the two names of every pair as good as swapped.

    The sign of each pair's difference, or of each cluster's sum, is flipped by a fair coin. Up to 2**20 distinct
    outcomes are counted exactly (twenty changed clusters, or any number of passes and fails, where it is the exact
    McNemar test); beyond that coins are thrown, and p is (count + 1) / (resamples + 1), which is never 0.

    Args:
        before: A score per question. Repeats of a question are averaged first.
        after: The scores of the same questions, in the same order.
        clusters: What each question belongs to; a None stands alone. None: each stands alone.
        resamples: How often all coins are thrown, when they are; at least 1.
        seed: Same input and seed, same p; swapping `before` and `after` does not change it, nor does any order.

    Returns:
        1.0 when nothing changed.

    Raises:
        ValueError: No pair, different lengths, a score that is not finite, or no resample.

    Source:
        Fisher (1935), The Design of Experiments, section 21; Phipson and Smyth (2010), Permutation P-values Should
        Never Be Zero, Statistical Applications in Genetics and Molecular Biology 9:39.
    """
    import numpy as np

    _check_resamples(resamples)
    groups = _group(before, after, clusters)
    observed = abs(float(groups.counts @ groups.sums))
    sizes, where = np.unique(np.abs(groups.sums), return_inverse=True)
    counts = np.bincount(where, weights=groups.counts).astype(np.int64)
    sizes, counts = sizes[sizes > 0], counts[sizes > 0]
    at_least = observed - 1e-12 * float(counts @ sizes)  # the same sum, added in another order, is as far out
    if np.log2(counts + 1).sum() <= np.log2(_EXACT_OUTCOMES):
        totals, chances = _flipped(sizes, counts)
        return min(1.0, float(chances[np.abs(totals) >= at_least].sum()))
    totals = _thrown(sizes, counts, resamples=resamples, rng=np.random.default_rng(seed))
    return (int((np.abs(totals) >= at_least).sum()) + 1) / (resamples + 1)


def _flipped(sizes: NDArray[np.float64], counts: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Every sum that flipped signs can give, and how likely it is."""
    import numpy as np
    from scipy.special import gammaln

    totals, chances = np.zeros(1), np.ones(1)
    for size, count in zip(sizes, counts, strict=True):
        heads = np.arange(count + 1)
        ways = gammaln(count + 1) - gammaln(heads + 1) - gammaln(count - heads + 1)
        totals = np.add.outer(totals, size * (2.0 * heads - count)).ravel()
        chances = np.multiply.outer(chances, np.exp(ways - count * np.log(2))).ravel()
    return totals, chances


def _thrown(
    sizes: NDArray[np.float64], counts: NDArray[np.int64], *, resamples: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Sums of the sizes with signs from fair coins, one for each resample."""
    import numpy as np

    totals = np.zeros(resamples)
    if sizes.size * _WORTH_GROUPING <= counts.sum():
        for size, count in zip(sizes, counts, strict=True):
            totals += size * (2.0 * rng.binomial(count, 0.5, size=resamples) - count)
        return totals
    alone = np.repeat(sizes, counts)
    octets = np.pad(alone, (0, -alone.size % 8)).reshape(-1, 8)
    signs = 2.0 * np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1) - 1
    for octet in octets:  # one random byte flips eight signs: the 256 sums are looked up instead of added
        totals += (signs @ octet)[rng.integers(0, 256, size=resamples, dtype=np.uint8)]
    return totals
