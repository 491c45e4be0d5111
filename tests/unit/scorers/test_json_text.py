from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snellen.scorers.json_text import any_of, find_json

# (text, kind, value, id)
FOUND = [
    ('{"a": 1}', "any", {"a": 1}, "bare"),
    ('  [1, 2.5, -3e2, true, false, null, "x"]\n', "any", [1, 2.5, -300.0, True, False, None, "x"], "every-kind"),
    ('```json\n{"a": 1}\n```', "any", {"a": 1}, "fence"),
    ('~~~\n{"a": 1}\n~~~', "any", {"a": 1}, "fence-of-tildes"),
    ('Sure! The receipt says {"a": 1}. Anything else?', "any", {"a": 1}, "prose"),
    ('합계는 다음과 같습니다: {"합계": "12,000원"}입니다.', "any", {"합계": "12,000원"}, "korean-prose"),
    ('{"a": 1} no, wait: {"a": 2}', "any", {"a": 2}, "the-last-counts"),
    ('```\n{"a": 1}\n```\nFor example {"a": 2}.', "any", {"a": 1}, "a-fence-before-prose"),
    ('{"a": 1} as in [1]', "object", {"a": 1}, "a-footnote-is-no-object"),
    ('See [1]: {"a": [1]}', "array", [1], "an-array-inside-an-object-is-not-one-that-is-given"),
    ('Use {braces}: {"a": 1}', "object", {"a": 1}, "braces-in-prose"),
    (r"\frac{1}{2} and {'a', 'b'} so {\"a\": 1}".replace('\\"', '"'), "object", {"a": 1}, "formula-and-set"),
    ('{"a": "}{"}', "any", {"a": "}{"}, "brackets-in-a-text"),
    (r'{"a": "\"\\\n\u00e9"}', "any", {"a": '"\\\né'}, "escapes"),
    ('{"a": 1 oops}\n{"a": 2}', "any", {"a": 2}, "a-broken-draft-is-passed-over"),
    ('{"a": 1 oops\n\n{"a": 2}', "any", {"a": 2}, "a-draft-that-breaks-off-too"),
    ("42", "any", 42, "bare-number"),
    ('"x"', "any", "x", "bare-text"),
    ("{}", "any", {}, "empty"),
    ("\ufeff{}", "any", {}, "byte-order-mark"),
]


@pytest.mark.parametrize(("text", "kind", "value"), [row[:3] for row in FOUND], ids=[row[3] for row in FOUND])
def test_json_is_found(text, kind, value):
    found = find_json(text, kind=kind)

    assert found.node is not None
    assert found.node.value == value
    assert json.loads(text[found.node.start : found.node.end]) == value


# (text, kind, problem, id)
NOT_FOUND = [
    ("The total is 5.", "any", "the response holds no JSON", "prose"),
    ("", "object", "the response holds no JSON object", "empty"),
    ("[1]", "object", "the response holds a JSON array, where an object is asked", "another-kind"),
    ('{"a": 1,}', "any", "line 1, column 9: a comma stands before '}'", "trailing-comma"),
    ("[1, 2, ]", "any", "line 1, column 8: a comma stands before ']'", "trailing-comma-in-a-list"),
    ("{'a': 1}", "any", "line 1, column 2: a text stands in other quotes than double ones", "single-quotes"),
    ("{“a”: 1}", "any", "line 1, column 2: a text stands in other quotes than double ones", "typographic-quotes"),
    ("{a: 1}", "any", "line 1, column 2: 'a: 1}' stands where a key in double quotes or '}' is due", "bare-key"),
    ('{"a" 1}', "any", "line 1, column 6: '1}' stands where ':' is due", "no-colon"),
    ('{"a": }', "any", "line 1, column 7: '}' stands where a value is due", "no-value"),
    ('{"a": 1 "b": 2}', "any", "column 9: '\"b\": 2}' stands where ',' or '}' is due", "no-comma"),
    ('{"a": NaN}', "any", "column 7: NaN and Infinity are no JSON values", "nan"),
    ('{"a": -Infinity}', "any", "column 7: NaN and Infinity are no JSON values", "infinity"),
    ('{"a": True}', "any", "column 7: JSON writes true, false and null", "python"),
    ('{"a": 1} // sum'.replace("} //", "//") + "\n}", "any", "column 8: it holds a comment", "comment"),
    ('{"a": 01}', "any", "column 8: '1}' stands where ',' or '}' is due", "leading-nought"),
    ('{\n  "a": 1,\n  "b": "x', "any", "line 3, column 8: it breaks off", "cut-off-in-a-text"),
    ('{"a": [1, 2', "any", "line 1, column 12: it breaks off", "cut-off-in-a-list"),
    ('{"a": "x\ny"}', "any", "column 7: a text is not closed on its line", "line-break-in-a-text"),
    (r'{"a": "\q"}', "any", "column 7: a text is not closed on its line, or holds a wrong escape", "escape"),
    ('{"a": 1e999}', "any", "column 7: the number 1e999 is too large", "overflow"),
    ('{"a": ' + "9" * 100_000 + "}", "any", "column 7: it holds a number of 100,000 characters", "digits"),
    ("[" * 65 + "]" * 65, "any", "column 65: it is nested deeper than 64 levels", "deep"),
    ('{"items": [{"a": 1}], ', "any", "column 23: it breaks off", "the-parts-of-what-breaks-off-are-no-answer"),
    ('{"items": [{"a": 1}], "b": \'x\'}', "any", "other quotes than double", "nor-those-of-what-is-broken"),
    ('｛"a": 1｝', "any", "the response holds no JSON", "full-width-brackets"),
]


@pytest.mark.parametrize(("text", "kind", "problem"), [row[:3] for row in NOT_FOUND], ids=[row[3] for row in NOT_FOUND])
def test_a_near_miss_is_told_and_not_mended(text, kind, problem):
    found = find_json(text, kind=kind)

    assert found.node is None
    assert problem in found.problem


def test_sixty_four_levels_are_read():
    assert find_json("[" * 64 + "]" * 64).node is not None


def test_what_a_reader_should_know_is_noted():
    assert find_json('{"a": 1, "a": 2}').notes == ("key 'a' stands twice; the last one counts",)
    assert find_json("[1] [2] [3]").notes == ("the response holds 3 JSON values; the last one counts",)
    said = "the response holds 2 JSON values; the last one with a key that is asked for counts"
    assert find_json('{"a": 1} {}', keys=["a"]).notes == (said,)
    assert find_json('{"a": 1} {"a": 2, ').notes == ("what looks like JSON behind it cannot be read",)


@pytest.mark.parametrize(
    ("text", "is_bare"), [("{}", True), (" [1]\n", True), ("42", True), ("{}.", False), ("```\n{}\n```", False)]
)
def test_bare_is_json_and_nothing_else(text, is_bare):
    assert find_json(text).is_bare is is_bare


def test_each_value_knows_its_place():
    text = 'Here: {"total": 12.50, "items": [{"name": "고양이"}]}'
    items = find_json(text).node.items
    name = items["items"].items[0].items["name"]

    assert text[items["total"].start : items["total"].end] == "12.50"
    assert (text[name.start : name.end], name.value) == ('"고양이"', "고양이")


def test_decomposed_texts_and_keys_are_given_composed():
    text = unicodedata.normalize("NFD", '{"합계": "원"}')

    assert find_json(text).node.value == {"합계": "원"}


@pytest.mark.parametrize(
    "text",
    [
        "{" * 5_000_000,
        "[" * 5_000_000,
        '{"a":' * 1_000_000,
        "[1 1]" * 1_000_000,
        '\n{"a" x' * 700_000,
        '{"x {' * 1_000_000,
        '{"' + "\\" * 5_000_000,
        "{" + " " * 5_000_000,
        '["' + "a" * 5_000_000,
        "[" + "1," * 2_500_000,
    ],
    ids=["braces", "brackets", "deep", "broken", "broken-lines", "texts", "escapes", "spaces", "one-text", "no-end"],
)
def test_five_megabytes_of_anything_come_to_an_end(text):
    assert find_json(text).node is None


def test_more_values_than_a_model_writes_are_not_read():
    assert "it holds more than 300,000 values and marks" in find_json("[" + "1," * 400_000 + "1]").problem
    assert "it holds more than 300,000 values and marks" in find_json("[1] " * 400_000).problem


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


def composed(value):
    return json.loads(unicodedata.normalize("NFC", json.dumps(value, ensure_ascii=False)))


@given(JSON, st.booleans())
def test_what_json_writes_is_read_as_json_reads_it(value, is_ascii):
    node = find_json(json.dumps(value, ensure_ascii=is_ascii)).node

    assert node is not None
    assert composed(node.value) == composed(value)


@given(st.text(alphabet="{}[]\",:1ae\\ \n'`-."))
def test_what_is_found_is_json_for_another_reader_too(text):
    node = find_json(text).node

    assert node is None or json.loads(text[node.start : node.end]) == node.value


@given(st.text())
def test_any_text_gives_a_value_or_a_problem(text):
    found = find_json(text)

    assert (found.node is None) == bool(found.problem)


@pytest.mark.parametrize(
    ("value", "options"),
    [
        ({"any": ["a", "b"]}, ("a", "b")),
        (("a", "b"), ("a", "b")),
        ({"any": []}, None),
        ({"any": "a"}, None),
        ({"any": ["a"], "b": 1}, None),
        ((), None),
        (["a"], None),
        ("a", None),
        (None, None),
    ],
)
def test_any_names_what_is_each_right(value, options):
    assert any_of(value) == options
