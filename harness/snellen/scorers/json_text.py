"""JSON in what a model says: found in fences and prose, read strictly, with the place of every value.

Models wrap their JSON in Markdown fences and sentences, and show a draft before the final one. So the text is searched
for objects and arrays; the last whole one counts, one in a fence before one in prose. What is found is read as RFC 8259
has it: no trailing comma, no single quotes, no NaN. A near miss is told with its line and column and never mended:
whoever asked for JSON gives the answer to a JSON reader.

The brackets are read as they stand: full-width ones (｛) are no JSON. Texts inside are given in NFC.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Mapping
from typing import Literal, NamedTuple, TypeAlias

from snellen.scorers.json_reader import (
    JSON_STRING,
    MAX_PIECES,
    TOO_MUCH,
    Broken,
    JsonNode,
    Reader,
    complaint,
    read_bare,
)

__all__ = ["JsonText", "any_of", "find_json"]

Kind: TypeAlias = Literal["object", "array", "any"]
# How often reading starts again at a later line when brackets do not balance; each start may look at the whole rest.
_MAX_RESTARTS = 4
_FENCE_CHARS = 60

# What can be the beginning of JSON, or of what was meant to be: braces are common in prose, code and formulas.
_OPENING = re.compile(r"""\{\s*+(?:["'“‘}]|[A-Za-z_][A-Za-z0-9_]*\s*:)|\[\s*+(?:["'“{\[\]\-0-9]|true|false|null|NaN)""")
_BRACKETS = re.compile(rf"{JSON_STRING}|(?P<open>[\[{{]+)|(?P<close>[\]}}]+)")
_NEXT_LINE = re.compile(r"\n(?=[{\[])")
_FENCE = re.compile(r"(?:^|\n)[ \t]*(?:```|~~~)[ \t]*[A-Za-z0-9]*[ \t]*\r?\n\s*\Z")


class JsonText(NamedTuple):
    """What was found.

    Attributes:
        node: The value; None when there is none.
        problem: Why there is none, a clause for people; empty when there is one.
        notes: What a reader should know though it can be read.
        is_bare: Whether nothing but white space stands around it.
        position: Where the problem is, None when it is nowhere.
    """

    node: JsonNode | None
    problem: str = ""
    notes: tuple[str, ...] = ()
    is_bare: bool = False
    position: int | None = None


class _Findings:
    """What a text holds: of each kind the last, and the last in a fence, and what nearly was one."""

    def __init__(self, *, has_fences: bool, keys: Collection[str]) -> None:
        self.has_fences = has_fences
        self.keys = frozenset(keys)
        self.last: dict[tuple[str, bool, bool], tuple[JsonNode, tuple[str, ...]]] = {}
        self.counts = {"object": 0, "array": 0}
        self.has_others = False
        self.broken: Broken | None = None

    def add(self, text: str, node: JsonNode, notes: tuple[str, ...]) -> None:
        kind = "object" if isinstance(node.value, dict) else "array"
        fenced = self.has_fences and _FENCE.search(text[max(0, node.start - _FENCE_CHARS) : node.start]) is not None
        is_asked = not self.keys or not isinstance(node.value, dict) or not self.keys.isdisjoint(node.value)
        self.counts[kind] += 1
        self.has_others |= not is_asked
        self.last[kind, is_asked, fenced] = node, notes

    def add_broken(self, broken: Broken) -> None:
        known = self.broken
        if known is None or broken.position - broken.start > known.position - known.start:
            self.broken = broken

    def pick(self, kinds: tuple[str, ...]) -> tuple[JsonNode, tuple[str, ...]] | None:
        for asked, fenced in itertools.product((True, False), repeat=2):
            found = [self.last[kind, asked, fenced] for kind in kinds if (kind, asked, fenced) in self.last]
            if found:
                return max(found, key=lambda one: one[0].start)
        return None


def find_json(text: str, *, kind: Kind = "any", keys: Collection[str] = ()) -> JsonText:
    """The JSON value that a response gives.

    Takes time in proportion to the text, whatever it holds; more than 300,000 values and marks are not read.

    Args:
        text: As it arrived.
        kind: What is looked for: an object, an array, or either; with "any", a response that is one bare text, number
            or word of JSON counts too.
        keys: Of what is asked for. An object with none of them counts only where no other has one: "I wrote {} where
            nothing stands".
    """
    findings = _scan(text, keys)
    kinds = ("object", "array") if kind == "any" else (kind,)
    picked = findings.pick(kinds)
    if picked is None:
        bare = read_bare(text) if kind == "any" else None
        return JsonText(bare, is_bare=True) if bare else _nothing(text, findings, kind)
    node, notes = picked
    count = sum(findings.counts[one] for one in kinds)
    if count > 1:
        which = "the last one with a key that is asked for" if findings.has_others else "the last one"
        notes = (f"the response holds {count:,} JSON values; {which} counts", *notes)
    if findings.broken and findings.broken.start > node.start:
        notes = (*notes, "what looks like JSON behind it cannot be read")
    around = text[: node.start].strip() + text[node.end :].strip()
    return JsonText(node, notes=notes, is_bare=not around)


def any_of(value: object) -> tuple[object, ...] | None:
    """What is each right by itself, where an expected value names several: a tuple, or `{"any": [...]}`; else None."""
    if isinstance(value, Mapping) and len(value) == 1:
        value = value.get("any")
        return tuple(value) if isinstance(value, list | tuple) and value else None
    return value or None if isinstance(value, tuple) else None


def _scan(text: str, keys: Collection[str]) -> _Findings:
    findings = _Findings(has_fences="```" in text or "~~~" in text, keys=keys)
    position, restarts, pieces = 0, 0, 0
    while begin := _OPENING.search(text, position):
        reader = Reader(text, begin.start(), MAX_PIECES - pieces)
        found = reader.read()
        pieces += reader.pieces
        if isinstance(found, JsonNode):
            findings.add(text, found, tuple(reader.notes))
            position = found.end
            continue
        findings.add_broken(found)
        if pieces >= MAX_PIECES:
            findings.last.clear()
            findings.broken = found._replace(message=TOO_MUCH)
            break
        closed = _after_balanced(text, begin.start())
        if closed is None:
            later = _NEXT_LINE.search(text, max(found.position - 1, begin.start()))
            if later is None or restarts == _MAX_RESTARTS:
                break
            restarts += 1
            closed = later.end()
        position = closed
    return findings


def _after_balanced(text: str, start: int) -> int | None:
    """Where the bracket at `start` is closed, None when it never is; the parts of broken JSON are no answers."""
    depth = 0
    for match in _BRACKETS.finditer(text, start):
        if match["open"]:
            depth += len(match["open"])
        elif match["close"]:
            depth -= len(match["close"])
            if depth <= 0:
                return match.end() + depth
    return None


def _nothing(text: str, findings: _Findings, kind: Kind) -> JsonText:
    other = {"object": "array", "array": "object", "any": ""}[kind]
    if broken := findings.broken:
        line = text.count("\n", 0, broken.position) + 1
        column = broken.position - text.rfind("\n", 0, broken.position)
        said = f"the JSON cannot be read at line {line}, column {column}: {complaint(text, broken)}"
        return JsonText(None, said, position=min(broken.position, len(text)))
    if other and (found := findings.pick((other,))):
        return JsonText(None, f"the response holds a JSON {other}, where an {kind} is asked", position=found[0].start)
    what = f"JSON {kind}" if other else "JSON"
    return JsonText(None, f"the response holds no {what}")
