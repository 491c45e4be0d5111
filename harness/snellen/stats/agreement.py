"""How far two judges agree beyond what luck would make them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

__all__ = ["cohens_kappa"]


def cohens_kappa(a: Sequence[str], b: Sequence[str]) -> float | None:
    """Agreement of two judges beyond luck: 1 for full agreement, 0 for what luck gives, below 0 for less.

    Args:
        a: One judge's label of each item.
        b: The other judge's, in the same order. Labels have no order: near misses count as misses.

    Returns:
        None when both gave one and the same label throughout: luck alone would agree fully, and there is nothing
        beyond it to measure.

    Raises:
        ValueError: No item, or not as many labels from both.

    Source:
        Cohen (1960), A Coefficient of Agreement for Nominal Scales, Educational and Psychological Measurement
        20:37-46, equation 1.
    """
    if len(a) != len(b) or not a:
        raise ValueError(f"as many labels from both judges, and at least one, were expected; got {len(a)} and {len(b)}")
    n, of_a, of_b = len(a), Counter(a), Counter(b)
    agreed = n * sum(first == second for first, second in zip(a, b, strict=True))
    by_luck = sum(times * of_b[label] for label, times in of_a.items())
    return None if by_luck == n * n else (agreed - by_luck) / (n * n - by_luck)
