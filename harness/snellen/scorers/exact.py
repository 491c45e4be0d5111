"""Exact match: whether the whole response is one of the answers, in the forms that count as the same.

Always the same: Unicode forms, full width and half width, typographic quotes and dashes, invisible characters (all by
`fold`), white space at the ends, and how much white space stands between words.
"""

from __future__ import annotations

import functools
import re
import string
import unicodedata
from typing import Literal, NamedTuple

from snellen._text import shorten
from snellen.case import Case
from snellen.response import Response
from snellen.score import Evidence, Score
from snellen.scorers.expected import answer_texts, needs_text
from snellen.scorers.fold import fold
from snellen.scorers.registered import scorer

__all__ = ["exact"]

_NAME = "exact"
_SHOWN, _SHOWN_CHARS, _READ_CHARS = 3, 60, 200  # in an explanation
_ARTICLE = re.compile(r"\b(?:a|an|the)\b", re.IGNORECASE)
_ASCII_PUNCTUATION = str.maketrans("", "", string.punctuation)
_KORQUAD_SIGNS = str.maketrans(dict.fromkeys("'\"<>()", " "))  # ‘’《》〈〉 are among them once folded
_NOT_WORD = re.compile(r"[^\w\s]|_")
_DROPPED = "'."  # don't is dont, U.S. is US; any other mark parts words

Style = Literal["plain", "squad", "korquad"]


class _Settings(NamedTuple):
    ignore_case: bool = True
    ignore_punctuation: bool = False
    ignore_spaces: bool = False
    ignore_articles: bool = False
    style: Style = "plain"


def _check(case: Case, /, *, answer: object = None, style: Style = "plain", **settings: bool) -> str:
    if said := needs_text(case, answer=answer):
        return said
    if style != "plain" and not settings.get("ignore_case", True):
        return f"style {style} ignores case; leave ignore_case out, or use style plain"
    chosen = _Settings(**settings, style=style)
    for text in answer_texts(case, answer):
        if text.strip() and not _normalised(text, chosen):
            return f"nothing is left of its answer {text!r} when what shall be ignored is taken away"
    return ""


@scorer(_NAME, version="1", check=_check)
def exact(
    case: Case,
    response: Response,
    /,
    *,
    answer: object = None,
    ignore_case: bool = True,
    ignore_punctuation: bool = False,
    ignore_spaces: bool = False,
    ignore_articles: bool = False,
    style: Style = "plain",
) -> Score:
    """1 when the whole response is the answer, or one of several, and 0 when not.

    Args:
        case: With its answer.
        response: To be judged.
        answer: A text or number, or several that are each right, over the case's own.
        ignore_case: Straße is STRASSE.
        ignore_punctuation: Marks are no difference, but one between two digits (3.5 is not 35) and a sign before one
            (-5 is not 5).
        ignore_spaces: All white space is taken away on both sides, for 두 마리 and 두마리.
        ignore_articles: a, an and the are no difference.
        style: `squad` and `korquad` are the rules of those benchmarks: case, all ASCII punctuation and, in SQuAD,
            articles are ignored. They compare folded text too, which is more lenient than the official scripts where
            two answers differ in typography alone: those leave “ ” and full-width marks standing.

    Source:
        SQuAD 1.1: normalize_answer of the official evaluate-v1.1.py (Rajpurkar et al. 2016, arXiv 1606.05250).
        KorQuAD 1.0: normalize_answer of the official evaluate-v1.0.py (Lim et al. 2019, arXiv 1909.07005): brackets
        and quotes become spaces first, and there are no articles.
    """
    chosen = _Settings(ignore_case, ignore_punctuation, ignore_spaces, ignore_articles, style)
    answers = answer_texts(case, answer)
    if not answers:
        return Score(scorer=_NAME, value=None, passed=False, explanation=needs_text(case, answer=answer))
    wanted = _wanted(answers, chosen)
    said = _normalised(response.text, chosen)
    if said in wanted:
        found = Evidence(kind="found", keyword=wanted[said], span=(0, len(response.text)) if response.text else None)
        why = f"is {shorten(wanted[said], _SHOWN_CHARS)!r}"
        return Score(scorer=_NAME, value=1.0, passed=True, explanation=why, evidence=(found,))
    right = " or ".join(repr(shorten(one, _SHOWN_CHARS)) for one in answers[:_SHOWN])
    more = f" or {len(answers) - _SHOWN} more" if len(answers) > _SHOWN else ""
    why = f"is {shorten(response.text[:_READ_CHARS], _SHOWN_CHARS)!r}; right is {right}{more}"
    missing = tuple(Evidence(kind="missing", keyword=one) for one in answers[:_SHOWN])
    return Score(scorer=_NAME, value=0.0, passed=False, explanation=why, evidence=missing)


@functools.lru_cache(maxsize=4096)
def _wanted(answers: tuple[str, ...], settings: _Settings) -> dict[str, str]:
    """The answers as they were written, by the form they are compared in."""
    return {_normalised(one, settings): one for one in reversed(answers)}


def _normalised(text: str, settings: _Settings) -> str:
    ignore_case, ignore_punctuation, ignore_spaces, ignore_articles, style = settings
    said = fold(text, ignore_case=ignore_case).text
    if style == "korquad":
        said = said.translate(_KORQUAD_SIGNS)
    if style != "plain":
        said = said.translate(_ASCII_PUNCTUATION)
    elif ignore_punctuation:
        said = _NOT_WORD.sub(_without_mark, said)
    if ignore_articles or style == "squad":
        said = _ARTICLE.sub(" ", said)
    return ("" if ignore_spaces else " ").join(said.split())


def _without_mark(match: re.Match[str]) -> str:
    mark, text, at = match.group(), match.string, match.start()
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if after.isdigit() and (before.isdigit() or (mark == "-" and not before.isalnum())):
        return mark
    if not unicodedata.category(mark).startswith("P"):
        return mark
    return "" if mark in _DROPPED else " "
