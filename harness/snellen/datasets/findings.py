"""What is wrong with one row: collected, so that a person sees all of it at once."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace

from snellen.case import Source
from snellen.errors import InputError, Problem

__all__ = ["Findings", "as_text", "kind_of", "quoted", "text_of"]

_SHOWN_CHARS = 80  # a path, pattern or data URI in a message: enough to recognise it, never a screenful
_EXACT_BELOW = 1e16  # from here on a float no longer has all the digits that were written
_UNFIT = re.compile("[\0\ud800-\udfff]")  # neither can be sent as UTF-8 text and come back the same
_UNFIT_NAMES = {"\0": "a NUL character"}


class Findings:
    """Collects the problems of one row, each with its file, line and case.

    Attributes:
        case_id: Set as soon as the row's id is known.
        problems: In the order they were found.
    """

    __slots__ = ("_at_fault", "_lines", "_source", "case_id", "problems")

    def __init__(self, source: Source | None = None, lines: Mapping[str, int] | None = None) -> None:
        self._source = source
        self._lines = lines
        self.case_id: str | None = None
        self.problems: list[Problem] = []
        self._at_fault: set[str] = set()

    def add(self, message: str, *, at: str = "", hint: str | None = None) -> None:
        """Keeps a problem; `at` is the key it stands at, for the line."""
        self._at_fault.add(at)
        source = self._source
        line = self._lines.get(at, source.line) if source and self._lines else source.line if source else None
        file = source.file if source else None
        self.problems.append(Problem(message, file=file, line=line, case_id=self.case_id, hint=hint))

    def has(self, at: str) -> bool:
        """True when something is wrong at this key, so that what follows from it need not be told again."""
        return at in self._at_fault

    def adopt(self, problems: tuple[Problem, ...]) -> None:
        """Keeps what a reader found in this row before its id was known."""
        self.problems.extend(replace(problem, case_id=self.case_id) for problem in problems)

    def raise_all(self) -> None:
        """Raises InputError with everything that was found, in the order of lines; does nothing when nothing was."""
        if self.problems:
            raise InputError(sorted(self.problems, key=lambda problem: problem.line or 0))


def quoted(text: str) -> str:
    """`text` as Python would write it, cut to a length that fits a message; nothing in it can steer a terminal."""
    return repr(text) if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]!r}… ({len(text):,} characters)"


def kind_of(value: object) -> str:
    """What a value of a file is, in words a person who does not write Python knows."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, int | float):
        return f"the number {value!r}"
    return quoted(value) if isinstance(value, str) else f"of type {type(value).__name__}"


def as_text(value: object) -> str | None:
    """A text or number as text; None for anything else, and for a number too large to have kept its digits."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float) and math.isfinite(value) and abs(value) < _EXACT_BELOW:
        return repr(value)
    return None


def text_of(value: object, what: str, findings: Findings, *, at: str) -> str | None:
    """`value` as text that can be sent; None, and a finding, when it is none.

    Args:
        value: As the reader gave it, not None.
        what: How the message calls it ("prompt", "expect: keyword 2").
        findings: Where a problem goes.
        at: The key it stands at.
    """
    text = as_text(value)
    if text is None:
        hint = "Put it in quotes." if isinstance(value, bool | int | float) else None
        findings.add(f"{what} is {kind_of(value)}; it must be text", at=at, hint=hint)
        return None
    unfit = _UNFIT.search(text)
    if unfit:
        name = _UNFIT_NAMES.get(unfit.group(), "half of a surrogate pair")
        findings.add(f"{what} holds {name} ({unfit.group()!r}) at character {unfit.start() + 1}", at=at)
        return None
    return text
