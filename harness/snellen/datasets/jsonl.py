"""JSON Lines: one object a line, read as a stream; every bad line is told, and the good ones are read all the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import orjson

from snellen.case import Source
from snellen.datasets.findings import kind_of, quoted
from snellen.datasets.raw import RawRow
from snellen.datasets.textfile import bad_byte, numbered_lines
from snellen.errors import InputError, Problem

__all__ = ["read_jsonl"]

_KEY_END = re.compile(rb'"\s*:')
_MAX_DEPTH = 64  # what later reads a case (templates, reports) may walk it without fear
_CONSTANT = re.compile(r"-?(NaN|Infinity)")
_PYTHON_WORD = re.compile(r"(True|False|None)\b")


def read_jsonl(path: Path, *, name: str) -> Iterator[RawRow | Problem]:
    """The rows of a file, in order, with a Problem in place of each line that holds none.

    Args:
        path: The file.
        name: How errors call it.

    Raises:
        InputError: The file cannot be read as JSON Lines at all.
    """
    is_first = True
    for number, line in numbered_lines(path, name=name):
        if isinstance(line, Problem):
            yield line
            continue
        stripped = line.strip()
        if not stripped:
            continue
        if is_first and stripped == b"[":
            hint = "Write one object a line, without commas between them; or name the file cases.yaml."
            raise InputError(Problem("is a JSON array, not JSON Lines", file=name, line=number, hint=hint))
        is_first = False
        yield _row(stripped, name, number)


def _row(line: bytes, name: str, number: int) -> RawRow | Problem:
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        message, hint = _explain(line, error)
        return Problem(message, file=name, line=number, hint=hint)
    if not isinstance(value, dict):
        hint = "JSON Lines has one object a line and no brackets around them." if isinstance(value, list) else None
        message = f"the line holds {kind_of(value)}; a case is an object: {{...}}"
        return Problem(message, file=name, line=number, hint=hint)
    keys = _count_keys(value, 0)
    if keys is None:
        return Problem(f"the object is nested more than {_MAX_DEPTH} deep", file=name, line=number)
    source = Source(name, number)
    # As many keys as there are `":` in the line: none is there twice. Otherwise a text may hold one; look closely.
    if keys == len(_KEY_END.findall(line)):
        return RawRow(value, source)
    repeated = _repeated_keys(line)
    if not repeated:
        return RawRow(value, source)
    problem = Problem(f"the key {quoted(repeated[0])} is there twice", file=name, line=number, hint="Remove one.")
    return RawRow(value, source, None, (problem,))


def _count_keys(value: object, depth: int) -> int | None:
    """How many keys all mappings of a value have, None when it is nested too deeply."""
    if depth > _MAX_DEPTH:
        return None
    count = 0
    items: object = value
    if isinstance(value, dict):
        count = len(value)
        items = value.values()
    for item in items:  # type: ignore[attr-defined]  # a dict's values or a list; nothing else gets here
        if isinstance(item, dict | list):
            inner = _count_keys(item, depth + 1)
            if inner is None:
                return None
            count += inner
    return count


def _repeated_keys(line: bytes) -> list[str]:
    repeated: list[str] = []

    def keep(pairs: list[tuple[str, object]]) -> None:
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                repeated.append(key)
            seen.add(key)

    json.loads(line, object_pairs_hook=keep)
    return repeated


def _explain(line: bytes, error: orjson.JSONDecodeError) -> tuple[str, str | None]:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as unicode_error:
        return f"{bad_byte(line, unicode_error)[1]} (byte {unicode_error.start + 1} of the line)", "Save it as UTF-8."
    if "\0" in text:
        return f"the line holds a NUL character at column {text.index(chr(0)) + 1}", "Remove it."
    if _CONSTANT.match(text, error.pos) or _CONSTANT.match(text, max(0, error.pos - 1)):
        return "NaN and Infinity are not JSON", "Write null, or leave the key out."
    return f"the line is not JSON: {error.msg} (column {error.colno})", _syntax_hint(text, error)


def _syntax_hint(text: str, error: orjson.JSONDecodeError) -> str | None:
    if error.pos >= len(text):
        return "The line ends too early: an object stands on one line and ends with }."
    if _PYTHON_WORD.match(text, error.pos):
        return "JSON writes true, false and null."
    if text[error.pos] == "'":
        return "JSON takes double quotes."
    if "surrogate" in error.msg:
        return "Half of an emoji or rare character (a pair \\ud83d\\ude00) is missing: complete it, or write \\ufffd."
    if error.msg.startswith("number is infinity"):
        return "Put a number this large in quotes."
    return None
