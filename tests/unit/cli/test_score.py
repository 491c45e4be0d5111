"""`snellen score` and `snellen scorers`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from snellen.cli.score import score_command
from snellen.cli.scorers import scorers_command
from snellen.errors import InputError
from snellen.scorers.registry import NAMES, scorer_names


def _file(folder: Path, *rows: object) -> Path:
    file = folder / "rows.jsonl"
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return file


ROWS = (
    {"id": "1", "response": "It is Seoul.", "answer": "Seoul", "group": "capitals", "note": "mine"},
    {"id": "2", "response": "Busan", "answer": "Seoul", "group": "capitals"},
    {"id": "3", "response": "강입니다", "answer": "강", "group": "rivers"},
)


def test_a_table_by_group_and_the_rows_with_their_scores(tmp_path, capsys):
    file, out = _file(tmp_path, *ROWS), tmp_path / "out.jsonl"
    assert score_command(file, scorers=["exact"], options=[], metrics=(), output=out) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:7] == ["group", "n", "passed", "failed", "unscored", "error", "accuracy"]
    assert [line.split()[0] for line in lines[1:4]] == ["all", "capitals", "rivers"]
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row["outcome"] for row in rows] == ["failed", "failed", "failed"]
    assert rows[0]["note"] == "mine"
    assert set(rows[0]) - set(ROWS[0]) == {"score", "outcome", "extracted", "why"}


def test_options_reach_their_scorer(tmp_path, capsys):
    file = _file(tmp_path, {"id": "1", "response": "seoul!", "answer": "Seoul"})
    options = ["exact.ignore_punctuation=true"]
    assert score_command(file, scorers=["exact", "contains"], options=options, metrics=(), output=None) == 0
    assert "100.00 %" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("scorers", "option", "message"),
    [
        (["exact"], "ignore", "--option 'ignore' is no option of one scorer"),
        (["exact", "contains"], "x=1", "with several scorers --option NAME.KEY=VALUE"),
        (["exact"], "ignroe_case=1", "scorer 'exact' has no option 'ignroe_case'"),
        (["exakt"], "x=1", "scorer 'exakt' is not registered"),
    ],
)
def test_a_slip_is_told_before_anything_is_scored(tmp_path, scorers, option, message):
    with pytest.raises(InputError, match=message):
        score_command(_file(tmp_path, *ROWS), scorers=scorers, options=[option], metrics=(), output=None)


def test_where_nothing_can_be_scored_the_exit_code_says_so(tmp_path):
    file = _file(tmp_path, {"id": "1", "response": None, "answer": "x"})
    assert score_command(file, scorers=["exact"], options=[], metrics=(), output=None) == 3


def test_a_row_that_cannot_be_judged_is_named_and_the_others_are_scored(tmp_path, capsys):
    file = _file(tmp_path, {"id": "1", "response": "x", "answer": "x"}, {"id": "2", "response": "x"})
    assert score_command(file, scorers=["exact"], options=[], metrics=(), output=None) == 3
    said = capsys.readouterr().out
    assert "rows.jsonl:2: case '2': scorer 'exact' cannot judge this row: it has no answer" in said
    assert "100.00 %" in said


def test_repeats_and_what_could_not_be_judged_are_said(tmp_path, capsys):
    file = _file(
        tmp_path,
        {"id": "1", "response": "x", "answer": "x"},
        {"id": "1", "response": "x", "answer": "x"},
        {"id": "2", "response": None, "answer": "x"},
    )
    score_command(file, scorers=["exact"], options=[], metrics=(), output=None)
    said = capsys.readouterr().out
    assert "1 row without a response, or that cannot be judged: in no figure." in said
    assert "1 row of an id that was there before: taken as repeats, which narrow nothing." in said


def test_every_scorer_is_listed_with_a_line(capsys):
    assert scorers_command(None) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[: len(scorer_names())]] == scorer_names()
    said = {line.split()[0]: line for line in lines if line}
    assert [name for name in NAMES if len(said[name].split()) < 4] == []


@pytest.mark.parametrize("name", scorer_names())
def test_all_about_a_scorer_names_its_options(name, capsys):
    assert scorers_command(name) == 0
    said = capsys.readouterr().out
    assert "Options:" in said or "It has no options." in said
