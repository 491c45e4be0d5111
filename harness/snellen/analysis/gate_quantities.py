"""What gates measure, and the numbers that a measure can be compared with: shares, counts, times, USD."""

from __future__ import annotations

import re

from snellen.analysis.gate_values import Unit
from snellen.analysis.gate_words import WrongGate, quantity_hint
from snellen.errors import InputError, Problem

__all__ = ["LATENCY", "MEASURES", "confidence_of", "per_cent", "quantity_of", "share_of", "share_of_flag"]

MEASURES = (
    "accuracy",
    "cost",
    "errors",
    "failed",
    "median_latency",
    "p95_latency",
    "passed",
    "score",
    "unscored",
)
"""What a gate can measure beside metrics; p95_latency stands for every p1_latency to p99_latency."""

_COUNTS = ("errors", "failed", "passed", "unscored")
LATENCY = re.compile(r"(?:median|p[1-9]\d?)_latency")
"""What latencies are called."""

_NUMBER = re.compile(r"(?P<dollar>\$?)(?P<digits>\d+(?:\.\d*)?|\.\d+)\s*(?P<unit>%|ms|min|s|USD)?", re.IGNORECASE)
_PER_SECOND = {"ms": 1000.0, "s": 1.0, "min": 1 / 60}
_HALF, _WHOLE = 0.5, 1.0
_FEW = 2.0  # who writes a share above it, such as 90, leaves out the per cent; 1.5 may be anything


def quantity_of(measure: str, text: str) -> tuple[float, Unit]:
    """The number that a measure is compared with, and its unit.

    Raises:
        WrongGate: The measure cannot be compared with this.
    """
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise WrongGate(f"compares with {text!r}, which is no number from 0", quantity_hint(measure))
    number, unit = float(found["digits"]), "usd" if found["dollar"] else (found["unit"] or "").lower()
    if LATENCY.fullmatch(measure):
        if unit not in _PER_SECOND:
            raise WrongGate("says no time", f"Right is {found['digits']}s, or 800ms.")
        return number / _PER_SECOND[unit], "s"
    if measure == "cost":
        if unit not in ("", "usd"):
            raise WrongGate(f"compares a cost with {text!r}", "A cost is in USD: cost <= 0.50.")
        return number, "usd"
    if unit not in ("", "%"):
        raise WrongGate(f"compares {measure} with {text!r}", "A share is 0.9 or 90%, a count is a whole number.")
    return (_in_whole(number / 100, text), "share") if unit else _plain(measure, number, text)


def _plain(measure: str, number: float, text: str) -> tuple[float, Unit]:
    """What a number without a unit means."""
    if measure in _COUNTS:
        if not number.is_integer():
            raise WrongGate(f"counts to {text}", f"A count is a whole number; a share is written {per_cent(number)}.")
        return number, "count"
    return (_in_whole(number, text), "share") if measure in MEASURES or _is_share(measure) else (number, "number")


def _is_share(metric: str) -> bool:
    from snellen.analysis.metrics import metric_of

    return metric_of(metric)([]).scale == "share"


def _in_whole(share: float, text: str) -> float:
    if share > _WHOLE:
        is_per_cent = share >= _FEW and not text.endswith("%")
        hint = f"A share is 0 to 1, such as 0.9, or per cent{f': {text}%' if is_per_cent else ', such as 90%'}."
        raise WrongGate(f"asks for {text} of all, which is more than all", hint)
    return share


def share_of_flag(flag: str, text: str) -> float:
    """The share that is given to a flag of the command line: 2% and 0.02 are the same.

    Raises:
        InputError: It is no share.
    """
    try:
        return share_of(flag, text)
    except WrongGate as wrong:
        said = wrong.said.removeprefix("has ")
        said = said.replace(", which is", " is") if ", which is" in said else f"{said} is no share"
        raise InputError(Problem(said, hint=wrong.hint or None)) from None


def share_of(what: str, value: object) -> float:
    """The share that stands behind a word such as margin: 2% and 0.02 are the same.

    Raises:
        WrongGate: It is no share.
    """
    found = _NUMBER.fullmatch(str(value)) if not isinstance(value, bool) else None
    if found is None or found["dollar"] or found["unit"] not in (None, "%"):
        raise WrongGate(f"has {what} {value!r}", f"Right is a share, such as {what} 2%.")
    share = float(found["digits"]) / (100 if found["unit"] else 1)
    if not 0 <= share <= _WHOLE:
        hint = "" if found["unit"] else f"Did you mean {value}%?"
        raise WrongGate(f"has {what} {value!r}, which is more than all", hint)
    return share


def confidence_of(value: object) -> float:
    """A confidence, more than a half and less than all.

    Raises:
        WrongGate: It is none.
    """
    share = share_of("confidence", value)
    if not _HALF < share < _WHOLE:
        raise WrongGate(f"has confidence {value!r}", "Right is more than 50% and less than 100%, such as 95%.")
    return share


def per_cent(share: float) -> str:
    """A share as it is written."""
    return f"{share * 100:.10g}%"
