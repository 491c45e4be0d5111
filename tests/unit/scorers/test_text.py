"""Scoring a text by hand."""

from __future__ import annotations

import pytest

import snellen
from snellen.errors import InputError


def test_a_text_is_scored_by_a_name_with_what_is_right():
    assert snellen.score_text("Es ist Seoul.", "keywords: Seoul|서울").passed
    assert not snellen.score_text("Busan", "keywords", answer="Seoul").passed
    assert snellen.score_text("Busan!", "exact", answer="busan", ignore_punctuation=True).passed


@pytest.mark.parametrize(
    ("scorer", "options", "message"),
    [
        ("exact", {}, "scorer 'exact' cannot judge this text: it has no answer"),
        ("exactly", {"answer": "x"}, "scorer 'exactly' is not registered"),
        ("exact", {"answer": "x", "case": 1}, "scorer 'exact' has no option 'case'"),
    ],
)
def test_what_cannot_be_judged_is_told(scorer, options, message):
    with pytest.raises(InputError, match=message):
        snellen.score_text("x", scorer, **options)
