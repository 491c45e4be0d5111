"""Numbers that a text names only in passing while it says that it cannot tell: "Looking at line 3, I cannot tell".

A number that counts what the question asks for stays an answer, as does one that a turn sets against the doubt ("hard
to tell, but 3"), and one in another sentence that counts nothing else.
"""

from __future__ import annotations

import re
from dataclasses import replace

from snellen.scorers.counted import Counted, counts, what_is_counted
from snellen.scorers.figures import Figure
from snellen.scorers.fold import fold
from snellen.scorers.page import Page
from snellen.scorers.refusal_phrases import UNCERTAIN

__all__ = ["without_passing"]

_IN_PASSING = "named in passing"
_MOST, _PROMPT_CHARS, _WORD_CHARS = 50, 2_000, 24  # phrases that are looked at, of a prompt, and of a label
_HINTS = (
    *("not", "n't", "unable", "impossible", "difficult", "hard to", "insufficient", "incapable", "lack"),
    *("unclear", "uncertain", "too "),
    *("없", "않", "어렵", "어려", "힘들", "힘듭", "곤란", "불가", "불분명", "모르", "모릅"),
)
_SEEN = re.compile("보이지")  # 보이지 않습니다 says that something is not there
# What parts a clause from the doubt in it.
_PARTED = re.compile(
    r"[.!?;:,\n—](?![0-9])|(?<![a-z])(?:but|so|though|although|however|and)(?![a-z])|"
    r"(?:지만|으나|고|며|는데|니다|어요|아요)(?![가-힣])"
)
_REACH = 200  # characters on either side of a doubt that are looked at
_AMOUNT = re.compile(
    r"(?<![a-z])(?:how many|how much|numbers?|count|amount|total|them|it|exact(?:ly)?|from|based|without|for sure)"
    r"(?![a-z])|"
    r"몇|개수|숫자|인원|정확|수(?:는|를|가)|얼마"
)
_OF_ELSE_KO = re.compile(r"[가-힣](?:은|는|이|가|을|를|도|지)\s")
_NAMES = frozenset({"a label", "a heading", "a list mark"})  # figures that name something, and say no amount
# What a sentence begins by looking at, up to a figure: no verb that says something of it.
_LOOKS = re.compile(
    r"[\s*_\"'(]*(?:looking|judging|based|going|from|given|according|with|in|on|for|by|even|at|despite|without|considering)"
    r"(?![a-z])(?:(?!(?<![a-z])(?:is|are|was|were|there|see|count|shows?|has|have|i|we)(?![a-z]))[^.!?\n])*\Z"
)


def without_passing(page: Page, figures: list[Figure], prompt: str) -> list[Figure]:
    """The figures, with those marked that are named only in passing by a text that says that it cannot tell.

    Args:
        page: The text.
        figures: Its figures.
        prompt: The question.
    """
    text = page.text
    if not figures or not any(hint in text for hint in _HINTS):
        return figures
    doubts = [match.span() for match in UNCERTAIN.finditer(text) if not _SEEN.match(match.group())][-_MOST:]
    if not doubts:
        return figures
    counted, asked = what_is_counted(prompt), fold(prompt[-_PROMPT_CHARS:]).text
    gives_up = any(_is_of_the_answer(text, *doubt, counted) for doubt in doubts)
    found = []
    for one in figures:
        within = any(_is_within(page, one, *doubt) for doubt in doubts)
        counting = counts(text, one, counted) if within or gives_up else None
        is_name = one.aside in _NAMES and not _is_asked_for(text, one.start, asked)
        passing = within or (gives_up and (is_name or counting is False))
        found.append(replace(one, aside=_IN_PASSING) if passing and (counting is not True or one.aside) else one)
    return found


def _is_of_the_answer(text: str, start: int, end: int, counted: Counted) -> bool:
    """Whether a doubt is of what is asked, not of something else: "I cannot tell their age", 나이는 알 수 없습니다."""
    if not text[start:end].isascii():
        clause = _PARTED.split(text[max(0, start - _REACH) : start])[-1]
        return _AMOUNT.search(clause) is not None or _OF_ELSE_KO.search(clause) is None
    clause = _PARTED.split(text[end : end + _REACH], maxsplit=1)[0]
    named = counted.noun and counted.noun in clause
    return bool(named) or not clause.strip() or _AMOUNT.search(text[start:end] + clause) is not None


def _is_asked_for(text: str, start: int, asked: str) -> bool:
    """Whether the question holds the word that makes a figure a label: "What is the number on the shirt?"."""
    word = text[max(0, start - _WORD_CHARS) : start].split()[-1:]
    return bool(word) and word[0] in asked


def _is_within(page: Page, figure: Figure, start: int, end: int) -> bool:
    """Whether a figure stands in the clause of a doubt, or in what its sentence begins by looking at."""
    behind = max(figure.end, figure.unit_end)
    if figure.start - end > _REACH or start - behind > _REACH:
        return False
    if figure.start >= end:
        return _PARTED.search(page.text, end, figure.start) is None
    if behind > start:
        return True
    if not page.text[start:end].isascii():
        return _PARTED.search(page.text, behind, start) is None
    first, last = page.sentence(figure.start)
    return start < last and _LOOKS.match(page.text, max(first, figure.start - _REACH), figure.start) is not None
