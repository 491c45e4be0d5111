"""What the tests of this room share: numbers checked once, and clusters as whole numbers."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["changes", "check_confidence", "cluster_codes", "finite", "without_noise"]

_DIGITS = 12
"""Digits of a score that are taken to mean something: a double has 15 to 17, and a subtraction costs a few."""


def check_confidence(confidence: float) -> None:
    """Nothing, when `confidence` is a share of intervals that one can ask for.

    Raises:
        ValueError: It does not lie between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence lies between 0 and 1; got {confidence!r}")


def finite(values: Sequence[float], *, what: str) -> NDArray[np.float64]:
    """The values as an array.

    Args:
        values: At least one number.
        what: What they are, for the message ("values").

    Raises:
        ValueError: There is none, or one is infinite or not a number.
    """
    import numpy as np

    sample = np.asarray(values, dtype=np.float64)
    if sample.ndim != 1 or not sample.size:
        raise ValueError(f"{what}: at least one number is needed, in one row; got shape {sample.shape}")
    bad = np.flatnonzero(~np.isfinite(sample))
    if bad.size:
        raise ValueError(f"{what}[{bad[0]}] is no finite number; got {float(sample[bad[0]])!r}")
    return sample


def changes(before: Sequence[float], after: Sequence[float]) -> NDArray[np.float64]:
    """`after` minus `before`, pair by pair, free of the noise of floats.

    0.3 - 0.2 and 0.2 - 0.1 come out equal, so that equal steps are counted as equal.

    Raises:
        ValueError: The two have different lengths, are empty, or hold a number that is not finite.
    """
    import numpy as np

    first, second = finite(before, what="before"), finite(after, what="after")
    if first.size != second.size:
        raise ValueError(f"pairs need as many values before as after; got {first.size} and {second.size}")
    scale = max(float(np.abs(first).max()), float(np.abs(second).max()))
    return finite(without_noise(second - first, scale=scale).tolist(), what="after - before")


def without_noise(values: NDArray[np.float64], *, scale: float) -> NDArray[np.float64]:
    """The values rounded to 12 digits of `scale`, the size of the numbers that they were computed from."""
    import numpy as np

    decimals = _DIGITS - math.floor(math.log10(scale)) if scale > 0 else 0
    if not -_DIGITS < decimals < 300:  # noqa: PLR2004  # 10**309 is no double
        return values
    rounded: NDArray[np.float64] = np.round(values, decimals) + 0.0  # -0.0 becomes 0.0
    return rounded


def cluster_codes(clusters: Sequence[Hashable | None] | None, *, n: int) -> tuple[NDArray[np.intp], int]:
    """The number of the cluster of each value, from 0, and how many clusters there are.

    Args:
        clusters: What each value belongs to; a None stands alone. None: every value stands alone.
        n: How many values there are.

    Raises:
        ValueError: There are not as many names as values.
    """
    import numpy as np

    if clusters is None:
        return np.arange(n), n
    if len(clusters) != n:
        raise ValueError(f"every value needs its cluster; got {len(clusters)} clusters for {n} values")
    seen: dict[Hashable, int] = {}
    # A fresh object is equal to nothing, and the dict keeps it alive so that no later one takes its place.
    codes = [seen.setdefault(object() if name is None else name, len(seen)) for name in clusters]
    return np.array(codes, dtype=np.intp), len(seen)
