"""From paired questions to a difference with its interval, p and verdict."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from snellen.analysis.comparison import Difference, Measure, Verdict
from snellen.analysis.comparison_pairs import Question, mean, score_of
from snellen.runs.rows import TrialRow
from snellen.stats.bootstrap import Resampled, paired_bootstrap, permutation_p
from snellen.stats.paired import (
    NonInferiority,
    mcnemar,
    non_inferior,
    non_inferior_mean,
    paired_difference,
    tango_interval,
)
from snellen.stats.power import cases_needed, pairs_needed, smallest_difference
from snellen.stats.proportions import Interval, wilson
from snellen.stats.shares import ratio_interval

__all__ = ["Options", "difference", "is_graded", "is_sure", "own_score", "verdict_of"]

_MANY = 20_000
_FINE = 16
"""Beyond so many questions, differences are put on a grid for the bootstrap, of so many steps a standard deviation: it
widens an interval by less than a thousandth, and drawing 100,000 different numbers 10,000 times takes 7 s."""

_POWER = 0.8
_NOISE = 1e-12
"""What is left of scores that cancel out, when they are thirds and tenths."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a comparison is made.

    Attributes:
        margin: How much worse still counts as no worse, 0..1.
        confidence: Of intervals, two-sided; of non-inferiority, one-sided.
        resamples: Of the bootstrap and of the sign flips where they are too many to count; 0 leaves the bootstrap out.
        seed: Of both.
        with_bootstrap: Whether a second interval is resampled.
    """

    margin: float = 0.02
    confidence: float = 0.95
    resamples: int = 10_000
    seed: int = 0
    with_bootstrap: bool = True

    @property
    def alpha(self) -> float:
        """What p is held against."""
        return 1 - self.confidence

    @property
    def fewest(self) -> int:
        """Changes that all go one way, for an exact p below alpha: each may as well have gone the other way."""
        return math.floor(math.log2(2 / self.alpha)) + 1


class _Sample(NamedTuple):
    before: list[float]
    after: list[float]
    clusters: list[Hashable | None] | None
    is_plain: bool  # passes and fails of questions that were asked once and stand alone


def difference(
    questions: Sequence[Question],
    measure: Measure,
    options: Options,
    *,
    sides: tuple[int, int] = (0, 1),
    ignores_groups: bool = False,
) -> Difference:
    """The difference of two sides in one measure.

    Args:
        questions: At least one.
        measure: accuracy or score.
        options: How.
        sides: Which two of the questions' sides.
        ignores_groups: Take every question as standing alone; within one group nothing else can be told.
    """
    sample = _sample(questions, measure, sides, ignores_groups=ignores_groups)
    if sample.is_plain:
        found = _of_passes(sample, options)
        variance = (found.gained + found.lost) / found.n - found.value**2
    else:
        found, variance = _of_means(sample, measure, options)
    found = replace(found, verdict=verdict_of(found, found.p_value, options))
    return _with_power(found, variance, options, is_plain=sample.is_plain)


def is_sure(found: Difference, p_value: float, options: Options) -> bool:
    """Whether the sides differ by this p and by the interval; not being of one test, they may disagree at the edge."""
    away = found.interval is not None and (found.interval.low > 0 or found.interval.high < 0)
    return away and p_value < options.alpha


def is_graded(questions: Sequence[Question]) -> bool:
    """Whether some score says more than passed or failed."""
    return any(
        score_of(row) != (row.outcome == "passed") for question in questions for rows in question.rows for row in rows
    )


def _sample(
    questions: Sequence[Question], measure: Measure, sides: tuple[int, int], *, ignores_groups: bool
) -> _Sample:
    def value(row: TrialRow) -> float:
        return float(row.outcome == "passed") if measure == "accuracy" else score_of(row)

    before, after = ([mean([value(row) for row in question.rows[side]]) for question in questions] for side in sides)
    clusters: list[Hashable | None] | None = None if ignores_groups else [each.cluster for each in questions]
    named = [cluster for cluster in clusters or () if cluster is not None]
    if len(set(named)) == len(named):
        clusters = None
    asked_once = all(len(question.rows[0]) == 1 for question in questions)
    return _Sample(before, after, clusters, measure == "accuracy" and asked_once and clusters is None)


def _of_passes(sample: _Sample, options: Options) -> Difference:
    n = len(sample.before)
    gained = sum(after > before for before, after in zip(sample.before, sample.after, strict=True))
    lost = sum(after < before for before, after in zip(sample.before, sample.after, strict=True))
    test = mcnemar(lost, gained)
    shares = [math.fsum(values) / n for values in (sample.before, sample.after)]
    ends = [wilson(math.fsum(values), n, confidence=options.confidence) for values in (sample.before, sample.after)]
    return Difference(
        measure="accuracy",
        before=shares[0],
        before_interval=ends[0],
        after=shares[1],
        after_interval=ends[1],
        value=(gained - lost) / n,
        interval=tango_interval(gained, lost, n, confidence=options.confidence),
        formula="Tango",
        p_value=test.p_exact,
        p_test="exact McNemar",
        p_beside=test.p_mid,
        p_beside_test="mid-p",
        n=n,
        clusters=n,
        gained=gained,
        lost=lost,
        moved=gained + lost,
        fewest=options.fewest,
        bootstrap=None,
        non_inferior=non_inferior(gained=gained, lost=lost, n=n, margin=options.margin, confidence=options.confidence),
        verdict="cannot_tell",
        needed=None,
        needed_for=None,
        visible=None,
    )


def _of_means(sample: _Sample, measure: Measure, options: Options) -> tuple[Difference, float]:
    """The difference, and the variance of one question's; where questions share groups, as if each stood alone."""
    before, after, clusters = sample.before, sample.after, sample.clusters
    found = paired_difference(before, after, clusters=clusters, confidence=options.confidence)
    steps = [last - first for first, last in zip(before, after, strict=True)]
    interval, formula = found.interval, "t, clustered" if found.formula == "clustered" else "t"
    if interval is not None and not found.standard_error:
        room = tango_interval(0, 0, found.clusters, confidence=options.confidence)
        interval, formula = Interval(found.value + room.low, found.value + room.high), "Tango, no spread"
    if interval is not None:  # a difference of two shares
        interval = Interval(max(-1.0, interval.low), min(1.0, interval.high))
    difference_found = Difference(
        measure=measure,
        before=math.fsum(before) / found.n,
        before_interval=_side_interval(before, clusters, measure, options),
        after=math.fsum(after) / found.n,
        after_interval=_side_interval(after, clusters, measure, options),
        value=found.value,
        interval=interval,
        formula=formula if interval is not None else "",
        p_value=permutation_p(before, after, clusters=clusters, resamples=max(1, options.resamples), seed=options.seed),
        p_test="sign flips",
        p_beside=found.p_value,
        p_beside_test="Student's t",
        n=found.n,
        clusters=found.clusters,
        gained=sum(step > 0 for step in steps),
        lost=sum(step < 0 for step in steps),
        moved=_moved(steps, clusters),
        fewest=options.fewest,
        bootstrap=_bootstrap(sample, options) if options.with_bootstrap and options.resamples else None,
        non_inferior=_no_worse(steps, clusters, options),
        verdict="cannot_tell",
        needed=None,
        needed_for=None,
        visible=None,
    )
    return difference_found, (found.standard_error or 0.0) ** 2 * found.n


def _moved(steps: Sequence[float], clusters: Sequence[Hashable | None] | None) -> int:
    """How many signs there are to flip; groups whose questions cancel out have none."""
    if clusters is None:
        return sum(step != 0 for step in steps)
    alone, sums = 0, dict[Hashable, float]()
    for step, cluster in zip(steps, clusters, strict=True):
        if step and cluster is None:
            alone += 1
        elif step:
            sums[cluster] = sums.get(cluster, 0.0) + step
    return alone + sum(abs(total) > _NOISE for total in sums.values())


def _no_worse(steps: Sequence[float], clusters: Sequence[Hashable | None] | None, options: Options) -> NonInferiority:
    return non_inferior_mean(steps, clusters=clusters, margin=options.margin, confidence=options.confidence)


def _bootstrap(sample: _Sample, options: Options) -> Resampled:
    import numpy as np

    before, after = np.asarray(sample.before), np.asarray(sample.after)
    exact, shift = after - before, 0.0
    step = float(exact.std()) / _FINE
    if exact.size > _MANY and step > 0 and np.unique(exact).size > exact.size // _FINE:
        coarse = np.round(exact / step) * step
        shift = float(exact.mean() - coarse.mean())
        before, after = np.zeros(exact.size), coarse
    found = paired_bootstrap(
        before.tolist(),
        after.tolist(),
        clusters=sample.clusters,
        resamples=options.resamples,
        confidence=options.confidence,
        seed=options.seed,
    )
    return replace(found, interval=Interval(found.interval.low + shift, found.interval.high + shift))


def own_score(
    questions: Sequence[Question], side: int, options: Options, *, graded: bool
) -> tuple[float, Interval | None]:
    """One side's mean score with its interval, which is that of the accuracy where scores are not graded: None."""
    values, _, clusters, _ = _sample(questions, "score", (side, side), ignores_groups=False)
    interval = _side_interval(values, clusters, "score", options) if graded else None
    return math.fsum(values) / len(values), interval


def _side_interval(
    values: Sequence[float], clusters: Sequence[Hashable | None] | None, measure: Measure, options: Options
) -> Interval | None:
    """The interval of one side's own mean of values from 0 to 1, as tables, metrics and gates have it."""
    mean_value = math.fsum(values) / len(values)
    names: Sequence[Hashable] = range(len(values))
    if clusters is not None:
        names = [object() if name is None else name for name in clusters]
    pulls = [(value - mean_value) / len(values) for value in values]
    is_share = measure == "accuracy"
    return ratio_interval(mean_value, pulls, names, confidence=options.confidence, is_share=is_share).interval


def verdict_of(found: Difference, p_value: float, options: Options) -> Verdict:
    """A loss that is sure, and as surely smaller than the margin, counts as no worse: that is what a margin is."""
    sure = is_sure(found, p_value, options)
    if sure and found.value > 0:
        return "better"
    if found.non_inferior.holds:
        return "no_worse"
    return "worse" if sure else "cannot_tell"


def _with_power(found: Difference, variance: float, options: Options, *, is_plain: bool) -> Difference:
    """With how many questions it would take, and what so many can show."""
    if found.clusters < found.fewest:  # whatever the answers, no test of so few can show anything
        return found
    if variance <= 0:  # a uniform move has no spread from which to foresee anything
        return found if found.moved else replace(found, visible=found.fewest / found.clusters)
    visible = smallest_difference(found.n, variance=variance, alpha=options.alpha, power=_POWER)
    found = replace(found, visible=visible if visible <= 1 else None)
    size = max(abs(found.value), options.margin)
    if found.verdict != "cannot_tell" or not size:
        return found
    if is_plain and abs(found.value) >= options.margin:
        needed = pairs_needed(broke=found.lost / found.n, fixed=found.gained / found.n, alpha=options.alpha)
    else:
        needed = cases_needed(size, variance=variance, alpha=options.alpha, power=_POWER)
    return replace(found, needed=max(needed, found.n + 1), needed_for=size)
