"""What several answers to one question are worth: pass@k and pass^k."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from snellen._text import plural
from snellen.analysis.metric_base import Estimate, Rule, answered, by_key, cluster_of, ratio
from snellen.stats.repeats import pass_at_k, pass_hat_k
from snellen.trial import Trial

__all__ = ["at_k", "hat_k"]


def at_k(k: int) -> Rule:
    """The chance that at least one of `k` answers passes, averaged over questions.

    Source:
        Chen et al. (2021), Evaluating Large Language Models Trained on Code, arXiv:2107.03374, equation 1.
    """
    return Rule(
        estimate=lambda trials: _mean(trials, k, pass_at_k), about=f"chance that at least one of {k} answers passes"
    )


def hat_k(k: int) -> Rule:
    """The chance that all of `k` answers pass, averaged over questions.

    Source:
        Yao et al. (2024), tau-bench, arXiv:2406.12045, section 3.
    """
    return Rule(estimate=lambda trials: _mean(trials, k, pass_hat_k), about=f"chance that all of {k} answers pass")


def _mean(trials: Sequence[Trial], k: int, chance: Callable[[int, int, int], float]) -> Estimate:
    """The mean over questions; one with fewer than `k` responses tells nothing without a guess, and is left out."""
    questions = list(by_key(answered(trials), lambda trial: [(trial.eval, trial.case.id)]))
    told = [own for own in questions if len(own) >= k]
    left = len(questions) - len(told)
    note = f"left out: {left:,} of {plural(len(questions), 'case')}, with fewer than {k} responses" if left else ""
    passes = [sum(trial.outcome == "passed" for trial in own) for own in told]
    return ratio(
        ((chance(len(own), passed, k), 1.0, cluster_of(own[0])) for own, passed in zip(told, passes, strict=True)),
        n=len(told),
        unit="cases",
        unscored=sum(trial.outcome == "unscored" for own in told for trial in own),
        note=note or ("" if told else "no response"),
    )
