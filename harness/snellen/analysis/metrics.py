"""Figures over many trials, by name: accuracy, F1, acc+, pass@k and the others that papers publish."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Protocol

from snellen._text import nearest
from snellen.analysis.metric_base import Metric, Rule, measured
from snellen.analysis.metric_groups import AACC, ACC_PLUS, CIRCULAR, FACC, MME, QACC
from snellen.analysis.metric_numbers import MAE, RMSE
from snellen.analysis.metric_repeats import at_k, hat_k
from snellen.analysis.metric_shares import ACCURACY, SCORE, By, macro, micro
from snellen.analysis.metric_yesno import F1, PRECISION, RECALL, YES_RATIO
from snellen.errors import InputError, Problem
from snellen.trial import Trial

__all__ = ["MetricFunction", "about_metric", "metric_names", "metric_of", "metric_problems", "speaks_against"]

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


class MetricFunction(Protocol):
    """Gives a metric of the trials of one slice: one eval, prompt variant and model."""

    def __call__(self, trials: Iterable[Trial], /, *, confidence: float = 0.95) -> Metric:
        """The metric, with its interval at this confidence."""
        ...


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


def speaks_against(name: str) -> Callable[[Trial], bool]:
    """What tells whether a trial pulls the metric of this name down, so that a gate can name its case."""
    return (_rule_of(name) or ACCURACY).is_against


def about_metric(name: str) -> str:
    """What the metric of this name is, a clause; empty where there is none of this name."""
    rule = _rule_of(name)
    return metric_names().get(name, "") if rule is None else rule.about


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


def _hallusion(trials: Iterable[Trial], *, confidence: float = 0.95) -> Metric:
    """HallusionBench's three figures; the accuracy over all questions stands for them."""
    everything = list(trials)
    parts = tuple(measured(name, _RULES[name], everything, confidence=confidence) for name in _HALLUSION_PARTS)
    return replace(parts[0], name=_HALLUSION, parts=parts)
