r"""Expectations as people write them: a text, a list, or groups; "a|b" are synonyms, "number: 42" is a scorer."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Mapping
from functools import lru_cache

from snellen._text import nearest, shorten
from snellen.case import Expectation, ScorerSpec
from snellen.datasets.findings import Findings, quoted, text_of
from snellen.errors import InputError
from snellen.scorers.registry import DENIED, is_registered, option_problems, scorer_names
from snellen.scorers.slips import meant_inline
from snellen.scorers.spec import is_scorer, parse_scorer

__all__ = ["parse_expectation"]

_GROUPS = ("all", "any", "none", "regex", "scorers")
_BAR = re.compile(r"(?<!\\)\|")
_NOTHING = Expectation()
_NEAR = 0.7  # "non" is none, "nubmer" number; "wants" is nothing
_HINT_CHARS = 80


def parse_expectation(value: object, findings: Findings) -> Expectation:
    """What the row expects; nothing when it has no `expect`.

    Args:
        value: A text or number, a list of them (all must be mentioned), a mapping with `all`, `any`, `none`, `regex`,
            `scorers` and names of scorers, or None. Among keywords that all must be mentioned a scorer may stand.
        findings: Where problems go; the answer is then incomplete.
    """
    if value is None:
        return _NOTHING
    if isinstance(value, Expectation):
        return value
    if not isinstance(value, Mapping):
        words, scorers = _parted(value, "expect", findings)
        return Expectation(all=_groups(words, "expect", findings), scorers=scorers)
    return _of_groups(value, findings)


def _of_groups(value: Mapping[str, object], findings: Findings) -> Expectation:
    named = [key for key in value if _names_scorer(key, value[key])]
    for key in value:
        if key not in _GROUPS and key not in named:
            _report_group(str(key), value[key], findings)
    given = value.get("scorers")
    if given in ([], {}):
        findings.add("expect.scorers is empty", at="expect", hint="Name a scorer, or leave it out.")
    listed = given if isinstance(given, list | tuple) else [] if given is None else [given]
    words, scorers = _parted(None if "all" in named else value.get("all"), "expect.all", findings)
    none_of = [None if key in named else _words_only(value.get(key), key, findings) for key in ("any", "none")]
    return Expectation(
        all=_groups(words, "expect.all", findings),
        any=_groups(none_of[0], "expect.any", findings),
        none=_groups(none_of[1], "expect.none", findings),
        regex=_patterns(value.get("regex"), findings),
        scorers=(*scorers, *_scorers([*listed, *({key: value[key]} for key in named)], findings)),
    )


def _names_scorer(key: object, value: object) -> bool:
    """Whether a key of `expect` is a scorer's; `all` and `any` are groups unless they list scorers."""
    if key in _GROUPS:
        return key in ("all", "any") and isinstance(value, Mapping) and "scorers" in value
    return is_registered(str(key))


def _report_group(key: str, value: object, findings: Findings) -> None:
    near = nearest(key, (*_GROUPS, *scorer_names()), cutoff=_NEAR)
    meant = f" Did you mean '{near}'?" if near else ""
    hint = _keyword_hint(key, value) or "For keywords that all must be mentioned, write a list."
    message = f"expect has no group {quoted(key)}, and there is no scorer of this name."
    findings.add(f"{message}{meant} Groups: {', '.join(_GROUPS)}.", at="expect", hint=hint)


def _parted(value: object, what: str, findings: Findings) -> tuple[object, tuple[ScorerSpec, ...]]:
    """The keywords of a list, and the scorers that stand among them: `number: 42 ±1`, or a mapping of one name."""
    items = value if isinstance(value, list | tuple) else [value]
    words: list[object] = []
    scorers: list[object] = []
    for item in items:
        if isinstance(item, str) and ":" not in item and "：" not in item and not is_registered(item.strip()):
            words.append(item)  # nearly all are; there may be millions
        elif isinstance(item, Mapping) or (isinstance(item, str) and is_scorer(item)):
            scorers.append(item)
        elif not (isinstance(item, str) and _is_unclear(item, what, findings)):
            words.append(item)
    return (value if len(words) == len(items) else words), _scorers(scorers, findings)


def _is_unclear(text: str, what: str, findings: Findings) -> bool:
    """Whether a keyword may as well be meant as a scorer: a finding that tells how to write either."""
    name = text.strip()
    if is_registered(name):
        message = f"{what}: {quoted(name)} may be a keyword, and is the name of a scorer"
        hint = f'For the keyword write "keywords: {name}"; for the scorer "scorers: {name}" under expect'
        findings.add(message, at="expect", hint=f"{hint} (in CSV: {name} in the column expect_scorers).")
        return True
    meant = meant_inline(text)
    if meant is not None:
        message = f"{what}: {quoted(text)} is nearly a scorer. Did you mean {quoted(meant)}?"
        findings.add(message, at="expect", hint=f'For the keyword write "keywords: {shorten(name, _HINT_CHARS)}".')
    return meant is not None


def _words_only(value: object, group: str, findings: Findings) -> object:
    """The keywords of a group that takes nothing else; a finding for each scorer among them."""
    items = value if isinstance(value, list | tuple) else [value]
    texts = [item for item in items if isinstance(item, str)]
    odd = [text for text in texts if is_scorer(text) or meant_inline(text) is not None]
    for text in odd:
        meant = shorten(meant_inline(text) or text.strip(), _HINT_CHARS)
        word = f"keywords: {shorten(text.strip(), _HINT_CHARS)}"
        ways = (f'scorers: [{{any: ["{meant}", ...]}}]', f'"{word}" there')
        if group == "none":
            ways = (f'scorers: ["{_turned(meant)}"]', f'scorers: ["{DENIED}{word}"]')
        message = f"expect.{group}: {quoted(text)} is written like a scorer, and this group takes keywords"
        findings.add(
            message, at="expect", hint=f"For the scorer write {ways[0]} under expect; for the keyword {ways[1]}."
        )
    return [item for item in items if item not in odd] if odd else value


def _turned(one_liner: str) -> str:
    return one_liner.removeprefix(DENIED) if one_liner.startswith(DENIED) else f"{DENIED}{one_liner}"


def _scorers(given: Iterable[object], findings: Findings) -> tuple[ScorerSpec, ...]:
    found: list[ScorerSpec] = []
    for one in given:
        try:
            spec = parse_scorer(one)
        except InputError as error:
            for problem in error.problems:
                findings.add(f"expect: {problem.message}", at="expect", hint=problem.hint or _quotes_hint(one))
            continue
        for message in option_problems(spec):
            findings.add(f"expect: {message}", at="expect")
        found.append(spec)
    return tuple(found)


def _quotes_hint(given: object) -> str | None:
    """For `- Total: 42` without quotes, which YAML takes for a mapping."""
    if not isinstance(given, Mapping) or len(given) != 1:
        return None
    ((key, value),) = given.items()
    return None if is_registered(str(key)) else _keyword_hint(str(key), value)


def _keyword_hint(key: str, value: object) -> str | None:
    """How a keyword with a colon is written, of which YAML has made a mapping."""
    if not isinstance(value, str | int | float):
        return None
    text = f"{key}: {value}"
    if meant_inline(text) is not None:
        return f'For the keyword write "keywords: {shorten(text, _HINT_CHARS)}".'
    return f'For the keyword put it in quotes: "{shorten(text, _HINT_CHARS)}".'


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
