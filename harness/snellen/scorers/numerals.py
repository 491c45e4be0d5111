"""Numbers in running text, with their values: 1,300; 2.428; three; twenty-one; 세 개; 이십삼; 3만 5천.

A number is compared by value, and only when it stands for itself. Not numbers of their own are: parts of a bigger
number (3 in 13, 1,300 or 3.5), parts of dates, times, versions, fractions, ranges and phone numbers (12:30, 2024-03-05,
1/2, 3-5), codes (A4, 3D, F-150), ordinals (3rd, third, 세 번째), and the marks of a numbered list. A comma groups
thousands, a point is a decimal point, always: 2,428 is two thousand, 2.428 is two and a bit. A leading zero is part of
the value: 03 is not 3.
"""

from __future__ import annotations

import bisect
import functools
import itertools
import operator
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from snellen.scorers.korean import is_hangul, tail_end
from snellen.scorers.numerals_english import SCALES, english_form, english_numbers
from snellen.scorers.numerals_korean import COUNTER, korean_forms, korean_numbers

__all__ = ["Number", "find_numbers", "number_of_keyword", "numbers_of_value"]


class Number(NamedTuple):
    """A number as it stands in a folded text.

    Attributes:
        value: In canonical digits ("1300", "2.428", "-3"), so that equal values are equal strings.
        start: Of the numeral.
        end: Of the numeral, without its counter or unit.
        unit_end: Where its Korean counter ends; `end` when it has none.
    """

    value: str
    start: int
    end: int
    unit_end: int


# Digits with all that can tie digits together; what is no plain number is taken whole, so that no part of it counts.
# What must not stand before a digit is looked for behind it: so the digits of a text are found several times faster.
_FIRST_DIGIT = re.compile(r"[0-9](?<![0-9].)(?<![0-9][.,:/-].)")
_DIGITS = re.compile(r"[0-9]++(?:(?:[.,:/-]|\s?~\s?)[0-9]++)*+")
_GROUPED = re.compile(r"[0-9][0-9,.]*")
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?|[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_UNIT = re.compile(
    r"(?:kg|g|mg|km|m|cm|mm|nm|ml|l|lbs?|oz|ft|in|inch(?:es)?|yd|mi|mph|kph|kmh|hz|khz|mhz|ghz|w|kw|kwh|v|mah|mp|px|"
    r"kb|mb|gb|tb|am|pm|s|sec|ms|min|h|hrs?|x|k?cal|c|f|usd|eur|krw|won|years?|days?|people)(?![a-z0-9])"
)
_MAY_SCALE = re.compile(r"\s?[십백천만억조]|\s[htmb]")
_ENGLISH_SCALE = re.compile(r"\s(hundred|thousand|million|billion)(?![a-z])")
_COUNTER = re.compile(rf"\s?(?:{COUNTER})")
_MORE_OR_COUNTER = re.compile(rf"[0-9]|여|(?:{COUNTER})")
_ORDINAL = re.compile(r"\s?(?:번째|째)|\s?분의\s?[0-9]")
_PIECE = re.compile(r"([0-9][0-9,]*(?:\.[0-9]+)?)\s?(?:([십백천])\s?([만억조]?)|([만억조]))\s?")
_LAST_PIECE = re.compile(r"[0-9][0-9,]*(?![0-9.,]*\s?[십백천만억조])")
_SMALL = {"": 1, "십": 10, "백": 100, "천": 1000}
_BIG = {"": 1, "만": 10**4, "억": 10**8, "조": 10**12}
_MARK = re.compile(r"^[ \t]*(?:[-*#>]+[ \t]*)?([0-9]{1,2})[.)][ \t]+\S", re.MULTILINE)
_NEAR = 64  # characters behind a place in which a number that begins there holds a form of its value
_BEHIND, _MOST_WORDS = 48, 4  # characters and words before a form that may belong to its number
_MOST_CANDIDATES = 20_000  # places one text is searched at; an answer of megabytes ends somewhere
_MOST_PIECES = 8  # of a figure such as 1억 2천 3백만
_MAX_SCALED_DIGITS = 30  # a longer figure in front of 만 or "million" is no amount anybody meant


def find_numbers(text: str) -> list[Number]:
    """All numbers of a folded text, in its order."""
    marks = _list_marks(text)
    return [number for number in _numbers_between(text, 0, len(text)) if number.start not in marks]


def numbers_of_value(text: str, value: str, near: Sequence[int] | None = None) -> Iterator[Number]:
    """The numbers of a folded text that have this canonical value, in its order.

    Only the surroundings of what may be a form of the value are read closely: most texts hold none.

    Args:
        text: Folded text.
        value: Canonical.
        near: Places, in order; numbers that do not begin right behind one of them may be left out. None for no such.
    """
    marks: frozenset[int] | None = None
    read = 0
    for candidate in itertools.islice(_candidates(value).finditer(text), _MOST_CANDIDATES):
        if candidate.start() < read or (near is not None and not _is_near(candidate.start(), near)):
            continue
        script = candidate.group()[0]
        start = max(read, _words_before(text, candidate.start(), 1 if script.isdigit() else _MOST_WORDS))
        for number in _numbers_between(text, start, candidate.end(), value, script):
            if number.value == value:
                marks = _list_marks(text) if marks is None else marks
                if number.start not in marks:
                    yield number
            read = max(read, number.end)
        read = max(read, candidate.end())


def _is_near(position: int, near: Sequence[int]) -> bool:
    index = bisect.bisect_right(near, position)
    return index > 0 and position - near[index - 1] <= _NEAR


def _words_before(text: str, position: int, count: int) -> int:
    """A place `count` words before the one at `position`, where no number is cut in two."""
    low = max(0, position - _BEHIND)
    for _ in range(count + 1):
        space = text.rfind(" ", low, position)
        if space < 0:
            return low if low == 0 or not text[low - 1].isalnum() else position
        position = space
    return position


@functools.lru_cache(maxsize=1024)
def _candidates(value: str) -> re.Pattern[str]:
    """What every numeral of this value holds somewhere, and few others."""
    digits = value.lstrip("-")
    grouped = re.sub(r"(?<=[0-9])(?=(?:[0-9]{3})+(?![0-9]))", ",?", digits.partition(".")[0])
    fraction = digits.partition(".")[2]
    alone = f"(?<![0-9]{digits})" if "," not in grouped and not fraction else ""
    grouped = "0?" if digits.startswith("0.") else grouped
    forms = [f"{grouped}\\.{fraction}" if fraction else f"{grouped}{alone}(?![0-9])"]
    if digits == "0":
        forms.append("zero")
    elif not fraction and len(digits) <= 2:  # noqa: PLR2004  # below a hundred
        forms += [english_form(int(digits)), *korean_forms(int(digits))]
    elif not fraction:
        forms += [*SCALES, "[백천만억조]"]
    return re.compile("|".join(forms))


def _numbers_between(text: str, start: int, end: int, value: str | None = None, script: str = "") -> list[Number]:
    """The numbers that begin between `start` and `end`; others than `value` may be left out.

    Args:
        text: Folded text.
        start: First place.
        end: Last place.
        value: What is looked for, None for all numbers.
        script: A character of what is looked for: no numeral of another script is read. Empty reads all.
    """
    scales = value is None or len(value) > 2  # noqa: PLR2004  # no figure with a scale word is below a hundred
    found = _arabic_numbers(text, start, end, value) if scales or script.isdigit() else []
    if script.isdigit():
        return found
    if not is_hangul(script):
        scaled = {number.end for number in found if not text[number.end - 1].isdigit()}  # "2 hundred", "1.5 million"
        for amount, first, last in english_numbers(text, start, end):
            if last not in scaled:
                found.append(Number(str(amount), first, last, last))
    if not text.isascii() and (not script.isascii() or not script):
        found.extend(Number(str(amount), *places) for amount, *places in korean_numbers(text, start, end, value))
    return sorted(found, key=_start_of)


_start_of = operator.attrgetter("start")


def number_of_keyword(keyword: str) -> Number | None:
    """The one number that a folded keyword holds, None when it holds none or several."""
    bare = {"한": "1", "두": "2", "세": "3", "네": "4", "열": "10"}.get(keyword)
    if bare is not None:
        return Number(bare, 0, len(keyword), len(keyword))
    numbers = find_numbers(keyword)
    if len(numbers) != 1 or re.search("[0-9]", keyword[: numbers[0].start] + keyword[numbers[0].end :]):
        return None
    return numbers[0]


def _list_marks(text: str) -> frozenset[int]:
    """Where the numbers of a numbered list stand; one such line alone is a sentence, not a list."""
    if "\n" not in text:
        return frozenset()
    marks = [match.start(1) for match in _MARK.finditer(text)]
    return frozenset(marks) if len(marks) > 1 else frozenset()


def _arabic_numbers(text: str, first: int, last: int, value: str | None) -> list[Number]:
    found: list[Number] = []
    position = first
    while begin := _FIRST_DIGIT.search(text, position, last + 1):
        start = begin.start()
        match = _DIGITS.match(text, start)
        position = end = match.end() if match else begin.end()
        scaled = _scaled(text, start) if _MAY_SCALE.match(text, end) and text[start] != "0" else None
        if scaled is None and value is not None and _canonical(text[start:end]) not in value:
            continue
        number = scaled or _plain(text, start, end)
        if number is not None:
            found.append(number)
            position = number.end
    return found


def _plain(text: str, start: int, end: int) -> Number | None:
    digits = text[start:end]
    if _PLAIN.fullmatch(digits) is None or _is_code(text, start, end) or _ORDINAL.match(text, end):
        return None
    sign, value = _sign(text, start), _canonical(digits)
    if sign == ".":
        return Number(f"0.{digits}", start - 1, end, end)
    counter = _COUNTER.match(text, end)
    return Number(sign + value, start - len(sign), end, counter.end() if counter else end)


def _canonical(digits: str) -> str:
    whole, _, fraction = digits.replace(",", "").partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole


def _sign(text: str, start: int) -> str:
    before = text[max(0, start - 2) : start]
    stands_free = len(before) == 1 or not before[:1].isalnum()
    return before[-1:] if before[-1:] in {"-", "."} and stands_free else ""


def _is_code(text: str, start: int, end: int) -> bool:
    """Whether letters make the digits a name: A4, F-150, 3D, 1st; a unit does not (5kg, 3pm)."""
    before, after = text[max(0, start - 2) : start], text[end : end + 1]
    if before[-1:] == "_" or _is_latin(before[-1:]) or (before[-1:] == "-" and _is_latin(before[:1])):
        return True
    if before == "분의" or text[max(0, start - 3) : start] == "분의 ":
        return True
    if before[-1:] == "제" and not is_hangul(before[:-1]):
        return True
    return (_is_latin(after) and _UNIT.match(text, end) is None) or after == "_"


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalpha()


def _scaled(text: str, start: int) -> Number | None:
    """A figure with 십 백 천 만 억 조, or with hundred, thousand, million, billion behind it."""
    match = _GROUPED.match(text, start)
    if match is None or _is_code(text, start, start):
        return None
    scale = _ENGLISH_SCALE.match(text, match.end())
    if scale and _PLAIN.fullmatch(match.group()) and len(match.group()) <= _MAX_SCALED_DIGITS:
        return _amount(Decimal(_canonical(match.group())) * SCALES[scale.group(1)], start, scale.end(), text)
    return _korean_scaled(text, start)


def _korean_scaled(text: str, start: int) -> Number | None:
    total = section = Decimal(0)
    position = start
    alone = True
    for _ in range(_MOST_PIECES):
        match = _PIECE.match(text, position)
        if match is None:
            break
        figure, small, big, bare_big = match.groups()
        if len(figure) > _MAX_SCALED_DIGITS or not _PLAIN.fullmatch(figure):
            return None
        if bare_big in {"만", "조"} and alone and not _counts(text, match.end()):
            return None  # "3만 보인다": only 3 can be seen; "3조": group 3
        section += Decimal(_canonical(figure)) * _SMALL[small or ""]
        if big or bare_big:
            total, section = total + section * _BIG[big or bare_big], Decimal(0)
        position, alone = match.end(), False
    if alone:
        return None
    last = _LAST_PIECE.match(text, position)
    if last and _PLAIN.fullmatch(last.group()):
        section, position = section + Decimal(_canonical(last.group())), last.end()
    return _amount(total + section, start, len(text[:position].rstrip()), text)


def _counts(text: str, position: int) -> bool:
    return _MORE_OR_COUNTER.match(text, position) is not None


def _amount(value: Decimal, start: int, end: int, text: str) -> Number | None:
    over = _COUNTER.match(text, end)
    unit_end = over.end() if over else end
    if over is None and tail_end(text, end) is None:
        return None
    return Number(_canonical(f"{value:f}"), start, end, unit_end)
