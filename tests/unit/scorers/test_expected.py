"""What a case holds to be right."""

from __future__ import annotations

import pytest

from snellen.case import Case, ImageRef
from snellen.scorers.expected import answer_of, answer_texts, answers_of, as_number, as_text, needs_answer, needs_text


def _case(answer: object) -> Case:
    return Case(id="c", prompt="?", images=(ImageRef(data=b"", name="image 1"),), answer=answer)


@pytest.mark.parametrize(
    ("answer", "all_of_it", "texts"),
    [
        pytest.param("a", ("a",), ("a",), id="text"),
        pytest.param(["a", 2], ("a", 2), ("a", "2"), id="list"),
        pytest.param({"x": 1}, ({"x": 1},), (), id="mapping"),
        pytest.param(None, (), (), id="nothing"),
        pytest.param(3.0, (3.0,), ("3",), id="whole-float"),
        pytest.param(False, (False,), ("no",), id="false"),
    ],
)
def test_an_answer_is_one_or_several(answer, all_of_it, texts):
    assert answers_of(_case(answer)) == all_of_it
    assert answer_texts(_case(answer)) == texts


def test_the_scorers_own_answer_is_over_that_of_the_case():
    assert answer_of(_case("a"), "b") == "b"
    assert answer_of(_case("a")) == "a"


def test_numbers_are_written_as_people_write_them():
    assert [as_text(value) for value in (1, 1.5, 2.0, 1e300, True, None, {})] == [
        "1",
        "1.5",
        "2",
        "1e+300",
        "yes",
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (3, 3.0),
        (0.5, 0.5),
        ("12", 12.0),
        (" -0.5 ", -0.5),
        ("+3.", 3.0),
        ("1,300", None),
        ("1e3", None),
        ("nan", None),
        ("٣", None),
        ("9" * 16, None),
        (float("inf"), None),
        (True, None),
        (None, None),
        ([1], None),
    ],
)
def test_a_number_is_one_in_digits_too(value, number):
    assert as_number(value) == number


def test_a_case_without_an_answer_says_what_to_write():
    assert needs_answer(_case(None)) == "it has no answer. Write answer: what is right, beside its prompt"
    assert needs_answer(_case([])) == "its answer is an empty list, which no response can match. Write what is right"
    assert needs_answer(_case(None), answer="x") == ""
    assert needs_text(_case({"a": 1})) == "its answer holds {'a': 1}, which is no text"
    assert needs_text(_case(["a", 1])) == ""
