"""Figures over many trials, by name: accuracy, F1, acc+, pass@k and the others that papers publish."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from snellen._text import nearest, printable
from snellen.analysis.metric_base import Metric, Rule, measured
from snellen.analysis.metric_groups import AACC, ACC_PLUS, CIRCULAR, FACC, MME, QACC
from snellen.analysis.metric_numbers import MAE, RMSE
from snellen.analysis.metric_repeats import at_k, hat_k
from snellen.analysis.metric_shares import ACCURACY, SCORE, By, macro, micro
from snellen.analysis.metric_yesno import F1, PRECISION, RECALL, YES_RATIO
from snellen.errors import InputError, Problem
from snellen.trial import Trial

__all__ = ["MetricFunction", "metric_line", "metric_lines", "metric_names", "metric_of", "metric_problems"]

_RULES: Mapping[str, Rule] = {
    "accuracy": ACCURACY,
    "score": SCORE,
    "precision": PRECISION,
    "recall": RECALL,
    "f1": F1,
    "yes-ratio": YES_RATIO,
    "acc+": ACC_PLUS,
    "mme": MME,
    "circular": CIRCULAR,
    "aacc": AACC,
    "facc": FACC,
    "qacc": QACC,
    "macro": macro(ACCURACY, "tag"),
    "micro": micro("tag"),
    "macro:group": macro(ACCURACY, "group"),
    "micro:group": micro("group"),
    "mae": MAE,
    "rmse": RMSE,
}
_HALLUSION = "hallusion"
_HALLUSION_PARTS = ("aacc", "facc", "qacc")
_REPEATED = re.compile(r"pass([@^])([1-9]\d{0,3})")
_AVERAGED = re.compile(r"(.+):(tag|group)")
_SHOWN = ("pass@K", "pass^K", "NAME:tag", "NAME:group")


MetricFunction = Callable[[Iterable[Trial]], Metric]
"""Gives a metric of the trials of one slice: one eval, prompt variant and model."""


def metric_names() -> dict[str, str]:
    """Every metric with what it is, in the order in which they are listed; K stands for a number, NAME for a metric."""
    about = {name: rule.about for name, rule in _RULES.items()}
    about[_HALLUSION] = "HallusionBench's aacc, facc and qacc together"
    about["pass@K"] = "chance that at least one of K answers passes"
    about["pass^K"] = "chance that all of K answers pass"
    about["NAME:tag"] = "mean of another metric over the cases' tags, each counting the same"
    about["NAME:group"] = "mean of another metric over the cases' groups"
    return about


def metric_of(name: str) -> MetricFunction:
    """The metric of this name.

    Raises:
        InputError: There is none; the nearest is named.
    """
    if name == _HALLUSION:
        return _hallusion
    rule = _rule_of(name)
    if rule is None:
        known = [*_RULES, _HALLUSION, *_SHOWN]
        meant = nearest(name.casefold(), [*_RULES, _HALLUSION, "pass@3", "pass^3"])
        hint = f"Known: {', '.join(known)}." + (f" Did you mean {meant!r}?" if meant else "")
        raise InputError(Problem(f"there is no metric {name!r}", hint=hint))
    return partial(measured, name, rule)


def _rule_of(name: str) -> Rule | None:
    if name in _RULES:
        return _RULES[name]
    if found := _REPEATED.fullmatch(name):
        return (at_k if found[1] == "@" else hat_k)(int(found[2]))
    if found := _AVERAGED.fullmatch(name):
        inner = _rule_of(found[1]) if not found[1].startswith(("macro", "micro")) and ":" not in found[1] else None
        by: By = "tag" if found[2] == "tag" else "group"
        return None if inner is None else macro(inner, by)
    return None


def metric_problems(name: str) -> str:
    """Why there is no metric of this name, empty when there is one."""
    try:
        metric_of(name)
    except InputError as error:
        return "\n".join(f"{problem.message}. {problem.hint}" for problem in error.problems)
    return ""


def _hallusion(trials: Iterable[Trial]) -> Metric:
    """HallusionBench's three figures; the accuracy over all questions stands for them."""
    everything = list(trials)
    parts = tuple(measured(name, _RULES[name], everything) for name in _HALLUSION_PARTS)
    return replace(parts[0], name=_HALLUSION, parts=parts)


def metric_lines(trials: Iterable[Trial], metrics: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """A line for each metric of each eval, prompt variant and model, in the trials' order, safe to print.

    Args:
        trials: Of a run, as `RunStore.trials` gives them; what was said is not kept in memory.
        metrics: Names of the metrics to show, by name of the eval.

    Raises:
        InputError: There is no such metric.
    """
    asked = {name: [metric_of(metric) for metric in names] for name, names in metrics.items() if names}
    slices: dict[tuple[str, str, str], list[Trial]] = {}
    for trial in trials if asked else ():
        if trial.eval in asked:
            slices.setdefault((trial.eval, trial.variant, trial.model), []).append(_light(trial))
    for (name, variant, model), own in slices.items():
        who = "-".join(part for part in (variant, model) if part)
        for metric in asked[name]:
            found = metric(own)
            for part in found.parts or (found,):
                yield printable(f"{name}[{who}]  {metric_line(part)}")


def _light(trial: Trial) -> Trial:
    """The trial without what was asked and said; verdicts and what was read stay."""
    scores = tuple(replace(score, evidence=(), calls=(), explanation="") for score in trial.scores)
    return replace(trial, prompt="", response=None, failure=None, scores=scores, attempts=(), images=())


def metric_line(metric: Metric) -> str:
    """`f1 85.9 % (84.9-86.8 %, t, n=8,910 cases), unscored 3, errors 0`."""
    if metric.value is None:
        return f"{metric.name} not defined: {metric.note}"
    inside = [f"n={metric.n:,} {metric.unit}"]
    if metric.interval is not None:
        low, high = (_shown(metric, end) for end in (metric.interval.low, metric.interval.high))
        inside.insert(0, f"95 %: {low} to {high}, {metric.formula}")
    counts = f"unscored {metric.unscored:,}, errors {metric.errors:,}"
    note = f" ({metric.note})" if metric.note else ""
    unit = " %" if metric.scale == "share" else ""
    return f"{metric.name} {_shown(metric, metric.value)}{unit} ({'; '.join(inside)}), {counts}{note}"


def _shown(metric: Metric, value: float) -> str:
    if metric.scale == "share":
        return f"{value * 100:.1f}"
    return f"{value:.1f}" if metric.scale == "points" else f"{value:,.4g}"
