"""Fields of a document: the response's JSON against the answer, each field by a scorer of its own.

For receipts, forms and tables. The answer is a mapping, nested as the document is, with lists for lines of items:

    answer: {shop: Blue Cup, date: 2024-01-02, total: 12.50, items: [{name: coffee, price: 4.50}]}
    scorers:
      - fields:
          scorers: {date: date, shop: anls, items.*.price: {number: {tolerance: 0.01}}}
          required: [total]

A field of the answer that is null must be null, empty or absent in the response; where several values are each right,
write `{any: [...]}`. A response without a JSON object is wrong, not unscored: to give one was the model's task.

Keys are compared in NFC, values as their scorers do. The JSON itself is read as it stands, so that for full-width
brackets and quotation marks the verdict depends on the Unicode form.
"""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Literal, NamedTuple

from snellen._text import nearest, shorten
from snellen.case import Case
from snellen.errors import InputError
from snellen.response import Response
from snellen.score import Evidence, EvidenceKind, Score
from snellen.scorers.anls_tree import assign
from snellen.scorers.expected import answer_of, needs_answer
from snellen.scorers.field_scorers import FieldScorers, Path, Verdict, is_empty, matches, parse_fields, shown
from snellen.scorers.json_reader import MAX_DEPTH, JsonNode
from snellen.scorers.json_text import any_of, find_json
from snellen.scorers.registered import scorer

__all__ = ["fields"]

Extra = Literal["ignore", "wrong"]

_NAME = "fields"
_MOST_PAIRS, _MOST_FIELDS = 10_000, 50_000  # of items that may belong together; of values that are judged
_MOST_EVIDENCE, _MOST_NAMES, _LABEL_CHARS, _LINE_CHARS = 60, 5, 60, 200
_KINDS: Mapping[str, EvidenceKind] = {"right": "found", "wrong": "missing", "missing": "missing", "extra": "forbidden"}


class _Line(NamedTuple):
    """One field.

    Attributes:
        path: Of the answer; for what was not asked for, of the response.
        wanted: What is right.
        node: What stands there.
        verdict: On it.
    """

    path: Path
    wanted: object
    node: JsonNode | None
    verdict: Verdict


def _check(
    case: Case,
    /,
    *,
    answer: object = None,
    scorers: Mapping[str, object] | None = None,
    required: list[str] | None = None,
    at_least: float | None = None,
    **_: object,
) -> str:
    if at_least is not None and not 0 < at_least <= 1:
        return f"at_least is {at_least}; right is a share above 0 and up to 1, such as 0.8"
    if said := needs_answer(case, answer=answer):
        return said
    wanted = _fields_of(case, answer)
    if not isinstance(wanted, Mapping) or not wanted or any_of(wanted) is not None:
        return f"its answer is {shown(wanted)}; right is a mapping of fields, such as {{total: 12.50}}"
    try:
        leaves = list(_leaves(_composed(wanted), ()))
        judge = FieldScorers(parse_fields(scorers), case, Response(text=""))
        problems = [f"field {'.'.join(path)!r}: {said}" for path, one in leaves if (said := judge.problem(path, one))]
    except InputError as error:
        return str(error)
    paths = [path for path, _ in leaves]
    unknown = _unknown(paths, "required", required or []) or _unknown(paths, "scorers", scorers or [])
    return problems[0] if problems else unknown


def _fields_of(case: Case, answer: object) -> object:
    """The answer; a text that is a JSON object, as a cell of CSV holds one, as that object."""
    wanted = answer_of(case, answer)
    found = find_json(wanted, kind="object") if isinstance(wanted, str) else None
    return found.node.value if found and found.node and found.is_bare else wanted


def _inline(text: str) -> Mapping[str, object]:
    found = find_json(text, kind="object")
    if found.node is None or not found.is_bare:
        raise InputError('it is no mapping of fields; right is JSON, such as: {"total": 12.50}')
    return {"answer": found.node.value}


@scorer(_NAME, version="1", check=_check, inline=_inline)
def fields(
    case: Case,
    response: Response,
    /,
    *,
    answer: object = None,
    scorers: dict[str, object] | None = None,
    required: list[str] | None = None,
    extra: Extra = "ignore",
    match_items: bool = False,
    at_least: float | None = None,
) -> Score:
    """The mean of the fields' values, 1 for each that is right; it passes when all are.

    Unscored when there are so many fields that judging them would take more than a few seconds.

    Args:
        case: Its answer is a mapping of fields, or a text that is one in JSON.
        response: To be judged; the last JSON object in it that holds one of the fields counts.
        answer: That mapping, over the case's own.
        scorers: The scorer of a field by its path (`total`, `items.*.price`), as eval files name scorers; `date`
            compares days. Without one a number is judged by `number` and a text by `exact`.
        required: Paths that must be right for the response to pass, whatever `at_least` says.
        extra: Whether a field or item that was not asked for is a wrong one more.
        match_items: Whether the items of a list may come in any order; those that fit best belong together.
        at_least: The value that passes; default: every field must be right.
    """
    wanted = _fields_of(case, answer)
    if not isinstance(wanted, Mapping):
        return _unscored(needs_answer(case, answer=answer) or f"its answer is {shown(wanted)}, which has no fields")
    composed = _composed(wanted)
    found = find_json(response.text, kind="object", keys=tuple(composed) if isinstance(composed, dict) else ())
    if found.node is None:
        return _without_json(found.problem, found.position, response.text)
    walk = _Walk(FieldScorers(parse_fields(scorers), case, response), extra=extra, match_items=match_items)
    try:
        lines = walk.of((), composed, found.node)
    except _TooManyError:
        return _unscored("it has more fields than can be judged in a few seconds")
    value = math.fsum(line.verdict.value for line in lines) / len(lines) if lines else 1.0
    right = [line for line in lines if line.verdict.kind == "right"]
    is_enough = len(right) == len(lines) if at_least is None else value >= at_least
    failed = [line for line in lines if line.verdict.kind != "right"]
    passed = is_enough and not any(_names(one, line.path) for one in required or [] for line in failed)
    notes = (Evidence(kind="note", keyword="", note=note) for note in (*found.notes, *walk.notes))
    return Score(
        scorer=_NAME,
        value=value,
        passed=passed,
        explanation=_explanation(lines),
        evidence=(*map(_evidence, islice(lines, _MOST_EVIDENCE)), *notes),
        extracted=shorten(json.dumps(found.node.value, ensure_ascii=False), _LINE_CHARS),
    )


class _TooManyError(Exception):
    """Judging all of it would take too long."""


class _Walk:
    """Goes through the answer and the response side by side."""

    def __init__(self, judge: FieldScorers, *, extra: Extra, match_items: bool) -> None:
        self.notes: dict[str, None] = {}
        self._judge = judge
        self._counts_extra = extra == "wrong"
        self._match_items = match_items
        self._left = _MOST_FIELDS

    def of(self, path: Path, wanted: object, node: JsonNode | None) -> list[_Line]:
        """A line for each field of `wanted`, which is right at `path`, where `node` stands."""
        if (options := any_of(wanted)) is not None:
            best = max((self.of(path, one, node) for one in options), key=_mean)
            return [line._replace(wanted=wanted) for line in best] if len(best) == 1 else best
        if isinstance(wanted, dict) and wanted:
            return self._members(path, wanted, self._items(path, node, dict))
        if isinstance(wanted, list) and wanted:
            there = self._items(path, node, list)
            return self._matched(path, wanted, there) if self._match_items else self._ordered(path, wanted, there)
        self._left -= 1
        if self._left < 0:
            raise _TooManyError
        return [_Line(path, wanted, node, self._judge.judge(path, wanted, node))]

    def _items(self, path: Path, node: JsonNode | None, kind: type) -> Mapping[str | int, JsonNode]:
        if node is None or isinstance(node.value, kind):
            return {} if node is None else node.items
        if not is_empty(node.value):
            right = "an object" if kind is dict else "a list"
            self.notes[f"{'.'.join(path)}: {shown(node.value)} stands there, where {right} is right"] = None
        return {}

    def _members(self, path: Path, wanted: dict[str, object], there: Mapping[str | int, JsonNode]) -> list[_Line]:
        lines = [line for key, one in wanted.items() for line in self.of((*path, key), one, there.get(key))]
        return lines + self._surplus(path, {key: one for key, one in there.items() if key not in wanted})

    def _ordered(self, path: Path, wanted: list[object], there: Mapping[str | int, JsonNode]) -> list[_Line]:
        lines = [line for at, one in enumerate(wanted) for line in self.of((*path, str(at)), one, there.get(at))]
        return lines + self._surplus(path, {at: one for at, one in there.items() if int(at) >= len(wanted)})

    def _matched(self, path: Path, wanted: list[object], there: Mapping[str | int, JsonNode]) -> list[_Line]:
        if len(wanted) * len(there) > _MOST_PAIRS:
            raise _TooManyError
        table = [[self.of((*path, str(at)), one, node) for node in there.values()] for at, one in enumerate(wanted)]
        pairs = dict(assign([[_sum(lines) for lines in row] for row in table]))
        lines: list[_Line] = []
        for at, one in enumerate(wanted):
            lines += table[at][pairs[at]] if at in pairs else self.of((*path, str(at)), one, None)
        taken = set(pairs.values())
        return lines + self._surplus(path, {key: one for key, one in there.items() if int(key) not in taken})

    def _surplus(self, path: Path, there: Mapping[str | int, JsonNode]) -> list[_Line]:
        if not self._counts_extra:
            return []
        verdict = Verdict("extra", 0.0, "it was not asked for")
        return [_Line((*path, str(key)), None, one, verdict) for key, one in there.items() if not is_empty(one.value)]


def _mean(lines: list[_Line]) -> float:
    return _sum(lines) / len(lines) if lines else 1.0


def _sum(lines: list[_Line]) -> float:
    return math.fsum(line.verdict.value for line in lines)


def _unscored(why: str) -> Score:
    return Score(scorer=_NAME, value=None, passed=False, explanation=why)


def _without_json(problem: str, position: int | None, text: str) -> Score:
    span = (position, position + 1) if position is not None and position < len(text) else None
    evidence = Evidence(kind="missing", keyword="JSON", span=span, note=problem)
    return Score(scorer=_NAME, value=0.0, passed=False, explanation=problem, evidence=(evidence,))


def _evidence(line: _Line) -> Evidence:
    path, node = shorten(".".join(line.path), _LABEL_CHARS), line.node
    choice = any_of(line.wanted)
    right = " or ".join(map(shown, choice)) if choice else shown(line.wanted)
    keyword = path if line.verdict.kind == "extra" else f"{path}: {shorten(right, _LABEL_CHARS)}"
    span = None if node is None else (node.start, node.end)
    return Evidence(kind=_KINDS[line.verdict.kind], keyword=keyword, span=span, note=line.verdict.note)


def _explanation(lines: list[_Line]) -> str:
    parts = []
    for kind, word in (("wrong", "wrong"), ("missing", "missing"), ("extra", "not asked for")):
        names = [".".join(line.path) for line in lines if line.verdict.kind == kind]
        parts += [
            f"{word} {', '.join(names[:_MOST_NAMES])}" + (" and more" if len(names) > _MOST_NAMES else "")
        ] * bool(names)
    asked = [line for line in lines if line.verdict.kind != "extra"]
    right = sum(line.verdict.kind == "right" for line in asked)
    return shorten("; ".join([f"{right} of {len(asked)} fields right", *parts]), _LINE_CHARS)


def _composed(value: object, depth: int = 0) -> object:
    """`value` with its keys in NFC, as those of responses are.

    Raises:
        InputError: It is nested too deep.
    """
    if depth > MAX_DEPTH:
        raise InputError(f"its answer is nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, Mapping):
        return {unicodedata.normalize("NFC", str(key)): _composed(one, depth + 1) for key, one in value.items()}
    if isinstance(value, list):
        return [_composed(one, depth + 1) for one in value]
    return tuple(_composed(one, depth + 1) for one in value) if isinstance(value, tuple) else value


def _leaves(wanted: object, path: Path) -> Iterator[tuple[Path, object]]:
    """The fields of an answer, each with its path; of a choice those of all its options."""
    if (options := any_of(wanted)) is not None:
        for one in options:
            yield from _leaves(one, path)
    elif isinstance(wanted, dict | list) and wanted:
        for key, one in wanted.items() if isinstance(wanted, dict) else enumerate(wanted):
            yield from _leaves(one, (*path, str(key)))
    else:
        yield path, wanted


def _names(pattern: str, path: Path) -> bool:
    """Whether `pattern` names the field, or something that holds it."""
    return any(matches(pattern, path[: end + 1]) for end in range(len(path)))


def _unknown(paths: list[Path], option: str, patterns: Iterable[str]) -> str:
    """Why one of these paths was surely not meant, "" when all may have been."""
    known = list(dict.fromkeys(".".join(path) for path in paths))
    for pattern in patterns:
        if any(matches(pattern, path) for path in paths):
            continue
        if any(_names(pattern, path) for path in paths):
            if option == "scorers":
                return f"scorers names {pattern!r}, which holds fields; name those, such as {pattern}.*"
            continue
        meant = nearest(pattern, known)
        if meant or option == "required":
            guess = f" Did you mean {meant!r}?" if meant else ""
            return f"{option} names {pattern!r}, which its answer does not hold.{guess}"
    return ""
