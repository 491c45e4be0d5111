"""Answers, choices and marks of rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from snellen.case import Case, Expectation, Mark, ScorerSpec
from snellen.datasets.row import parse_row
from snellen.errors import InputError
from snellen.testing import tiny_png


def _row(**fields: object) -> Case:
    row = {"id": "c", "prompt": "?", "images": [tiny_png("red")], **fields}
    return parse_row(row, folder=Path(), root=None)


def _problems(**fields: object) -> list[str]:
    with pytest.raises(InputError) as caught:
        _row(**fields)
    return [problem.message for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({"A": "cat", "B": "dog"}, {"A": "cat", "B": "dog"}, id="mapping"),
        pytest.param(["cat", "dog"], {"A": "cat", "B": "dog"}, id="list"),
        pytest.param({1: "cat", 2: 5}, {"1": "cat", "2": "5"}, id="numbers"),
        pytest.param({"가": "고양이", "나": "개"}, {"가": "고양이", "나": "개"}, id="korean-letters"),
    ],
)
def test_choices_are_option_texts_by_letter(given, expected):
    answer = next(iter(expected))
    assert _row(choices=given, answer=answer).choices == expected


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"choices": "A cat"}, "'choices' is 'A cat'"),
        ({"choices": ["cat"]}, "'choices' has one option, so that nothing is to be chosen"),
        ({"choices": {"A": True, "B": "x"}}, "choice 'A' is true; it must be text"),
        ({"answer": []}, "the answer is an empty list, which no response can match"),
        ({"answer": "  "}, "the answer is empty, and every response holds it"),
        ({"expect": "choice: Seoul"}, "scorer 'choice' cannot judge this case"),
        ({"expect": "brieff: 3", "answers": "x"}, "unknown key 'answers'. Did you mean 'answer'?"),
    ],
)
def test_what_could_not_be_judged_is_refused_before_it_is_asked(fields, message):
    assert any(message in found for found in _problems(**fields))


def test_scorers_stand_among_the_keywords_of_an_expectation():
    expect = _row(expect=["cat|kitten", "keywords: a|b", {"exact": {"answer": "x"}}]).expect
    assert expect == Expectation(
        all=(("cat", "kitten"),),
        scorers=(
            ScorerSpec(name="keywords", options={"answer": ["a", "b"]}),
            ScorerSpec(name="exact", options={"answer": "x"}),
        ),
    )


def test_scorers_stand_as_groups_of_an_expectation():
    expect = _row(expect={"none": "dog", "exact": "cat", "scorers": ["keywords: cat"]}).expect
    assert expect.none == (("dog",),)
    assert [spec.name for spec in expect.scorers] == ["keywords", "exact"]


@pytest.mark.parametrize(
    ("fields", "mark"),
    [
        pytest.param({}, None, id="none"),
        pytest.param({"flaky": True}, Mark(kind="flaky"), id="flaky"),
        pytest.param({"flaky": "yes"}, Mark(kind="flaky"), id="flaky-as-text"),
        pytest.param({"flaky": "false"}, None, id="not-flaky"),
        pytest.param({"flaky": "small print"}, Mark(kind="flaky", reason="small print"), id="flaky-with-a-reason"),
        pytest.param(
            {"known_failing": {"reason": "reads 8 as 3", "until": "2027-03-31"}},
            Mark(kind="known_failing", reason="reads 8 as 3", until="2027-03-31"),
            id="known-failing",
        ),
    ],
)
def test_marks_are_read(fields, mark):
    assert _row(**fields).mark == mark


@pytest.mark.parametrize(
    ("fields", "messages"),
    [
        ({"known_failing": True}, ["'known_failing' is true; it is a mapping of reason and until"]),
        (
            {"known_failing": {"reason": "x", "untill": "2027-03-31"}},
            ["'known_failing' has no key 'untill'. Keys: reason, until. Did you mean 'until'?"],
        ),
        ({"known_failing": {"issue": 3}}, ["'known_failing' has no key 'issue'. Keys: reason, until."]),
        ({"known_failing": {"reason": "x"}}, ["'known_failing' has no until"]),
        (
            {"known_failing": {"reason": "x", "until": "soon"}},
            ["'known_failing': until is 'soon'; it is a date, such as 2027-03-31"],
        ),
        (
            {"flaky": True, "known_failing": {"reason": "x", "until": "2027-01-01"}},
            ["the case is both 'known_failing' and 'flaky'"],
        ),
    ],
)
def test_a_mark_that_could_hide_something_for_ever_is_refused(fields, messages):
    assert _problems(**fields) == messages


def test_a_cell_of_csv_with_several_answers_is_a_list(tmp_path):
    from snellen.datasets.open import open_dataset

    (tmp_path / "a.png").write_bytes(tiny_png("red"))
    (tmp_path / "cases.csv").write_text(
        "id,images,prompt,answer,choices\n1,a.png,?,Seoul;서울,\n2,a.png,?,B,cat;dog\n", encoding="utf-8"
    )
    one, two = open_dataset(tmp_path / "cases.csv").cases()
    assert one.answer == ["Seoul", "서울"]
    assert (two.answer, two.choices) == ("B", {"A": "cat", "B": "dog"})
