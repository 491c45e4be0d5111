"""What asking the same question again shows: how much of a spread is the model's own unsteadiness."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

__all__ = ["VarianceSplit", "chance_to_notice", "disagreement", "pass_at_k", "pass_hat_k", "variance_split"]

_TWICE = 2
"""Answers, or questions, from which a spread can be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VarianceSplit:
    """Where the spread of scores comes from.

    Attributes:
        between: Variance of the questions' expected scores. Estimated by subtraction, it can come out below 0 and is
            then given as 0.0. None when there are fewer than two questions or `within` is None.
        within: Variance of one answer around its question's expected score; None when no question has two repeats.
        mean: Of the questions' means: every question counts once.
        standard_error: Of `mean`, from the questions' means; n is questions, never questions times repeats. None when
            there are fewer than two questions.
        questions: How many.
        repeats: Their mean number of repeats.
    """

    between: float | None
    within: float | None
    mean: float
    standard_error: float | None
    questions: int
    repeats: float


def variance_split(groups: Sequence[Sequence[float]]) -> VarianceSplit:
    """The spread of scores, split into that between questions and that within a question (one-way random effects).

    `within` is pooled over all questions; `between` is the variance of the questions' means less what `within` adds to
    it, so that standard_error^2 = (between + within * mean(1 / repeats)) / questions unless `between` was cut off at 0.
    With equally many repeats it is the estimate of an analysis of variance.

    Args:
        groups: The scores of each question's repeats; questions may have different numbers of them, at least one.

    Raises:
        ValueError: No question, one without a score, or a score that is not finite.

    Source:
        Miller (2024), Adding Error Bars to Evals, arXiv:2411.00640, section 3.1; Searle, Casella and McCulloch (1992),
        Variance Components, chapter 3, and Thomas and Hultquist (1978), Annals of Statistics 6:582-587, for unequal
        numbers of repeats.
    """
    _check_groups(groups)
    questions, answers = len(groups), sum(map(len, groups))
    means = [_mean(group) for group in groups]
    mean = _mean(means)
    within = between = error = None
    if answers > questions:
        squares = (_squares(group, around=centre) for group, centre in zip(groups, means, strict=True))
        within = math.fsum(squares) / (answers - questions)
    if questions >= _TWICE:
        variance = _squares(means, around=mean) / (questions - 1)
        error = math.sqrt(variance / questions)
        if within is not None:
            between = max(0.0, variance - within * _mean([1 / len(group) for group in groups]))
    return VarianceSplit(
        between=between,
        within=within,
        mean=mean,
        standard_error=error,
        questions=questions,
        repeats=answers / questions,
    )


def _check_groups(groups: Sequence[Sequence[float]]) -> None:
    if not groups:
        raise ValueError("at least one question is needed; got none")
    for place, group in enumerate(groups):
        if not group or not all(map(math.isfinite, group)):
            raise ValueError(f"groups[{place}]: one or more finite scores were expected; got {list(group)!r}")


def _mean(values: Sequence[float]) -> float:
    """Exactly the common value when all are equal, so that it leaves no spread."""
    return values[0] if min(values) == max(values) else math.fsum(values) / len(values)


def _squares(values: Sequence[float], *, around: float) -> float:
    return math.fsum((value - around) ** 2 for value in values)


def disagreement(groups: Sequence[Sequence[Hashable]]) -> float | None:
    """How often two answers to the very same question differ: the floor for calling any other change a finding.

    Args:
        groups: The verdicts (or texts) of each question's repeats.

    Returns:
        The share of unordered pairs of repeats that differ, per question, averaged over the questions with at least
        two repeats, so that one asked more often does not count for more; None when there is no such question.
    """
    shares = []
    for group in groups:
        pairs = math.comb(len(group), 2)
        if pairs:
            alike = sum(math.comb(times, 2) for times in Counter(group).values())
            shares.append((pairs - alike) / pairs)
    return _mean(shares) if shares else None


def pass_at_k(n: int, c: int, k: int) -> float:
    """The chance that at least one of `k` answers passes, estimated without bias from `n` answers of which `c` passed.

    Args:
        n: Answers that were seen, at least 1.
        c: How many of them passed, 0 to `n`.
        k: Answers that would be given, 1 to `n`.

    Raises:
        ValueError: An argument is out of its range; more answers than were seen cannot be estimated without bias.

    Source:
        Chen et al. (2021), Evaluating Large Language Models Trained on Code, arXiv:2107.03374, equation 1.
    """
    ways = _ways(n, c, k)
    return (ways - math.comb(n - c, k)) / ways  # whole numbers until the division, so nothing cancels


def pass_hat_k(n: int, c: int, k: int) -> float:
    """The chance that all of `k` answers pass, estimated without bias from `n` answers of which `c` passed.

    Args:
        n: Answers that were seen, at least 1.
        c: How many of them passed, 0 to `n`.
        k: Answers that would be given, 1 to `n`.

    Raises:
        ValueError: An argument is out of its range.

    Source:
        Yao et al. (2024), tau-bench, arXiv:2406.12045, section 3, written pass^k.
    """
    ways = _ways(n, c, k)
    return math.comb(c, k) / ways


def _ways(n: int, c: int, k: int) -> int:
    if not (0 <= c <= n and 1 <= k <= n):
        raise ValueError(f"0 <= c <= n and 1 <= k <= n were expected; got n={n!r}, c={c!r}, k={k!r}")
    return math.comb(n, k)


def chance_to_notice(share: float, repeats: int) -> float:
    """The chance that `repeats` answers to a question that passes `share` of the time are not all the same.

    Args:
        share: How often it passes in the long run, 0 to 1.
        repeats: How often it is asked, at least 1; asked once it can never be noticed.

    Returns:
        1 - share^repeats - (1 - share)^repeats.

    Raises:
        ValueError: An argument is out of its range.
    """
    if not 0 <= share <= 1 or repeats < 1:
        raise ValueError(f"a share from 0 to 1 and at least one repeat were expected; got {share!r} and {repeats!r}")
    return 0.0 if repeats < _TWICE else max(0.0, 1 - share**repeats - (1 - share) ** repeats)
