"""Denial and doubt beyond what the table of mentions shows: how far a sentence reaches, and who it speaks of."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snellen.scorers import negation_korean
from snellen.scorers.fold import fold
from snellen.scorers.negation import read_occurrence, sentence_ends


def read(text: str, keyword: str) -> tuple[str, str]:
    start = text.index(keyword)
    return tuple(read_occurrence(text, sentence_ends(text), start, start + len(keyword)))


@pytest.mark.parametrize(
    ("text", "ends"),
    [("a. b", [1]), ("3.5 m. ok", [5]), ("a!\nb? c", [1, 2, 4]), ("있다.없다", [2]), ("", []), ("a; b。", [1, 4])],
)
def test_a_sentence_ends_at_its_stop_or_line_and_not_inside_a_number(text, ends):
    assert sentence_ends(text) == ends


@pytest.mark.parametrize(
    ("text", "keyword", "verdict"),
    [
        ("no dog. a cat", "cat", "mentioned"),
        ("no dog\na cat", "cat", "mentioned"),
        ("no" + " very" * 80 + " big cat", "cat", "mentioned"),
        ("고양이. 없다", "고양이", "mentioned"),
        ("고양이는" + " 아주" * 150 + " 없다", "고양이", "mentioned"),
    ],
    ids=["stop", "line", "too far, English", "stop, Korean", "too far, Korean"],
)
def test_a_denial_ends_with_its_sentence(text, keyword, verdict):
    assert read(text, keyword)[0] == verdict


@pytest.mark.parametrize(
    ("text", "keyword", "reading"),
    [
        ("i see no dog, cat or bird", "bird", ("negated", "denied by 'no'")),
        ("a cat is not visible", "cat", ("negated", "denied by 'is not visible'")),
        ("it might not be a cat", "cat", ("ambiguous", "perhaps not: 'not'")),
        ("not all cats", "cats", ("ambiguous", "may be denied by 'not'")),
        ("not sure whether a cat", "cat", ("ambiguous", "not known: 'whether'")),
        ("if a cat comes", "cat", ("ambiguous", "only supposed: 'if'")),
        ("고양이가 없으며", "고양이", ("negated", "denied by '없으며'")),
        ("고양이 사료가 없다", "고양이", ("ambiguous", "may be denied by '없다'")),
        ("고양이가 자지 않는다", "고양이", ("ambiguous", "a deed is denied: '자지 않는다'")),
        ("고양이가 있다면", "고양이", ("ambiguous", "only supposed: '있다면'")),
        ("고양이를 제외한 동물", "고양이", ("negated", "set apart: '제외한'")),
        ("고양이는커녕 개도 없다", "고양이", ("negated", "named only to say what is not")),
        ("没有猫", "猫", ("negated", "denied by '没有'")),
        ("猫はいない", "猫", ("negated", "denied by 'はいない'")),
        ("猫かどうか分からない", "猫", ("ambiguous", "not known: 'かどうか'")),
    ],
)
def test_a_reading_says_what_decided_it(text, keyword, reading):
    assert read(text, keyword) == reading


def test_a_list_under_a_heading_that_denies_is_in_doubt():
    text = "not in the picture:\n- a dog\n- a cat\n\nin the picture:\n- a bird"
    assert [read(text, word)[0] for word in ("dog", "cat", "bird")] == ["ambiguous", "ambiguous", "mentioned"]


KOREAN_TEXTS = [
    fold(line.split("\t")[2]).text
    for name in ("keyword_table.tsv", "keyword_holdout.tsv", "keyword_holdout_2.tsv")
    for line in (Path(__file__).parent / name).read_text("utf-8").splitlines()
    if not line.startswith("#") and line.count("\t") > 1
]
SYLLABLES = st.text(
    alphabet="없않못안뺀빠져부재결여아니닌다고지수는가도확실분명애매모호르겠몰라미상인판독기어렵려힘들 .", max_size=24
)


@given(text=st.sampled_from(KOREAN_TEXTS) | SYLLABLES)
@settings(max_examples=500, deadline=None)
def test_what_is_looked_for_first_is_in_all_that_denies_or_is_not_known(text):
    denies = any(match["denial"] for match in negation_korean._DENIAL.finditer(text))
    assert not denies or negation_korean._MAY_DENY.search(text)
    assert not negation_korean._UNKNOWN.search(text) or negation_korean._MAY_BE_UNKNOWN.search(text)
