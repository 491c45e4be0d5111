"""The fuzzy scorer: how alike two texts are, by four ways to compare, and from where on it passes."""

from __future__ import annotations

import unicodedata
from difflib import SequenceMatcher

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snellen.case import Case, ScorerSpec
from snellen.errors import InputError
from snellen.response import Response
from snellen.score import Evidence, Score
from snellen.scorers.fuzzy import fuzzy
from snellen.scorers.registry import case_problem, option_problems
from snellen.scorers.spec import parse_scorer


def judge(text: str, answer: object = None, **options: object) -> Score:
    return fuzzy(Case(id="c", prompt="?", images=(), answer=answer), Response(text=text), **options)


# The similarities of the README of RapidFuzz 3 ("this is a test" and so on), and some that are worked out by hand:
# 1 - (insertions + deletions) / (both lengths).
TABLE = [
    ("this is a test!", "this is a test", {}, 28 / 29, True, "README ratio"),
    ("this is a test!", "this is a test", {"method": "partial"}, 1.0, True, "README partial"),
    (
        "wuzzy fuzzy was a bear",
        "fuzzy wuzzy was a bear",
        {"method": "ratio"},
        40 / 44,
        True,
        "README two words swapped",
    ),
    ("wuzzy fuzzy was a bear", "fuzzy wuzzy was a bear", {"method": "token_sort"}, 1.0, True, "README token sort"),
    ("fuzzy fuzzy was a bear", "fuzzy was a bear", {"method": "token_sort"}, 32 / 38, True, "README a word twice"),
    ("fuzzy fuzzy was a bear", "fuzzy was a bear", {"method": "token_set"}, 1.0, True, "README token set"),
    ("Seoul", "seoul", {}, 1.0, True, "case"),
    ("SEOUL", "seoul", {"ignore_case": False}, 0.0, False, "case counts"),
    ("Seol", "Seoul", {}, 8 / 9, True, "a letter left out"),
    ("Busan", "Seoul", {}, 0.2, False, "another city"),
    ("경복궁", "경복궁", {}, 1.0, True, "Korean"),
    ("경복긍", "경복궁", {}, 4 / 6, False, "one of three syllables"),
    ("서울특별시 종로구", "종로구 서울특별시", {"method": "token_sort"}, 1.0, True, "Korean words in another order"),
    ("주소는 서울특별시 종로구입니다", "서울특별시 종로구", {"method": "partial"}, 1.0, True, "inside a sentence"),
    ("경복긍", "경복궁", {"at_least": 0.6}, 4 / 6, True, "a lower bound"),
    ("Seol", ["Busan", "Seoul"], {}, 8 / 9, True, "the nearest of several"),
    ("", "Seoul", {}, 0.0, False, "nothing"),
    ("a  b\nc", "a b c", {}, 1.0, True, "white space"),
    (unicodedata.normalize("NFD", "경복궁"), "경복궁", {}, 1.0, True, "decomposed Hangul"),
]


@pytest.mark.parametrize(
    ("text", "answer", "options", "value", "passed"), [row[:5] for row in TABLE], ids=[row[5] for row in TABLE]
)
def test_a_response_is_as_right_as_it_is_like_the_nearest_answer(text, answer, options, value, passed):
    score = judge(text, answer, **options)
    assert score.value == pytest.approx(value, abs=1e-9)
    assert score.passed is passed


@settings(deadline=None, max_examples=200)
@given(st.text("ab가나 ", max_size=12), st.text("ab가나", min_size=1, max_size=12))
def test_the_ratio_is_one_minus_insertions_and_deletions_over_both_lengths(text, answer):
    said = " ".join(text.split())
    longest = [[0] * (len(answer) + 1) for _ in range(len(said) + 1)]
    for i, left in enumerate(said):
        for j, right in enumerate(answer):
            longest[i + 1][j + 1] = longest[i][j] + 1 if left == right else max(longest[i][j + 1], longest[i + 1][j])
    assert judge(text, answer).value == pytest.approx(2 * longest[-1][-1] / (len(said) + len(answer)))
    assert judge(text, answer).value >= SequenceMatcher(None, said, answer, autojunk=False).ratio() - 1e-9


def test_a_score_tells_how_alike_and_to_what():
    score = judge("Seol", ["Busan", "Seoul"], at_least=0.9)
    assert score.value == pytest.approx(8 / 9)
    assert score == Score(
        scorer="fuzzy",
        version="1",
        options=judge("", "a", at_least=0.9).options,
        value=score.value,
        passed=False,
        explanation="0.889 like 'Seoul'; less than 0.9",
        evidence=(Evidence(kind="missing", keyword="Seoul", note="similarity 0.889"),),
    )


MINI = [
    ("fuzzy: Seoul", {"answer": "Seoul"}),
    ("fuzzy: Seoul >= 0.9", {"answer": "Seoul", "at_least": 0.9}),
    ("fuzzy: 경복궁 >= 85%", {"answer": "경복궁", "at_least": 0.85}),
    ("fuzzy: >= .7", {"at_least": 0.7}),
    ("fuzzy: a >= b", {"answer": "a >= b"}),
]


@pytest.mark.parametrize(("text", "options"), MINI, ids=[row[0] for row in MINI])
def test_the_mini_language_takes_a_text_and_a_bound(text, options):
    assert parse_scorer(text) == ScorerSpec(name="fuzzy", options=options)


@pytest.mark.parametrize("text", ["fuzzy:", "fuzzy: Seoul <= 0.9"])
def test_a_bound_that_means_nothing_is_an_error(text):
    with pytest.raises(InputError, match="right is"):
        parse_scorer(text)


PROBLEMS = [
    ("a", {"at_least": 90}, "at_least is 90.0; right is a share above 0 and up to 1"),
    ("a", {"at_least": 0}, "at_least is 0.0"),
    ("a", {"at_least": "nan"}, "at_least is nan"),
    (None, {}, "it has no answer"),
    (["a", " "], {}, "its answer ' ' is empty"),
]


@pytest.mark.parametrize(("answer", "options", "said"), PROBLEMS, ids=[f"{row[0]} {row[1]}" for row in PROBLEMS])
def test_what_cannot_be_judged_is_said_before_anything_is_asked(answer, options, said):
    case = Case(id="c", prompt="?", images=(), answer=answer)
    assert case_problem(ScorerSpec(name="fuzzy", options=options), case).startswith(said)


def test_a_wrong_method_is_told_and_a_case_without_an_answer_is_unscored():
    assert "right is 'ratio', 'partial'" in option_problems(ScorerSpec(name="fuzzy", options={"method": "best"}))[0]
    assert judge("a").value is None
    assert judge("a", " ").value is None


METHODS = ["ratio", "partial", "token_sort", "token_set"]
TEXTS = st.text(st.one_of(st.characters(), st.sampled_from("가고양이éÅ½③’ -.'\na")), max_size=40)


@settings(deadline=None, max_examples=300)
@given(TEXTS, TEXTS, st.sampled_from(METHODS), st.booleans())
def test_any_text_ends_in_a_value_or_unscored_whatever_its_unicode_form(text, answer, method, case):
    score = judge(text, answer, method=method, ignore_case=case)
    assert score.value is None or 0 <= score.value <= 1
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        other = judge(unicodedata.normalize(form, text), answer, method=method, ignore_case=case)
        assert (other.value, other.passed) == (score.value, score.passed)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("text", ["9" * 100_000, "a " * 1_000_000, "\ud800", "\0"])
def test_hostile_texts_end(text, method):
    assert judge(text, "고양이 두 마리", method=method).value is not None


@pytest.mark.parametrize("method", METHODS)
def test_two_texts_that_would_take_minutes_are_left_unscored(method):
    score = judge("ab" * 500_000, "ba" * 50_000, method=method)
    assert score.value is None
    assert (
        score.explanation == "a response of 1,000,000 characters and an answer of 100,000 are too long to be compared"
    )
