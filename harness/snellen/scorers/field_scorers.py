"""Which scorer judges which field of a document, and its verdict on one value.

A field is named by its path: `total`, `shop.name`, `items.*.price` with `*` for any index or key. Where no path names
it, a number is judged by `number` and a text by `exact`, which ignores case and how much white space stands between
words. `date` compares calendar days, however they are written; it is a scorer of fields alone.
"""

from __future__ import annotations

import functools
import json
import math
import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias

from snellen._text import shorten
from snellen.case import Case, Expectation, ScorerSpec
from snellen.errors import InputError
from snellen.response import Response
from snellen.scorers.dates import Order, read_date
from snellen.scorers.fold import fold
from snellen.scorers.json_reader import JsonNode
from snellen.scorers.protocol import Scorer
from snellen.scorers.registry import case_problem, find, get_scorer, option_problems
from snellen.scorers.spec import parse_scorer

__all__ = ["DateSpec", "FieldScorers", "Path", "Verdict", "is_empty", "matches", "parse_fields", "shown"]

Path: TypeAlias = tuple[str, ...]
Kind: TypeAlias = Literal["right", "wrong", "missing", "extra"]

_SHOWN_CHARS, _READ_CHARS = 60, 1000
_WORDS: Mapping[bool, tuple[object, ...]] = {
    True: ("true", "yes", "예", "네"),
    False: ("false", "no", "아니오", "아니요"),
}
_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?", re.ASCII)
_ORDERS: tuple[Order, ...] = ("ymd", "dmy", "mdy")
_DATE = "date"
_EXACT, _NUMBER = ScorerSpec(name="exact"), ScorerSpec(name="number")


class DateSpec(NamedTuple):
    """That a field is a date.

    Attributes:
        order: In which digits stand where nothing else tells; None reads only what can be read in one way.
    """

    order: Order | None = None


class Verdict(NamedTuple):
    """On one field.

    Attributes:
        kind: right, wrong, missing; or extra for what was not asked for.
        value: 0 to 1.
        note: Why it is not right, or what the scorer said; empty when nothing needs saying.
    """

    kind: Kind
    value: float
    note: str = ""


FieldSpec: TypeAlias = ScorerSpec | DateSpec


class FieldScorers:
    """The scorers of a document's fields."""

    def __init__(self, specs: Mapping[str, FieldSpec], case: Case, response: Response) -> None:
        """`specs` by path; `case` and `response` are those of the whole document."""
        self._specs = sorted(specs.items(), key=lambda item: item[0].count("*"))
        self._case = replace(case, expect=Expectation(), prompt="")
        self._response = response
        self._ready: dict[int, Scorer] = {}

    def judge(self, path: Path, wanted: object, node: JsonNode | None) -> Verdict:
        """The verdict on a text, number, word or null where `wanted` is right; `node` is None when nothing is there."""
        said = None if node is None else node.value
        if is_empty(wanted):
            return Verdict("right", 1.0) if is_empty(said) else Verdict("wrong", 0.0, f"{shown(said)} stands there")
        if node is None or is_empty(said):
            return Verdict("missing", 0.0, "" if node is None else f"{shown(said)} stands there")
        if isinstance(said, dict | list):
            return Verdict("wrong", 0.0, f"{'an object' if isinstance(said, dict) else 'a list'} stands there")
        spec = self.spec_of(path)
        if isinstance(spec, DateSpec):
            return _judge_date(spec, str(wanted), str(said))
        if spec is None:
            return self._by_kind(wanted, node)
        return self._by_scorer(spec, wanted, self._text(node))

    def spec_of(self, path: Path) -> FieldSpec | None:
        """What was said of this field; the fewest `*` win, then the first."""
        return next((spec for pattern, spec in self._specs if matches(pattern, path)), None)

    def problem(self, path: Path, wanted: object) -> str:
        """Why the field's scorer cannot judge this answer, "" when it can."""
        spec = self.spec_of(path)
        if is_empty(wanted) or spec is None:
            return ""
        if isinstance(spec, DateSpec):
            found = read_date(str(wanted), order=spec.order)
            return "" if found.date else f"{shown(wanted)} cannot be read as a date: {found.problem}"
        return case_problem(spec, replace(self._case, answer=wanted))

    def _by_kind(self, wanted: object, node: JsonNode) -> Verdict:
        said = node.value
        if isinstance(wanted, bool) or isinstance(said, bool):
            return _judge_bool(wanted, said)
        if isinstance(said, int | float) and (number := _number(wanted)) is not None:
            is_right = Decimal(str(said)) == number
            return Verdict("right", 1.0) if is_right else Verdict("wrong", 0.0, f"{shown(said)} stands there")
        spec = _NUMBER if isinstance(wanted, int | float) else _EXACT
        return self._by_scorer(spec, wanted, self._text(node))

    def _by_scorer(self, spec: ScorerSpec, wanted: object, text: str) -> Verdict:
        if id(spec) not in self._ready:
            self._ready[id(spec)] = get_scorer(spec)
        score = self._ready[id(spec)](replace(self._case, answer=wanted), replace(self._response, text=text))
        there = f"{shown(text)} stands there"
        if score.value is None:
            return Verdict("wrong", 0.0, f"{there}; {score.explanation}")
        if score.passed:
            return Verdict("right", score.value, "" if score.value == 1 else score.explanation)
        return Verdict("wrong", score.value, there if spec is _EXACT else f"{there}; {score.explanation}")

    def _text(self, node: JsonNode) -> str:
        """The value as text; a number as it was written, so that 12.50 keeps its nought."""
        if isinstance(node.value, str):
            return node.value
        if isinstance(node.value, bool):
            return "true" if node.value else "false"
        written = self._response.text[node.start : node.end]
        return f"{Decimal(str(node.value)):f}" if "e" in written.lower() else written


def parse_fields(given: Mapping[str, object] | None) -> dict[str, FieldSpec]:
    """The scorers as they were written, by the path of their fields.

    Raises:
        InputError: One of them names no scorer, has an option that cannot be used, or asks a model.
    """
    if not given:
        return {}
    try:
        return _parse_text(json.dumps(given, ensure_ascii=False))
    except TypeError:  # a function made by @snellen.scorer has no text
        return _parse_all(given)


@functools.lru_cache(maxsize=64)
def _parse_text(text: str) -> dict[str, FieldSpec]:
    """Of the same text the same specs, for they are asked for with every response; they are not changed."""
    return _parse_all(json.loads(text))


def _parse_all(given: Mapping[str, object]) -> dict[str, FieldSpec]:
    return {path: _parse(path, one) for path, one in given.items()}


def matches(pattern: str, path: Path) -> bool:
    """Whether `pattern` names the field at `path`; `*` is any one key or index."""
    parts = pattern.split(".")
    fits = len(parts) == len(path) and all(part in ("*", key) for part, key in zip(parts, path, strict=True))
    return fits or pattern == ".".join(path)


def is_empty(value: object) -> bool:
    """Whether a value says nothing: null, no characters but white space, an empty list or object."""
    return value is None or (
        isinstance(value, str | list | dict) and not (value.strip() if isinstance(value, str) else value)
    )


def shown(value: object) -> str:
    """A value for people, shortened: texts in quotes, all else as JSON and YAML write it (true, null, ["a"])."""
    if isinstance(value, str):
        return shorten(repr(value[:_READ_CHARS]), _SHOWN_CHARS)
    try:
        return shorten(json.dumps(value, ensure_ascii=False, default=str), _SHOWN_CHARS)
    except (TypeError, ValueError, RecursionError):  # an answer made in Python: keys that are no text, or a ring
        return shorten(repr(value), _SHOWN_CHARS)


def _parse(path: str, given: object) -> FieldSpec:
    if given == _DATE:
        return DateSpec()
    if isinstance(given, Mapping) and set(given) == {_DATE}:
        return _parse_date(path, given[_DATE])
    try:
        spec = parse_scorer(given)
    except InputError as error:
        raise InputError(f"the scorer of field {path!r} cannot be used: {error}") from error
    if find(spec.name).questions is not None:
        raise InputError(f"the scorer of field {path!r} is {spec.name}, which asks a model; none of a field can")
    if problems := option_problems(spec):
        raise InputError(f"the scorer of field {path!r} cannot be used: {'; '.join(problems)}")
    return spec


def _parse_date(path: str, options: object) -> DateSpec:
    order = options.get("order") if isinstance(options, Mapping) and set(options) <= {"order"} else options
    if isinstance(options, Mapping) and not options:
        return DateSpec()
    for known in _ORDERS:
        if order == known:
            return DateSpec(known)
    raise InputError(
        f"the scorer of field {path!r} is date with {options!r}; right is date, or {{date: {{order: dmy}}}} "
        f"with one of {', '.join(_ORDERS)}"
    )


def _judge_date(spec: DateSpec, wanted: str, said: str) -> Verdict:
    if fold(wanted).text.split() == fold(said).text.split():
        return Verdict("right", 1.0)
    right, found = read_date(wanted, order=spec.order), read_date(said, order=spec.order)
    if found.date is None:
        return Verdict("wrong", 0.0, f"{shown(said)} stands there; {found.problem}")
    if found.date == right.date:
        return Verdict("right", 1.0)
    return Verdict("wrong", 0.0, f"{shown(said)} stands there, which is {found.date.isoformat()}")


def _judge_bool(wanted: object, said: object) -> Verdict:
    """True and false are also what their words say, but no number."""
    right, found = _as_bool(wanted), _as_bool(said)
    if right is not None and right is found:
        return Verdict("right", 1.0)
    return Verdict("wrong", 0.0, f"{shown(said)} stands there")


def _as_bool(value: object) -> bool | None:
    word = fold(value).text.strip() if isinstance(value, str) else value
    return next((truth for truth, words in _WORDS.items() if word is truth or word in words), None)


def _number(wanted: object) -> Decimal | None:
    """The number that a number is, or a text of digits; 007 is a code and no number."""
    if isinstance(wanted, int | float) and math.isfinite(wanted):
        return Decimal(str(wanted))
    is_plain = isinstance(wanted, str) and _PLAIN_NUMBER.fullmatch(wanted.strip())
    return Decimal(str(wanted).strip()) if is_plain else None
