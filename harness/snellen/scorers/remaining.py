"""What is left: of the numbers of a text the one that is said to remain, where the question asks for that."""

from __future__ import annotations

import re

from snellen.scorers.figures import Figure
from snellen.scorers.fold import fold
from snellen.scorers.page import OPEN, Page

__all__ = ["remaining"]

_PROMPT_CHARS, _WINDOW = 2_000, 48  # of a prompt that are read, and before a figure
_PLACE = "on|to|at|the|in|from|of|far"
_ASKED = re.compile(
    r"(?<![a-z])(?:remain(?:s|ing)?|left\s?over|(?:is|are|be|were|has|have)"
    rf"(?: (?!(?:{_PLACE})(?![a-z]))[a-z]+)?(?: left)(?!-| (?:of|side|to|hand)))(?![a-z])|"
    r"남(?:은|는|았|나요|습니|을까|게\s?되)|남아"
)
_IS_LEFT = re.compile(
    rf"[*_]{{0,3}}(?: (?!(?:{_PLACE}|and|but|so)(?![a-z]))[a-z]+){{0,3}}? (?:(?:will|would|that|which) )?"
    r"(?:(?:is|are|be|were|have) )?(?:still )?"
    r"(?:remain(?:s|ed|ing)?|left\s?over|left(?!-| (?:of|side|to|hand|and right)))(?![a-z])|"
    r"[*_]{0,3}(?:이|가|만|은|는)?\s?(?:[가-힣]{1,6}\s)?남(?:습|았|아|는|게|을|음|네|다|고)"
)
_LEFT_BEFORE = re.compile(
    rf"(?<![a-z])(?:leav(?:es|ing)(?: (?:us|you|me|him|her|them|behind))?(?: with)?(?: only| just| a total of)?|"
    r"(?:the )?remaining|(?:left|remaining)(?: (?!are|is)[a-z]+){0,4}(?: is| are|[*_]{0,2} ?[:=]| equals)|"
    r"remainder (?:is|of)|"
    rf"left with)(?: only| just| therefore| thus)?{OPEN}{{1,4}}$|"
    rf"나머지(?:는|가|:)?{OPEN}{{1,4}}(?:총|모두)?{OPEN}{{0,2}}$|남(?:은|는|아\s?있는)\s[^.!?\n0-9]{{0,20}}?(?:은|는|이|가|:)?{OPEN}{{0,4}}(?:총|모두)?{OPEN}{{0,2}}$"
)


def remaining(page: Page, prompt: str) -> tuple[Figure, str] | None:
    """The last number that is said to be left; None where the question asks something else, or none is said to be.

    Args:
        page: The text.
        prompt: The question.
    """
    if not _ASKED.search(fold(prompt[-_PROMPT_CHARS:]).text):
        return None
    for figure in reversed(page.figures):
        if figure.aside in {"", "a part"} and _is_left(page.text, figure):
            return figure, "said to be left"
    return None


def _is_left(text: str, figure: Figure) -> bool:
    end = max(figure.end, figure.unit_end)
    if _IS_LEFT.match(text, end):
        return True
    return _LEFT_BEFORE.search(text, max(0, figure.start - _WINDOW), figure.start) is not None
