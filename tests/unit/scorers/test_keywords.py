"""The keyword scorer: what makes a check, a value, a pass, and what a reader is shown."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snellen.case import Case, Expectation, ImageRef
from snellen.response import Response
from snellen.score import Evidence, Score
from snellen.scorers import regex_guard
from snellen.scorers.keywords import keywords


def judge(text: str, **expect: tuple[object, ...]) -> Score:
    image = ImageRef(data=b"", name="image 1")
    return keywords(Case(id="c", prompt="?", images=(image,), expect=Expectation(**expect)), Response(text=text))


def test_a_score_tells_what_was_found_where_and_what_is_missing():
    score = judge("고양이 한 마리와 Dogs.", all=(("cat", "고양이"), ("dog",), ("bird", "새")))
    assert score == Score(
        scorer="keywords",
        version="1",
        value=2 / 3,
        passed=False,
        explanation="found 2 of 3; missing 'bird|새'",
        evidence=(
            Evidence(kind="found", keyword="cat|고양이", span=(0, 3)),
            Evidence(kind="found", keyword="dog", span=(10, 14)),
            Evidence(kind="missing", keyword="bird|새"),
        ),
    )


def test_all_kinds_of_checks_count_alike():
    score = judge(
        "A cat, 23.45 dollars.",
        all=(("cat",),),
        any=(("dog",), ("dollar",)),
        none=(("bird",),),
        regex=(r"\d+\.\d\d", "euro"),
    )
    assert (score.value, score.passed) == (4 / 5, False)
    assert score.explanation == "found 3 of 4; missing 'euro'"


def test_evidence_stands_in_the_order_of_the_text():
    score = judge("a dog, a cat", all=(("cat",), ("bird",), ("dog",)))
    assert [one.keyword for one in score.evidence] == ["dog", "cat", "bird"]


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b"])
def test_an_empty_response_misses_everything_and_says_nothing_forbidden(text):
    score = judge(text, all=(("cat",), ("dog",)), none=(("bird",),))
    assert (score.value, score.passed) == (1 / 3, False)
    assert score.explanation == "found 0 of 2; missing 'cat', 'dog'"
    assert {one.span for one in score.evidence} == {None}


def test_denied_and_doubtful_keywords_are_named_apart():
    score = judge("There is no cat. Is there a dog?", all=(("cat",), ("dog",), ("bird",)))
    assert score.explanation == "found 0 of 3; missing 'bird'; denied 'cat'; unclear 'dog'"
    assert [(one.kind, one.span, one.note) for one in score.evidence] == [
        ("negated", (12, 15), "denied by 'no'"),
        ("ambiguous", (28, 31), "asked, not said"),
        ("missing", None, ""),
    ]


NONE_TABLE = [
    ("A dog barks.", True, "forbidden", (2, 5), ""),
    ("A cat sleeps.", False, "absent", None, ""),
    ("There is no dog.", False, "absent", (12, 15), "denied by 'no'"),
    ("No dog, but the dog's bowl.", True, "forbidden", (16, 19), ""),
    ("A hotdog.", False, "absent", None, "only inside 'hotdog'"),
    ("Is there a dog?", False, "ambiguous", (11, 14), "taken as not mentioned; asked, not said"),
    ("개가 아니라 고양이입니다.", False, "absent", (0, 1), "denied by '아니라'"),
    ("개 한 마리", True, "forbidden", (0, 1), ""),
]


@pytest.mark.parametrize(("text", "violated", "kind", "span", "note"), NONE_TABLE, ids=[row[0] for row in NONE_TABLE])
def test_a_forbidden_keyword_must_not_be_claimed(text, violated, kind, span, note):
    score = judge(text, none=(("dog", "개"),))
    assert score.evidence == (Evidence(kind=kind, keyword="dog|개", span=span, note=note),)
    assert (score.value, score.passed) == ((0.0, False) if violated else (1.0, True))
    assert score.explanation == ("mentions 'dog|개', which is forbidden" if violated else "mentions nothing forbidden")


def test_any_shows_the_groups_that_were_found():
    score = judge("a cat", any=(("dog",), ("cat",)))
    assert score.passed
    assert score.evidence == (Evidence(kind="found", keyword="cat", span=(2, 5)),)


def test_any_is_one_check_and_shows_all_its_groups_when_none_is_found():
    score = judge("no dog", any=(("dog",), ("cat", "고양이")))
    assert (score.value, score.explanation) == (0.0, "found 0 of 1; denied 'dog or cat|고양이'")
    assert [one.kind for one in score.evidence] == ["negated", "missing"]


def test_a_regex_is_shown_where_it_matched_in_the_text_as_it_arrived():
    text = unicodedata.normalize("NFD", "합계 ２３,450원")
    score = judge(text, regex=(r"합계 \d+,\d+원",))
    assert score.passed
    assert score.evidence[0].span == (0, len(text))


def test_a_regex_that_matches_nothing_but_a_place_has_no_span():
    assert judge("cat", regex=("x*",)).evidence == (Evidence(kind="found", keyword="x*"),)


def test_a_regex_that_runs_away_leaves_the_response_unscored(monkeypatch):
    monkeypatch.setattr(regex_guard, "TIMEOUT_S", 0.05)
    score = judge("a" * 5_000 + "!", regex=("(a+)+$",), all=(("a",),))
    assert (score.value, score.passed, score.is_unscored) == (None, False, True)
    assert score.explanation == "'(a+)+$': stopped after 0.05 s: it repeats what repeats"


def test_an_unusable_regex_leaves_the_response_unscored_and_says_why():
    score = judge("cat", regex=("(",))
    assert score.is_unscored
    assert score.explanation.startswith("'(': regex '(' cannot be used: ")


def test_a_case_that_expects_nothing_is_unscored():
    assert judge("a cat") == Score(
        scorer="keywords",
        version="1",
        value=None,
        passed=False,
        explanation="nothing is expected, so nothing can be judged",
    )


def test_a_long_keyword_is_shortened_in_the_explanation_only():
    keyword = "x" * 100
    score = judge("cat", all=((keyword,),))
    assert score.explanation == f"found 0 of 1; missing '{'x' * 39}…'"
    assert score.evidence[0].keyword == keyword


texts = st.text(max_size=40)
groups = st.lists(st.lists(texts, min_size=1, max_size=2).map(tuple), max_size=3).map(tuple)


@given(text=texts, every=groups, some=groups, none=groups, regex=st.lists(texts, max_size=2).map(tuple))
@settings(max_examples=200, deadline=None)
def test_any_text_and_any_expectation_end_in_a_value_or_unscored_alike_in_every_unicode_form(
    text, every, some, none, regex
):
    scores = [
        judge(unicodedata.normalize(form, text), all=every, any=some, none=none, regex=regex)
        for form in ("NFC", "NFD", "NFKC", "NFKD")
    ]
    assert len({(score.value, score.passed) for score in scores}) == 1
    assert scores[0].value is None or 0.0 <= scores[0].value <= 1.0
