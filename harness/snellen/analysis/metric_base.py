"""What group metrics are made of: a value, how far each question pulls at it, and the interval that follows."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from snellen.stats.proportions import Interval
from snellen.stats.shares import Sure, ratio_interval
from snellen.trial import MetricUnit, Trial

__all__ = [
    "Estimate",
    "Metric",
    "Rule",
    "Scale",
    "answered",
    "by_key",
    "cluster_of",
    "is_lone",
    "mean_over",
    "measured",
    "ratio",
]

Scale = MetricUnit

_FEW = 5  # lone strata from which their own spread is worth more than the widest that there can be
_TOP = {"share": 1.0, "points": math.inf, "number": math.inf}


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One figure over many trials.

    Attributes:
        name: As it was asked for ("f1", "pass@3").
        value: None where it is not defined; `note` says why.
        interval: At 95 % where nothing else was asked for; None where too little is known to give one.
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
        freedom: Degrees of freedom of pulls that already carry the corrections for how few they are, as those of
            strata do; None for a plain sample of clusters.
    """

    value: float | None
    pulls: Sequence[float] = ()
    clusters: Sequence[Hashable] = ()
    n: int
    unit: str
    is_share: bool = False
    unscored: int = 0
    note: str = ""
    freedom: int | None = None


def _did_not_pass(trial: Trial) -> bool:
    return trial.outcome not in ("passed", "error")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How a metric is found.

    Attributes:
        estimate: Gives the value for trials, errors among them, which it must not count.
        about: What it is, a clause for listings.
        scale: How the value is to be read.
        is_better_high: None where neither way is better.
        is_against: Whether a trial speaks against the model in this figure, where that is not any that did not pass:
            a wrong yes has no part in recall.
    """

    estimate: Callable[[Sequence[Trial]], Estimate]
    about: str
    scale: Scale = "share"
    is_better_high: bool | None = True
    is_against: Callable[[Trial], bool] = _did_not_pass


def measured(name: str, rule: Rule, trials: Iterable[Trial], *, confidence: float = 0.95) -> Metric:
    """The metric of this rule over trials of one slice: one eval, prompt variant and model.

    Args:
        name: As it was asked for.
        rule: What it is.
        trials: Errors among them, which are counted apart.
        confidence: Of the interval.
    """
    everything = list(trials)
    estimate = rule.estimate(everything)
    sure = Sure(None, "")
    if estimate.value is not None and estimate.pulls:
        sure = ratio_interval(
            estimate.value,
            estimate.pulls,
            estimate.clusters,
            confidence=confidence,
            is_share=estimate.is_share,
            top=_TOP[rule.scale],
            freedom=estimate.freedom,
        )
    return Metric(
        name=name,
        value=estimate.value,
        interval=sure.interval,
        formula=sure.formula,
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
        parts: Numerator, denominator and cluster of each piece of evidence. What adds nothing to the denominator is
            no evidence: recall over ten questions of yes is as sure as ten, however many questions of no stand beside.
        n: How many of `unit` it is about.
        unit: What is counted.
        is_share: See `Estimate`.
        unscored: See `Metric`.
        note: Why there is no value when the denominators sum to 0; otherwise kept as it is.

    Source:
        Cochran (1977), Sampling Techniques, 3rd edition, section 6.3: the ratio estimator, linearised.
    """
    rows = [row for row in parts if row[1]]
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


def mean_over(estimates: Sequence[Estimate], *, note: str = "", are_shares: bool = False) -> Estimate:
    """The unweighted mean of estimates, which may share evidence; those without a value are left out and said.

    Each is a stratum whose spread is corrected for its own size. Those of one cluster only show no spread of their own
    and are taken as one stratum together, as if they were a sample. Fewer than five shares are no sample, and two that
    happen to agree would promise certainty: each has the spread of a single try then, at the mean of all.

    Args:
        estimates: Of the strata.
        note: See `Estimate`.
        are_shares: Whether each stands for tries of 0 or 1.

    Source:
        Cochran (1977), Sampling Techniques, 3rd edition, section 5.4 for strata and 5A.12 for those of one unit.
    """
    known = [one for one in estimates if one.value is not None]
    missing = len(estimates) - len(known)
    notes = [note] if note else []
    if missing:
        notes.append(f"{missing} of {len(estimates)} have no value")
    unit = estimates[0].unit if estimates else "cases"
    n, unscored = sum(one.n for one in known), sum(one.unscored for one in estimates)
    if not known:
        return Estimate(value=None, n=0, unit=unit, unscored=unscored, note="; ".join(notes))
    pulls, clusters, freedom = _strata(known, are_shares=are_shares)
    return Estimate(
        value=_plain_mean(known),
        pulls=pulls,
        clusters=clusters,
        n=n,
        unit=unit,
        unscored=unscored,
        note="; ".join(notes),
        freedom=freedom,
    )


def _strata(known: Sequence[Estimate], *, are_shares: bool) -> tuple[list[float], list[Hashable], int]:
    """The pulls of all strata on their mean with their clusters, and the degrees of freedom that they have."""
    pulls: list[float] = []
    clusters: list[Hashable] = []
    freedom = 0
    lone = [one for one in known if is_lone(one)]
    for one in known:
        if not is_lone(one):
            size = len(set(one.clusters))
            pulls += [pull * math.sqrt(size / (size - 1)) / len(known) for pull in one.pulls]
            clusters += one.clusters
            freedom += size - 1
    if lone:
        off = _off_alone(known) if are_shares and len(lone) < _FEW else _off_together(lone, known)
        pulls += [one / len(known) for one in off]
        clusters += [one.clusters[0] for one in lone]
        freedom += max(1, len(lone) - 1)
    return pulls, clusters, freedom


def _off_together(lone: Sequence[Estimate], known: Sequence[Estimate]) -> list[float]:
    """How far each lone value is off their mean; a single one is held against the mean of all."""
    if len(lone) == 1:
        return [(lone[0].value or 0.0) - _plain_mean(known)]
    centre = _plain_mean(lone)
    return [math.sqrt(len(lone) / (len(lone) - 1)) * ((one.value or 0.0) - centre) for one in lone]


def _off_alone(known: Sequence[Estimate]) -> list[float]:
    """The standard deviation of one try at the mean of all, which is taken as never quite 0 or 1, for each lone one."""
    chance = (math.fsum(one.value or 0.0 for one in known) + 1) / (len(known) + 2)
    spread = math.sqrt(chance * (1 - chance))
    return [math.copysign(spread, (one.value or 0.0) - chance) for one in known if is_lone(one)]


def is_lone(estimate: Estimate) -> bool:
    """Whether all of its evidence is one cluster, so that it shows no spread."""
    return len(set(estimate.clusters)) == 1


def _plain_mean(known: Sequence[Estimate]) -> float:
    return math.fsum(one.value or 0.0 for one in known) / len(known)


def by_key(trials: Iterable[Trial], key: Callable[[Trial], Iterable[Hashable]]) -> Iterator[list[Trial]]:
    """The trials of each key in the order in which keys are first named; a trial may have several, or none."""
    found: dict[Hashable, list[Trial]] = {}
    for trial in trials:
        for name in key(trial):
            found.setdefault(name, []).append(trial)
    yield from found.values()
