from __future__ import annotations

import pytest

from snellen.case import Expectation
from snellen.datasets.expect import parse_expectation
from snellen.datasets.findings import Findings


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(None, Expectation(), id="absent"),
        pytest.param([], Expectation(), id="empty-list"),
        pytest.param({}, Expectation(), id="empty-mapping"),
        pytest.param("cat", Expectation(all=(("cat",),)), id="text"),
        pytest.param(3, Expectation(all=(("3",),)), id="whole-number"),
        pytest.param(23.45, Expectation(all=(("23.45",),)), id="number"),
        pytest.param(["cat", 2], Expectation(all=(("cat",), ("2",))), id="list"),
        pytest.param("고양이|cat", Expectation(all=(("고양이", "cat"),)), id="synonyms"),
        pytest.param(" cat | dog ", Expectation(all=(("cat", "dog"),)), id="spaces-around-synonyms"),
        pytest.param(r"a\|b", Expectation(all=(("a|b",),)), id="literal-bar"),
        pytest.param(r"a\|b|c", Expectation(all=(("a|b", "c"),)), id="literal-bar-and-synonym"),
        pytest.param(r"C:\temp", Expectation(all=((r"C:\temp",),)), id="backslash-elsewhere"),
        pytest.param(
            {"all": "a", "any": ["b|c", "d"], "none": ["e"], "regex": r"\d+|x"},
            Expectation(all=(("a",),), any=(("b", "c"), ("d",)), none=(("e",),), regex=(r"\d+|x",)),
            id="groups",
        ),
        pytest.param({"all": None, "none": "dog"}, Expectation(none=(("dog",),)), id="group-without-value"),
        pytest.param(Expectation(any=(("x",),)), Expectation(any=(("x",),)), id="a-value-stays"),
        pytest.param({"regex": "[[a]b]"}, Expectation(regex=("[[a]b]",)), id="pattern-that-python-warns-of"),
    ],
)
def test_each_form_says_what_it_says(value: object, expected: Expectation) -> None:
    findings = Findings()
    assert parse_expectation(value, findings) == expected
    assert findings.problems == []


@pytest.mark.parametrize(
    ("value", "message"),
    [
        pytest.param("", "expect has an empty keyword, which every answer contains", id="empty"),
        pytest.param([" "], "expect has an empty keyword", id="blank"),
        pytest.param("a||b", "expect: 'a||b' has an empty synonym", id="empty-synonym"),
        pytest.param("|", "expect: '|' has an empty synonym", id="only-a-bar"),
        pytest.param(True, "expect is true; it must be text", id="bool"),
        pytest.param(["a", None], "expect: entry 2 is null; it must be text", id="null-in-list"),
        pytest.param([["cat", "kitten"]], "expect is a list inside a list", id="nested-list"),
        pytest.param(1e300, "expect is the number 1e+300; it must be text", id="number-too-large-to-be-exact"),
        pytest.param(
            {"non": "x"},
            "expect has no group 'non'. Groups: all, any, none, regex, scorers. Did you mean 'none'?",
            id="slip",
        ),
        pytest.param({"wants": "x"}, "expect has no group 'wants'", id="unknown-group"),
        pytest.param({"any": {"a": 1}}, "expect.any is a mapping; it must be text", id="mapping-in-group"),
        pytest.param(
            {"regex": "("}, "expect.regex: '(' is not a regular expression: missing ), unterminated", id="regex"
        ),
        pytest.param({"regex": ""}, "expect.regex: '' is not a regular expression: it is empty", id="empty-regex"),
        pytest.param({"regex": "a{99999999999}"}, "is not a regular expression", id="regex-overflow"),
        pytest.param({"none": "a\0"}, "expect.none holds a NUL character", id="nul"),
    ],
)
def test_what_nobody_can_judge_is_refused(value: object, message: str) -> None:
    findings = Findings()
    parse_expectation(value, findings)
    assert [message in problem.message for problem in findings.problems] == [True]
