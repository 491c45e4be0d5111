from __future__ import annotations

import json as json_module
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snellen.case import Case, ScorerSpec
from snellen.errors import InputError
from snellen.response import Response
from snellen.scorers.json_schema import json
from snellen.scorers.registry import case_problem, get_scorer
from snellen.scorers.spec import parse_scorer

CASE = Case(id="c", prompt="?", images=(), answer={"total": 5})
RECEIPT = {
    "type": "object",
    "required": ["total"],
    "properties": {
        "total": {"type": "number", "minimum": 0},
        "상호": {"type": "string"},
        "items": {"type": "array", "items": {"type": "object", "required": ["price"]}},
    },
    "additionalProperties": False,
}


def judge(text, **options):
    return get_scorer(ScorerSpec(name="json", options=options))(CASE, Response(text=text))


# (response, options, passed, explanation, id)
TABLE = [
    ('{"a": 1}', {}, True, "it can be read", "any-json"),
    ("여기 있습니다: [1, 2]", {}, True, "it can be read", "json-in-korean-prose"),
    ('"text"', {}, True, "it can be read", "bare-text"),
    ("The total is 5.", {}, False, "the response holds no JSON", "prose"),
    ("", {}, False, "the response holds no JSON", "empty"),
    ('{"a": 1,}', {}, False, "the JSON cannot be read at line 1, column 9: a comma stands before '}'", "comma"),
    ('{"a": 1}', {"bare": True}, True, "it can be read", "bare"),
    ('```json\n{"a": 1}\n```', {"bare": True}, False,
     "the response is to be JSON and nothing else, and '```json' stands before it", "fence-where-bare-is-asked"),
    ('{"a": 1}\nDone.', {"bare": True}, False,
     "the response is to be JSON and nothing else, and 'Done.' stands behind it", "prose-where-bare-is-asked"),
    ('{"total": 5, "상호": "고양이"}', {"schema": RECEIPT}, True, "it is what the schema asks for", "valid"),
    ('```json\n{"total": 5}\n```', {"schema": RECEIPT}, True, "it is what the schema asks for", "valid-in-a-fence"),
    ('{"total": 5} as in [1]', {"schema": RECEIPT}, True, "it is what the schema asks for", "a-footnote-is-no-object"),
    ('{"total": 5}\nI left {} for what is not there.', {"schema": RECEIPT}, True, "it is what the schema asks for",
     "an-empty-object-behind"),
    ('{"상호": "고양이"}\n빈 값은 {}입니다.', {"schema": RECEIPT}, False,
     "1 violation; $: 'total' is a required property", "an-empty-object-behind-a-wrong-one"),
    ("As asked: {}", {"schema": {"type": "object"}}, True, "it is what the schema asks for", "an-empty-object"),
    ('{"a": 1} {}', {"schema": {"type": "object", "maxProperties": 0}}, True, "it is what the schema asks for",
     "an-empty-object-that-is-asked-for"),
    ('{"total": "5"}', {"schema": RECEIPT}, False, "1 violation; $.total: '5' is not of type 'number'", "type"),
    ("{}", {"schema": RECEIPT}, False, "1 violation; $: 'total' is a required property", "required"),
    ('{"total": 5, "tip": 1}', {"schema": RECEIPT}, False, "1 violation; $.tip: 'tip' is not among the properties",
     "additional"),
    ("[5]", {"schema": RECEIPT}, False, "the response holds a JSON array, where an object is asked", "another-type"),
    ('{"d": "5 May"}', {"schema": {"properties": {"d": {"format": "date"}}}}, True, "it is what the schema asks for",
     "formats-are-notes"),
    ('{"d": "5 May"}', {"schema": {"properties": {"d": {"format": "date"}}}, "formats": True}, False,
     "1 violation; $.d: '5 May' is not a 'date'", "formats-on-request"),
    ('{"a": 1}', {"answer": {"type": "object"}}, True, "it is what the schema asks for", "schema-as-answer"),
    ("5", {"schema": {"type": "string"}}, False, "1 violation; $: 5 is not of type 'string'", "bare-number"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("response", "options", "passed", "explanation"), [row[:4] for row in TABLE], ids=[row[4] for row in TABLE]
)
def test_json_is_what_is_asked_or_says_why_not(response, options, passed, explanation):
    score = judge(response, **options)

    assert (score.passed, score.value, score.explanation) == (passed, float(passed), explanation)


def test_each_violation_is_told_with_its_place():
    text = 'Here: {"total": -1, "items": [{"price": 1}, {"name": "커피"}], "tip": 2}'
    score = judge(text, schema=RECEIPT)

    assert [(one.kind, one.keyword, text[slice(*one.span)], one.note) for one in score.evidence] == [
        ("missing", "$.total", "-1", "-1 is less than the minimum of 0"),
        ("missing", "$.items[1]", '{"name": "커피"}', "'price' is a required property"),
        ("missing", "$.tip", "2", "'tip' is not among the properties"),
    ]
    assert score.extracted == '{"total": -1, "items": [{"price": 1}, {"name": "커피"}], "tip": 2}'


def test_violations_are_bounded():
    score = judge(json_module.dumps(["x"] * 100_000), schema={"items": {"type": "number"}})

    assert len(score.evidence) == 30
    assert score.explanation.startswith("more than 30 violations; $[0]: 'x' is not of type 'number'")


def test_the_answer_of_the_case_is_no_schema():
    assert judge('{"total": 6}').passed is True


def test_a_note_tells_of_several_values_and_keys():
    score = judge('{"a": 1} {"a": 1, "a": 2}', schema={"properties": {"a": {"const": 2}}})

    assert score.passed is True
    assert [one.note for one in score.evidence if one.kind == "note"] == [
        "the response holds 2 JSON values; the last one counts",
        "key 'a' stands twice; the last one counts",
    ]


def test_one_line_is_a_schema_or_bare():
    assert parse_scorer("json").options == {}
    assert parse_scorer("json: bare").options == {"bare": True}
    assert parse_scorer('json: {"type": "object"}').options == {"schema": {"type": "object"}}
    with pytest.raises(InputError, match="right is nothing, bare, or a schema"):
        parse_scorer("json: object")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"schema": {"type": "objekt"}}, "the schema is wrong at $.type"),
        ({"schema": {"$ref": "https://example.org/a.json"}}, "nothing is fetched"),
        ({"schema": {"pattern": "["}}, "wrong at $.pattern"),
        ({"schema": {}, "answer": {}}, "both a schema and an answer"),
        ({"formats": True}, "there is no schema"),
        ({"schema": {"format": "uri"}, "formats": True}, "format 'uri' cannot be checked"),
    ],
)
def test_what_cannot_be_judged_is_said_before_anything_is_asked(options, said):
    assert said in case_problem(ScorerSpec(name="json", options=options), CASE)


@pytest.mark.parametrize(
    ("text", "schema", "why"),
    [
        ('"' + "a" * 5000 + 'b"', {"pattern": "^(a|a)*$"}, "a pattern of the schema ran away"),
        ("9" * 390, {"multipleOf": 0.1}, "a number too large for the schema's multipleOf"),
        (json_module.dumps(list(range(20_000))), {"unevaluatedItems": False}, "too many for unevaluatedProperties"),
    ],
    ids=["pattern", "number", "wide"],
)
def test_what_cannot_be_judged_in_time_is_unscored(text, schema, why):
    score = judge(text, schema=schema)

    assert (score.value, score.passed) == (None, False)
    assert why in score.explanation


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
    assert judge(text, schema=RECEIPT).value == 0.0


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["total", "items", "상호"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.text() | JSON.map(lambda value: json_module.dumps(value, ensure_ascii=False)), st.booleans())
def test_any_text_has_a_value_that_its_canonical_form_does_not_change(text, bare):
    values = {
        json(CASE, Response(text=unicodedata.normalize(form, text)), schema=RECEIPT, bare=bare).value
        for form in ("NFC", "NFD")
    }

    assert values == {json(CASE, Response(text=text), schema=RECEIPT, bare=bare).value}
    assert values <= {0.0, 1.0}
