"""The keyword scorer: whether a response says what it must, and does not say what it must not.

Each group of `all`, the `any` groups together, each group of `none` and each regex is one check. The value is the
share of checks that are met; the response passes when all are. A group is met by one affirmative mention of one of its
synonyms.

Denied is not mentioned. Neither is ambiguous: where no rule can tell whether a keyword is claimed ("cannot tell whether
there is a dog", a question, 길이 that may be "road" or "length"), it counts as not mentioned, for `none` as for `all`.
So a response that doubts a forbidden thing has not claimed it and keeps the check; it is shown as ambiguous either way,
with the reason, and a reader can disagree.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from snellen._text import shorten
from snellen.case import Case
from snellen.errors import InputError
from snellen.response import Response
from snellen.score import Evidence, EvidenceKind, Score
from snellen.scorers import regex_guard
from snellen.scorers.expected import answer_texts
from snellen.scorers.matcher import Matcher, Passage, compile_keyword
from snellen.scorers.mention import MISSING, Finding
from snellen.scorers.registered import scorer

__all__ = ["find_group", "keywords"]

_NAME = "keywords"
_BAR = re.compile(r"(?<!\\)\|")
_LABEL_WIDTH, _LINE_WIDTH = 40, 200
_NOTHING_EXPECTED = "nothing is expected, so nothing can be judged"
# Of a group's synonyms, and of the groups of `any`, the first of these decides.
_VERDICTS = ("mentioned", "negated", "ambiguous", "missing")
_KINDS = ("found", *_VERDICTS[1:])

_Groups = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class _Group:
    label: str
    matchers: tuple[Matcher, ...]


@dataclass(frozen=True, slots=True)
class _Compiled:
    all: tuple[_Group, ...]
    any: tuple[_Group, ...]
    none: tuple[_Group, ...]
    regex: tuple[str, ...]


class _Check(NamedTuple):
    """One check.

    Attributes:
        label: What was checked, for the explanation.
        is_met: None when the check could not be made.
        outcome: Of the check as a whole, one of the kinds of evidence.
        evidence: What was looked at.
        forbids: Whether it asks for silence, not for a mention.
    """

    label: str
    is_met: bool | None
    outcome: EvidenceKind
    evidence: tuple[Evidence, ...]
    forbids: bool = False


def _inline(text: str) -> Mapping[str, object]:
    r"""Synonyms with bars between them; `\|` is a bar."""
    return {"answer": [part.replace(r"\|", "|").strip() for part in _BAR.split(text)]}


@scorer("keywords", version="1", inline=_inline)
def keywords(case: Case, response: Response, *, answer: object = None) -> Score:
    """The share of the case's expectation that the response meets, with what was found where.

    Unscored when nothing is expected, and when a regex is unusable or had to be stopped.

    Args:
        case: With what it expects.
        response: To be judged.
        answer: A keyword, or synonyms of which one must be mentioned, in place of the case's `expect`; where neither
            is there, the case's answer is taken.
    """
    if answer is None and case.expect.has_keywords:
        expect = case.expect
        compiled = _compile(expect.all, expect.any, expect.none, expect.regex)
    else:
        synonyms = answer_texts(case, answer)
        compiled = _compile((synonyms,) if synonyms else (), (), (), ())
    passage = Passage(response.text)
    checks = [_wanted(group, passage) for group in compiled.all]
    if compiled.any:
        checks.append(_any_of(compiled.any, passage))
    checks += [_unwanted(group, passage) for group in compiled.none]
    checks += [_regex(pattern, response.text) for pattern in compiled.regex]
    return _score(checks)


def find_group(synonyms: tuple[str, ...], text: str) -> Finding:
    """The verdict on a group of synonyms in a text, with the place that decides it."""
    return _find(_group(synonyms), Passage(text))


@functools.lru_cache(maxsize=4096)
def _compile(wanted: _Groups, any_of: _Groups, unwanted: _Groups, regex: tuple[str, ...]) -> _Compiled:
    """The parts of an expectation by themselves: its other scorers' options cannot be hashed."""
    return _Compiled(
        all=tuple(map(_group, wanted)), any=tuple(map(_group, any_of)), none=tuple(map(_group, unwanted)), regex=regex
    )


@functools.lru_cache(maxsize=4096)
def _group(synonyms: tuple[str, ...]) -> _Group:
    return _Group("|".join(synonyms), tuple(compile_keyword(keyword) for keyword in synonyms))


def _find(group: _Group, passage: Passage) -> Finding:
    best = MISSING
    for matcher in group.matchers:
        finding = matcher.find(passage)
        if finding.verdict == "mentioned":
            return finding
        if _VERDICTS.index(finding.verdict) < _VERDICTS.index(best.verdict) or (finding.note and not best.note):
            best = finding
    return best


def _wanted(group: _Group, passage: Passage) -> _Check:
    evidence = _evidence(group, _find(group, passage))
    return _Check(group.label, evidence.kind == "found", evidence.kind, (evidence,))


def _evidence(group: _Group, finding: Finding) -> Evidence:
    kind: EvidenceKind = "found" if finding.verdict == "mentioned" else finding.verdict
    return Evidence(kind=kind, keyword=group.label, span=finding.span, note=finding.note)


def _any_of(groups: tuple[_Group, ...], passage: Passage) -> _Check:
    label = " or ".join(group.label for group in groups)
    evidence = tuple(_evidence(group, _find(group, passage)) for group in groups)
    found = tuple(one for one in evidence if one.kind == "found")
    outcome = min((one.kind for one in evidence), key=_KINDS.index)
    return _Check(label, bool(found), outcome, found or evidence)


def _unwanted(group: _Group, passage: Passage) -> _Check:
    finding = _find(group, passage)
    kind: EvidenceKind = "absent"
    note = finding.note
    if finding.verdict == "mentioned":
        kind = "forbidden"
    elif finding.verdict == "ambiguous":
        kind, note = "ambiguous", f"taken as not mentioned; {finding.note}"
    evidence = Evidence(kind=kind, keyword=group.label, span=finding.span, note=note)
    return _Check(group.label, kind != "forbidden", kind, (evidence,), forbids=True)


def _regex(pattern: str, text: str) -> _Check:
    try:
        span = regex_guard.search(pattern, text)
    except (TimeoutError, InputError) as error:
        stopped = f"stopped after {regex_guard.TIMEOUT_S} s: it repeats what repeats"
        note = stopped if isinstance(error, TimeoutError) else str(error)
        return _Check(pattern, None, "note", (Evidence(kind="note", keyword=pattern, note=note),))
    if span is None:
        return _Check(pattern, False, "missing", (Evidence(kind="missing", keyword=pattern),))
    shown = span if span[0] < span[1] else None
    return _Check(pattern, True, "found", (Evidence(kind="found", keyword=pattern, span=shown),))


def _score(checks: list[_Check]) -> Score:
    evidence = tuple(sorted((one for check in checks for one in check.evidence), key=_position))
    undone = [check for check in checks if check.is_met is None]
    if not checks or undone:
        why = f"{undone[0].label!r}: {undone[0].evidence[0].note}" if undone else _NOTHING_EXPECTED
        return Score(scorer=_NAME, value=None, passed=False, explanation=shorten(why, _LINE_WIDTH), evidence=evidence)
    met = sum(check.is_met is True for check in checks)
    value, passed = met / len(checks), met == len(checks)
    return Score(scorer=_NAME, value=value, passed=passed, explanation=_explain(checks), evidence=evidence)


def _position(evidence: Evidence) -> tuple[bool, tuple[int, int]]:
    return evidence.span is None, evidence.span or (0, 0)


def _explain(checks: list[_Check]) -> str:
    """One line: "found 2 of 3; missing 'cat|고양이'", then what was forbidden and said all the same."""
    wanted = [check for check in checks if not check.forbids]
    unmet = [check for check in wanted if check.is_met is not True]
    parts = [f"found {len(wanted) - len(unmet)} of {len(wanted)}"] if wanted else []
    for outcome, word in (("missing", "missing"), ("negated", "denied"), ("ambiguous", "unclear")) if unmet else ():
        labels = [check.label for check in unmet if check.outcome == outcome]
        parts += [f"{word} {_quoted(labels)}"] if labels else []
    said = [check.label for check in checks if check.outcome == "forbidden"]
    parts += [f"mentions {_quoted(said)}, which is forbidden"] if said else []
    return "; ".join(parts) or "mentions nothing forbidden"


def _quoted(labels: list[str]) -> str:
    return ", ".join(f"'{shorten(label, _LABEL_WIDTH)}'" for label in labels)
