"""Folded text: what becomes the same, and the way back to the text as it arrived."""

from __future__ import annotations

import tracemalloc
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snellen.scorers.fold import compose, fold

FOLDS = [
    ("Cat", "cat", "case"),
    ("STRASSE", "strasse", "case"),
    ("Straße", "strasse", "sharp s"),
    ("ＳＴＯＰ　１２", "stop 12", "full width"),
    ("“don’t”", '"don\'t"', "quotes"),
    ("「출구」", '"출구"', "corner brackets"),
    ("2010–2020", "2010-2020", "en dash"),
    ("no dog—a cat", "no dog—a cat", "an em dash ends a clause"),
    ("−3", "-3", "minus"),
    ("cat\u200bfish", "catfish", "zero width"),
    ("soft\u00adhyphen", "softhyphen", "soft hyphen"),
    ("❤\ufe0f", "❤", "variation selector"),
    ("③ ㎏ ％ ℃", "3 kg % °c", "compatibility signs"),
    ("½", "1/2", "fraction"),
    ("ﾊﾝｸﾞﾙ", "ハングル", "half-width kana"),
    ("a\n b", "a\n b", "white space stays"),
]


@pytest.mark.parametrize(("text", "folded"), [row[:2] for row in FOLDS], ids=[row[2] + " " + row[0] for row in FOLDS])
def test_forms_that_people_read_alike_fold_alike(text, folded):
    assert fold(text).text == folded


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
@pytest.mark.parametrize("text", ["고양이", "ㄱㅏ", "ﾡ", "café", "각̣", "½③㎏", "Å", "각", "ㅋㅋ", "が"])
def test_every_unicode_form_folds_alike(text, form):
    assert fold(unicodedata.normalize(form, text)).text == fold(text).text


@given(st.text(st.one_of(st.characters(max_codepoint=0x7F), st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3))))
@settings(deadline=None)
def test_ascii_and_hangul_syllables_fold_as_every_text_does(text):
    folded = fold(text)
    assert folded.text == unicodedata.normalize("NFKC", text).casefold().replace("`", "'")
    assert [folded.span(at, at + 1) for at in range(len(text))] == [(at, at + 1) for at in range(len(text))]


SPANS = [
    ("a Straße b", "strasse", "Straße"),
    ("x ㎏ y", "kg", "㎏"),
    ("x ㎏ y", "k", "㎏"),
    ("x ㎏ y", "g", "㎏"),
    (unicodedata.normalize("NFD", "내 고양이가"), "고양이", unicodedata.normalize("NFD", "고양이")),
    ("a\u200bb c", "ab", "a\u200bb"),
    ("cafe\u0301!", "café", "cafe\u0301"),
    ("…끝", "끝", "끝"),
]


@pytest.mark.parametrize(("text", "part", "shown"), SPANS, ids=[f"{row[0]!a} {row[1]}" for row in SPANS])
def test_a_span_of_the_folded_text_leads_back_to_whole_letters(text, part, shown):
    folded = fold(text)
    start = folded.text.index(part)
    first, last = folded.span(start, start + len(part))
    assert text[first:last] == shown


def test_composing_keeps_case_quotes_and_zero_width():
    assert compose("ＣＡＴ’\u200b").text == "CAT’\u200b"


def test_a_script_that_composes_across_letters_gives_a_span_that_is_too_wide_not_wrong():
    text = "ㄱㅏ cat"  # two compatibility jamo, which NFKC joins into one syllable
    folded = fold(text)
    assert folded.text == "가 cat"
    start = folded.text.index("cat")
    first, last = folded.span(start, start + 3)
    assert text[first:last].endswith("cat")


@given(st.text(max_size=80))
@settings(max_examples=300, deadline=None)
def test_every_span_lies_inside_the_text_and_the_spans_of_all_letters_cover_it_in_order(text):
    folded = fold(text)
    spans = [folded.span(index, index + 1) for index in range(len(folded.text))]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)


def test_letters_under_piles_of_marks_are_not_remembered():
    """Forty of 20 to 40 KB, in each of two forms, would be more than 2 MB."""
    tracemalloc.start()
    for number in range(40):
        folded = fold("e" + "\u0301" * (10_000 + number))
        folded.span(0, len(folded.text))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 500_000
