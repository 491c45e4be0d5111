from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest

from snellen.case import Source
from snellen.datasets.jsonl import read_jsonl
from snellen.datasets.raw import RawRow
from snellen.errors import Problem


def _read(tmp_path: Path, text: str) -> list[RawRow | Problem]:
    file = tmp_path / "cases.jsonl"
    file.write_text(text, encoding="utf-8")
    return list(read_jsonl(file, name="cases.jsonl"))


def test_rows_come_with_their_line_and_typed_values(tmp_path: Path) -> None:
    assert _read(tmp_path, '\n{"id": "a", "n": 3, "x": [1.5, null, true]}\n') == [
        RawRow({"id": "a", "n": 3, "x": [1.5, None, True]}, Source("cases.jsonl", 2))
    ]


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("{'id': 1}", "JSON takes double quotes."),
        ('{"a": True}', "JSON writes true, false and null."),
        ('{"a": None}', "JSON writes true, false and null."),
        ('{"a": 1', "The line ends too early: an object stands on one line and ends with }."),
        ('{"a": NaN}', "Write null, or leave the key out."),
        ('{"a": -Infinity}', "Write null, or leave the key out."),
        (f'{{"a": {"9" * 400}}}', "Put a number this large in quotes."),
        ('[{"id": "a"}]', "JSON Lines has one object a line and no brackets around them."),
        ('{"a": oops}', None),
    ],
)
def test_a_bad_line_says_what_json_wants(tmp_path: Path, line: str, hint: str | None) -> None:
    (problem,) = _read(tmp_path, line)
    assert isinstance(problem, Problem)
    assert (problem.line, problem.hint) == (1, hint)


@pytest.mark.parametrize(
    "row",
    [
        {"a": '"x":', "b": {"c": [{"d": '":'}]}},
        {"a": {"a": {"a": 1}}, "b": [{"a": 1}, {"a": 2}]},
        {'":': 1, '"': 2},
        {"": 1, " ": 2},
    ],
)
def test_keys_are_only_called_repeated_when_they_are(tmp_path: Path, row: dict[str, object]) -> None:
    for separators in ((",", ":"), (" , ", " : "), (",\t", "\t:\t")):
        (read,) = _read(tmp_path, json.dumps(row, separators=separators))
        assert isinstance(read, RawRow)
        assert (read.fields, read.problems) == (row, ())


def test_memory_holds_one_line_however_long_the_file(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text('{"id": "a", "prompt": "' + "x" * 10_000 + '"}\n' * 1, encoding="utf-8")
    file.write_bytes(file.read_bytes() * 2_000)
    tracemalloc.start()
    try:
        assert sum(1 for _ in read_jsonl(file, name="x")) == 2_000
        assert tracemalloc.get_traced_memory()[1] < 4_000_000  # the file has 20 MB
    finally:
        tracemalloc.stop()
