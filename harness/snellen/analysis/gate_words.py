"""What is said of a gate that means nothing: the gate as it was written, what is wrong with it, what was meant."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from snellen._text import nearest

__all__ = ["EXAMPLES", "WrongGate", "as_written", "mapping_hint", "meant_by", "measure_hint", "quantity_hint"]

EXAMPLES = (
    "Such as: accuracy >= 0.9, errors == 0, unscored <= 2%, cost <= 0.50, p95_latency <= 4s, no_worse_than main, "
    "no_broken main."
)

_CALLED = {
    "acc": "accuracy",
    "correct": "passed",
    "error_rate": "errors",
    "fail": "failed",
    "failures": "failed",
    "latency": "p95_latency",
    "median": "median_latency",
    "pass": "passed",
    "pass_rate": "accuracy",
    "price": "cost",
    "usd": "cost",
}
"""What other tools call our measures, as far as no spelling leads there."""

_PERCENTILE = re.compile(r"p([1-9]\d?)(?:_?latency)?(?:_m?s)?")
_PLAIN = re.compile(r"[^\s,:\[\]{}'\"#&*!|>%@`-][^,:\[\]{}'\"#]*")
_UPPER = ("cost", "errors", "failed", "unscored")


class WrongGate(Exception):  # noqa: N818  # never leaves the reading of gates
    """What is wrong, as the end of a sentence that begins with the gate."""

    def __init__(self, said: str, hint: str = "") -> None:
        """Keeps both.

        Args:
            said: The end of the sentence.
            hint: What to do next, a sentence.
        """
        super().__init__(said)
        self.said = said
        self.hint = hint


def as_written(value: object) -> str:
    """A gate as it stands in an eval file, on one line."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {as_written(item)}' for key, item in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(as_written, value))}]"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    text = str(value)
    return text if _PLAIN.fullmatch(text) or not isinstance(value, str) else repr(text)


def meant_by(measure: str, known: Sequence[str]) -> str | None:
    """The measure that a name most likely stands for, None when nothing is near."""
    name = measure.casefold().replace("-", "_")
    found = _PERCENTILE.fullmatch(name)
    if found is not None:
        return f"p{found[1]}_latency"
    return _CALLED.get(name) or nearest(name, known)


def measure_hint(measure: str, known: Sequence[str]) -> str:
    """What to do about a measure that nobody knows: what was meant, and all that can be measured."""
    meant = meant_by(measure, known)
    listed = ", ".join("p95_latency (p1 to p99)" if name == "p95_latency" else name for name in known)
    return f"Did you mean {meant!r}? Known: {listed}." if meant else f"Known: {listed}."


def mapping_hint(key: str, given: str | float, known: Sequence[str]) -> str:
    """The text that `{accuracy: 0.9}` was meant to be."""
    name = key if key in known else meant_by(key, known) or key
    text = str(given).strip()
    if re.match(r"[<>=≥≤]", text):
        return f"Write it as a text, in quotes: {f'{name} {text}'!r}."
    op = "<=" if name in _UPPER or name.endswith("_latency") else ">="
    unit = "s" if name.endswith("_latency") and re.fullmatch(r"[\d.]+", text) else ""
    return f"Did you mean {f'{name} {op} {text}{unit}'!r}?"


def quantity_hint(measure: str) -> str:
    """What a measure can be compared with."""
    if measure.endswith("_latency"):
        return f"Right is a time: {measure} <= 4s, or 800ms."
    if measure == "cost":
        return "Right is USD: cost <= 0.50."
    if measure in ("errors", "failed", "passed", "unscored"):
        return f"Right is a whole number or a share: {measure} <= 3, or {measure} <= 2%."
    return f"Right is a number: {measure} >= 0.9, or {measure} >= 90%."
