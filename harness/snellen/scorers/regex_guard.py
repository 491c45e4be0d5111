"""Regular expressions that users write, run against text that models write, in bounded time.

A pattern means what it means to Python's `re` and is checked by it, but runs on the `regex` engine, which can be told
to give up: `re` cannot be stopped, and "(a+)+$" on forty letters outlives the run. The text is in NFKC, like all text
that is judged, and so are the pattern's own characters: 가 finds its decomposed form, full-width digits are digits.
Case counts, unless the pattern says (?i).
"""

from __future__ import annotations

import functools
import re
import unicodedata
import warnings
from typing import TYPE_CHECKING

from snellen.errors import InputError
from snellen.scorers.fold import compose

if TYPE_CHECKING:
    import regex

__all__ = ["can_run_away", "compile_pattern", "search"]

TIMEOUT_S = 0.5
"""What one pattern may take on one response; a pattern without nested repeats takes microseconds."""

_ESCAPE_OR_NOT_ASCII = re.compile(r"\\[\x00-\x7f]|\\?([^\x00-\x7f])")
_ATOM = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_GROUP_OR_REPEAT = re.compile(r"\(|\)(?:[+*]|\{[0-9]*,[0-9]*\})?|[+*]|\{[0-9]*,[0-9]*\}")


@functools.lru_cache(maxsize=1024)
def compile_pattern(pattern: str) -> regex.Pattern[str]:
    """`pattern`, ready to be searched for.

    Raises:
        InputError: It is not a regular expression; says where.
    """
    import regex

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # both engines warn of notation that may change its meaning one day
        try:
            re.compile(pattern)
            return regex.compile(_composed(pattern))
        except (re.error, regex.error, RecursionError, OverflowError) as error:
            raise InputError(f"regex {pattern!r} cannot be used: {error}") from error


def _composed(pattern: str) -> str:
    """`pattern` with its characters in NFKC; what becomes ASCII is taken literally (（ is a bracket, not a group)."""
    return unicodedata.normalize("NFC", _ESCAPE_OR_NOT_ASCII.sub(_compose_match, unicodedata.normalize("NFC", pattern)))


def _compose_match(match: re.Match[str]) -> str:
    char = match.group(1)
    composed = unicodedata.normalize("NFKC", char) if char else char
    if composed == char:
        return match.group()
    return re.escape(composed) if len(composed) == 1 else f"(?:{re.escape(composed)})"


def search(pattern: str, text: str) -> tuple[int, int] | None:
    """Start and end of the first match in code points of `text` as given, None when there is none.

    Raises:
        InputError: `pattern` is not a regular expression.
        TimeoutError: It ran away and was stopped; there is no verdict.
    """
    folded = compose(text)
    match = compile_pattern(pattern).search(folded.text, timeout=TIMEOUT_S)
    if match is None:
        return None
    start, end = match.span()
    return folded.span(start, end) if start < end else (0, 0)


def can_run_away(pattern: str) -> bool:
    """Whether `pattern` repeats a group that repeats: "(a+)+". Some such patterns are harmless; none is needed."""
    bare = _ATOM.sub("x", pattern)
    repeats = [False]  # for each open group, whether something in it repeats
    for match in _GROUP_OR_REPEAT.finditer(bare):
        piece = match.group()
        if piece == "(":
            repeats.append(False)
        elif piece.startswith(")"):
            inner = repeats.pop() if len(repeats) > 1 else False
            if inner and len(piece) > 1:
                return True
            repeats[-1] = repeats[-1] or inner or len(piece) > 1
        else:
            repeats[-1] = True
    return False
