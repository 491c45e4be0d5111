"""The regex scorer: patterns of users on a response, one or several, in bounded time."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snellen.case import Case, ScorerSpec
from snellen.response import Response
from snellen.score import Evidence, Score
from snellen.scorers import regex_guard
from snellen.scorers.regex import regex
from snellen.scorers.registry import case_problem
from snellen.scorers.spec import parse_scorer

RUNAWAY = "(a|aa)+$"


def judge(text: str, answer: object = None, **options: object) -> Score:
    return regex(Case(id="c", prompt="?", images=(), answer=answer), Response(text=text), **options)


TABLE = [
    ("total 23.45", r"\d+\.\d\d", {}, 1.0, True, "found"),
    ("total 23", r"\d+\.\d\d", {}, 0.0, False, "not found"),
    ("Cat", "cat", {}, 0.0, False, "case counts"),
    ("Cat", "(?i)cat", {}, 1.0, True, "unless the pattern says"),
    (unicodedata.normalize("NFD", "고양이가"), "고양이[가는]", {}, 1.0, True, "decomposed Hangul"),
    ("１２", r"^\d{2}$", {}, 1.0, True, "full-width digits"),
    ("b", ["a", "b"], {}, 1.0, True, "any of several"),
    ("c", ["a", "b"], {}, 0.0, False, "none of several"),
    ("ab", ["a", "b"], {"match": "all"}, 1.0, True, "all of several"),
    ("ax", ["a", "b"], {"match": "all"}, 0.5, False, "half of several"),
    (" 42\n", r"\d+", {"full": True}, 1.0, True, "the whole, white space apart"),
    ("42 cats", r"\d+", {"full": True}, 0.0, False, "not the whole"),
    ("ab", "a|ab", {"full": True}, 1.0, True, "the whole by a later alternative"),
    ("고양이", "(?i)[가-힣]+", {"full": True}, 1.0, True, "the whole with a flag"),
    ("", "x*", {"full": True}, 1.0, True, "the whole of nothing"),
    ("42", 42, {}, 1.0, True, "a number"),
]


@pytest.mark.parametrize(
    ("text", "answer", "options", "value", "passed"), [row[:5] for row in TABLE], ids=[row[5] for row in TABLE]
)
def test_a_response_is_right_when_the_pattern_is_found(text, answer, options, value, passed):
    score = judge(text, answer, **options)
    assert (score.value, score.passed) == (value, passed)


def test_a_score_tells_what_was_found_where_and_what_is_missing():
    assert judge("x 12 고양이", ["고+", r"\d+", "z"], match="all") == Score(
        scorer="regex",
        version="1",
        options=judge("", "a", match="all").options,
        value=2 / 3,
        passed=False,
        explanation="matches 2 of 3; missing 'z'",
        evidence=(
            Evidence(kind="found", keyword=r"\d+", span=(2, 4)),
            Evidence(kind="found", keyword="고+", span=(5, 6)),
            Evidence(kind="missing", keyword="z"),
        ),
    )
    assert judge("x", "x").explanation == "matches 'x'"
    assert judge("x", "y").explanation == "does not match 'y'"


def test_the_span_of_a_whole_match_leaves_the_white_space_out():
    text = unicodedata.normalize("NFD", "  가나 ")
    (evidence,) = judge(text, ".+", full=True).evidence
    assert text[slice(*evidence.span)] == unicodedata.normalize("NFD", "가나")


STOPPED = [
    (RUNAWAY, {}, None, "alone"),
    ([RUNAWAY, "b"], {}, 1.0, "another is found and one is enough"),
    ([RUNAWAY, "z"], {}, None, "another is missing and one is enough"),
    ([RUNAWAY, "z"], {"match": "all"}, 0.0, "another is missing and all must be found"),
    ([RUNAWAY, "b"], {"match": "all"}, None, "another is found and all must be found"),
]


@pytest.mark.parametrize(("answer", "options", "value"), [row[:3] for row in STOPPED], ids=[row[3] for row in STOPPED])
def test_a_runaway_pattern_is_stopped_and_decides_nothing(monkeypatch, answer, options, value):
    monkeypatch.setattr(regex_guard, "TIMEOUT_S", 0.01)
    score = judge("a" * 60 + "b", answer, **options)
    assert score.value == value
    assert any("stopped after" in one.note for one in score.evidence)


def test_a_runaway_pattern_is_stopped_on_the_whole_too(monkeypatch):
    monkeypatch.setattr(regex_guard, "TIMEOUT_S", 0.01)
    score = judge("a" * 60 + "b", "(a|aa)+", full=True)
    assert (score.value, score.explanation) == (None, "'(a|aa)+': stopped after 0.01 s: it repeats what repeats")


PROBLEMS = [
    (None, "it has no answer"),
    ([], "its answer is an empty list"),
    ("(", "regex '(' cannot be used: missing ), unterminated subpattern"),
    (["a", "*"], "regex '*' cannot be used: nothing to repeat"),
    ("", "its pattern is empty"),
    ({"a": 1}, "its answer holds"),
]


@pytest.mark.parametrize(("answer", "said"), PROBLEMS, ids=[repr(row[0]) for row in PROBLEMS])
def test_what_cannot_be_judged_is_said_before_anything_is_asked(answer, said):
    case = Case(id="c", prompt="?", images=(), answer=answer)
    assert case_problem(ScorerSpec(name="regex"), case).startswith(said)


def test_an_unusable_pattern_leaves_the_response_unscored():
    assert judge("(", "(").value is None
    assert judge("(", "(").explanation.startswith("'(': regex '(' cannot be used")
    assert judge("x").value is None


def test_the_mini_language_takes_the_pattern_as_it_stands():
    assert parse_scorer(r"regex: (?i)a, b\s:") == ScorerSpec(name="regex", options={"answer": r"(?i)a, b\s:"})


PATTERNS = st.sampled_from([r"\d+", "고양이", "(?i)a.b", "^x*$", "[가-힣]+", r"\s", "é", "③"])


@settings(deadline=None, max_examples=200)
@given(
    st.text(st.one_of(st.characters(), st.sampled_from("가고양이éÅ½③ a1")), max_size=40),
    st.lists(PATTERNS, min_size=1, max_size=3),
    st.sampled_from(["all", "any"]),
    st.booleans(),
)
def test_any_text_ends_in_a_value_whatever_its_unicode_form(text, patterns, match, full):
    score = judge(text, patterns, match=match, full=full)
    assert 0 <= score.value <= 1
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        other = judge(unicodedata.normalize(form, text), patterns, match=match, full=full)
        assert (other.value, other.passed) == (score.value, score.passed)


@pytest.mark.parametrize("text", ["9" * 100_000, "가" * 1_000_000, "\ud800", "\0"])
@pytest.mark.parametrize("full", [False, True])
def test_hostile_texts_end(text, full):
    assert judge(text, ["^[a-z]+$", "고양이"], full=full).value == 0.0
