"""Scoring a text by hand."""

from __future__ import annotations

import re

import pytest

import snellen
from snellen.errors import InputError


def test_a_text_is_scored_by_a_name_with_what_is_right():
    assert snellen.score_text("Es ist Seoul.", "keywords: Seoul|서울").passed
    assert not snellen.score_text("Busan", "keywords", answer="Seoul").passed
    assert snellen.score_text("Busan!", "exact", answer="busan", ignore_punctuation=True).passed


def test_choices_are_by_letter_or_a_list():
    for choices in ({"A": "Busan", "B": "Seoul"}, ["Busan", "Seoul"], ("Busan", "Seoul")):
        assert snellen.score_text("(B)", "choice: B", choices=choices).passed


@pytest.mark.parametrize(
    ("text", "choices", "message"),
    [
        pytest.param(5, None, "score_text judges what a model said, and got 5; right is a text", id="number"),
        pytest.param(None, None, "and got None; right is a text", id="nothing"),
        pytest.param("B", "AB", "choices is 'AB'; right is such as {'A': 'cat', 'B': 'dog'}, or a list", id="a-text"),
        pytest.param("B", ["cat"], "a list of 2 to 26 texts", id="one-choice"),
        pytest.param("B", [1, 2], "a list of 2 to 26 texts", id="numbers"),
    ],
)
def test_what_is_no_text_and_no_choices_is_told(text, choices, message):
    with pytest.raises(InputError, match=re.escape(message)):
        snellen.score_text(text, "choice: B", choices=choices)


@pytest.mark.parametrize(
    ("scorer", "options", "message"),
    [
        (5, {}, "5 is no scorer; right is a name"),
        ("judge", {"answer": "x"}, "scorer 'judge' needs the option 'model'"),
        ("similarity", {"answer": "x"}, "scorer 'similarity' needs the option 'model'"),
        ("exact", {}, "scorer 'exact' cannot judge this text: it has no answer"),
        ("exactly", {"answer": "x"}, "scorer 'exactly' is not registered"),
        ("exact", {"answer": "x", "case": 1}, "scorer 'exact' has no option 'case'"),
    ],
)
def test_what_cannot_be_judged_is_told(scorer, options, message):
    with pytest.raises(InputError, match=message):
        snellen.score_text("x", scorer, **options)
