"""Expectations that will not do what their author thinks, told before a model is asked."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from snellen.case import Expectation
from snellen.errors import InputError
from snellen.scorers.fold import fold
from snellen.scorers.korean import is_hangul
from snellen.scorers.matcher import Passage, compile_keyword
from snellen.scorers.regex_guard import can_run_away, compile_pattern

__all__ = ["lint_expectation"]

# A noun of colour is not found in the adjective that models use.
_COLOUR_NOUNS = {
    "빨강": "빨간|붉은|적색",
    "파랑": "파란|푸른|청색",
    "노랑": "노란|황색",
    "하양": "하얀|흰|백색",
    "검정": "검은|까만|흑색",
}


def lint_expectation(expect: Expectation) -> list[str]:
    """Warnings about an expectation, a sentence each; empty when nothing looks wrong."""
    warnings: list[str] = []
    for synonyms in (*expect.all, *expect.any, *expect.none):
        for keyword in synonyms:
            warnings.extend(_lint_keyword(keyword, synonyms))
        warnings.extend(_lint_synonyms(synonyms))
    warnings.extend(_lint_conflicts(expect))
    for pattern in expect.regex:
        warnings.extend(_lint_regex(pattern))
    return list(dict.fromkeys(warnings))


def _lint_keyword(keyword: str, synonyms: tuple[str, ...]) -> Iterator[str]:
    folded = _plain(keyword)
    if not folded:
        yield f"keyword {keyword!r} is empty and can never be found."
    elif len(folded) == 1 and is_hangul(folded):
        yield (
            f"keyword {keyword!r} has one syllable: it counts only with a particle or alone, and may be another word. "
            "Prefer a longer word or a regex."
        )
    elif len(folded) == 1 and folded.isascii() and folded.isalpha():
        yield f"keyword {keyword!r} is one letter, and is found in any case: {folded!r} may be a word or an option."
    if folded in _COLOUR_NOUNS and len(synonyms) == 1:
        others = _COLOUR_NOUNS[folded]
        yield f"keyword {keyword!r} is not found in '{others.split('|')[0]}'. Write '{keyword}|{others}'."


def _lint_synonyms(synonyms: tuple[str, ...]) -> Iterator[str]:
    for first, second in itertools.permutations(synonyms, 2):
        if _plain(first) == _plain(second):
            alike = ", ".join(repr(word) for word in synonyms if _plain(word) == _plain(first))
            yield f"synonyms {alike} are the same."
        elif _plain(first) in _plain(second) and _says(second, first):
            yield f"synonym {second!r} adds nothing: whatever mentions it mentions {first!r}."


def _plain(keyword: str) -> str:
    return " ".join(fold(keyword).text.split())


def _lint_conflicts(expect: Expectation) -> Iterator[str]:
    wanted = [keyword for synonyms in expect.all for keyword in synonyms]
    for unwanted in (keyword for synonyms in expect.none for keyword in synonyms):
        for keyword in wanted:
            if _says(keyword, unwanted):
                yield f"{keyword!r} is expected, but mentions {unwanted!r}, which is forbidden."


def _says(text: str, keyword: str) -> bool:
    """Whether saying `text` mentions `keyword`."""
    return compile_keyword(keyword).find(Passage(text)).verdict == "mentioned"


def _lint_regex(pattern: str) -> Iterator[str]:
    try:
        compile_pattern(pattern)
    except InputError as error:
        yield str(error)
        return
    if can_run_away(pattern):
        yield f"regex {pattern!r} repeats a group that repeats: on some text it would not end, and is stopped unscored."
