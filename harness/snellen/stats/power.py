"""How many cases it takes to see a difference, and which difference so many cases can show."""

from __future__ import annotations

import math
from statistics import NormalDist

__all__ = ["cases_needed", "pairs_needed", "smallest_difference"]


def cases_needed(
    difference: float,
    *,
    variance: float,
    variance_within: float = 0.0,
    repeats: int = 1,
    alpha: float = 0.05,
    power: float = 0.8,
) -> int:
    """Questions that two models must both answer for a difference of mean scores to be found.

    n = (z(alpha / 2) + z(power))^2 * (variance + 2 * variance_within / repeats) / difference^2, rounded up.

    Args:
        difference: Of the mean scores, not 0 (0.03 is three points in a hundred).
        variance: Over the questions, of the difference between the two models' expected scores:
            Var(a) + Var(b) - 2 Cov(a, b), omega squared in the paper. 1/9 is its example.
        variance_within: Of one answer around its question's expected score, the same in both models, which is why it
            enters twice; 0 when answers do not vary. 1/6 for scores of 0 and 1 with evenly spread difficulty.
        repeats: How often either model answers each question, averaged before comparing.
        alpha: Two-sided level of the test.
        power: Chance of finding the difference when it is there.

    Raises:
        ValueError: An argument is out of its range.

    Source:
        Miller (2024), Adding Error Bars to Evals, arXiv:2411.00640, section 5.
    """
    if not 0 < abs(difference) < math.inf:
        raise ValueError(f"a difference to be found is a number other than 0; got {difference!r}")
    spread = _variance(variance, variance_within=variance_within, repeats=repeats)
    return _whole(_reach(alpha, power=power) ** 2 * spread / difference**2)


def smallest_difference(
    n: int,
    *,
    variance: float,
    variance_within: float = 0.0,
    repeats: int = 1,
    alpha: float = 0.05,
    power: float = 0.8,
) -> float:
    """The smallest difference of mean scores that `n` questions find with the stated power.

    Args:
        n: Questions that both models answer, at least 1.
        variance: As in `cases_needed`.
        variance_within: As in `cases_needed`; it enters twice.
        repeats: How often either model answers each question.
        alpha: Two-sided level of the test.
        power: Chance of finding the difference when it is there.

    Raises:
        ValueError: An argument is out of its range.

    Source:
        Miller (2024), Adding Error Bars to Evals, arXiv:2411.00640, section 5.
    """
    if n < 1:
        raise ValueError(f"at least one question is asked; got n={n!r}")
    spread = _variance(variance, variance_within=variance_within, repeats=repeats)
    return _reach(alpha, power=power) * math.sqrt(spread / n)


def pairs_needed(*, broke: float, fixed: float, alpha: float = 0.05, power: float = 0.8) -> int:
    """Cases that it takes for McNemar's test to find that more break than are fixed, or the other way round.

    n = (z(alpha / 2) * sqrt(s) + z(power) * sqrt(s - d^2))^2 / d^2, rounded up, for s = broke + fixed and
    d = broke - fixed.

    Args:
        broke: Expected share of all cases that passed before and fail after.
        fixed: Expected share of all cases that failed before and pass after; not equal to `broke`.
        alpha: Two-sided level of the test.
        power: Chance of finding the difference when it is there.

    Raises:
        ValueError: The shares are equal or do not fit into 1, or a probability is out of range.

    Source:
        Connor (1987), Sample Size for Testing Differences in Proportions for the Paired-Sample Design, Biometrics
        43:207-211, after Miettinen (1968), Biometrics 24:339-352. It leans to the low side for few changed cases.
    """
    changed, difference = broke + fixed, broke - fixed
    if not (broke >= 0 and fixed >= 0 and changed <= 1 and difference != 0):
        raise ValueError(f"two different shares of all cases were expected; got broke={broke!r}, fixed={fixed!r}")
    by_luck = _z(1 - alpha / 2, what="alpha", given=alpha) * math.sqrt(changed)
    by_power = _z(power, what="power", given=power) * math.sqrt(changed - difference**2)
    return _whole((by_luck + by_power) ** 2 / difference**2)


def _variance(variance: float, *, variance_within: float, repeats: int) -> float:
    if not (0 <= variance < math.inf and 0 <= variance_within < math.inf):
        raise ValueError(f"a variance is 0 or more; got {variance!r} and, within a question, {variance_within!r}")
    if repeats < 1:
        raise ValueError(f"every question is answered at least once; got repeats={repeats!r}")
    return variance + 2 * variance_within / repeats


def _reach(alpha: float, *, power: float) -> float:
    return _z(1 - alpha / 2, what="alpha", given=alpha) + _z(power, what="power", given=power)


def _z(share: float, *, what: str, given: float) -> float:
    if not 0 < given < 1:
        raise ValueError(f"{what} lies between 0 and 1; got {given!r}")
    return NormalDist().inv_cdf(share)


def _whole(cases: float) -> int:
    """Rounded up, but not for the last bits of a float; at least 1."""
    return max(1, math.ceil(round(cases, 6)))
