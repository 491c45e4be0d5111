"""Plain substrings: whether a text stands somewhere in the response.

What they do not do is understand: "no dog" contains `dog`, and so does "dogma". The scorer `keywords` reads words,
particles, numbers and denials; these are for text that must appear letter by letter, such as what is read off a sign.

Compared is folded text: case, Unicode forms, full and half width, typographic quotes and dashes never matter, and
neither does how much white space stands between words.
"""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from snellen._text import plural, shorten
from snellen.case import Case
from snellen.response import Response
from snellen.score import Evidence, Score
from snellen.scorers.expected import answer_texts, needs_text
from snellen.scorers.fold import Folded, fold
from snellen.scorers.inline import items, without_bars
from snellen.scorers.matcher import is_whole_word
from snellen.scorers.registered import scorer

__all__ = ["contains", "contains_all", "contains_any"]

_LINE_WIDTH, _LABEL_WIDTH = 200, 40
_MOST_LOOKED_AT = 10_000  # places inside longer words, after which the text is taken to stand nowhere by itself
_WORD = re.compile(r"\S+")


class _How(NamedTuple):
    ignore_case: bool = True
    whole_words: bool = False
    ignore_spaces: bool = False


def _check(case: Case, /, *, answer: object = None, **_: object) -> str:
    if said := needs_text(case, answer=answer):
        return said
    empty = [text for text in answer_texts(case, answer) if not _needle(text, _How())]
    return f"its answer {empty[0]!r} is empty, and every response contains that" if empty else ""


def _inline_list(text: str) -> Mapping[str, object]:
    return {"answer": items(text)}


def _inline_text(text: str) -> Mapping[str, object]:
    return {"answer": without_bars(text)}


@scorer("contains", version="1", check=_check, inline=_inline_text)
def contains(
    case: Case,
    response: Response,
    /,
    *,
    answer: object = None,
    ignore_case: bool = True,
    whole_words: bool = False,
    ignore_spaces: bool = False,
) -> Score:
    """1 when the response contains the answer, or one of several, and 0 when not; what it means does not matter.

    Args:
        case: With its answer.
        response: To be judged.
        answer: A text or number, or several of which one is enough, over the case's own.
        ignore_case: `STOP` is found in "Stop".
        whole_words: Only where words begin and end, as their script has it: no letter or digit beside Latin words
            ("cat" in "이것은 cat입니다" counts), particles behind Korean ones; no bounds in Chinese and Japanese.
        ignore_spaces: All white space is taken away on both sides, for 두 마리 and 두마리.

    Source:
        OCRBench's rule (Liu et al. 2023, arXiv 2305.07895; example.py: any answer is a substring, lower case, line
        ends as spaces), on folded text, which finds also what differs in width or runs of white space alone. Its
        HME100k subset: ignore_case=False, ignore_spaces=True.
    """
    return _one_of("contains", case, response, answer, _How(ignore_case, whole_words, ignore_spaces))


@scorer("contains-any", version="1", check=_check, inline=_inline_list)
def contains_any(
    case: Case,
    response: Response,
    /,
    *,
    answer: object = None,
    ignore_case: bool = True,
    whole_words: bool = False,
    ignore_spaces: bool = False,
) -> Score:
    """As `contains`; in the mini-language the texts stand behind it with commas between: `contains-any: a, b`."""
    return _one_of("contains-any", case, response, answer, _How(ignore_case, whole_words, ignore_spaces))


@scorer("contains-all", version="1", check=_check, inline=_inline_list)
def contains_all(
    case: Case,
    response: Response,
    /,
    *,
    answer: object = None,
    ignore_case: bool = True,
    whole_words: bool = False,
    ignore_spaces: bool = False,
) -> Score:
    """The share of the answers that the response contains; it passes when it contains all. Options as of `contains`."""
    name = "contains-all"
    answers = answer_texts(case, answer)
    if not answers:
        return _unscored(name, case, answer)
    evidence = _looked_for(answers, response.text, _How(ignore_case, whole_words, ignore_spaces))
    lost = [one.keyword for one in evidence if one.kind == "missing"]
    found = len(answers) - len(lost)
    why = f"contains {found} of {len(answers)}" + (f"; missing {_listed(lost)}" if lost else "")
    return Score(
        scorer=name,
        value=found / len(answers),
        passed=not lost,
        explanation=shorten(why, _LINE_WIDTH),
        evidence=tuple(sorted(evidence, key=_position)),
    )


def _one_of(name: str, case: Case, response: Response, answer: object, how: _How) -> Score:
    answers = answer_texts(case, answer)
    if not answers:
        return _unscored(name, case, answer)
    evidence = _looked_for(answers, response.text, how)
    found = tuple(sorted((one for one in evidence if one.kind == "found"), key=_position))
    why = f"contains {_listed([one.keyword for one in found])}" if found else f"does not contain {_listed(answers)}"
    return Score(
        scorer=name,
        value=1.0 if found else 0.0,
        passed=bool(found),
        explanation=shorten(why, _LINE_WIDTH),
        evidence=found or evidence,
    )


def _unscored(name: str, case: Case, answer: object) -> Score:
    return Score(scorer=name, value=None, passed=False, explanation=needs_text(case, answer=answer))


def _position(evidence: Evidence) -> tuple[bool, tuple[int, int]]:
    return evidence.span is None, evidence.span or (0, 0)


def _listed(texts: tuple[str, ...] | list[str]) -> str:
    shown = ", ".join(f"'{shorten(text, _LABEL_WIDTH)}'" for text in texts[:5])
    return shown if len(texts) <= 5 else f"{shown} and {plural(len(texts) - 5, 'other')}"  # noqa: PLR2004  # as shown


def _looked_for(answers: tuple[str, ...], text: str, how: _How) -> tuple[Evidence, ...]:
    haystack = _Haystack(text, how)
    return tuple(_evidence(one, haystack, how) for one in answers)


def _evidence(answer: str, haystack: _Haystack, how: _How) -> Evidence:
    needle = _needle(answer, how)
    places = haystack.places(needle) if needle else iter(())
    inside = False
    for looked_at, (start, end) in enumerate(places):
        if not how.whole_words or is_whole_word(haystack.folded.text, start, end):
            return Evidence(kind="found", keyword=answer, span=haystack.folded.span(start, end))
        inside = True
        if looked_at >= _MOST_LOOKED_AT:
            break
    return Evidence(kind="missing", keyword=answer, note="only inside a longer word" if inside else "")


@functools.lru_cache(maxsize=8192)
def _needle(answer: str, how: _How) -> str:
    return _joined(fold(answer, ignore_case=how.ignore_case).text, how)


def _joined(text: str, how: _How) -> str:
    """`text` with one space, or none, for each run of white space, and none at its ends."""
    return ("" if how.ignore_spaces else " ").join(text.split())


class _Haystack:
    """A response, ready for texts to be looked for in it.

    Attributes:
        folded: Its text, folded.
    """

    __slots__ = ("_how", "_runs", "_squeezed", "folded")

    def __init__(self, text: str, how: _How) -> None:
        self.folded: Folded = fold(text, ignore_case=how.ignore_case)
        self._how = how
        self._squeezed = _joined(self.folded.text, how)
        self._runs: tuple[list[int], list[int]] | None = None

    def places(self, needle: str) -> Iterator[tuple[int, int]]:
        """Start and end in the folded text of each place where `needle` stands."""
        at = self._squeezed.find(needle)
        while at >= 0:
            yield self._place(at), self._place(at + len(needle) - 1) + 1
            at = self._squeezed.find(needle, at + 1)

    def _place(self, at: int) -> int:
        """Where the character that stands at `at` of the squeezed text stands in the folded one."""
        if self._squeezed == self.folded.text:
            return at
        if self._runs is None:
            self._runs = self._find_runs()
        squeezed, folded = self._runs
        run = bisect.bisect_right(squeezed, at) - 1
        return folded[run] + at - squeezed[run]

    def _find_runs(self) -> tuple[list[int], list[int]]:
        """Where each run without white space begins, in the squeezed text and in the folded one."""
        gap = 0 if self._how.ignore_spaces else 1
        squeezed: list[int] = []
        folded: list[int] = []
        position = 0
        for match in _WORD.finditer(self.folded.text):
            squeezed.append(position)
            folded.append(match.start())
            position += match.end() - match.start() + gap
        return squeezed, folded
