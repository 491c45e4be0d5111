"""p-values of several questions asked at once, adjusted so that asking more does not find more by luck."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["benjamini_hochberg", "holm"]


def holm(p_values: Sequence[float]) -> list[float]:
    """Each p adjusted so that the chance of *any* false alarm stays below the level it is held against.

    Args:
        p_values: Raw, 0 to 1, in any order; they may depend on each other.

    Returns:
        Adjusted, in the given order, each at least the raw one and at most 1.

    Raises:
        ValueError: One is not a number from 0 to 1.

    Source:
        Holm (1979), A Simple Sequentially Rejective Multiple Test Procedure, Scandinavian J. of Statistics 6:65-70.
    """
    adjusted, highest = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(_ascending(p_values)):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = highest
    return adjusted


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Each p adjusted so that the expected *share* of false alarms stays below the level it is held against.

    Args:
        p_values: Raw, 0 to 1, in any order; independent, or leaning the same way.

    Returns:
        Adjusted, in the given order, each at least the raw one and at most 1.

    Raises:
        ValueError: One is not a number from 0 to 1.

    Source:
        Benjamini and Hochberg (1995), Controlling the False Discovery Rate, J. Royal Statistical Society B 57:289-300.
    """
    n, lowest = len(p_values), 1.0
    adjusted = [0.0] * n
    for rank, place in reversed(list(enumerate(_ascending(p_values), start=1))):
        # n / rank is at least 1, but the product may round to a bit below p.
        lowest = min(lowest, max(p_values[place], p_values[place] * n / rank))
        adjusted[place] = lowest
    return adjusted


def _ascending(p_values: Sequence[float]) -> list[int]:
    for place, p in enumerate(p_values):
        if not 0 <= p <= 1:
            raise ValueError(f"p_values[{place}] is no probability from 0 to 1; got {p!r}")
    return sorted(range(len(p_values)), key=p_values.__getitem__)
