"""Figures of a comparison as they are shown: each rounded once, always with its interval where there is one."""

from __future__ import annotations

from snellen.analysis.comparison import Difference
from snellen.stats.proportions import Interval

__all__ = ["in_p", "in_points", "in_range", "in_share", "own_points", "own_share", "p_cell"]

_SMALLEST_P = 0.001


def in_share(value: float, *, signed: bool = False) -> str:
    """`71.4 %`."""
    return f"{value * 100:{'+' if signed else ''}.1f} %"


def in_points(value: float, *, signed: bool = True) -> str:
    """`-28.6`: hundredths, the unit in which two shares differ."""
    shown = f"{value * 100:{'+' if signed else ''}.1f}"
    return f"{'+' if signed else ''}0.0" if shown in ("-0.0", "+0.0") else shown


def in_p(p: float) -> str:
    """`p = 0.038`, `p < 0.001`."""
    return f"p < {_SMALLEST_P}" if p < _SMALLEST_P else f"p = {p:.3f}"


def p_cell(p: float) -> str:
    """`0.038`, `< 0.001`: in a column that is headed p."""
    return in_p(p).removeprefix("p ").removeprefix("= ")


def in_range(interval: Interval | None, *, signed: bool = True) -> str:
    """`-8.1 to +2.3`; empty for none."""
    if interval is None:
        return ""
    return f"{in_points(interval.low, signed=signed)} to {in_points(interval.high, signed=signed)}"


def own_share(value: float, interval: Interval | None) -> str:
    """`71.4 % (52.9 to 84.7)`; without brackets where there is no interval."""
    ends = in_range(interval, signed=False)
    return in_share(value) + (f" ({ends})" if ends else "")


def own_points(found: Difference) -> str:
    """`-28.6 (-45.1 to -9.3)`; without brackets where there is no interval."""
    ends = in_range(found.interval)
    return in_points(found.value) + (f" ({ends})" if ends else "")
