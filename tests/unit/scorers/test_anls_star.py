from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snellen.case import Case, ScorerSpec
from snellen.response import Response
from snellen.scorers.anls_star import anls_star
from snellen.scorers.registry import case_problem, get_scorer
from snellen.scorers.spec import parse_scorer


def ask(answer=None):
    return Case(id="c", prompt="?", images=(), answer=answer)


RECEIPT = {
    "total": "12.50",
    "items": [{"name": "coffee", "price": "4.50"}, {"name": "bagel", "price": "8.00"}],
}
MISREAD = {
    "total": "12.50",
    "items": [{"name": "bagel", "price": "8.00"}, {"name": "cofee", "price": "4.50"}],
}

# (answer, response as JSON value, value, id). The values are what anls-star 1.0.1 gives.
TABLE = [
    ({"a": ("hello", "world"), "b": ["this", "is", "a", "test"]}, {"a": "hello!", "b": ["a", "test", "this", "be"]},
     0.766667, "example-of-the-reference"),
    (RECEIPT, MISREAD, 0.966667, "items-in-another-order-and-a-letter-misread"),
    ({"상호": "고양이 카페", "합계": "12,000"}, {"상호": "고양이카페", "합계": "12,000"}, 0.916667, "korean-receipt"),
    (["x", "y"], ["y"], 0.5, "item-missing"),
    (["y"], ["x", "y"], 0.5, "item-invented"),
    ([["a", "b"], ["c"]], [["c"], ["b", "a"]], 1.0, "lists-of-lists-in-any-order"),
    ({"a": "x"}, {"a": "x", "b": "y"}, 0.5, "field-invented"),
    ({"a": "x"}, {"a": "x", "b": None}, 0.5, "null-invented"),
    ({"a": "x"}, {}, 0.0, "field-missing"),
    ({"a": 1}, {"a": "1"}, 1.0, "number-as-text"),
    ({"a": 1.0}, {"a": 1}, 0.0, "one-point-nought-is-not-one"),
    ({"a": True}, {"a": "true"}, 1.0, "bool-as-text"),
    ({"a": None}, {}, 1.0, "null-is-no-field"),
    ({"a": None}, {"a": ""}, 1.0, "null-is-empty-text"),
    ({"a": None}, {"a": []}, 1.0, "null-is-empty-list"),
    ({"a": None}, {"a": "x"}, 0.0, "null-is-no-text"),
    ({"a": ""}, {"a": None}, 0.0, "empty-text-is-not-null"),
    ({"a": []}, {"a": None}, 0.0, "empty-list-is-not-null"),
    ({"a": {"b": "x"}}, {"a": "x"}, 0.0, "text-for-a-mapping"),
    ({"d": (None, "none")}, {}, 1.0, "one-of-two-is-null"),
    ({"d": (None, "none")}, {"d": "None"}, 1.0, "one-of-two-is-a-text"),
    ({}, {}, 1.0, "nothing-asked-nothing-given"),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "response", "value"), [row[:3] for row in TABLE], ids=[row[3] for row in TABLE])
def test_the_value_is_that_of_the_reference(answer, response, value):
    said = Response(text=json.dumps(response, ensure_ascii=False))

    assert anls_star(ask(answer), said).value == pytest.approx(value, abs=1e-6)


# (answer, response as text, value, id), for what the reference gets as a text.
TEXTS = [
    ("hello", "hallo", 0.8, "text"),
    ("ab", "abcd", 0.5, "half-alike"),
    (12, "12", 1.0, "number"),
    (["hello", "world"], "hallo", 0.8, "list-of-texts-is-a-choice-for-a-text"),
    ({"any": ["hello", "world"]}, "World", 1.0, "any-is-a-choice"),
    ("고양이", "고양", 2 / 3, "korean"),
]


@pytest.mark.parametrize(("answer", "response", "value"), [row[:3] for row in TEXTS], ids=[row[3] for row in TEXTS])
def test_a_text_is_compared_with_the_whole_response(answer, response, value):
    assert anls_star(ask(answer), Response(text=response)).value == pytest.approx(value, abs=1e-6)


def test_a_choice_is_written_as_any_in_files():
    case = ask({"date": {"any": ["12 March", "2024-03-12"]}, "total": "5"})

    assert anls_star(case, Response(text='{"date": "2024-03-12", "total": "5"}')).value == 1.0


def test_json_is_found_in_fences_and_prose():
    text = f"Here it is:\n```json\n{json.dumps(RECEIPT, indent=2)}\n```\nAnything else?"

    assert anls_star(ask(RECEIPT), Response(text=text)).value == 1.0


def test_each_field_is_told_with_its_place():
    text = '{"total": "12.60", "shop": "A", "items": [{"name": "bagel", "price": "8.00"}]}'
    score = anls_star(ask(RECEIPT), Response(text=text))

    assert score.explanation == "0.467; 2 of 5 whole; not total, items.0, shop"
    assert [(one.kind, one.keyword, one.span and text[slice(*one.span)], one.note) for one in score.evidence] == [
        ("found", "total: '12.50'", '"12.60"', "0.800 like it: '12.60'"),
        ("found", "items.1.name: 'bagel'", '"bagel"', ""),
        ("found", "items.1.price: '8.00'", '"8.00"', ""),
        ("missing", 'items.0: {"name": "coffee", "price": "4.50"}', None, "not there"),
        ("forbidden", "shop", '"A"', "'A' was not asked for"),
    ]


@pytest.mark.parametrize(
    ("response", "why"),
    [
        ("The total is 12.50.", "the response holds no JSON object"),
        ('["12.50"]', "the response holds a JSON array, where an object is asked"),
        ('{"total": "12.50",}', "the JSON cannot be read at line 1, column 19: a comma stands before '}'"),
        ("", "the response holds no JSON object"),
    ],
)
def test_a_response_without_the_json_that_was_asked_is_wrong_and_not_unscored(response, why):
    score = anls_star(ask(RECEIPT), Response(text=response))

    assert (score.value, score.passed, score.explanation, score.extracted) == (0.0, False, why, None)
    assert score.evidence[0].kind == "missing"


def test_what_passes_is_an_option():
    score = get_scorer(parse_scorer("anls*: hello >= 0.9"))(ask(), Response(text="hallo"))

    assert (score.value, score.passed) == (pytest.approx(0.8), False)


@pytest.mark.parametrize(
    ("options", "answer", "said"),
    [
        ({"at_least": 0.0}, "a", "at_least is 0.0"),
        ({"at_least": float("nan")}, "a", "at_least is nan"),
        ({}, None, "it has no answer"),
        ({}, [], "empty list"),
    ],
)
def test_what_cannot_be_judged_is_said_before_anything_is_asked(options, answer, said):
    assert said in case_problem(ScorerSpec(name="anls*", options=options), ask(answer))


def test_an_answer_nested_too_deep_is_said_before_anything_is_asked():
    deep = "x"
    for _ in range(5000):
        deep = [deep]

    assert "nested deeper than 64 levels" in case_problem(ScorerSpec(name="anls*"), ask(deep))
    assert anls_star(ask(deep), Response(text="[]")).value is None


def test_lists_too_large_to_compare_are_unscored():
    many = [str(n) for n in range(2000)]
    score = anls_star(ask(many), Response(text=json.dumps(many)))

    assert (score.value, score.passed) == (None, False)
    assert "too large" in score.explanation


@pytest.mark.parametrize(
    "text",
    [
        "{" * 5_000_000,
        "[" * 100_000 + "]" * 100_000,
        '{"total": ' + "1" * 100_000 + "}",
        "\ud800",
        "\0",
        "\u202e[" * 99,
    ],
    ids=["braces", "deep", "digits", "surrogate", "nul", "right-to-left"],
)
def test_any_response_has_a_value(text):
    assert anls_star(ask(RECEIPT), Response(text=text)).value == 0.0


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


@settings(deadline=None)
@given(JSON, JSON)
def test_any_answer_and_response_have_a_value(answer, response):
    score = anls_star(ask(answer), Response(text=json.dumps(response)))

    assert score.value is None if answer is None else 0.0 <= score.value <= 1.0


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=3), st.text(max_size=5), min_size=2, max_size=4))
def test_what_is_said_as_it_is_wanted_is_whole(answer):
    assert anls_star(ask(answer), Response(text=json.dumps(answer))).value == 1.0


@settings(deadline=None)
@given(st.text() | JSON.map(lambda value: json.dumps(value, ensure_ascii=False)))
def test_any_text_has_a_value_that_its_canonical_form_does_not_change(text):
    case = ask({"상호": "고양이", "a": "é"})
    values = {anls_star(case, Response(text=unicodedata.normalize(form, text))).value for form in ("NFC", "NFD")}

    assert values == {anls_star(case, Response(text=text)).value}
