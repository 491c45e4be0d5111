from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corpus_text import SAMPLES, Sample
from snellen.datasets.jsonl import read_jsonl
from snellen.datasets.keys import CASE_KEYS
from snellen.datasets.raw import RawRow
from snellen.datasets.schema import case_schema

_TYPES: dict[str, Any] = {
    "array": list,
    "boolean": bool,
    "null": type(None),
    "number": (int, float),
    "object": dict,
    "string": str,
}


Rule = Any
_RULES: dict[str, Callable[[Rule, dict[str, Any], Any], bool]] = {
    "$schema": lambda *_: True,
    "title": lambda *_: True,
    "description": lambda *_: True,
    "type": lambda rule, _, value: any(_is(value, name) for name in ([rule] if isinstance(rule, str) else rule)),
    "enum": lambda rule, _, value: value in rule,
    "not": lambda rule, _, value: not _accepts(rule, value),
    "anyOf": lambda rule, _, value: any(_accepts(part, value) for part in rule),
    "oneOf": lambda rule, _, value: sum(_accepts(part, value) for part in rule) == 1,
    "required": lambda rule, _, value: set(rule) <= set(value),
    "properties": lambda rule, _, value: all(_accepts(rule[key], value[key]) for key in set(value) & set(rule)),
    "propertyNames": lambda rule, _, value: all(_accepts(rule, key) for key in value),
    "additionalProperties": lambda rule, schema, value: not rule and set(value) <= set(schema["properties"]),
    "items": lambda rule, _, value: all(_accepts(rule, item) for item in value),
    "minItems": lambda rule, _, value: len(value) >= rule,
    "maxItems": lambda rule, _, value: len(value) <= rule,
    "minLength": lambda rule, _, value: len(value) >= rule,
    "maxLength": lambda rule, _, value: len(value) <= rule,
}
_ONLY_FOR = {
    **dict.fromkeys(("required", "properties", "propertyNames", "additionalProperties"), dict),
    **dict.fromkeys(("items", "minItems", "maxItems"), list),
    **dict.fromkeys(("minLength", "maxLength"), str),
}


def _is(value: object, name: str) -> bool:
    return isinstance(value, _TYPES[name]) and (name == "boolean" or not isinstance(value, bool))


def _accepts(schema: dict[str, Any], value: object) -> bool:
    """The words of JSON Schema that the published one uses; another word is a KeyError."""
    return all(
        _RULES[word](rule, schema, value)
        for word, rule in schema.items()
        if word not in _ONLY_FOR or isinstance(value, _ONLY_FOR[word])
    )


@pytest.mark.parametrize(
    "sample", [s for s in SAMPLES if s.name == "cases.jsonl" and not s.problems], ids=lambda sample: sample.id
)
def test_good_rows_are_accepted(sample: Sample, tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    assert isinstance(sample.data, bytes)
    file.write_bytes(sample.data)
    rows = [row for row in read_jsonl(file, name="x") if isinstance(row, RawRow)]
    assert rows
    assert all(_accepts(case_schema(), dict(row.fields)) for row in rows)


@pytest.mark.parametrize(
    "row",
    [
        {"images": "a.png", "prompt": "?"},
        {"id": "a", "prompt": "?"},
        {"id": "", "prompt": "?", "images": "a.png"},
        {"id": "a", "prompt": "", "images": "a.png"},
        {"id": "a", "prompt": "?", "images": []},
        {"id": "a", "prompt": "?", "images": ""},
        {"id": "a", "prompt": "?", "images": {"path": "a", "url": "b"}},
        {"id": "a", "prompt": "?", "images": {"file": "a"}},
        {"id": "a", "prompt": "?", "images": "a.png", "expect": {"non": "x"}},
        {"id": "a", "prompt": "?", "images": "a.png", "expect": [["x"]]},
        {"id": "a", "prompt": "?", "images": "a.png", "expect": True},
        {"id": "a", "prompt": "?", "images": "a.png", "detail": "max"},
        {"id": "a", "prompt": "?", "images": "a.png", "tags": {}},
        {"id": "a", "prompt": "?", "images": "a.png", "expected": "x"},
        {"id": "a", "prompt": "?", "images": "a.png", "image_url": "x"},
        {"id": "a", "prompt": "?", "images": "a.png", "metadata": 3},
        {"id": "a", "messages": []},
    ],
    ids=json.dumps,
)
def test_rows_that_the_reader_refuses_are_refused_where_a_schema_can_see_it(row: dict[str, object]) -> None:
    assert not _accepts(case_schema(), row)


def test_every_key_is_described() -> None:
    properties = case_schema()["properties"]
    assert isinstance(properties, dict)
    assert set(properties) == CASE_KEYS
    assert all(rule["description"] for rule in properties.values())


def test_the_schema_is_json() -> None:
    assert json.loads(json.dumps(case_schema())) == case_schema()
