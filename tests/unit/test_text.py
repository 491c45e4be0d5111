"""Text as people see it: Unicode forms in linear time, and what may be shown."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snellen import _text
from snellen._text import and_more, fold_key, normalized, printable, shorten

FORMS = ["NFC", "NFD", "NFKC", "NFKD"]
MARKS = [chr(code) for code in range(0x110000) if unicodedata.combining(chr(code))]
# Marks that decompose into marks, marks that only NFKC makes marks of, letters that bring marks, and letters that join.
ODD = [
    "\u0344",
    "\u0f73",
    "\uff9e",
    "\uff9f",
    "é",
    "ǖ",
    "a",
    "か",
    "가",
    "\u1100",
    "\u1161",
    "\u11a8",
    "\u09be",
    "…",
    " ",
]


@pytest.mark.parametrize("form", FORMS)
@given(text=st.text(max_size=40))
def test_ordinary_texts_are_normalised_as_unicodedata_does(form, text):
    assert normalized(form, text) == unicodedata.normalize(form, text)
    assert normalized(form, text * 60) == unicodedata.normalize(form, text * 60)


@pytest.mark.parametrize("form", FORMS)
@given(parts=st.lists(st.sampled_from(MARKS + ODD * 20), min_size=1, max_size=60), letter=st.sampled_from(ODD))
def test_long_runs_of_marks_are_normalised_as_unicodedata_does(form, parts, letter):
    text = letter + "".join(parts) * 50
    assert normalized(form, text + "x" * 2_000) == unicodedata.normalize(form, text + "x" * 2_000)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("piece_chars", [1, 3, 700])
def test_it_does_not_matter_where_a_long_run_is_cut(form, piece_chars, monkeypatch):
    monkeypatch.setattr(_text, "_PIECE_CHARS", piece_chars)
    text = "e" + "\u0301\u0323\u0344\uff9e\u0f73\u0345" * 500
    assert normalized(form, text) == unicodedata.normalize(form, text)


def test_every_combining_mark_counts_for_a_long_run():
    unseen = [mark for mark in MARKS if _text._LONG_RUN.sub("", mark * 300)]
    assert unseen == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("marks", ["\u0301\u0323", "\u3099\u0323\u0301", "\u0344\u0f73"], ids=ascii)
def test_half_a_million_marks_in_the_worst_order_are_put_in_order(form, marks):
    """unicodedata needs minutes for each of these."""
    text = normalized(form, "x" + marks * (500_000 // len(marks)))
    classes = [unicodedata.combining(char) for char in text[1:]]
    assert classes == sorted(classes)


def test_names_that_look_alike_have_one_key():
    assert fold_key("Cafe\u0301") == fold_key("CAFÉ")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\r\nb", "a\nb"),
        ("a\rb", "a\\x0db"),
        ("\u202eabc", "\\u202eabc"),
        ("\ud800", "\\ud800"),
        ("한글\tx\n", "한글\tx\n"),
    ],
    ids=["escape", "line-end", "carriage-return", "right-to-left", "surrogate", "plain"],
)
def test_what_could_steer_a_terminal_is_made_visible(text, shown):
    assert printable(text) == shown


def test_a_text_is_shortened_to_one_line():
    assert shorten("a\n b  c", 4) == "a b…"
    assert shorten("a\n b", 4) == "a b"


@pytest.mark.parametrize(
    ("left", "words", "said"),
    [
        (0, {}, ()),
        (-3, {"noun": "case"}, ()),
        (1, {}, ("… and 1 more",)),
        (1234, {"then": "; --json has all of them"}, ("… and 1,234 more; --json has all of them",)),
        (1, {"noun": "case", "then": " whose repeats disagree"}, ("… and 1 more case whose repeats disagree",)),
        (2, {"noun": "case"}, ("… and 2 more cases",)),
    ],
    ids=["none", "fewer", "one", "then", "one-case", "cases"],
)
def test_a_list_that_was_cut_short_says_how_many_more_there_are(left, words, said):
    assert and_more(left, **words) == said
