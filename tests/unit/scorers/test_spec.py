"""Scorers as people name them."""

from __future__ import annotations

import functools

import pytest

from snellen.case import ScorerSpec
from snellen.errors import InputError
from snellen.scorers.registered import scorer
from snellen.scorers.spec import inline_name, parse_scorer

pytestmark = pytest.mark.usefixtures("own_scorers")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("keywords", ScorerSpec(name="keywords"), id="name"),
        pytest.param("keywords: a|b", ScorerSpec(name="keywords", options={"answer": ["a", "b"]}), id="text"),
        pytest.param("keywords:", ScorerSpec(name="keywords", options={"answer": [""]}), id="empty-text"),
        pytest.param({"keywords": "cat"}, ScorerSpec(name="keywords", options={"answer": ["cat"]}), id="mapped-text"),
        pytest.param({"keywords": 3}, ScorerSpec(name="keywords", options={"answer": 3}), id="mapped-number"),
        pytest.param({"keywords": None}, ScorerSpec(name="keywords"), id="mapped-nothing"),
        pytest.param(
            {"keywords": {"answer": "x"}}, ScorerSpec(name="keywords", options={"answer": "x"}), id="mapped-options"
        ),
        pytest.param(
            {"any": ["exact", "fuzzy"]},
            ScorerSpec(name="any", options={"scorers": ["exact", "fuzzy"]}),
            id="mapped-list",
        ),
        pytest.param(
            {"exact": ["a", "b"]}, ScorerSpec(name="exact", options={"answer": ["a", "b"]}), id="mapped-answers"
        ),
        pytest.param(ScorerSpec(name="x"), ScorerSpec(name="x"), id="a-value-stays"),
    ],
)
def test_each_form_says_what_it_says(value, expected):
    assert parse_scorer(value) == expected


def test_a_function_and_a_partial_of_it_are_scorers():
    @scorer
    def brief(case, response, *, words: int = 1):
        return True

    assert parse_scorer(brief) == ScorerSpec(name="brief")
    assert parse_scorer(functools.partial(brief, words=3)) == ScorerSpec(name="brief", options={"words": 3})


@pytest.mark.parametrize(
    ("value", "message"),
    [
        pytest.param("nubmer: 42", "scorer 'nubmer' is not registered", id="slip"),
        pytest.param({}, "a scorer with options is a mapping of one name", id="empty-mapping"),
        pytest.param({"exact": {}, "number": {}}, "got exact, number", id="two-names"),
        pytest.param(len, "<built-in function len> is no scorer", id="any-function"),
        pytest.param(3, "3 is no scorer; right is a name, such as 'number'", id="number"),
    ],
)
def test_what_names_no_scorer_is_refused(value, message):
    with pytest.raises(InputError, match=message):
        parse_scorer(value)


def test_a_text_that_means_nothing_to_the_scorer_is_refused_with_its_reason():
    def inline(text):
        raise InputError(f"{text!r} is no number of words")

    @scorer("brief", inline=inline)
    def brief(case, response, *, words: int = 1):
        return True

    with pytest.raises(InputError, match=r"'brief: many' cannot be used: 'many' is no number of words"):
        parse_scorer("brief: many")


@pytest.mark.parametrize("value", ["brief: 20", {"brief": 20}])
def test_behind_a_scorer_without_a_short_form_nothing_stands_and_what_to_write_is_told(value):
    @scorer
    def brief(case, response, *, words: int = 1):
        return True

    with pytest.raises(InputError) as caught:
        parse_scorer(value)
    said = "20" if isinstance(value, dict) else "'20'"
    assert str(caught.value) == (
        f"scorer 'brief' has no short form, and {said} stands behind its name. Options: words. "
        "Write them by name: {brief: {words: 20}}"
    )


def test_behind_a_scorer_without_options_nothing_stands():
    @scorer
    def neat(case, response):
        return True

    with pytest.raises(InputError, match="It has no options: write 'neat'"):
        parse_scorer("neat: very")
    assert parse_scorer({"neat": None}) == ScorerSpec(name="neat")


def test_a_scorer_of_any_options_takes_an_answer():
    @scorer
    def open_to_all(case, response, **options):
        return True

    assert parse_scorer("open-to-all: 3").options == {"answer": "3"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("number: 42", "number"),
        ("not-contains: dog", "not-contains"),
        ("anls*: x", "anls*"),
        ("number:42", None),  # 12:30 and http://x are keywords
        ("Number: 42", None),
        ("total: 42", None),
        ("a cat: a dog", None),
    ],
)
def test_only_a_registered_name_before_a_colon_and_a_space_makes_a_scorer(text, name):
    assert inline_name(text) == name
