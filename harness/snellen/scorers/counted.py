"""What a question counts ("how many cats", 새가 몇 마리), and which number of a text counts it.

A number counts what stands behind it in English ("three black cats") and before it in Korean (새 두 마리). It is taken
only where every other number counts something else by name: "3 cats on the left and 2 on the right" is no answer of 3.
"""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from snellen.scorers.figures import Figure
from snellen.scorers.fold import fold
from snellen.scorers.numerals_korean import COUNTER
from snellen.scorers.units import unit_named

__all__ = ["Counted", "counts", "counts_other", "figures_of", "singular", "what_is_counted"]

_PROMPT_CHARS = 2_000


class Counted(NamedTuple):
    """What is counted.

    Attributes:
        noun: In the singular, as far as that is regular; empty where none is named.
        counter: The Korean counter; empty where none is named.
        is_count: Whether the question asks how many at all.
    """

    noun: str = ""
    counter: str = ""
    is_count: bool = False


_STOPS = (
    "are|is|was|were|do|does|did|can|could|have|has|of|in|on|at|there|more|less|fewer|times|will|would|total|and|or|to|the|"
    "a|an|it|they|them|this|that|these|those|i|you|we|percent|with|for|from|by|per|out|as|than|which|who|others|left|"
    "right|if|so|but|because"
)
_ENGLISH = re.compile(
    r"(?<![a-z])(?:how many|(?:total |exact )?number of|count (?:all )?(?:the|of))\s((?:[a-z-]+\s?){1,4})"
)
_COUNTS = re.compile(
    r"(?<![a-z])(?:how many|(?<!is )(?<!are )(?<!than )(?:the|total|exact) (?:number|count) of|"
    r"count (?:all |the |how ))|"
    r"(?<![가-힣])몇|(?:개수|갯수|마릿수|인원수?|숫자|수)(?:은|는|를|을|가)?\s?(?:몇|얼마|세|알려|구하|무엇|말)"
)
_KOREAN = re.compile(
    rf"(?P<noun>[가-힣]+?)(?:이|가|은|는|을|를|들이|들은|의\s수는)?\s(?:(?:모두|총|전부|다|대략|각각)\s)?"
    rf"(?<![가-힣])몇\s?(?P<counter>{COUNTER})"
)
_NEXT = re.compile(r"[*_\s]{1,3}(?P<word>[a-z-]+)")
_STOP = re.compile(rf"(?:{_STOPS})\Z")
_YEARS, _YEAR_BEFORE = range(1900, 2100), re.compile(r"(?<![a-z])(?:in|since|by|of|from|until|year) $")
_MOST_WORDS = 3  # "small black cats"
_BEFORE = re.compile(
    r"(?P<noun>[가-힣]+?)(?P<particle>이|가|은|는|도|(?<!지)만|을|를|들이|들은|에는|에서|에|쪽에|으로|로)?[\s*_:(]{1,3}$"
)
_REACH = 16
_SINGULAR = {"people": "person", "men": "man", "women": "woman", "children": "child", "mice": "mouse", "feet": "foot"}


@functools.lru_cache(maxsize=256)
def what_is_counted(prompt: str) -> Counted:
    """What a question asks how many there are of; nothing where it asks something else, or of several things."""
    text = fold(prompt[-_PROMPT_CHARS:]).text
    is_count = _COUNTS.search(text) is not None
    korean = [match.group("noun", "counter") for match in _KOREAN.finditer(text)]
    if korean:
        noun, counter = korean[-1]
        return Counted(noun, counter, is_count) if len(set(korean)) == 1 else Counted("", "", is_count)
    english = [_head_of(match[1]) for match in _ENGLISH.finditer(text)]
    return Counted(english[0] if len(set(english)) == 1 else "", "", is_count)


def _head_of(words: str) -> str:
    """The noun of "black cats are there": the last word before one that is none."""
    noun = ""
    for word in words.split():
        if _STOP.fullmatch(word) and noun:
            break
        noun = word
    return "" if _STOP.fullmatch(noun) else singular(noun)


def singular(noun: str) -> str:
    """An English noun in the singular, as far as that is regular."""
    if noun in _SINGULAR:
        return _SINGULAR[noun]
    if noun.endswith("ies") and len(noun) > 4:  # noqa: PLR2004  # "ties" and "pies" keep their e
        return f"{noun[:-3]}y"
    if noun.endswith(("ses", "xes", "ches", "shes")):
        return noun[:-2]
    return noun[:-1] if noun.endswith("s") and not noun.endswith("ss") else noun


def figures_of(text: str, figures: list[Figure], counted: Counted) -> list[Figure]:
    """The figures that count it; none where a figure may count it too without naming it.

    Args:
        text: Folded.
        figures: The figures of the text that may be answers.
        counted: What is asked for.
    """
    if not (counted.noun or counted.counter):
        return []
    kinds = [_counts(text, one, counted) for one in figures]
    return [] if None in kinds else [one for one, kind in zip(figures, kinds, strict=True) if kind]


def counts(text: str, figure: Figure, counted: Counted) -> bool | None:
    """Whether a figure counts what is asked for; None where it does not say what it counts, or nothing is asked for."""
    return _counts(text, figure, counted) if counted.noun or counted.counter else None


def counts_other(text: str, figure: Figure, counted: Counted) -> bool:
    """Whether a figure counts something else, by name."""
    return counts(text, figure, counted) is False


def _counts(text: str, figure: Figure, counted: Counted) -> bool | None:
    """Whether a figure counts what is asked for; None where it does not say what it counts."""
    if figure.unit is not None:
        return bool(counted.noun) and unit_named(counted.noun).family == figure.unit.family
    return _counts_korean(text, figure, counted) if counted.counter else _counts_english(text, figure, counted.noun)


def _counts_english(text: str, figure: Figure, noun: str) -> bool | None:
    if _YEARS.start <= figure.value < _YEARS.stop and _YEAR_BEFORE.search(text, max(0, figure.start - 8), figure.start):
        return False
    words: list[str] = []
    place = figure.end
    while (found := _NEXT.match(text, place)) and len(words) < _MOST_WORDS and not _STOP.fullmatch(found["word"]):
        words.append(found["word"])
        place = found.end()
        if _is_plural(words[-1]):
            return singular(words[-1]) == noun
    if figure.value == 1 and words:
        return noun in words
    return True if words and words[-1] == noun else None


def _is_plural(word: str) -> bool:
    return word in _SINGULAR or (word.endswith("s") and not word.endswith(("ss", "us", "is")))


def _counts_korean(text: str, figure: Figure, counted: Counted) -> bool | None:
    counter = text[figure.end : figure.unit_end].strip()
    before = _BEFORE.search(text, max(0, figure.start - _REACH), figure.start)
    named = before["noun"].removesuffix("들") if before and before["particle"] not in _PLACES else ""
    if named and counted.noun in (named, f"{named}{before['particle'] or ''}" if before else ""):
        return True
    if counter and counter != counted.counter:
        return False
    return False if named and named not in _ADVERBS and not _NO_NOUN.search(named) else None


# Verbs and adjectives, after which the same things may be counted on: 네 명이 앉아 있고 두 명이 서 있다.
_NO_NOUN = re.compile(
    "(?:고|며|서|데|만|다|요|게|진|한|된|인|있|없|하|되|앉|보이|쓴|입|선|온|간|난|란|운|큰|은|는|던|중|더|도)$"
)
_PLACES = frozenset({"에는", "에서", "에", "쪽에", "으로", "로"})
_ADVERBS = frozenset(
    (
        "모두",
        "총",
        "전부",
        "약",
        "대략",
        "합쳐서",
        "합계",
        "각각",
        "그리고",
        "또",
        "다",
        "더",
        "단",
        "오직",
        "최소",
        "최대",
        "왼쪽",
        "오른쪽",
    )
)
