from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snellen.scorers.vqa_text import bare, textvqa_form, vqaeval_form

# (text, by vqaEval.py of GT-Vision-Lab/VQA, by EvalAIAnswerProcessor of MMF), both run to fill this table.
TABLE = [
    ("The Red Car", "red car", "red car", "articles-and-case"),
    ("Two, or none?", "2 or 0", "2 or 0", "number-words"),
    ("5.", "5", "5", "a-last-point-goes"),
    ("3.5.", "3.5", "3.5", "a-point-before-a-digit-stays"),
    ("U.S.", "us", "us", "abbreviation"),
    ("x-ray", "x ray", "x ray", "a-mark-between-letters-is-a-space"),
    ("x - ray", "x ray", "x ray", "a-mark-beside-a-space-goes"),
    ("$1,000 (net)", "$1000 net", "$1000 net", "a-comma-in-a-number-makes-all-marks-go"),
    ("12:30", "12:30", "12:30", "a-colon-is-no-mark"),
    ("dont", "don't", "don't", "apostrophe-given-back"),
    ("Couldnt've", "couldn't've", "couldn't've", "one-of-two-apostrophes-given-back"),
    ("somebody'd", "somebodyd", "somebodyd", "entry-that-is-the-wrong-way-round"),
    ("she'd", "she'd", "she'd", "not-in-the-table"),
    ("the dog's bone", "dog's bone", "dog 's bone", "textvqa-parts-the-genitive"),
    ("이것은 고양이!", "이것은 고양이", "이것은 고양이", "korean"),
    ("a\tb\nc", "b c", "b c", "tab-and-line-break-are-spaces"),
    ("." * 40, "." * 8, "." * 8, "only-32-points-go"),
    ("", "", "", "empty"),
    ("the", "", "", "nothing-left"),
]


@pytest.mark.parametrize(("text", "vqaeval", "textvqa"), [row[:3] for row in TABLE], ids=[row[3] for row in TABLE])
def test_the_form_is_that_of_the_published_program(text, vqaeval, textvqa):
    assert (vqaeval_form(text), textvqa_form(text)) == (vqaeval, textvqa)


@given(st.text())
def test_decomposed_text_has_the_same_forms(text):
    decomposed = unicodedata.normalize("NFD", text)

    assert [form(decomposed) for form in (bare, vqaeval_form, textvqa_form)] == [
        form(text) for form in (bare, vqaeval_form, textvqa_form)
    ]
