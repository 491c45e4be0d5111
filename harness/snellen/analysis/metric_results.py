"""The metrics that evals name, found for each prompt variant and model and kept with their run as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from snellen.analysis.gate_sources import why_partial
from snellen.analysis.metric_base import Metric
from snellen.analysis.metrics import about_metric, metric_of
from snellen.runner.evals import Eval
from snellen.runs.store import RunStore
from snellen.trial import MetricResult, RunFacts, Trial

__all__ = ["metric_results", "metrics_named", "metrics_of_evals", "metrics_of_run"]

_DIGITS = 12  # what a double holds for sure is more; no figure depends on the order in which a sum was made


def metric_results(trials: Iterable[Trial], names: Sequence[str], *, note: str = "") -> Iterator[MetricResult]:
    """Each metric for each eval, prompt variant and model of these trials, in the trials' order.

    One that stands for several, as `hallusion` does, gives each of them.

    Args:
        trials: What was said is let go of as they come, so that many fit into memory.
        names: Of the metrics.
        note: What is to be known of all of them, a clause.

    Raises:
        InputError: There is no such metric.
    """
    asked = [metric_of(name) for name in names]
    slices: dict[tuple[str, str, str], list[Trial]] = {}
    for trial in trials if asked else ():
        slices.setdefault((trial.eval, trial.variant, trial.model), []).append(_light(trial))
    for metric in asked:
        for (name, variant, model), own in slices.items():
            found = metric(own)
            for part in found.parts or (found,):
                yield _result(part, eval=name, variant=variant, model=model, note=note)


def _light(trial: Trial) -> Trial:
    """The trial without what was asked and said; verdicts and what was read stay."""
    scores = tuple(replace(score, evidence=(), calls=(), explanation="") for score in trial.scores)
    return replace(trial, prompt="", response=None, failure=None, scores=scores, attempts=(), images=())


def _result(metric: Metric, *, eval: str, variant: str, model: str, note: str) -> MetricResult:  # noqa: A002  # its word
    interval = metric.interval
    return MetricResult(
        name=metric.name,
        about=about_metric(metric.name),
        eval=eval,
        variant=variant,
        model=model,
        value=_rounded(metric.value),
        unit=metric.scale,
        low=None if interval is None else _rounded(interval.low),
        high=None if interval is None else _rounded(interval.high),
        formula=metric.formula,
        n=metric.n,
        counted=metric.unit,
        unscored=metric.unscored,
        errors=metric.errors,
        is_better_high=metric.is_better_high,
        note="; ".join(filter(None, (metric.note, note))),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.{_DIGITS}g}")


def metrics_of_evals(evals: Iterable[Eval]) -> dict[str, tuple[str, ...]]:
    """Which metrics each eval names, by the eval's name; evals that name none are left out."""
    return {one.name: tuple(dict.fromkeys(one.metrics)) for one in evals if one.metrics}


def metrics_named(runs: Iterable[RunFacts]) -> dict[str, tuple[str, ...]]:
    """As `metrics_of_evals`, of runs that have ended."""
    named: dict[str, dict[str, None]] = {}
    for facts in runs:
        for one in facts.metrics:
            named.setdefault(one.eval, {})[one.name] = None
    return {name: tuple(metrics) for name, metrics in named.items()}


def metrics_of_run(
    named: Mapping[str, Sequence[str]], store: RunStore, facts: RunFacts, *, left_out: Mapping[str, str] | None = None
) -> tuple[MetricResult, ...]:
    """The figures of a kept run, which is read only where an eval names one.

    Args:
        named: Metrics by the eval's name.
        store: Where the run is.
        facts: Of the run; where it holds a part of what was to be asked, each figure says so.
        left_out: By the eval's name, which of its cases were not selected, a clause.

    Raises:
        InputError: There is no such metric.
        StorageError: The run cannot be read.
    """
    partly = why_partial(facts)
    found: list[MetricResult] = []
    for name, metrics in named.items():
        because = "; ".join(filter(None, (partly, (left_out or {}).get(name, ""))))
        trials = (trial for _, trial in store.trials(facts.id, eval=name))
        found += metric_results(trials, metrics, note=because)
    return tuple(found)
