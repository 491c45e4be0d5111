"""Nearly the same text: a similarity from edit distance, by RapidFuzz."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from typing import Literal

from snellen._text import shorten
from snellen.case import Case
from snellen.response import Response
from snellen.score import Evidence, Score
from snellen.scorers.expected import answer_texts, needs_text
from snellen.scorers.fold import fold
from snellen.scorers.inline import bounded
from snellen.scorers.registered import scorer

__all__ = ["fuzzy"]

_NAME = "fuzzy"
_AT_LEAST = 0.8
_SHOWN_CHARS = 60
_BITS = 64
_PERCENT = 100
_MOST_WORK = 10_000_000_000  # pairs of characters: about 2.5 s, measured; 5 million against 2,000
_MOST_PARTIAL_WORK = 5_000_000_000  # every window of the text is compared, 64 characters at a time

Method = Literal["ratio", "partial", "token_sort", "token_set"]


def _check(case: Case, /, *, answer: object = None, at_least: float = _AT_LEAST, **_: object) -> str:
    if not 0 < at_least <= 1:
        return f"at_least is {at_least}; right is a share above 0 and up to 1, such as 0.8 for 80 %"
    if said := needs_text(case, answer=answer):
        return said
    empty = [text for text in answer_texts(case, answer) if not _form(text, True)]
    return f"its answer {empty[0]!r} is empty; there is nothing to compare with" if empty else ""


def _inline(text: str) -> Mapping[str, object]:
    return bounded(text, ">=", "at_least")


@scorer(_NAME, version="1", check=_check, inline=_inline)
def fuzzy(
    case: Case,
    response: Response,
    /,
    *,
    answer: object = None,
    at_least: float = _AT_LEAST,
    method: Method = "ratio",
    ignore_case: bool = True,
) -> Score:
    """How similar the response is to the nearest of the answers, 0 to 1; it passes from `at_least` on.

    Compared is folded text with single spaces. Unscored when response and answer are so long that comparing them would
    take more than a few seconds (a response of 5 million characters and an answer of 2,000 still are).

    Args:
        case: With its answer.
        response: To be judged.
        answer: A text or number, or several of which the nearest counts, over the case's own.
        at_least: The similarity that passes.
        method: What is compared: `ratio` the whole, in order (1 - insertions and deletions / both lengths); `partial`
            the answer with the stretch of the response that is most like it; `token_sort` the words in alphabetical
            order; `token_set` the words that both have with those that one has, so that a longer response with all
            words of the answer is 1.
        ignore_case: Case is no difference.

    Source:
        RapidFuzz, fuzz.ratio, partial_ratio, token_sort_ratio and token_set_ratio, divided by 100.
    """
    answers = answer_texts(case, answer)
    said = _joined(response.text, ignore_case=ignore_case)
    forms = {_form(one, ignore_case): one for one in reversed(answers)}
    why = _unscorable(case, answer, forms, said, method)
    if why:
        return Score(scorer=_NAME, value=None, passed=False, explanation=why)
    nearest = max(forms, key=lambda form: _similarity(form, said, method))
    value = _similarity(nearest, said, method)
    passed = value >= at_least
    shown = shorten(forms[nearest], _SHOWN_CHARS)
    evidence = Evidence(kind="found" if passed else "missing", keyword=forms[nearest], note=f"similarity {value:.3f}")
    why = f"{value:.3f} like {shown!r}; {'at least' if passed else 'less than'} {at_least:g}"
    return Score(scorer=_NAME, value=value, passed=passed, explanation=why, evidence=(evidence,))


def _unscorable(case: Case, answer: object, forms: Mapping[str, str], said: str, method: Method) -> str:
    if not any(forms):
        return needs_text(case, answer=answer) or "its answer is empty; there is nothing to compare with"
    work, most = len(said) * sum(map(len, forms)), _MOST_WORK
    longest = max(map(len, forms))
    if method == "partial":
        work, most = work * math.ceil(min(longest, len(said)) / _BITS), _MOST_PARTIAL_WORK
    if work > most:
        return f"a response of {len(said):,} characters and an answer of {longest:,} are too long to be compared"
    return ""


@functools.lru_cache(maxsize=4096)
def _form(answer: str, ignore_case: bool) -> str:
    return _joined(answer, ignore_case=ignore_case)


def _joined(text: str, *, ignore_case: bool) -> str:
    return " ".join(fold(text, ignore_case=ignore_case).text.split())


def _similarity(form: str, said: str, method: Method) -> float:
    from rapidfuzz import fuzz

    compare = {
        "ratio": fuzz.ratio,
        "partial": fuzz.partial_ratio,
        "token_sort": fuzz.token_sort_ratio,
        "token_set": fuzz.token_set_ratio,
    }[method]
    return compare(form, said) / _PERCENT
