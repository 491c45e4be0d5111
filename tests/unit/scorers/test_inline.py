"""Parts of the mini-language: lists with commas, texts with a bound, and nothing at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snellen.errors import InputError
from snellen.scorers.inline import bounded, items, nothing

LISTS = [
    ("a", ["a"], "one"),
    ("a, b", ["a", "b"], "two"),
    ("빨강, 파란 차", ["빨강", "파란 차"], "Korean"),
    (" a ,, b ,", ["a", "b"], "empty ones"),
    (r"1\,300, b", ["1,300", "b"], "an escaped comma"),
    ('"a, b", c', ["a, b", "c"], "quotes"),
    (r'"say \"a\"" , c', ['say "a"', "c"], "quotes in quotes"),
    (r"a\b\\c", [r"a\b\c"], "backslashes"),
    ('a "b" c', ['a "b" c'], "quotes within"),
    ("a\nb, c", ["a\nb", "c"], "a line end"),
    (r"\"a", ['"a'], "an escaped quote"),
]


@pytest.mark.parametrize(("text", "found"), [row[:2] for row in LISTS], ids=[row[2] for row in LISTS])
def test_a_list_is_parted_at_its_commas(text, found):
    assert items(text) == found


@pytest.mark.parametrize("text", ["", " ", ",", '""', '"a', '"a" b, c'])
def test_a_list_of_nothing_and_an_open_quotation_are_errors(text):
    with pytest.raises(InputError, match=r"right is|a plain mark is written"):
        items(text)


@given(st.lists(st.text(st.sampled_from('ab ,"가'), min_size=1, max_size=6), min_size=1, max_size=4))
def test_quoted_items_come_back_as_they_were(texts):
    assert items(", ".join('"' + text.replace('"', r"\"") + '"' for text in texts)) == texts


def test_a_bound_is_a_share_or_a_percentage():
    assert bounded("a b >= 0.5", ">=", "at_least") == {"answer": "a b", "at_least": 0.5}
    assert bounded("서울 ≥ 90%", ">=", "at_least") == {"answer": "서울", "at_least": 0.9}
    assert bounded("≤ 5 %", "<=", "at_most") == {"at_most": 0.05}
    assert bounded("<= 5 %", "<=", "at_most") == {"at_most": 0.05}
    assert bounded("a>= 0.5", ">=", "at_least") == {"answer": "a>= 0.5"}


@pytest.mark.parametrize("text", ["", "a <= 0.5", "a ≤ 0.5"])
def test_a_bound_that_says_nothing_or_bounds_the_wrong_way_is_an_error(text):
    with pytest.raises(InputError, match="right is"):
        bounded(text, ">=", "at_least")


def test_nothing_takes_nothing():
    assert nothing(" ") == {}
    with pytest.raises(InputError, match="'x' was given"):
        nothing("x")
