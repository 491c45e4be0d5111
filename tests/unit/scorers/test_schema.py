from __future__ import annotations

import unicodedata

import pytest

from snellen.errors import InputError
from snellen.scorers.schema import compile_schema, message_of, schema_text, violations


def errors(schema, value, **options):
    found = violations(compile_schema(schema_text(schema), **options), value, most=10)
    return [(error.json_path, message_of(error)) for error in found]


def tree(depth):
    value = {}
    for _ in range(depth):
        value = {"next": [value]}
    return value


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        (
            {"type": "objekt"},
            "the schema is wrong at $.type: 'objekt' is no type. Did you mean 'object'? Types: array, boolean, "
            "integer, null, number, object, string",
        ),
        ({"properties": {"a": {"type": ["null", "str"]}}}, "wrong at $.properties.a.type: 'str' is no type"),
        ({"properties": {"type": {"type": 5}}}, "wrong at $.properties.type.type: 5 is no type"),
        ({"properties": {"type": 5}}, "wrong at $.properties.type: 5 is not of type"),
        ({"propertes": {"a": {}}}, "the schema has 'propertes', which is no keyword. Did you mean 'properties'?"),
        ({"properties": {"a": {"requierd": ["b"]}}}, "Did you mean 'required'?"),
        ({"$ref": "https://example.org/schema.json"}, "which it does not hold; nothing is fetched"),
        ({"$ref": "file:///etc/passwd"}, "which it does not hold; nothing is fetched"),
        ({"$ref": "#/$defs/gone"}, "refers to '#/$defs/gone', which it does not hold"),
        ({"properties": {"a": {"$ref": "other.json"}}}, "refers to 'other.json'"),
        ({"$ref": "#"}, "refers to itself without end"),
        ({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"}, "without end"),
        ({"$schema": "https://example.org/mine"}, "$schema is 'https://example.org/mine', which is not known"),
        ({"pattern": "("}, "wrong at $.pattern"),
        ({"patternProperties": {"^(a+)+$": {}}}, "repeats what repeats"),
        (["object"], "right is a mapping"),
        ({"const": {1, 2}}, "cannot be written as JSON"),
        ({"const": float("nan")}, "cannot be written as JSON"),
    ],
)
def test_a_schema_that_cannot_be_used_says_where_and_why(schema, said):
    with pytest.raises(InputError) as caught:
        compile_schema(schema_text(schema))

    assert said in str(caught.value)


@pytest.mark.parametrize("levels", [70, 5000])
def test_a_schema_nested_too_deep_is_refused(levels):
    schema = {}
    for _ in range(levels):
        schema = {"items": schema}

    with pytest.raises(InputError, match="nested"):
        compile_schema(schema_text(schema))


def test_references_within_the_schema_are_followed():
    schema = {
        "$id": "https://example.org/receipt",
        "properties": {"a": {"$ref": "item"}, "b": {"$ref": "#/$defs/item"}},
        "$defs": {"item": {"$id": "item", "type": "string"}},
    }

    assert [path for path, _ in errors(schema, {"a": 1, "b": 2})] == ["$.a", "$.b"]


def test_a_schema_that_holds_itself_reaches_as_deep_as_json_is_read():
    schema = {"type": "object", "properties": {"next": {"type": "array", "items": {"$ref": "#"}}}}

    assert errors(schema, tree(31)) == []


def test_older_drafts_are_known_by_their_name():
    draft_4 = {"$schema": "http://json-schema.org/draft-04/schema#", "minimum": 1, "exclusiveMinimum": True}

    assert errors(draft_4, 1) == [("$", "1 is less than or equal to the minimum of 1")]


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        ({"additionalProperties": False, "properties": {"a": {}}}, {"a": 1, "b": 2},
         [("$.b", "'b' is not among the properties")]),
        ({"additionalProperties": {"type": "number"}}, {"a": "x"}, [("$.a", "'x' is not of type 'number'")]),
        ({"additionalProperties": False, "patternProperties": {"^x-": {}}}, {"x-a": 1}, []),
        ({"patternProperties": {"원$": {"type": "null"}}}, {"a원": 1}, [("$['a원']", "1 is not of type 'null'")]),
        ({"pattern": "^[0-9]+$"}, "12a", [("$", "'12a' does not match '^[0-9]+$'")]),
        ({"pattern": "원"}, "12,000원", []),
        ({"uniqueItems": True}, [1, True, "1", [1], {"a": 1}], []),
        ({"uniqueItems": True}, [1, 2, 1.0], [("$[2]", "item 2 stands there twice")]),
        ({"uniqueItems": True}, [{"a": 1, "b": 2}, {"b": 2, "a": 1}], [("$[1]", "item 1 stands there twice")]),
        (True, {"a": 1}, []),
        (False, 1, [("$", "False schema does not allow 1")]),
    ],
)  # fmt: skip
def test_keywords_that_are_judged_here_mean_what_the_standard_says(schema, value, expected):
    assert errors(schema, value) == expected


@pytest.mark.parametrize(
    ("format_", "right", "wrong"),
    [
        ("date", "2024-01-02", "2024-13-02"),
        ("time", "10:15:00Z", "10:15"),
        ("time", "10:15:00.5+09:00", "25:15:00Z"),
        ("date-time", "2024-01-02T10:15:00Z", "2024-01-02"),
        ("date-time", "2024-01-02t10:15:00.123456789+09:00", "2024-02-30T10:15:00Z"),
        ("email", "a@example.org", "a.example.org"),
        ("ipv4", "127.0.0.1", "127.0.0.256"),
        ("uuid", "123e4567-e89b-12d3-a456-426614174000", "123"),
    ],
)
def test_formats_are_checked_on_request(format_, right, wrong):
    schema = {"format": format_}

    assert errors(schema, wrong) == []
    assert errors(schema, right, formats=True) == []
    assert errors(schema, wrong, formats=True) == [("$", f"{wrong!r} is not a {format_!r}")]
    assert errors(schema, 5, formats=True) == []


def test_a_format_that_cannot_be_checked_is_refused_and_not_passed_over():
    with pytest.raises(InputError, match="format 'uri' cannot be checked; those that can: date, date-time"):
        compile_schema(schema_text({"format": "uri"}), formats=True)


def test_a_pattern_that_runs_away_is_stopped():
    validator = compile_schema(schema_text({"pattern": "^(a|a)*$"}))

    with pytest.raises(TimeoutError):
        violations(validator, "a" * 5000 + "b", most=1)


def test_many_items_are_compared_for_being_unique():
    assert errors({"uniqueItems": True}, [{"n": n} for n in range(100_000)]) == []


def test_texts_of_the_schema_are_composed():
    schema = {"properties": {unicodedata.normalize("NFD", "합계"): {"const": unicodedata.normalize("NFD", "원")}}}

    assert errors(schema, {"합계": "원"}) == []
