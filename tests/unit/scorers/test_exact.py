"""The exact scorer: which texts count as the same, by its own rules and by those of two benchmarks."""

from __future__ import annotations

import re
import string
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snellen.case import Case, ScorerSpec
from snellen.response import Response
from snellen.score import Evidence, Score
from snellen.scorers.exact import exact
from snellen.scorers.registry import case_problem, option_problems
from snellen.scorers.spec import parse_scorer


def judge(text: str, answer: object = None, **options: object) -> Score:
    return exact(Case(id="c", prompt="?", images=(), answer=answer), Response(text=text), **options)


TABLE = [
    ("cat", "cat", {}, True, "same"),
    (" Cat\n", "cat", {}, True, "case and ends"),
    ("a cat", "cat", {}, False, "more words"),
    ("the  red\ncar", "the red car", {}, True, "runs of white space"),
    ("“don’t”", '"don\'t"', {}, True, "typographic quotes"),
    ("2010–2020", "2010-2020", {}, True, "dashes"),
    ("ＳＴＯＰ", "stop", {}, True, "full width"),
    ("STRASSE", "Straße", {}, True, "sharp s"),
    ("cat\u200b", "cat", {}, True, "zero width"),
    (unicodedata.normalize("NFD", "고양이"), "고양이", {}, True, "decomposed Hangul"),
    ("고양이", "고양이가", {}, False, "a particle"),
    ("두마리", "두 마리", {}, False, "a space in Korean"),
    ("두마리", "두 마리", {"ignore_spaces": True}, True, "spaces ignored"),
    ("12 34", "1234", {"ignore_spaces": True}, True, "spaces ignored in digits"),
    ("Cat", "cat", {"ignore_case": False}, False, "case counts"),
    ("‘Cat’", "'Cat'", {"ignore_case": False}, True, "case counts, quotes do not"),
    ("cat.", "cat", {}, False, "a full stop counts"),
    ("Cat!", "cat", {"ignore_punctuation": True}, True, "a mark ignored"),
    ("고양이입니다。", "고양이입니다.", {"ignore_punctuation": True}, True, "another full stop"),
    ("well-known", "well known", {"ignore_punctuation": True}, True, "a hyphen parts words"),
    ("dont", "don't", {"ignore_punctuation": True}, True, "an apostrophe does not"),
    ("US", "U.S.", {"ignore_punctuation": True}, True, "nor do full stops"),
    ("35", "3.5", {"ignore_punctuation": True}, False, "a decimal point is no mark"),
    ("5", "-5", {"ignore_punctuation": True}, False, "nor is a sign"),
    ("(-5)", "-5", {"ignore_punctuation": True}, True, "a sign in brackets"),
    ("$5", "5", {"ignore_punctuation": True}, False, "a symbol is no punctuation"),
    ("the cat", "cat", {"ignore_articles": True}, True, "articles ignored"),
    ("theatre", "atre", {"ignore_articles": True}, False, "no article in a word"),
    ("cat", ["dog", "cat"], {}, True, "any of several"),
    ("bird", ["dog", "cat"], {}, False, "none of several"),
    ("42", 42, {}, True, "a number"),
    ("42.0", 42, {}, False, "not by value"),
    ("yes", True, {}, True, "true is yes"),
    ("", "", {}, True, "nothing for nothing"),
    ("", "cat", {}, False, "nothing for something"),
    ("The Denver Broncos.", "denver broncos", {"style": "squad"}, True, "squad"),
    ("an apple-pie", "applepie", {"style": "squad"}, True, "squad joins at marks"),
    ("《기생충》(2019)", "기생충 2019", {"style": "korquad"}, True, "korquad parts at brackets"),
    ("'서울'", "서울", {"style": "korquad"}, True, "korquad quotes"),
    ("the cat", "cat", {"style": "korquad"}, False, "korquad keeps articles"),
    ("세종 대왕", "세종대왕", {"style": "korquad"}, False, "korquad keeps spaces"),
    ("세종 대왕", "세종대왕", {"style": "korquad", "ignore_spaces": True}, True, "korquad 2.0 does not"),
]


@pytest.mark.parametrize(("text", "answer", "options", "passed"), [row[:4] for row in TABLE], ids=[r[4] for r in TABLE])
def test_a_response_is_right_when_it_is_the_answer(text, answer, options, passed):
    score = judge(text, answer, **options)
    assert (score.passed, score.value) == (passed, float(passed))


def squad(text: str) -> str:
    """normalize_answer of SQuAD 1.1, written again from its description: lower, no punctuation, no articles, spaces."""
    bare = "".join(char for char in text.lower() if char not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", bare).split())


def korquad(text: str) -> str:
    """normalize_answer of KorQuAD 1.0: brackets and quotes to spaces, lower, no punctuation, spaces."""
    parted = re.sub("['\"《》<>〈〉()‘’]", " ", text).lower()
    return " ".join("".join(char for char in parted if char not in string.punctuation).split())


PLAIN = st.text(st.sampled_from("aAnthe the.,'\"()<>-_$ 가나 5"), max_size=12)


@pytest.mark.parametrize(("style", "official"), [("squad", squad), ("korquad", korquad)])
@settings(deadline=None, max_examples=300)
@given(text=PLAIN, answer=PLAIN)
def test_a_benchmark_style_agrees_with_its_official_rule_on_plain_text(style, official, text, answer):
    assert judge(text, answer, style=style).passed is (official(text) == official(answer))


@pytest.mark.parametrize("sign", "《》〈〉‘’()<>'\"")
def test_korquads_brackets_are_spaces(sign):
    assert judge(f"가{sign}나", "가 나", style="korquad").passed is True


def test_a_score_tells_what_was_said_and_what_is_right():
    assert judge("A dog", ["cat", "고양이"]) == Score(
        scorer="exact",
        version="1",
        value=0.0,
        passed=False,
        explanation="is 'A dog'; right is 'cat' or '고양이'",
        evidence=(Evidence(kind="missing", keyword="cat"), Evidence(kind="missing", keyword="고양이")),
    )
    assert judge(" CAT ", ["cat", "고양이"]).evidence == (Evidence(kind="found", keyword="cat", span=(0, 5)),)


def test_many_answers_are_not_all_told():
    assert judge("x", ["a", "b", "c", "d", "e"]).explanation == "is 'x'; right is 'a' or 'b' or 'c' or 2 more"


PROBLEMS = [
    (None, {}, "it has no answer"),
    ([], {}, "its answer is an empty list"),
    ({"a": 1}, {}, "its answer holds {'a': 1}, which is no text"),
    ("?!", {"ignore_punctuation": True}, "nothing is left of its answer '?!'"),
    (["cat", "the"], {"style": "squad"}, "nothing is left of its answer 'the'"),
    ("cat", {"style": "squad", "ignore_case": False}, "style squad ignores case"),
]


@pytest.mark.parametrize(("answer", "options", "said"), PROBLEMS, ids=[f"{row[0]} {row[1]}" for row in PROBLEMS])
def test_what_cannot_be_judged_is_said_before_anything_is_asked(answer, options, said):
    case = Case(id="c", prompt="?", images=(), answer=answer)
    assert case_problem(ScorerSpec(name="exact", options=options), case).startswith(said)


def test_a_case_without_an_answer_is_unscored_and_a_wrong_style_is_told():
    assert judge("cat").value is None
    said = option_problems(ScorerSpec(name="exact", options={"style": "loose"}))
    assert said == ["option 'style' of scorer 'exact' is 'loose'; right is 'plain', 'squad' or 'korquad'"]


def test_the_mini_language_takes_the_whole_text():
    assert parse_scorer("exact: a, b | c") == ScorerSpec(name="exact", options={"answer": "a, b | c"})


TEXTS = st.text(st.one_of(st.characters(), st.sampled_from("가고양이éÅ½③’ -.'")), max_size=40)


@settings(deadline=None, max_examples=300)
@given(
    TEXTS,
    TEXTS,
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["plain", "squad", "korquad"]),
)
def test_any_text_ends_in_a_verdict_whatever_its_unicode_form(text, answer, case, marks, spaces, articles, style):
    options = {"ignore_case": case, "ignore_punctuation": marks, "ignore_spaces": spaces, "ignore_articles": articles}
    verdict = judge(text, answer, style=style, **options).value
    assert verdict in (0.0, 1.0)
    assert judge(answer, answer, style=style, **options).value == 1.0
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert judge(unicodedata.normalize(form, text), answer, style=style, **options).value == verdict


@pytest.mark.parametrize("text", ["9" * 100_000, "a " * 2_500_000, "…" * 100_000, "\ud800", "\0", "\u202eabc"])
def test_hostile_texts_end(text):
    options = {"ignore_punctuation": True, "ignore_articles": True}
    assert judge(text, "cat", **options).value == 0.0
