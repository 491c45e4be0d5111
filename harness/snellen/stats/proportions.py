"""How sure a share of n can be: the Wilson score interval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

__all__ = ["Interval", "wilson"]


@dataclass(frozen=True, slots=True)
class Interval:
    """A range that holds the true value with the stated confidence.

    Attributes:
        low: Lower end.
        high: Upper end.
    """

    low: float
    high: float


def wilson(successes: float, n: int, *, confidence: float = 0.95) -> Interval:
    """The Wilson score interval of `successes` out of `n`.

    Unlike the textbook interval (Wald) it has a width when all or none succeed, and never leaves 0..1.

    Args:
        successes: How many succeeded, 0 to `n`; a sum of shares (repeats of a case averaged first) need not be whole.
        n: How many independent tries there were, at least 1.
        confidence: Share of such intervals that hold the true value, above 0 and below 1.

    Raises:
        ValueError: An argument is out of its range; there is no honest interval to give.

    Source:
        Wilson (1927), Probable Inference, the Law of Succession, and Statistical Inference, JASA 22:209-212.
    """
    if n < 1 or not 0 <= successes <= n:
        raise ValueError(f"an interval needs 0 <= successes <= n and n >= 1; got {successes!r} of {n!r}")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence lies between 0 and 1; got {confidence!r}")
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share = successes / n
    scale = 1 + z * z / n
    centre = (share + z * z / (2 * n)) / scale
    reach = z / scale * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # At the ends the formula gives 0 and 1 exactly, but for the last bit of a float.
    low = 0.0 if successes == 0 else max(0.0, centre - reach)
    high = 1.0 if successes == n else min(1.0, centre + reach)
    return Interval(low, high)
