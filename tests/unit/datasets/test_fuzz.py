"""Whatever a file holds, reading it ends in cases and problems, never in an exception of another kind."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from snellen.case import Case
from snellen.datasets.dataset import validate
from snellen.datasets.open import open_dataset
from snellen.datasets.row import Defaults, parse_row
from snellen.datasets.template import render
from snellen.errors import InputError, Problem

FUZZ = settings(
    max_examples=500,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=5,
)
KEYS = st.sampled_from(
    [
        "id",
        "prompt",
        "images",
        "image",
        "expect",
        "system",
        "tags",
        "group",
        "live",
        "titles",
        "detail",
        "messages",
        "metadata",
    ]
)
ROWS = st.dictionaries(KEYS | st.text(max_size=8), VALUES, max_size=6)

# fmt: off
YAML_BITS = st.sampled_from([
    "- ", "  ", "\n", "id: a", "prompt: ", "images: ", "&a ", "*a", "<<: ", "!!str ", "!x ", "{", "}", "[", "]", ", ",
    "|\n", "'", '"', "\t", "? ", ": ", "# ", "---\n", "...\n", "%YAML 1.1\n", "~", ".nan", "\\ud800", "é", "\ufeff",
    "\x85", "\u2028",
])
JSON_BITS = st.sampled_from([
    "{", "}", "[", "]", '"', ":", ",", "\n", '"id"', '"a"', '"prompt": "?"', '"images": "a.png"', "NaN", "1e999",
    "\\ud800", "\\u0000", "null", "true", " ", "\ufeff", "\x00",
    '{"id": "a", "prompt": "?", "images": "https://example.org/a.png"}\n',
])
CSV_BITS = st.sampled_from([
    "id", ",", "images", "prompt", "expect", "\n", "\r\n", '"', ";", "\\", "a", "https://example.org/a.png", "\x00",
    "\ufeff", "\t",
])
TEMPLATE_BITS = st.sampled_from([
    "{{ ", " }}", "{% ", " %}", "for a in ", "endfor", "if ", "endif", "else", "set x = ", "prompt", "tags", "metadata",
    "a", ".", "|", "[0]", "['k']", "(", ")", " + ", " * ", " ~ ", "1", "'s'", "join", "upper", "loop.index", "{#", "#}",
    "raw",
])
# fmt: on
LINE_BREAKS = (b"\n", b"\r", b"\xc2\x85", b"\xe2\x80\xa8", b"\xe2\x80\xa9")  # the last three count in YAML only


def _read(folder: Path, name: str, data: bytes) -> None:
    file = folder / name
    file.write_bytes(data)
    dataset = open_dataset(file)
    entries = list(dataset.entries())
    assert entries
    assert all(isinstance(entry, Case | Problem) for entry in entries)
    assert validate(dataset) == [entry for entry in entries if isinstance(entry, Problem)]
    last_line = sum(map(data.count, LINE_BREAKS)) + 1
    for problem in validate(dataset):
        assert problem.file == str(file)
        assert problem.line is None or 1 <= problem.line <= last_line


@pytest.mark.parametrize("name", ["x.yaml", "x.jsonl", "x.csv"])
@FUZZ
@given(data=st.binary(max_size=200))
def test_any_bytes(tmp_path: Path, name: str, data: bytes) -> None:
    _read(tmp_path, name, data)


@FUZZ
@given(bits=st.lists(YAML_BITS, max_size=40))
def test_anything_like_yaml(tmp_path: Path, bits: list[str]) -> None:
    _read(tmp_path, "x.yaml", "".join(bits).encode())


@FUZZ
@given(bits=st.lists(JSON_BITS, max_size=40))
def test_anything_like_json_lines(tmp_path: Path, bits: list[str]) -> None:
    _read(tmp_path, "x.jsonl", "".join(bits).encode())


@FUZZ
@given(bits=st.lists(CSV_BITS, max_size=40))
def test_anything_like_csv(tmp_path: Path, bits: list[str]) -> None:
    _read(tmp_path, "x.csv", ("id,images,prompt\n" + "".join(bits)).encode())


@FUZZ
@given(rows=st.lists(ROWS, max_size=2))
def test_any_json_values(tmp_path: Path, rows: list[dict[str, object]]) -> None:
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    _read(tmp_path, "x.jsonl", lines.encode())
    _read(tmp_path, "x.yaml", json.dumps(rows).encode())


@FUZZ
@given(row=ROWS, template=st.none() | st.text(max_size=30))
def test_any_row_of_a_program(tmp_path: Path, row: dict[str, object], template: str | None) -> None:
    base: dict[str, object] = {"id": "x", "images": "https://example.org/a.png"}
    with contextlib.suppress(InputError):
        case = parse_row({**base, **row}, folder=tmp_path, root=tmp_path, defaults=Defaults(prompt_template=template))
        assert case.id
        assert case.prompt.strip()
        assert case.images


@FUZZ
@given(bits=st.lists(TEMPLATE_BITS, max_size=25))
def test_anything_like_a_template(bits: list[str]) -> None:
    fields: dict[str, object] = {"prompt": "{{ 7*7 }}", "tags": ["t"], "metadata": {"k": [1, None]}}
    with contextlib.suppress(InputError):
        assert len(render("".join(bits), fields)) <= 1_000_000
