"""A JSON reader that knows where each value stands, and tells what is wrong where the text is no JSON.

Strict, as RFC 8259 is: no trailing comma, no single quotes, no comments, no NaN. The stack is a list, so that no
nesting can overflow Python's; texts are given in NFC.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

from snellen._text import shorten

__all__ = [
    "JSON_STRING",
    "MAX_DEPTH",
    "MAX_PIECES",
    "TOO_MUCH",
    "Broken",
    "JsonNode",
    "Reader",
    "complaint",
    "read_bare",
]

MAX_DEPTH = 64
"""Levels of nesting that are read; documents have under ten, and code that walks them must not overflow its stack."""

MAX_PIECES = 300_000
"""Texts, numbers, words and marks that are read. No model's response is that long: 128,000 tokens hold fewer."""

TOO_MUCH = f"it holds more than {MAX_PIECES:,} values and marks"

_State: TypeAlias = Literal["value", "first_value", "key", "first_key", "colon", "after_item", "after_member"]

# Longer numbers are no quantities; Python refuses to read integers of more than 4,300 digits.
_MAX_DIGITS = 400
_SHOWN_CHARS = 24

_SPACE = re.compile(r"[ \t\r\n]*+")
JSON_STRING = r'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+"'
_TOKEN = re.compile(
    rf"(?P<string>{JSON_STRING})|(?P<number>-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?)"
    r"|(?P<word>(?:true|false|null)\b)|(?P<mark>[\[\]{},:])",
    re.ASCII,
)
_FAULTS = (
    (re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*+\\?\Z'), "it breaks off"),
    (re.compile(r'"'), "a text is not closed on its line, or holds a wrong escape"),
    (re.compile("['‘’“”]"), "a text stands in other quotes than double ones"),
    (re.compile(r"//|/\*|#"), "it holds a comment"),
    (re.compile(r"-?(?:NaN|Infinity)\b"), "NaN and Infinity are no JSON values"),
    (re.compile(r"(?:True|False|None|undefined)\b"), "JSON writes true, false and null"),
)
_WORDS: Mapping[str, object] = {"true": True, "false": False, "null": None}
_ALLOWED: Mapping[_State, frozenset[str]] = {
    "value": frozenset({"string", "number", "word", "{", "["}),
    "first_value": frozenset({"string", "number", "word", "{", "[", "]"}),
    "key": frozenset({"string"}),
    "first_key": frozenset({"string", "}"}),
    "colon": frozenset({":"}),
    "after_item": frozenset({",", "]"}),
    "after_member": frozenset({",", "}"}),
}
_WANTED: Mapping[_State, str] = {
    "value": "a value",
    "first_value": "a value or ']'",
    "key": "a key in double quotes",
    "first_key": "a key in double quotes or '}'",
    "colon": "':'",
    "after_item": "',' or ']'",
    "after_member": "',' or '}'",
}


class JsonNode(NamedTuple):
    """A value, with where it stands.

    Attributes:
        value: As Python has it, texts in NFC.
        start: Code points before it in the text that was searched.
        end: Where it ends there.
        items: What it holds, by key or index; empty for a text, number or word.
    """

    value: object
    start: int
    end: int
    items: Mapping[str | int, JsonNode]


class Broken(NamedTuple):
    """Where reading stopped; the message is worked out for the one that is shown, when it is empty here."""

    start: int
    position: int
    state: _State
    piece: str = ""
    message: str = ""


class _Frame:
    """A container that is not closed yet."""

    __slots__ = ("items", "key", "start")

    def __init__(self, start: int, *, is_object: bool) -> None:
        self.start = start
        self.key: str | int = "" if is_object else -1
        self.items: dict[str | int, JsonNode] = {}

    @property
    def is_object(self) -> bool:
        return isinstance(self.key, str)

    def add(self, node: JsonNode) -> None:
        if isinstance(self.key, int):
            self.key += 1
        self.items[self.key] = node

    def closed(self, end: int) -> JsonNode:
        values = self.items.items()
        whole = {key: one.value for key, one in values} if self.is_object else [one.value for _, one in values]
        return JsonNode(whole, self.start, end, self.items)


class Reader:
    """Reads one container; the stack is ours, so that no nesting can overflow Python's."""

    def __init__(self, text: str, start: int, most: int) -> None:
        self.text = text
        self.start = start
        self.most = most
        self.pieces = 0
        self.notes: list[str] = []
        self._frames: list[_Frame] = []
        self._state: _State = "first_value"

    def read(self) -> JsonNode | Broken:
        """The container that opens at the start, or where it breaks and why."""
        position = self.start
        self._state = "value"
        while True:
            space = _SPACE.match(self.text, position)
            position = space.end() if space else position
            match = _TOKEN.match(self.text, position)
            piece = match.group() if match else ""
            kind = (match.lastgroup or "") if match else ""
            if (piece if kind == "mark" else kind) not in _ALLOWED[self._state]:
                return Broken(self.start, position, self._state, piece)
            found = self._mark(piece, position) if kind == "mark" else self._scalar(kind, piece, position)
            if isinstance(found, str):
                return Broken(self.start, position, self._state, piece, found)
            if found is not None:
                return found
            if self.pieces == self.most:
                return Broken(self.start, position, self._state, piece, TOO_MUCH)
            position += len(piece)
            self.pieces += 1

    def _mark(self, piece: str, position: int) -> JsonNode | str | None:
        if piece in "{[":
            if len(self._frames) == MAX_DEPTH:
                return f"it is nested deeper than {MAX_DEPTH} levels"
            self._frames.append(_Frame(position, is_object=piece == "{"))
            self._state = "first_key" if piece == "{" else "first_value"
        elif piece in "}]":
            return self._put(self._frames.pop().closed(position + 1))
        else:
            self._state = "key" if piece == "," and self._frames[-1].is_object else "value"
        return None

    def _scalar(self, kind: str, piece: str, position: int) -> JsonNode | str | None:
        if kind == "string" and self._state in ("key", "first_key"):
            self._name(_string(piece))
            return None
        node = _scalar(kind, piece, position)
        return node if isinstance(node, str) else self._put(node)

    def _name(self, key: str) -> None:
        frame = self._frames[-1]
        if key in frame.items:
            self.notes.append(f"key {shorten(key, _SHOWN_CHARS)!r} stands twice; the last one counts")
        frame.key = key
        self._state = "colon"

    def _put(self, node: JsonNode) -> JsonNode | None:
        """The node when it is the whole container, None when it went into the one that holds it."""
        if not self._frames:
            return node
        self._frames[-1].add(node)
        self._state = "after_member" if self._frames[-1].is_object else "after_item"
        return None


def _scalar(kind: str, piece: str, start: int) -> JsonNode | str:
    """The text, number or word; or what is wrong with it."""
    end = start + len(piece)
    if kind != "number":
        return JsonNode(_WORDS[piece] if kind == "word" else _string(piece), start, end, {})
    if len(piece) > _MAX_DIGITS:
        return f"it holds a number of {len(piece):,} characters"
    number = int(piece) if piece.lstrip("-").isdigit() else float(piece)
    is_finite = isinstance(number, int) or math.isfinite(number)
    return JsonNode(number, start, end, {}) if is_finite else f"the number {piece} is too large"


def _string(piece: str) -> str:
    found = str(json.loads(piece)) if "\\" in piece else piece[1:-1]
    return found if found.isascii() else unicodedata.normalize("NFC", found)


def read_bare(text: str) -> JsonNode | None:
    """The text, number or word of JSON that `text` is but for white space around it; None when it is none."""
    stripped = text.strip()
    match = _TOKEN.fullmatch(stripped)
    if match is None or match.lastgroup in (None, "mark"):
        return None
    node = _scalar(match.lastgroup, stripped, text.index(stripped))
    return node if isinstance(node, JsonNode) else None


def complaint(text: str, broken: Broken) -> str:
    """What is wrong where reading stopped, a clause for people."""
    position, piece = broken.position, broken.piece
    rest = text[position : position + _SHOWN_CHARS]
    if broken.message or not rest:
        return broken.message or "it breaks off"
    before = text[max(0, position - _SHOWN_CHARS) : position].rstrip()
    if piece in ("}", "]") and before.endswith(","):
        return f"a comma stands before {piece!r}"
    for fault, said in () if piece else _FAULTS:
        if fault.match(text, position):
            return said
    return f"{shorten(rest, _SHOWN_CHARS)!r} stands where {_WANTED[broken.state]} is due"
