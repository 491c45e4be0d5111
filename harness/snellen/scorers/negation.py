"""How one occurrence of a keyword is to be read: said, denied, or in doubt.

The sentence decides, in the languages that its letters belong to. In every language a question says nothing: "Is there
a cat?" mentions no cat. A hedge ("might be a cat", 고양이로 보입니다) is a mention; not knowing ("cannot tell whether")
is none.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable

from snellen.scorers.mention import Place, Reading
from snellen.scorers.negation_cjk import CJK_TRIGGER, cjk_reading
from snellen.scorers.negation_english import ENGLISH_TRIGGER, english_reading
from snellen.scorers.negation_korean import KOREAN_TRIGGER, korean_reading

__all__ = ["read_occurrence", "sentence_ends"]

_SAID = Reading("mentioned")
_WINDOW = 300  # characters of a sentence that are looked at on each side; a longer sentence has other clauses there
_STOP = re.compile("[!?。\n;.](?!(?<=\\.)[0-9])")
_HEADING = re.compile("[ \t]*(?:[-*•·]|[0-9]{1,2}[.)])[ \t]")
_DENYING_HEADING = re.compile("(?<![a-z])(?:no|not|without|absent|missing)(?![a-z])|n't|없|않")


# For each language: letters without which it is not there, what without which it denies nothing, and its rules.
_RULES: tuple[tuple[re.Pattern[str], re.Pattern[str], Callable[[Place], Reading | None]], ...] = (
    (re.compile("[a-z0❌✗✘×]"), ENGLISH_TRIGGER, english_reading),
    (re.compile("[\uac00-\ud7a3]"), KOREAN_TRIGGER, korean_reading),
    (re.compile("[\u3040-\u30ff\u3400-\u9fff]"), CJK_TRIGGER, cjk_reading),
)


def sentence_ends(text: str) -> list[int]:
    """Where the sentences of a folded text end; a line end is one, the point in 3.5 is none."""
    return [match.start() for match in _STOP.finditer(text)]


def read_occurrence(text: str, ends: list[int], start: int, end: int) -> Reading:
    """How the folded text reads the keyword that stands from `start` to `end`.

    Args:
        text: The whole text.
        ends: Its `sentence_ends`.
        start: Of the keyword.
        end: Of the keyword, its counter included.
    """
    before, behind = bisect.bisect_left(ends, start), bisect.bisect_left(ends, end)
    first = max(ends[before - 1] + 1 if before else 0, start - _WINDOW)
    last = min(ends[behind] if behind < len(ends) else len(text), end + _WINDOW)
    for letters, trigger, rule in _RULES:
        if letters.search(text, first, last) and trigger.search(text, first, last):
            reading = rule(Place(text, start, end, first, last))
            if reading is not None:
                return reading
    if text[last : last + 1] == "?":
        return Reading("ambiguous", "asked, not said")
    return _under_heading(text, first) or _SAID


def _under_heading(text: str, first: int) -> Reading | None:
    """Doubt about a list item whose heading denies: "Not in the picture:" and then "- a cat"."""
    if text[first - 1 : first] != "\n" or not _HEADING.match(text, first):
        return None
    for line in reversed(text[max(0, first - _WINDOW) : first - 1].split("\n")):
        if line.strip() and not _HEADING.match(line):
            heading = line.strip(" *_#")
            denies = heading.endswith(":") and _DENYING_HEADING.search(heading)
            return Reading("ambiguous", f"listed under {heading!r}") if denies else None
    return None
