from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snellen.case import Case, ScorerSpec
from snellen.response import Response
from snellen.scorers.fields import fields
from snellen.scorers.registry import case_problem, default_scorers, get_scorer
from snellen.scorers.spec import parse_scorer


def ask(answer=None):
    return Case(id="c", prompt="What are the totals of 2023 and 2024?", images=(), answer=answer)


def judge(answer, response, **options):
    text = response if isinstance(response, str) else json.dumps(response, ensure_ascii=False)
    return get_scorer(ScorerSpec(name="fields", options=options))(ask(answer), Response(text=text))


# (answer, response, options, value, id)
TABLE = [
    ({"total": 12.5}, {"total": 12.5}, {}, 1.0, "number"),
    ({"total": 12.5}, '{"total": 12.50}', {}, 1.0, "number-with-a-nought"),
    ({"total": 12.5}, {"total": "12.50 USD"}, {}, 1.0, "number-in-a-text"),
    ({"total": 12000}, {"total": "12,000원"}, {}, 1.0, "won"),
    ('{"total": 12000}', {"total": "12,000원"}, {}, 1.0, "an-answer-in-json"),
    ('{"합계": 12000}', {"합계": 1200}, {}, 0.0, "an-answer-in-json-is-wrong"),
    ({"total": 5}, '{"total": 5}\nI used {} where nothing stands.', {}, 1.0, "an-empty-object-behind"),
    ({"total": 5}, '{"total": 5}\nConfidence: {"confidence": 0.9}', {}, 1.0, "another-object-behind"),
    ({"total": 5}, '{"total": 5}\n```json\n{"unit": "won"}\n```', {}, 1.0, "another-object-in-a-fence"),
    ({"합계": 5}, '{"합계": 5}\n빈 값은 {}로 적었습니다.', {}, 1.0, "an-empty-object-behind-in-korean"),
    ({"total": 5}, '{"total": 4} no: {"total": 5}', {}, 1.0, "the-last-with-the-field"),
    ({"total": 5}, '{"total": 5} no: {"total": 4}', {}, 0.0, "the-last-with-the-field-is-wrong"),
    ({"total": 12.5}, {"total": 12.6}, {}, 0.0, "another-number"),
    ({"total": 12.5}, {"total": "n/a"}, {}, 0.0, "no-number"),
    ({"total": 12.5}, {"total": True}, {}, 0.0, "true-is-no-number"),
    ({"n": 1}, {"n": True}, {}, 0.0, "true-is-not-one"),
    ({"total": "12.50"}, {"total": 12.5}, {}, 1.0, "text-of-digits-is-a-number"),
    ({"code": "007"}, {"code": 7}, {}, 0.0, "a-code-is-no-number"),
    ({"code": "007"}, {"code": "007"}, {}, 1.0, "code"),
    ({"shop": "Blue Cup"}, {"shop": "BLUE  CUP"}, {}, 1.0, "case-and-spaces"),
    ({"shop": "Blue Cup"}, {"shop": "Blue Cap"}, {}, 0.0, "another-text"),
    ({"상호": "고양이 카페"}, {"상호": "고양이 카페"}, {}, 1.0, "korean"),
    ({"상호": "고양이 카페"}, {"상호": "고양이카페"}, {}, 0.0, "korean-spacing"),
    ({"상호": "고양이 카페"}, {"상호": "고양이카페"}, {"scorers": {"상호": "anls"}}, 5 / 6, "korean-spacing-by-anls"),
    ({"상호": "고양이 카페"}, {"상호": "고양이카페"}, {"scorers": {"상호": {"exact": {"ignore_spaces": True}}}}, 1.0,
     "korean-spacing-ignored"),
    ({"paid": True}, {"paid": True}, {}, 1.0, "true"),
    ({"paid": True}, {"paid": "yes"}, {}, 1.0, "true-in-words"),
    ({"paid": True}, {"paid": "예"}, {}, 1.0, "true-in-korean"),
    ({"paid": True}, {"paid": 1}, {}, 0.0, "one-is-not-true"),
    ({"paid": False}, {"paid": "true"}, {}, 0.0, "false-is-not-true"),
    ({"tip": None}, {"tip": None}, {}, 1.0, "null"),
    ({"tip": None}, {}, {}, 1.0, "null-left-out"),
    ({"tip": None}, {"tip": " "}, {}, 1.0, "null-is-blank"),
    ({"tip": None}, {"tip": 0}, {}, 0.0, "null-is-not-nought"),
    ({"tip": 1}, {"tip": None}, {}, 0.0, "null-given"),
    ({"a": "x", "b": "y"}, {"a": "x"}, {}, 0.5, "field-left-out"),
    ({"a": "x"}, {"a": "x", "b": "y"}, {}, 1.0, "field-invented"),
    ({"a": "x"}, {"a": "x", "b": "y"}, {"extra": "wrong"}, 0.5, "field-invented-is-wrong"),
    ({"a": "x"}, {"a": "x", "b": None}, {"extra": "wrong"}, 1.0, "null-invented-says-nothing"),
    ({"a": {"b": {"c": "x"}}}, {"a": {"b": {"c": "X"}}}, {}, 1.0, "nested"),
    ({"a": {"b": "x"}}, {"a": "x"}, {}, 0.0, "text-for-an-object"),
    ({"a": "x"}, {"a": {"b": "x"}}, {}, 0.0, "object-for-a-text"),
    ({"a": ["x", "y"]}, {"a": ["x", "y"]}, {}, 1.0, "list"),
    ({"a": ["x", "y"]}, {"a": ["y", "x"]}, {}, 0.0, "list-in-another-order"),
    ({"a": ["x", "y"]}, {"a": ["y", "x"]}, {"match_items": True}, 1.0, "list-in-any-order"),
    ({"a": ["x", "y"]}, {"a": ["y"]}, {"match_items": True}, 0.5, "item-left-out"),
    ({"a": ["x"]}, {"a": ["y", "x"]}, {"match_items": True}, 1.0, "item-invented"),
    ({"a": ["x"]}, {"a": ["y", "x"]}, {"match_items": True, "extra": "wrong"}, 0.5, "item-invented-is-wrong"),
    ({"a": []}, {"a": []}, {}, 1.0, "empty-list"),
    ({"a": []}, {"a": ["x"]}, {}, 0.0, "not-empty"),
    ({"a": {"any": ["x", "y"]}}, {"a": "y"}, {}, 1.0, "one-of-two"),
    ({"a": {"any": [None, "none"]}}, {}, {}, 1.0, "null-or-a-text"),
    ({"a": {"any": [{"b": "x"}, {"c": "y"}]}}, {"a": {"c": "y"}}, {}, 1.0, "one-of-two-objects"),
    ({"t": 12.5}, {"t": 12.6}, {"scorers": {"t": {"number": {"tolerance": 0.1}}}}, 1.0, "tolerance"),
    ({"t": 1e22}, '{"t": 1e22}', {"scorers": {"t": "number"}}, 1.0, "exponent"),
    ({"d": "2024-01-02"}, {"d": "Jan 2, 2024"}, {"scorers": {"d": "date"}}, 1.0, "date"),
    ({"d": "2024-01-02"}, {"d": "2024년 1월 2일"}, {"scorers": {"d": "date"}}, 1.0, "korean-date"),
    ({"d": "2024-01-02"}, {"d": "2024.1.3"}, {"scorers": {"d": "date"}}, 0.0, "another-day"),
    ({"d": "2024-01-02"}, {"d": "01/02/2024"}, {"scorers": {"d": "date"}}, 0.0, "one-of-two-days"),
    ({"d": "2024-01-02"}, {"d": "01/02/2024"}, {"scorers": {"d": {"date": {"order": "mdy"}}}}, 1.0, "order-given"),
    ({"d": "2024-01-02"}, {"d": 20240102}, {"scorers": {"d": "date"}}, 1.0, "date-as-number"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "response", "options", "value"), [row[:4] for row in TABLE], ids=[row[4] for row in TABLE]
)
def test_the_value_is_the_mean_over_the_fields(answer, response, options, value):
    score = judge(answer, response, **options)

    assert score.value == pytest.approx(value)
    assert score.passed is (value == 1 or "anls" in str(options))


RECEIPT = {
    "shop": "고양이 카페",
    "date": "2024-01-02",
    "total": 12500,
    "items": [{"name": "커피", "price": 4500}, {"name": "베이글", "price": 8000}],
    "tip": None,
}
TEXT = """영수증을 읽은 결과입니다.
```json
{"shop": "고양이카페", "date": "2024년 1월 2일", "total": "12,500원",
 "items": [{"name": "베이글", "price": 8000}, {"name": "커피"}], "vat": 100}
```"""
SCORERS = {"date": "date", "items.*.name": "anls"}


def test_each_field_is_told_with_its_place_and_what_is_right():
    score = judge(RECEIPT, TEXT, scorers=SCORERS, match_items=True, extra="wrong")

    assert (score.value, score.passed) == (pytest.approx(6 / 9), False)
    assert score.explanation == "6 of 8 fields right; wrong shop; missing items.0.price; not asked for vat"
    assert [(one.kind, one.keyword, one.span and TEXT[slice(*one.span)], one.note) for one in score.evidence] == [
        ("missing", "shop: '고양이 카페'", '"고양이카페"', "'고양이카페' stands there"),
        ("found", "date: '2024-01-02'", '"2024년 1월 2일"', ""),
        ("found", "total: 12500", '"12,500원"', ""),
        ("found", "items.0.name: '커피'", '"커피"', ""),
        ("missing", "items.0.price: 4500", None, ""),
        ("found", "items.1.name: '베이글'", '"베이글"', ""),
        ("found", "items.1.price: 8000", "8000", ""),
        ("found", "tip: null", None, ""),
        ("forbidden", "vat", "100", "it was not asked for"),
    ]


def test_every_field_must_be_right_unless_a_share_is_enough():
    assert judge({"a": 1, "b": 2}, {"a": 1, "b": 3}).passed is False
    assert judge({"a": 1, "b": 2}, {"a": 1, "b": 3}, at_least=0.5).passed is True


def test_a_required_field_must_be_right_whatever_the_share():
    answer = {"total": 5, "items": [{"price": 1}, {"price": 2}]}

    assert judge(answer, {"total": 5, "items": []}, at_least=0.3, required=["total"]).passed is True
    assert judge(answer, {"total": 6, "items": answer["items"]}, at_least=0.3, required=["total"]).passed is False
    assert judge(answer, {"total": 5, "items": [{"price": 1}]}, at_least=0.3, required=["items"]).passed is False
    assert (
        judge(answer, {"total": 5, "items": [{"price": 1}]}, at_least=0.3, required=["items.*.price"]).passed is False
    )


@pytest.mark.parametrize(
    ("response", "why"),
    [
        ("The total is 12.50.", "the response holds no JSON object"),
        ("", "the response holds no JSON object"),
        ('[{"total": 12.5}]', "the response holds a JSON array, where an object is asked"),
        ('{"total": 12.5,}', "the JSON cannot be read at line 1, column 16: a comma stands before '}'"),
        ('{"total": NaN}', "the JSON cannot be read at line 1, column 11: NaN and Infinity are no JSON values"),
        ('{"total": 12.', "the JSON cannot be read at line 1, column 13: '.' stands where ',' or '}' is due"),
    ],
)
def test_a_response_without_a_json_object_is_wrong_and_not_unscored(response, why):
    score = judge({"total": 12.5}, response)

    assert (score.value, score.passed, score.explanation) == (0.0, False, why)
    assert (score.evidence[0].kind, score.evidence[0].keyword) == ("missing", "JSON")


def test_the_last_object_counts_and_a_reader_is_told_of_the_others():
    score = judge({"a": 2}, '{"a": 1} - no: {"a": 3, "a": 2}')

    assert score.passed is True
    assert [one.note for one in score.evidence if one.kind == "note"] == [
        "the response holds 2 JSON values; the last one counts",
        "key 'a' stands twice; the last one counts",
    ]


def test_a_value_of_another_shape_is_noted():
    score = judge({"a": {"b": 1, "c": 2}}, {"a": "one and two"})

    assert score.explanation == "0 of 2 fields right; missing a.b, a.c"
    assert score.evidence[-1].note == "a: 'one and two' stands there, where an object is right"


def test_the_path_with_the_fewest_stars_names_the_scorer():
    options = {"scorers": {"*": "anls", "code": "exact"}}

    assert judge({"code": "hello", "name": "hello"}, {"code": "hallo", "name": "hallo"}, **options).value == 0.4


def test_numbers_of_the_prompt_do_not_explain_those_of_a_field():
    assert judge({"year": 2024}, {"year": "2024"}).passed is True


def test_keys_are_the_same_in_every_canonical_form():
    answer = {unicodedata.normalize("NFD", "합계"): 5}

    assert judge(answer, {"합계": 5}).passed is True
    assert judge({"합계": 5}, unicodedata.normalize("NFD", '{"합계": 5}')).passed is True


def test_a_mapping_as_answer_is_judged_by_fields():
    assert [spec.name for spec in default_scorers(ask({"a": 1}))] == ["fields"]


def test_one_line_is_json():
    assert get_scorer(parse_scorer('fields: {"a": 1}'))(ask(), Response(text='{"a": 1}')).passed is True


@pytest.mark.parametrize(
    ("options", "answer", "said"),
    [
        ({}, None, "it has no answer"),
        ({}, "x", "its answer is 'x'; right is a mapping of fields"),
        ({}, 'x {"a": 1}', "right is a mapping of fields"),
        ({}, {}, "its answer is {}; right is a mapping"),
        ({}, {"any": [{"a": 1}]}, "right is a mapping of fields"),
        ({"at_least": 0.0}, {"a": 1}, "at_least is 0.0"),
        ({"at_least": float("nan")}, {"a": 1}, "at_least is nan"),
        ({"scorers": {"a": "numbr"}}, {"a": 1}, "scorer of field 'a' cannot be used: scorer 'numbr' is not registered"),
        ({"scorers": {"a": {"number": {"tolerance": -1}}}}, {"a": 1}, "field 'a': tolerance is -1"),
        ({"scorers": {"a": {"number": {"tolerence": 1}}}}, {"a": 1}, "Did you mean 'tolerance'?"),
        ({"scorers": {"a": "number"}}, {"a": "x"}, "field 'a': its answer is no number"),
        ({"scorers": {"a": "judge"}}, {"a": "x"}, "which asks a model"),
        ({"scorers": {"a": {"date": {"order": "dym"}}}}, {"a": "2024-01-02"}, "with one of ymd, dmy, mdy"),
        ({"scorers": {"a": "date"}}, {"a": "01/02/2024"}, "cannot be read as a date: it can be two different days"),
        ({"scorers": {"a": "date"}}, {"a": {"any": ["2024-01-02", "soon"]}}, "'soon' cannot be read as a date"),
        (
            {"scorers": {"totl": "number"}},
            {"total": 1},
            "names 'totl', which its answer does not hold. Did you mean 'total'?",
        ),
        ({"scorers": {"items": "anls"}}, {"items": [1]}, "names 'items', which holds fields"),
        ({"required": ["b"]}, {"a": 1}, "required names 'b', which its answer does not hold"),
    ],
)
def test_what_cannot_be_judged_is_said_before_anything_is_asked(options, answer, said):
    assert said in case_problem(ScorerSpec(name="fields", options=options), ask(answer))


def test_an_answer_nested_too_deep_is_said_before_anything_is_asked():
    deep = {"a": 1}
    for _ in range(5000):
        deep = {"a": deep}

    assert "nested deeper than 64 levels" in case_problem(ScorerSpec(name="fields"), ask(deep))


def test_a_scorer_for_fields_that_only_other_cases_have_is_no_mistake():
    options = {"scorers": {"items.*.price": "number"}}

    assert case_problem(ScorerSpec(name="fields", options=options), ask({"shop": "x"})) == ""


def test_more_items_than_can_be_matched_are_unscored():
    many = {"a": list(range(101))}

    assert judge(many, many, match_items=True).value is None
    assert judge(many, many).value == 1.0


def test_evidence_is_bounded():
    many = {"a": list(range(1000))}

    assert len(judge(many, many).evidence) == 60


@pytest.mark.parametrize(
    "text",
    ["{" * 5_000_000, '{"a": ' * 100_000, '{"total": ' + "1" * 100_000 + "}", "\ud800", "\0{", "\u202e[" * 99],
    ids=["braces", "deep", "digits", "surrogate", "nul", "right-to-left"],
)
def test_any_response_has_a_value(text):
    assert judge(RECEIPT, text).value == 0.0


def test_a_field_of_megabytes_has_a_value():
    assert judge({"total": 5, "shop": "x"}, {"total": "9" * 2_000_000, "shop": "a " * 1_500_000}).value == 0.0


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)
MAPPINGS = st.dictionaries(st.sampled_from(["a", "b", "합계"]), JSON, min_size=1)


@settings(deadline=None)
@given(MAPPINGS, MAPPINGS, st.booleans(), st.sampled_from(["ignore", "wrong"]))
def test_any_answer_and_response_have_a_value(answer, response, is_matched, extra):
    score = judge(answer, response, match_items=is_matched, extra=extra)

    assert 0.0 <= score.value <= 1.0


@settings(deadline=None)
@given(st.text() | JSON.map(lambda value: json.dumps(value, ensure_ascii=False)))
def test_any_text_has_a_value_that_its_canonical_form_does_not_change(text):
    answer = {"상호": "고양이", "a": "é", "n": 5}
    values = {fields(ask(answer), Response(text=unicodedata.normalize(form, text))).value for form in ("NFC", "NFD")}

    assert values == {fields(ask(answer), Response(text=text)).value}


@settings(deadline=None)
@given(st.text(max_size=8), st.text(max_size=8))
def test_a_value_in_any_unicode_form_has_the_same_verdict(wanted, said):
    said = said.replace('"', "").replace("＂", "")
    answer = {"a": wanted}
    values = {judge(answer, {"a": unicodedata.normalize(form, said)}).value for form in ("NFC", "NFD", "NFKC", "NFKD")}

    assert len(values) == 1
