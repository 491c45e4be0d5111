from __future__ import annotations

from pathlib import Path

import pytest

from snellen.case import Source
from snellen.datasets.raw import RawRow
from snellen.datasets.yaml import load_yaml, parse_yaml
from snellen.errors import InputError, Problem

EVAL = """\
# an eval
repeats: 2
models: [gpt, offline]
cases:
  - id: a
    prompt: one
    expect:
      - no
      - 007
      - 1_0

  - {id: b, prompt: two,
     width: 3}
"""


def test_a_path_gives_the_value_and_its_line() -> None:
    document = parse_yaml(EVAL, name="x.eval.yaml")
    assert (document.value("repeats"), document.line("repeats")) == (2, 2)
    assert (document.value("models", 1), document.line("models", 1)) == ("offline", 3)
    assert (document.value("cases", 1, "width"), document.line("cases", 1, "width")) == (3, 13)
    assert (document.value("cases", 0, "expect", 2), document.line("cases", 0, "expect", 2)) == ("1_0", 10)
    assert (document.value("nothing"), document.line("nothing")) == (None, 2)
    assert (document.value("cases", 7, "id"), document.line("cases", 7, "id")) == (None, 4)


def test_rows_inside_a_file_know_their_lines() -> None:
    assert list(parse_yaml(EVAL, name="x.eval.yaml").rows("cases")) == [
        RawRow(
            {"id": "a", "prompt": "one", "expect": ["no", "007", "1_0"]},
            Source("x.eval.yaml", 5),
            {"id": 5, "prompt": 6, "expect": 7},
        ),
        RawRow(
            {"id": "b", "prompt": "two", "width": 3}, Source("x.eval.yaml", 12), {"id": 12, "prompt": 12, "width": 13}
        ),
    ]


@pytest.mark.parametrize(
    ("written", "known", "own"),
    [
        ("no", "no", "no"),
        ("on", "on", "on"),
        ("yes", "yes", "yes"),
        ("true", "true", True),
        ("False", "False", False),
        ("12", "12", 12),
        ("-3", "-3", -3),
        ("007", "007", "007"),
        ("0x1F", "0x1F", "0x1F"),
        ("0o17", "0o17", "0o17"),
        ("1_0", "1_0", "1_0"),
        ("12:30:45", "12:30:45", "12:30:45"),
        ("2024-01-02", "2024-01-02", "2024-01-02"),
        ("3.10", "3.10", 3.1),
        ("1e3", "1e3", 1000.0),
        ("1e999", "1e999", "1e999"),
        ("NaN", "NaN", "NaN"),
        ("+82", "+82", "+82"),
        ("1,300", "1,300", "1,300"),
        ("~", None, None),
        ("null", None, None),
        ("", None, None),
        ("'null'", "null", "null"),
        ('"12"', "12", "12"),
        ("!!str 12", "12", "12"),
        ("! 12", "12", "12"),
        ("=", "=", "="),
    ],
)
def test_text_stays_what_was_written_and_only_metadata_is_typed(written: str, known: object, own: object) -> None:
    document = parse_yaml(f"- prompt: {written}\n  own: {written}\n", name="x")
    (row,) = document.rows()
    assert isinstance(row, RawRow)
    assert (row.fields["prompt"], row.fields["own"]) == (known, own)
    assert type(row.fields["own"]) is type(own)


SCORERS = {
    # what is right stays as it was written
    "{number: 1.50}": {"number": "1.50"},
    "{exact: 007}": {"exact": "007"},
    "{exact: [1.0, no]}": {"exact": ["1.0", "no"]},
    "{exact: {answer: 1.50, ignore_spaces: true}}": {"exact": {"answer": "1.50", "ignore_spaces": True}},
    '{fields: {answer: {total: "12,300", paid: 12.50}}}': {"fields": {"answer": {"total": "12,300", "paid": "12.50"}}},
    "{regex: 2024-01-02}": {"regex": "2024-01-02"},
    "{refusal: }": {"refusal": None},
    # options are data
    "{number: {answer: 42, tolerance: 1, unit: no}}": {"number": {"answer": "42", "tolerance": 1, "unit": "no"}},
    "{brief: {table: {a: 1, b: [true, 2.5]}}}": {"brief": {"table": {"a": 1, "b": [True, 2.5]}}},
    "{not-number: {answer: 42, tolerance: 1}}": {"not-number": {"answer": "42", "tolerance": 1}},
    # answers that are no texts
    "{boxes: [10, 20, 30, 40]}": {"boxes": [10, 20, 30, 40]},
    "{boxes: {answer: [[10, 20, 30, 40]], at_least: 0.7}}": {"boxes": {"answer": [[10, 20, 30, 40]], "at_least": 0.7}},
    "{points: {answer: [10, 20], radius: 5}}": {"points": {"answer": [10, 20], "radius": 5}},
    '{json: {answer: {enum: [12300, "12300", null]}}}': {"json": {"answer": {"enum": [12300, "12300", None]}}},
    "{not-json: {schema: {const: true}}}": {"not-json": {"schema": {"const": True}}},
    # scorers in scorers
    "{any: [{exact: 007}, {boxes: [1, 2, 3, 4]}]}": {"any": [{"exact": "007"}, {"boxes": [1, 2, 3, 4]}]},
    "{all: {scorers: [{exact: 1.0}, {json: {const: 1}}], x: 1}}": {
        "all": {"scorers": [{"exact": "1.0"}, {"json": {"const": 1}}], "x": 1}
    },
    "{fields: {scorers: {total: {number: {tolerance: 1, answer: 007}}, day: date}}}": {
        "fields": {"scorers": {"total": {"number": {"tolerance": 1, "answer": "007"}}, "day": "date"}}
    },
}


@pytest.mark.parametrize(("written", "read"), SCORERS.items())
def test_what_is_right_stays_as_written_and_options_of_scorers_are_data(written: str, read: object) -> None:
    whole = parse_yaml(f"- expect: [{written}, 1.0]\n- expect: {{scorers: [{written}]}}\n", name="x")
    listed, named = [row.fields["expect"] for row in whole.rows() if isinstance(row, RawRow)]
    assert listed == [read, "1.0"]
    assert named == {"scorers": [read]}
    assert parse_yaml(f"scorers: [{written}]", name="x").scorers("scorers") == [read]


def test_groups_of_keywords_stay_as_written_and_scorers_as_groups_are_data() -> None:
    text = "- expect: {all: [1.0, {boxes: [1, 2, 3, 4]}], any: [007], none: 1.50, regex: 12, exact: 1.0, json: {a: 1}}"
    (row,) = parse_yaml(text, name="x").rows()
    assert isinstance(row, RawRow)
    assert row.fields["expect"] == {
        "all": ["1.0", {"boxes": [1, 2, 3, 4]}],
        "any": ["007"],
        "none": "1.50",
        "regex": "12",
        "exact": "1.0",
        "json": {"a": 1},
    }
    assert parse_yaml("a: 1", name="x").scorers("scorers") is None


def test_own_metadata_keeps_types_below_its_key() -> None:
    (row,) = parse_yaml("- metadata: {width: 3, ok: true, code: 007}", name="x").rows()
    assert isinstance(row, RawRow)
    assert row.fields == {"metadata": {"width": 3, "ok": True, "code": "007"}}


def test_merged_keys_give_way_to_own_ones_and_keep_their_lines() -> None:
    text = "- &base\n  id: a\n  prompt: one\n- <<: *base\n  id: b\n"
    rows = list(parse_yaml(text, name="x").rows())
    assert [row.fields for row in rows if isinstance(row, RawRow)] == [
        {"id": "a", "prompt": "one"},
        {"id": "b", "prompt": "one"},
    ]
    assert isinstance(rows[1], RawRow)
    assert rows[1].lines == {"id": 5, "prompt": 3}


def test_a_row_carries_the_problems_of_its_own_lines() -> None:
    document = parse_yaml("- {id: a, id: b}\n- {id: c}\n- {m: {x: .nan, x: 1}}\n", name="x")
    rows = [row for row in document.rows() if isinstance(row, RawRow)]
    assert [len(row.problems) for row in rows] == [1, 0, 2]
    assert len(document.problems) == 3


def test_the_pure_python_loader_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml

    from snellen.datasets import yaml_tree

    fast = list(parse_yaml(EVAL, name="x").rows("cases"))
    monkeypatch.setattr(yaml_tree, "_LOADER", yaml.SafeLoader)
    assert list(parse_yaml(EVAL, name="x").rows("cases")) == fast
    with pytest.raises(InputError, match="x:1: the value is nested more than 64 deep"):
        parse_yaml("[" * 5000, name="x")


def test_many_aliases_of_a_small_value_are_fine() -> None:
    text = "- &a {id: a, prompt: one}\n" + "- *a\n" * 20_000
    assert len(list(parse_yaml(text, name="x").rows())) == 20_001


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_yaml(tmp_path / "x.yaml", name="x.yaml")
    assert caught.value.problems == (Problem("cannot be read: No such file or directory", file="x.yaml"),)
