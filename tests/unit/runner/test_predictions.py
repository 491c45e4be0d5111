"""Predictions that somebody else made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import snellen
from snellen.case import ScorerSpec
from snellen.errors import InputError
from snellen.runner.predictions import judge_predictions, read_predictions
from snellen.scorers.spec import parse_scorer

KEYWORDS = [ScorerSpec(name="keywords")]


def _file(folder: Path, *rows: object) -> Path:
    file = folder / "rows.jsonl"
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return file


def _outcomes(file: Path, specs: list[ScorerSpec]) -> list[str]:
    return [trial.outcome for trial in judge_predictions(read_predictions(file, specs), specs, name="rows")]


def test_each_row_is_judged_by_the_scorer(tmp_path):
    file = _file(
        tmp_path,
        {"id": "1", "response": "It is Seoul.", "answer": "Seoul"},
        {"id": "2", "response": "부산입니다", "answer": ["Seoul", "서울"]},
        {"id": "3", "response": None, "answer": "Seoul"},
    )
    assert _outcomes(file, KEYWORDS) == ["passed", "failed", "error"]


def test_without_a_scorer_each_row_gets_what_it_needs(tmp_path):
    file = _file(
        tmp_path,
        {"id": "1", "response": "no cat here", "expect": {"none": ["cat"]}},
        {"id": "2", "response": "Seoul", "answer": "Seoul"},
    )
    assert _outcomes(file, []) == ["passed", "passed"]


def test_what_snellen_does_not_know_is_metadata_and_an_id_may_come_again(tmp_path):
    file = _file(
        tmp_path,
        {"id": 7, "response": "a", "answer": "a", "question": "Q?", "group": "g", "figure": 3, "model": "m"},
        {"id": 7, "response": "b", "answer": "a", "model": "m"},
        {"id": 7, "response": "b", "answer": "a", "model": "other"},
    )
    first, second, third = read_predictions(file, KEYWORDS)
    assert (first.case.id, first.case.prompt, first.case.group) == ("7", "Q?", "g")
    assert first.case.metadata == {"figure": 3}
    assert [(one.model, one.repeat) for one in (first, second, third)] == [("m", 0), ("m", 1), ("other", 0)]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        pytest.param({"response": "x", "answer": "x"}, "rows.jsonl:2: the row has no id", id="id"),
        pytest.param({"id": "b", "answer": "x"}, "rows.jsonl:2: case 'b': the row has no response", id="response"),
        pytest.param(
            {"id": "b", "response": 3, "answer": "x"}, "the response is the number 3; it must be text", id="number"
        ),
    ],
)
def test_a_row_without_an_id_or_a_response_stops_all_before_anything_is_scored(tmp_path, row, message):
    file = _file(tmp_path, {"id": "a", "response": "x", "answer": "x"}, row)
    with pytest.raises(InputError) as caught:
        read_predictions(file)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        pytest.param({"answer": []}, "the answer is an empty list, which no response can match", id="no-answer"),
        pytest.param(
            {"expect": "nubmer: 42"},
            "expect: 'nubmer: 42' is nearly a scorer. Did you mean 'number: 42'? "
            'For the keyword write "keywords: nubmer: 42".',
            id="slip",
        ),
        pytest.param(
            {"answer": "A", "choices": ["a"]},
            "'choices' has one option, so that nothing is to be chosen. Such as: choices: {A: cat",
            id="one-choice",
        ),
        pytest.param({"answer": "x", "latency_s": -1}, "'latency_s' is the number -1; it is a number of", id="latency"),
        pytest.param(
            {"answer": "A", "choices": {"A": ["a", "b"]}}, "choice 'A' is a list; it must be text", id="choices"
        ),
    ],
)
def test_a_row_that_is_broken_itself_is_an_error_and_the_others_are_scored(tmp_path, fields, message):
    file = _file(tmp_path, {"id": "a", "response": "x", "answer": "x"}, {"id": "b", "response": "x", **fields})
    good, bad = judge_predictions(read_predictions(file), name="rows")
    assert (good.outcome, bad.outcome) == ("passed", "error")
    assert bad.failure is not None
    assert bad.failure.message.startswith(message)


def test_a_row_that_no_scorer_can_judge_is_an_error_of_its_own(tmp_path):
    file = _file(tmp_path, {"id": "a", "response": "x", "answer": "x"}, {"id": "b", "response": "x"})
    good, bad = judge_predictions(read_predictions(file), name="rows")
    assert (good.outcome, bad.outcome) == ("passed", "error")
    assert bad.failure is not None
    assert bad.failure.kind == "bad_input"
    assert bad.failure.message.startswith("the row does not say what is right: write answer or expect")


def test_a_scorer_that_cannot_judge_a_row_is_named_with_file_line_and_id(tmp_path):
    file = _file(tmp_path, {"id": "a", "response": "x", "answer": {"b": 1}})
    with pytest.raises(InputError, match=r"rows.jsonl:1: case 'a': scorer 'exact' cannot judge this row: "):
        read_predictions(file, [parse_scorer("exact")])


def test_a_file_without_rows_is_refused(tmp_path):
    with pytest.raises(InputError, match="holds no rows"):
        read_predictions(_file(tmp_path))


def test_of_many_problems_the_first_fifty_are_told(tmp_path):
    file = _file(tmp_path, *({"id": str(n)} for n in range(60)))
    with pytest.raises(InputError) as caught:
        read_predictions(file, KEYWORDS)
    assert len(caught.value.problems) == 51
    assert "and 10 problems more" in str(caught.value)


def test_rows_of_a_program_are_scored_as_those_of_a_file(tmp_path):
    rows = [{"id": "a", "response": "It is B.", "answer": "B", "choices": {"A": "x", "B": "y"}}]
    (by_rows,) = snellen.score_predictions(rows, "choice")
    (by_file,) = snellen.score_predictions(_file(tmp_path, *rows), "choice")
    assert by_rows.outcome == by_file.outcome == "passed"
    assert by_rows.scores == by_file.scores
    with pytest.raises(InputError, match="there are no rows"):
        snellen.score_predictions([])
