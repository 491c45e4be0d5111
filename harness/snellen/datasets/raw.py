"""One row as a reader found it, before anybody asked what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from snellen.case import Source
from snellen.errors import Problem

__all__ = ["RawRow"]


@dataclass(slots=True)
class RawRow:
    """The fields of one case, whatever file they came from.

    Attributes:
        fields: Key to value: text, numbers, lists and mappings. A key with no value is absent or None.
        source: File and line of the row; None for rows made in Python.
        lines: Lines of keys that stand elsewhere than the row's first line.
        problems: What the reader found wrong in it; such a row is reported and never becomes a case.
    """

    fields: Mapping[str, object]
    source: Source | None = None
    lines: Mapping[str, int] | None = None
    problems: tuple[Problem, ...] = field(default=())
