from __future__ import annotations

import csv
from pathlib import Path

import pytest

from corpus_text import PNG
from snellen.case import Case, Expectation
from snellen.datasets.csv import read_csv
from snellen.datasets.raw import RawRow
from snellen.datasets.row import RowParser
from snellen.errors import InputError, Problem


def _read(tmp_path: Path, text: str) -> list[RawRow | Problem]:
    file = tmp_path / "cases.csv"
    file.write_text(text, encoding="utf-8", newline="")
    return list(read_csv(file, name="cases.csv"))


def _fields(tmp_path: Path, text: str) -> list[dict[str, object]]:
    return [dict(row.fields) for row in _read(tmp_path, text) if isinstance(row, RawRow)]


def test_a_table_becomes_cases(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(PNG)
    text = (
        "id,images,prompt,expect,expect_any,expect.none,expect_regex,tags,live,width,metadata.title\n"
        'r-1,a.png;a.png,"What, ""exactly""?\nSay it.",cat|고양이;2,a;b,dog,\\d+\\;x,till;wet,false,30,mine\n'
    )
    (row,) = _read(tmp_path, text)
    assert isinstance(row, RawRow)
    case = RowParser(folder=tmp_path, root=tmp_path).parse(row)
    assert (case.id, case.prompt, case.tags, case.live) == ("r-1", 'What, "exactly"?\nSay it.', ("till", "wet"), False)
    assert [image.name for image in case.images] == ["a.png", "a.png"]
    assert case.expect == Expectation(
        all=(("cat", "고양이"), ("2",)), any=(("a",), ("b",)), none=(("dog",),), regex=(r"\d+;x",)
    )
    assert case.metadata == {"width": "30", "title": "mine"}
    assert isinstance(case, Case)


def test_scorers_have_a_column_and_stand_among_keywords_whatever_other_columns_there_are(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(PNG)
    header = "id,images,prompt,expect,expect_none,expect_scorers"
    text = f"{header}\nr-1,a.png,?,cat;number: 42,dog,not-refusal;length: <= 9 words\n"
    (row,) = _read(tmp_path, text)
    assert isinstance(row, RawRow)
    expect = RowParser(folder=tmp_path, root=tmp_path).parse(row).expect
    assert (expect.all, expect.none) == ((("cat",),), (("dog",),))
    assert [spec.name for spec in expect.scorers] == ["number", "not-refusal", "length"]


@pytest.mark.parametrize(
    ("cell", "items"),
    [
        ("a;b", ["a", "b"]),
        (" a ; b ", ["a", "b"]),
        ("a;;b;", ["a", "b"]),
        ('"a\nb"', ["a", "b"]),
        ('"a\r\nb"', ["a", "b"]),
        (r"a\;b;c", ["a;b", "c"]),
        ('"data:image/png;base64,AAAA;b.png"', ["data:image/png;base64,AAAA", "b.png"]),
        ('"data:image/png;BASE64,AAAA"', ["data:image/png;BASE64,AAAA"]),
    ],
)
def test_a_cell_of_several_things_is_split(tmp_path: Path, cell: str, items: list[str]) -> None:
    (fields,) = _fields(tmp_path, f"id,images\nx,{cell}\n")
    assert fields["images"] == items


def test_empty_cells_are_absent_and_text_stays_text(tmp_path: Path) -> None:
    assert _fields(tmp_path, "id,images,prompt,expect,n\n1,a.png,,,NaN\n") == [
        {"id": "1", "images": ["a.png"], "n": "NaN"}
    ]


def test_lines_are_those_of_an_editor(tmp_path: Path) -> None:
    text = 'id,images,prompt\n\na,x,"1\n2\n3"\nb,x,?,extra\n\nc,x,"1\n2"\nd,x\n'
    rows = [row for row in _read(tmp_path, text) if isinstance(row, RawRow)]
    assert [(row.fields["id"], row.source.line if row.source else None) for row in rows] == [
        ("a", 3),
        ("b", 6),
        ("c", 8),
        ("d", 10),
    ]
    assert [[problem.line for problem in row.problems] for row in rows] == [[], [6], [], [10]]


def test_rows_after_a_broken_one_are_read(tmp_path: Path) -> None:
    rows = _read(tmp_path, 'id,images\na,"x" y\nb,x\n')
    assert [type(row) for row in rows] == [Problem, RawRow]


def test_the_field_limit_of_the_process_is_given_back(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    _read(tmp_path, f"id,images\na,{'x' * 200_000}\n")
    assert csv.field_size_limit() == before


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("id,prompt", "the header has no column 'images'"),
        ("images,prompt", "the header has no column 'id'"),
        ("id,images,Prompt", "unknown key 'Prompt'. Did you mean 'prompt'?"),
        ("id,images,images", "the column 'images' is there twice"),
    ],
)
def test_a_header_that_cannot_be_used_is_told_once(tmp_path: Path, header: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        _read(tmp_path, f"{header}\na,b,c\nd,e,f\n")
    assert [message in problem.message for problem in caught.value.problems] == [True]
    assert caught.value.problems[0].line == 1
