from __future__ import annotations

import pytest

from snellen.case import Case, Expectation, ScorerSpec
from snellen.datasets.expect import parse_expectation
from snellen.datasets.findings import Findings
from snellen.datasets.yaml import parse_yaml
from snellen.response import Response
from snellen.scorers.registry import case_problem, get_scorer


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
            "expect has no group 'non', and there is no scorer of this name. Did you mean 'none'? Groups: all, any, ",
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


def _scorer(name: str, **options: object) -> ScorerSpec:
    return ScorerSpec(name=name, options=options)


_SEVEN = _scorer("exact", answer="7")


@pytest.mark.parametrize(
    ("value", "words", "scorers"),
    [
        pytest.param("not-refusal", (), (_scorer("not-refusal"),), id="a-name-turned-round"),
        pytest.param(["cat", "not-refusal"], (("cat",),), (_scorer("not-refusal"),), id="beside-a-keyword"),
        pytest.param("keywords: json", (), (_scorer("keywords", answer=["json"]),), id="the-word-json"),
        pytest.param({"scorers": "json"}, (), (_scorer("json"),), id="the-scorer-json"),
        pytest.param({"scorers": ["refusal", "json"]}, (), (_scorer("refusal"), _scorer("json")), id="scorers-by-name"),
        pytest.param("json|JSON", (("json", "JSON"),), (), id="a-name-and-a-synonym"),
        pytest.param(["Total: 42", "10:30"], (("Total: 42",), ("10:30",)), (), id="labels-of-documents"),
        pytest.param("비고: 없음", (("비고: 없음",),), (), id="a-korean-label"),
        pytest.param({"all": ["cat", "exact: 7"]}, (("cat",),), (_SEVEN,), id="in-the-group-all"),
        pytest.param({"all": [{"exact": "7"}]}, (), (_SEVEN,), id="mapping-in-the-group-all"),
        pytest.param(
            {"all": {"scorers": ["exact: 7"]}, "none": "dog"},
            (),
            (_scorer("all", scorers=["exact: 7"]),),
            id="the-combination-all",
        ),
        pytest.param(
            {"any": {"scorers": ["exact: 7"]}}, (), (_scorer("any", scorers=["exact: 7"]),), id="the-combination-any"
        ),
    ],
)
def test_a_scorer_among_keywords_is_a_scorer_and_a_keyword_stays_one(value, words, scorers):
    findings = Findings()
    found = parse_expectation(value, findings)
    assert findings.problems == []
    assert (found.all, found.scorers) == (words, scorers)


@pytest.mark.parametrize(
    ("value", "message", "hint"),
    [
        pytest.param(
            "json",
            "expect: 'json' may be a keyword, and is the name of a scorer",
            'For the keyword write "keywords: json"; for the scorer "scorers: json" under expect '
            "(in CSV: json in the column expect_scorers).",
            id="a-name-alone",
        ),
        pytest.param(["cat", "refusal"], "expect: 'refusal' may be a keyword", '"keywords: refusal"', id="in-a-list"),
        pytest.param({"all": "count"}, "expect.all: 'count' may be a keyword", '"keywords: count"', id="in-all"),
        pytest.param(
            "nubmer: 42",
            "expect: 'nubmer: 42' is nearly a scorer. Did you mean 'number: 42'?",
            'For the keyword write "keywords: nubmer: 42".',
            id="slip",
        ),
        pytest.param("Number: 42", "Did you mean 'number: 42'?", '"keywords: Number: 42"', id="capital"),
        pytest.param("number:42", "Did you mean 'number: 42'?", '"keywords: number:42"', id="no-space"),
        pytest.param(
            "not-kontains: dog", "Did you mean 'not-contains: dog'?", '"keywords: not-', id="slip-turned-round"
        ),
        pytest.param(
            {"all": ["nubmer: 42"]}, "expect.all: 'nubmer: 42' is nearly", '"keywords: nubmer', id="slip-in-all"
        ),
        pytest.param(
            {"any": ["number: 42", "cat"]},
            "expect.any: 'number: 42' is written like a scorer, and this group takes keywords",
            'For the scorer write scorers: [{any: ["number: 42", ...]}] under expect; '
            'for the keyword "keywords: number: 42" there.',
            id="in-any",
        ),
        pytest.param(
            {"none": ["nubmer: 42"]},
            "expect.none: 'nubmer: 42' is written like a scorer, and this group takes keywords",
            'For the scorer write scorers: ["not-number: 42"] under expect; '
            'for the keyword scorers: ["not-keywords: nubmer: 42"].',
            id="in-none",
        ),
        pytest.param({"none": "not-refusal"}, "is written like a scorer", 'scorers: ["refusal"]', id="name-in-none"),
        pytest.param(
            {"nubmer": 42},
            "expect has no group 'nubmer', and there is no scorer of this name. Did you mean 'number'?",
            'For the keyword write "keywords: nubmer: 42".',
            id="slip-of-a-key",
        ),
        pytest.param(
            {"total": 42},
            "expect has no group 'total', and there is no scorer of this name.",
            'For the keyword put it in quotes: "total: 42".',
            id="a-label-as-a-key",
        ),
        pytest.param({"scorers": []}, "expect.scorers is empty", "Name a scorer, or leave it out.", id="no-scorers"),
        pytest.param(
            [{"Total": "42"}],
            "expect: scorer 'Total' is not registered",
            'For the keyword put it in quotes: "Total: 42".',
            id="a-label-without-quotes",
        ),
    ],
)
def test_what_may_be_a_keyword_or_a_scorer_is_refused_with_both_ways_out(value, message, hint):
    findings = Findings()
    parse_expectation(value, findings)
    (problem,) = findings.problems
    assert message in problem.message
    assert hint in (problem.hint or "")


YAML_EXPECTATIONS = {
    "boxes: [10, 20, 110, 220]": ("[10, 20, 110, 220]", True),
    "points: {answer: [50, 60], radius: 2}": ("(50, 61)", True),
    "json: {answer: {type: object, properties: {total: {enum: [12300]}}}}": ('{"total": 12300}', True),
    'json: {schema: {properties: {total: {enum: ["12300"]}}}}': ('{"total": 12300}', False),
    "number: {answer: 42, tolerance: 1}": ("about 43", True),
    "exact: 007": ("7", False),
    "contains: 1.50": ("it is 21.5", False),
    "fields: {answer: {total: 12.50, code: 007}}": ('{"total": 12.5, "code": "007"}', True),
}


@pytest.mark.parametrize(("written", "text", "passes"), [(key, *value) for key, value in YAML_EXPECTATIONS.items()])
def test_scorers_of_yaml_judge_by_what_was_written(written, text, passes):
    (row,) = parse_yaml(f"- expect:\n    {written}\n", name="x").rows()
    findings = Findings()
    (spec,) = parse_expectation(row.fields["expect"], findings).scorers
    case = Case(id="c", prompt="?", images=())
    assert (findings.problems, case_problem(spec, case)) == ([], "")
    assert get_scorer(spec)(case, Response(text=text)).passed is passes
