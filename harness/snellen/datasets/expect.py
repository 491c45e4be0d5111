r"""Expectations as people write them: a text, a list, or groups; "a|b" are synonyms, "number: 42" is a scorer."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Mapping
from functools import lru_cache

from snellen._text import nearest
from snellen.case import Expectation, ScorerSpec
from snellen.datasets.findings import Findings, quoted, text_of
from snellen.errors import InputError
from snellen.scorers.registry import is_registered, option_problems
from snellen.scorers.spec import inline_name, parse_scorer

__all__ = ["parse_expectation"]

_GROUPS = ("all", "any", "none", "regex", "scorers")
_BAR = re.compile(r"(?<!\\)\|")
_NOTHING = Expectation()


def parse_expectation(value: object, findings: Findings) -> Expectation:
    """What the row expects; nothing when it has no `expect`.

    Args:
        value: A text or number, a list of them (all must be mentioned), a mapping with `all`, `any`, `none` and
            `regex`, or None.
        findings: Where problems go; the answer is then incomplete.
    """
    if value is None:
        return _NOTHING
    if isinstance(value, Expectation):
        return value
    if not isinstance(value, Mapping):
        words, scorers = _parted(value, findings)
        return Expectation(all=_groups(words, "expect", findings), scorers=scorers)
    named = [key for key in value if key not in _GROUPS and is_registered(str(key))]
    for key in value:
        if key not in _GROUPS and key not in named:
            near = nearest(str(key), _GROUPS)
            meant = f" Did you mean '{near}'?" if near else " For keywords that all must be mentioned, write a list."
            groups = ", ".join(_GROUPS)
            findings.add(f"expect has no group {quoted(str(key))}. Groups: {groups}.{meant}", at="expect")
    given = value.get("scorers")
    listed = given if isinstance(given, list | tuple) else [] if given is None else [given]
    return Expectation(
        all=_groups(value.get("all"), "expect.all", findings),
        any=_groups(value.get("any"), "expect.any", findings),
        none=_groups(value.get("none"), "expect.none", findings),
        regex=_patterns(value.get("regex"), findings),
        scorers=_scorers([*listed, *({key: value[key]} for key in named)], findings),
    )


def _parted(value: object, findings: Findings) -> tuple[object, tuple[ScorerSpec, ...]]:
    """The keywords of a list, and the scorers that stand among them: `number: 42 ±1`, or a mapping of one name."""
    items = value if isinstance(value, list | tuple) else [value]
    is_scorer = [
        isinstance(item, Mapping) or (isinstance(item, str) and inline_name(item) is not None) for item in items
    ]
    if not any(is_scorer):
        return value, ()
    words = [item for item, other in zip(items, is_scorer, strict=True) if not other]
    return words, _scorers([item for item, other in zip(items, is_scorer, strict=True) if other], findings)


def _scorers(given: Iterable[object], findings: Findings) -> tuple[ScorerSpec, ...]:
    found: list[ScorerSpec] = []
    for one in given:
        try:
            spec = parse_scorer(one)
        except InputError as error:
            for problem in error.problems:
                findings.add(f"expect: {problem.message}", at="expect", hint=problem.hint)
            continue
        for message in option_problems(spec):
            findings.add(f"expect: {message}", at="expect")
        found.append(spec)
    return tuple(found)


def _groups(value: object, what: str, findings: Findings) -> tuple[tuple[str, ...], ...]:
    groups = (_synonyms(text, what, findings) for text in _texts(value, what, findings))
    return tuple(group for group in groups if group)


def _texts(value: object, what: str, findings: Findings) -> list[str]:
    if value is None:
        return []
    items = value if isinstance(value, list | tuple) else [value]
    texts: list[str] = []
    for number, item in enumerate(items, 1):
        label = f"{what}: entry {number}" if len(items) > 1 else what
        if isinstance(item, list | tuple):
            hint = 'Synonyms are written in one text, with bars between: "cat|kitten".'
            findings.add(f"{label} is a list inside a list", at="expect", hint=hint)
            continue
        text = text_of(item, label, findings, at="expect")
        if text is not None:
            texts.append(text)
    return texts


def _synonyms(text: str, what: str, findings: Findings) -> tuple[str, ...]:
    parts = _BAR.split(text) if "|" in text else [text]
    synonyms = tuple(part.replace(r"\|", "|").strip() for part in parts)
    if all(synonyms):
        return synonyms
    if len(synonyms) == 1:
        findings.add(f"{what} has an empty keyword, which every answer contains", at="expect")
    else:
        hint = r"A bar that is part of the keyword is written \|."
        findings.add(
            f"{what}: {quoted(text)} has an empty synonym, which every answer contains", at="expect", hint=hint
        )
    return ()


def _patterns(value: object, findings: Findings) -> tuple[str, ...]:
    patterns = tuple(_texts(value, "expect.regex", findings))
    for pattern in patterns:
        problem = _regex_problem(pattern)
        if problem:
            findings.add(f"expect.regex: {quoted(pattern)} is not a regular expression: {problem}", at="expect")
    return patterns


@lru_cache(maxsize=1024)
def _regex_problem(pattern: str) -> str | None:
    if not pattern:
        return "it is empty, and every answer matches it"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a pattern that a later Python may read otherwise is still a pattern
        try:
            re.compile(pattern)
        except (re.error, OverflowError, RecursionError) as error:
            return str(error) or type(error).__name__
    return None
