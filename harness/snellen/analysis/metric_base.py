"""What group metrics are made of: a value, how far each question pulls at it, and the interval that follows."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from snellen.stats.means import mean_of
from snellen.stats.proportions import Interval, wilson
from snellen.trial import MetricUnit, Trial

__all__ = ["Estimate", "Metric", "Rule", "Scale", "answered", "by_key", "cluster_of", "mean_over", "measured", "ratio"]

Scale = MetricUnit

_TOP = {"share": 1.0, "points": math.inf, "number": math.inf}


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One figure over many trials.

    Attributes:
        name: As it was asked for ("f1", "pass@3").
        value: None where it is not defined; `note` says why.
        interval: At 95 %; None where too little is known to give one.
        formula: Which interval it is: "Wilson", "t" or "t, clustered"; empty without one.
        n: How many of `unit` the value is about.
        unit: What `n` counts: "cases", "groups", "answers of yes".
        unscored: Responses that could not be judged: wrong for every share, left out of `mae` and `rmse`.
        errors: Trials without a response, which no metric counts.
        scale: How the value is to be read.
        is_better_high: None where neither way is better.
        note: What a careful reader must know, a clause; empty when there is nothing.
        parts: The metrics that it is made of or stands for, such as HallusionBench's three.
    """

    name: str
    value: float | None
    interval: Interval | None
    formula: str
    n: int
    unit: str
    unscored: int
    errors: int
    scale: Scale
    is_better_high: bool | None
    note: str = ""
    parts: tuple[Metric, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A value and what it rests on.

    Attributes:
        value: None where it is not defined.
        pulls: How far each piece of evidence moves the value, summing to 0 (the influence function over n): the
            square root of the sum of their squares, clusters summed first, is the standard error.
        clusters: What each pull belongs to; those of one cluster may err together.
        n: How many of `unit`.
        unit: What is counted.
        is_share: Whether the value is a share of `n` tries, so that Wilson's interval holds when each stands alone.
        unscored: As in `Metric`.
        note: As in `Metric`.
    """

    value: float | None
    pulls: Sequence[float] = ()
    clusters: Sequence[Hashable] = ()
    n: int
    unit: str
    is_share: bool = False
    unscored: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How a metric is found.

    Attributes:
        estimate: Gives the value for trials, errors among them, which it must not count.
        about: What it is, a clause for listings.
        scale: How the value is to be read.
        is_better_high: None where neither way is better.
    """

    estimate: Callable[[Sequence[Trial]], Estimate]
    about: str
    scale: Scale = "share"
    is_better_high: bool | None = True


def measured(name: str, rule: Rule, trials: Iterable[Trial]) -> Metric:
    """The metric of this rule over trials of one slice: one eval, prompt variant and model."""
    everything = list(trials)
    estimate = rule.estimate(everything)
    interval, formula = _interval(estimate, scale=rule.scale)
    return Metric(
        name=name,
        value=estimate.value,
        interval=interval,
        formula=formula,
        n=estimate.n,
        unit=estimate.unit,
        unscored=estimate.unscored,
        errors=sum(trial.outcome == "error" for trial in everything),
        scale=rule.scale,
        is_better_high=rule.is_better_high,
        note=estimate.note,
    )


def answered(trials: Iterable[Trial]) -> list[Trial]:
    """The trials with a response that was judged, or that could not be read."""
    return [trial for trial in trials if trial.outcome != "error"]


def cluster_of(trial: Trial) -> tuple[str, ...]:
    """What may err together with this trial: those of its group; without a group, the other repeats of its case."""
    group = trial.case.group
    return (trial.eval, trial.case.id) if group is None else (trial.eval, "", group)


def ratio(
    parts: Iterable[tuple[float, float, Hashable]],
    *,
    n: int,
    unit: str,
    is_share: bool = False,
    unscored: int = 0,
    note: str = "",
) -> Estimate:
    """The sum of the first numbers over the sum of the second, with the pull of each pair.

    Args:
        parts: Numerator, denominator and cluster of each piece of evidence.
        n: How many of `unit` it is about.
        unit: What is counted.
        is_share: See `Estimate`.
        unscored: See `Metric`.
        note: Why there is no value when the denominators sum to 0; otherwise kept as it is.

    Source:
        Cochran (1977), Sampling Techniques, 3rd edition, section 6.3: the ratio estimator, linearised.
    """
    rows = list(parts)
    below = math.fsum(row[1] for row in rows)
    if not below:
        return Estimate(value=None, n=n, unit=unit, unscored=unscored, note=note)
    value = math.fsum(row[0] for row in rows) / below
    return Estimate(
        value=value,
        pulls=[(above - value * weight) / below for above, weight, _ in rows],
        clusters=[cluster for _, _, cluster in rows],
        n=n,
        unit=unit,
        is_share=is_share,
        unscored=unscored,
        note=note,
    )


def mean_over(estimates: Sequence[Estimate], *, note: str = "") -> Estimate:
    """The unweighted mean of estimates, which may share evidence; those without a value are left out and said."""
    known = [one for one in estimates if one.value is not None]
    missing = len(estimates) - len(known)
    notes = [note] if note else []
    if missing:
        notes.append(f"{missing} of {len(estimates)} have no value")
    unit = estimates[0].unit if estimates else "cases"
    n, unscored = sum(one.n for one in known), sum(one.unscored for one in estimates)
    if not known:
        return Estimate(value=None, n=0, unit=unit, unscored=unscored, note="; ".join(notes))
    return Estimate(
        value=math.fsum(one.value or 0.0 for one in known) / len(known),
        pulls=[pull / len(known) for one in known for pull in one.pulls],
        clusters=[cluster for one in known for cluster in one.clusters],
        n=n,
        unit=unit,
        unscored=unscored,
        note="; ".join(notes),
    )


def _interval(estimate: Estimate, *, scale: Scale) -> tuple[Interval | None, str]:
    """The interval and its name; none where nothing was seen to vary and the value is no share."""
    value, count = estimate.value, len(estimate.pulls)
    if value is None or not count:
        return None, ""
    spread = mean_of([pull * count for pull in estimate.pulls], clusters=estimate.clusters)
    is_plain = spread.formula == "independent"
    is_all_or_none = scale == "share" and value in (0.0, 1.0) and not spread.standard_error
    if is_all_or_none or (estimate.is_share and (is_plain or not spread.standard_error)):
        return wilson(value * spread.clusters, spread.clusters), "Wilson"
    if not spread.standard_error or spread.interval is None:
        return None, ""
    reach = (spread.interval.high - spread.interval.low) / 2
    return Interval(max(0.0, value - reach), min(_TOP[scale], value + reach)), "t" if is_plain else "t, clustered"


def by_key(trials: Iterable[Trial], key: Callable[[Trial], Iterable[Hashable]]) -> Iterator[list[Trial]]:
    """The trials of each key in the order in which keys are first named; a trial may have several, or none."""
    found: dict[Hashable, list[Trial]] = {}
    for trial in trials:
        for name in key(trial):
            found.setdefault(name, []).append(trial)
    yield from found.values()
