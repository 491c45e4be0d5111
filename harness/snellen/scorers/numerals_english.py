"""English number words in running text: zero to billions, cardinals only."""

from __future__ import annotations

import re

__all__ = ["SCALES", "english_form", "english_numbers"]

_UNITS = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_VALUES = {word: value for value, word in enumerate(_UNITS)} | {word: 20 + 10 * i for i, word in enumerate(_TENS)}
SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
"""Words that multiply what stands before them."""

# Longest first, and no lookbehind in front: a plain choice of words is searched several times faster.
_WORD = re.compile("(?:" + "|".join(sorted([*_VALUES, *SCALES], key=len, reverse=True)) + ")(?![a-z])")
_JOINT = re.compile(r"\s+and\s+|[\s-]+")
_FRACTION = re.compile(r"[\s-]+(?:thirds?|halves|half|quarters?|(?:four|fif|six|seven|eigh|nin|ten)ths?)(?![a-z])")
_ORDINAL = re.compile(r"-(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)(?![a-z])")
# "one" stands for a thing as often as for a number: one of them, the one, no one, one-way, one another.
_PRONOUN_AFTER = re.compile(
    r"\s(?:of|another|by|can|could|may|might|would|should|moment|has to|must)(?![a-z])|-[a-z]|'|"
    r"\s(?:second|sec|minute)(?=,?\s(?:please|while|let|i)(?![a-z]))|\sthing\s(?:is|to|i|we|that|about|stands)(?![a-z])"
)
_PRONOUN_BEFORE = re.compile(
    r"(?<![a-z])(?:the|this|that|which|each|every|any|some|no|another|other|first|second|last|only|left|right|next)[\s-]$"
)
_LONGEST_DETERMINER = 9
_LONGEST_WORD = 9


def english_form(value: int) -> str:
    """The last word of a number below a hundred."""
    return _UNITS[value] if value < len(_UNITS) else _UNITS[value % 10] if value % 10 else _TENS[value // 10 - 2]


def english_numbers(text: str, start: int, end: int) -> list[tuple[int, int, int]]:
    """Value, start and end of each number in English words that begins between `start` and `end`, in order."""
    found: list[tuple[int, int, int]] = []
    position = start
    while (first := _WORD.search(text, position, end + _LONGEST_WORD)) and first.start() <= end:
        if _is_inside(text, first.start()):
            position = first.start() + 1
            continue
        value, position = _read(text, first)
        if not _is_other(text, value, first.start(), position):
            found.append((value, first.start(), position))
    return found


def _is_inside(text: str, start: int) -> bool:
    before = text[start - 1 : start]
    return before.isascii() and (before.isalnum() or before == "_")


def _is_other(text: str, value: int, start: int, end: int) -> bool:
    """Whether the words are an ordinal, a fraction or the pronoun "one"."""
    if _FRACTION.match(text, end) or _ORDINAL.match(text, end):
        return True
    return value == 1 and (
        _PRONOUN_AFTER.match(text, end) is not None
        or _PRONOUN_BEFORE.search(text, max(0, start - _LONGEST_DETERMINER), start) is not None
    )


def _read(text: str, first: re.Match[str]) -> tuple[int, int]:
    """Value and end of the longest number that begins with the word `first`."""
    total, current = 0, _step(0, first.group())
    if first.group() in SCALES and first.group() != "hundred":
        total, current = SCALES[first.group()], 0
    word, end = first.group(), first.end()
    while (joint := _JOINT.match(text, end)) and (following := _WORD.match(text, joint.end())):
        if "and" in joint.group() and word not in SCALES:
            break
        word = following.group()
        if word in SCALES and word != "hundred":
            if total + current == 0 or current == 0:
                break
            total, current = total + current * SCALES[word], 0
        elif (stepped := _step(current, word)) < 0:
            break
        else:
            current = stepped
        end = following.end()
    return total + current, end


def _step(current: int, word: str) -> int:
    """`current` with `word` said after it, below a thousand; -1 when nobody would say that."""
    if word == "hundred":
        return max(current, 1) * 100 if current < 10 else -1  # noqa: PLR2004  # two to nine hundred
    value = _VALUES.get(word, 0)
    room = 10 if 0 < value < 10 and current % 100 >= 20 else 100  # noqa: PLR2004  # twenty-three, but not twelve-three
    return -1 if current % room or (value == 0 and current) else current + value
