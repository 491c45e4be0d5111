"""Yes or no: the table in every Unicode form, what the score shows, and what the scorer refuses."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snellen.case import Case, ImageRef
from snellen.errors import InputError
from snellen.response import Response
from snellen.score import Evidence, Score
from snellen.scorers.fold import fold
from snellen.scorers.registry import case_problem, find, get_scorer
from snellen.scorers.spec import parse_scorer
from snellen.scorers.yesno import yesno
from snellen.scorers.yesno_patterns import TOKEN, tokens_of

FORMS = ("NFC", "NFD", "NFKC", "NFKD")
QUESTIONS = {
    "dog": "Is there a dog in the image?",
    "large": "Is the left circle larger than the right one?",
    "none": "Answer the question.",
    "개": "이 사진에 개가 있나요?",
    "같은": "두 원의 크기가 같은가요?",
    "people": "Are there people in the image?",
    "see": "Do you see a dog?",
    "shows": "Does the image show a dog?",
    "사람": "사진에 사람이 있나요?",
    "빨간색": "이 차는 빨간색인가요?",
    "빈": "방이 비어 있나요?",
}


class Row(NamedTuple):
    said: str
    question: str
    text: str
    where: str


def rows():
    found = []
    for number, line in enumerate((Path(__file__).parent / "yesno_table.tsv").read_text("utf-8").splitlines(), 1):
        if line and not line.startswith("#"):
            said, question, text, *_ = [*line.split("\t"), "", ""]
            text = text.replace("\\\\", "\0").replace("\\n", "\n").replace("\0", "\\")
            found.append(Row(said, question, text, f"{number} {said} {text[:40]!r}"))
    return found


TABLE = rows()


def case_of(answer="yes", prompt=QUESTIONS["dog"]):
    return Case(id="c", prompt=prompt, images=(ImageRef(data=b"", name="image 1"),), answer=answer)


def judge(text, answer="yes", prompt=QUESTIONS["dog"]):
    return yesno(case_of(answer, prompt), Response(text=text))


@pytest.mark.parametrize("row", TABLE, ids=[row.where for row in TABLE])
def test_yesno_table(row):
    for form in FORMS:
        score = judge(unicodedata.normalize(form, row.text), prompt=QUESTIONS[row.question])
        assert (score.extracted or "-") == row.said, (form, score.evidence)
        assert score.is_unscored == (row.said == "-")
        assert score.passed == (row.said == "yes")


def test_a_score_shows_where_it_was_said():
    assert judge("Well, no, there is none. So, no.", "no") == Score(
        scorer="yesno",
        version="1",
        value=1.0,
        passed=True,
        explanation="says no, which is right",
        evidence=(Evidence(kind="found", keyword="no", span=(29, 31), note="said to be the answer: 'so,'"),),
        extracted="no",
    )


def test_the_other_word_fails_and_names_what_is_right():
    score = judge("No.")
    assert (score.value, score.explanation) == (0.0, "says no, right is yes")
    assert score.evidence[-1] == Evidence(kind="missing", keyword="yes")


def test_both_words_are_shown_when_nothing_settles_it():
    score = judge("Yes. No.")
    assert (score.value, score.explanation) == (None, "says yes and no, and nothing settles which")
    assert [(one.kind, one.keyword, one.span) for one in score.evidence] == [
        ("ambiguous", "yes", (0, 3)),
        ("ambiguous", "no", (5, 7)),
    ]


@pytest.mark.parametrize("answer", ["yes", "Yes", "YES.", True, "true", "예", "네", ["yes", "true"], "1"])
def test_yes_may_be_spelt_in_many_ways(answer):
    assert judge("Yes", answer).passed
    assert not judge("No", answer).passed
    assert case_problem(parse_scorer("yesno"), case_of(answer)) == ""


@pytest.mark.parametrize("answer", ["no", False, "아니오", "아니요", "아뇨", "false"])
def test_no_may_be_spelt_in_many_ways(answer):
    assert judge("아니요", answer).passed
    assert case_problem(parse_scorer("yesno"), case_of(answer)) == ""


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "it has no answer. Write answer: what is right, beside its prompt"),
        ([], "its answer is an empty list, which no response can match. Write what is right"),
        ("maybe", "its answer 'maybe' is neither yes nor no; right is yes, no, true, false, 예 or 아니오"),
        ({"a": 1}, "its answer {'a': 1} is neither yes nor no; right is yes, no, true, false, 예 or 아니오"),
        (["yes", "no"], "its answers are yes and no together; right is one of the two"),
    ],
)
def test_a_case_without_yes_or_no_is_refused_before_anything_is_asked(answer, said):
    assert case_problem(parse_scorer("yesno"), case_of(answer)) == said


def test_the_short_form_says_what_is_right():
    assert get_scorer(parse_scorer("yesno: no"))(case_of("yes"), Response(text="No.")).passed
    with pytest.raises(InputError, match="'perhaps' is neither yes nor no"):
        parse_scorer("yesno: perhaps")


def test_turned_round_it_passes_what_says_the_other():
    judge_not = find("not-yesno").judge
    assert judge_not(case_of("yes"), Response(text="No.")).passed
    assert judge_not(case_of("yes"), Response(text="Hm.")).is_unscored


@pytest.mark.parametrize(
    "text", ["yes " * 300_000, "no" * 1_000_000, "네" * 1_000_000, "1" * 100_000, "\ud800\x00", "\u202eyes"]
)
def test_any_text_ends(text):
    assert judge(text).value in {None, 0.0, 1.0}


words = st.sampled_from(
    ["yes", "no", "Yes,", "No.", "not", "so", "wait", "네", "아니요", " ", ", ", "\n", "there is", "dog"]
)


@given(text=st.one_of(st.text(max_size=60), st.lists(words, max_size=8).map(" ".join)), answer=st.booleans())
@settings(max_examples=300, deadline=None)
def test_any_text_ends_in_a_value_or_unscored_alike_in_every_unicode_form(text, answer):
    scores = [judge(unicodedata.normalize(form, text), answer) for form in FORMS]
    assert len({(score.value, score.extracted) for score in scores}) == 1
    assert scores[0].value in {None, 0.0, 1.0}
    assert (scores[0].extracted is None) == scores[0].is_unscored


pieces = st.sampled_from(
    [
        *"네예넵응넹그물당맞아니요틀전혀절대결코노는다 .,-'",
        "yes",
        "no",
        "not",
        "true",
        "of course",
        "indeed",
        "ㅇㅇ",
        "はい",
        "没有",
    ]
)


@given(text=st.lists(pieces, max_size=12).map("".join))
@settings(max_examples=300, deadline=None)
def test_the_words_are_looked_for_where_they_may_begin_and_none_is_missed(text):
    folded = fold(text).text
    assert [found.span() for found in tokens_of(folded)] == [found.span() for found in TOKEN.finditer(folded)]


@pytest.mark.parametrize("row", TABLE, ids=[row.where for row in TABLE])
def test_no_word_of_the_table_is_missed(row):
    folded = fold(row.text).text
    assert [found.group() for found in tokens_of(folded)] == [found.group() for found in TOKEN.finditer(folded)]
