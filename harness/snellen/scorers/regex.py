"""Regular expressions: whether a pattern, or several, are found in the response, in bounded time."""

from __future__ import annotations

from typing import Literal, NamedTuple

from snellen._text import shorten
from snellen.case import Case
from snellen.errors import InputError
from snellen.response import Response
from snellen.score import Evidence, Score
from snellen.scorers import regex_guard
from snellen.scorers.expected import answer_texts, needs_text
from snellen.scorers.fold import compose
from snellen.scorers.registered import scorer

__all__ = ["regex"]

_NAME = "regex"
_LINE_WIDTH, _LABEL_WIDTH = 200, 60


class _Look(NamedTuple):
    """What came of looking for one pattern; `is_found` is None when it had to be stopped."""

    is_found: bool | None
    evidence: Evidence


def _check(case: Case, /, *, answer: object = None, **_: object) -> str:
    if said := needs_text(case, answer=answer):
        return said
    for pattern in answer_texts(case, answer):
        if not pattern:
            return "its pattern is empty, and is found in every response"
        try:
            regex_guard.compile_pattern(pattern)
        except InputError as error:
            return str(error)
    return ""


@scorer(_NAME, version="1", check=_check)
def regex(
    case: Case,
    response: Response,
    /,
    *,
    answer: object = None,
    match: Literal["all", "any"] = "any",
    full: bool = False,
) -> Score:
    """1 when the pattern is found in the response, and 0 when not.

    Text and pattern are compared in NFKC. Case counts, unless the pattern says (?i). A pattern that runs away is
    stopped after half a second, and leaves the response unscored unless the others decide.

    Args:
        case: With its answer, a pattern.
        response: To be judged.
        answer: A pattern of Python's `re`, or several, over the case's own.
        match: Of several patterns, whether any must be found, or all; of all, the value is the share that is.
        full: The pattern must take in the whole response, white space at its ends apart.
    """
    patterns = answer_texts(case, answer)
    if not patterns:
        return Score(scorer=_NAME, value=None, passed=False, explanation=needs_text(case, answer=answer))
    looks = [_look(pattern, response.text, full=full) for pattern in patterns]
    found = sum(look.is_found is True for look in looks)
    stopped = [look for look in looks if look.is_found is None]
    passed = found == len(looks) if match == "all" else found > 0
    is_decided = passed or not stopped or (match == "all" and found + len(stopped) < len(looks))
    evidence = tuple(sorted((look.evidence for look in looks), key=_position))
    if not is_decided:
        why = f"{shorten(stopped[0].evidence.keyword, _LABEL_WIDTH)!r}: {stopped[0].evidence.note}"
        return Score(scorer=_NAME, value=None, passed=False, explanation=why, evidence=evidence)
    value = found / len(looks) if match == "all" else float(passed)
    return Score(scorer=_NAME, value=value, passed=passed, explanation=_explain(looks, found), evidence=evidence)


def _look(pattern: str, text: str, *, full: bool) -> _Look:
    try:
        span = _whole(pattern, text) if full else regex_guard.search(pattern, text)
    except TimeoutError:
        note = f"stopped after {regex_guard.TIMEOUT_S} s: it repeats what repeats"
        return _Look(None, Evidence(kind="note", keyword=pattern, note=note))
    except InputError as error:
        return _Look(None, Evidence(kind="note", keyword=pattern, note=str(error)))
    if span is None:
        return _Look(False, Evidence(kind="missing", keyword=pattern))
    return _Look(True, Evidence(kind="found", keyword=pattern, span=span if span[0] < span[1] else None))


def _whole(pattern: str, text: str) -> tuple[int, int] | None:
    """Start and end of the whole text when the pattern takes it all in, None when not.

    Raises:
        TimeoutError: It ran away.
    """
    composed = compose(text)
    stripped = composed.text.strip()
    if regex_guard.compile_pattern(pattern).fullmatch(stripped, timeout=regex_guard.TIMEOUT_S) is None:
        return None
    start = composed.text.find(stripped)
    return composed.span(start, start + len(stripped)) if stripped else (0, 0)


def _position(evidence: Evidence) -> tuple[bool, tuple[int, int]]:
    return evidence.span is None, evidence.span or (0, 0)


def _explain(looks: list[_Look], found: int) -> str:
    lost = [look.evidence.keyword for look in looks if look.is_found is False]
    if len(looks) == 1:
        return f"{'does not match' if lost else 'matches'} {shorten(looks[0].evidence.keyword, _LABEL_WIDTH)!r}"
    missing = ", ".join(repr(shorten(pattern, _LABEL_WIDTH)) for pattern in lost)
    return shorten(f"matches {found} of {len(looks)}" + (f"; missing {missing}" if lost else ""), _LINE_WIDTH)
