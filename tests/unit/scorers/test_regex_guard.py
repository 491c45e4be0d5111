"""Regular expressions of users: what they mean, that they end, and what is said when they cannot be used."""

from __future__ import annotations

import re
import unicodedata

import pytest

from snellen.errors import InputError
from snellen.scorers import regex_guard
from snellen.scorers.regex_guard import can_run_away, compile_pattern, search

MEANINGS = [
    (r"\d{2}\.\d\d", "total 23.45", "23.45"),
    (r"cat", "Cat", None),
    (r"(?i)cat", "Cat", "Cat"),
    (r"^b$", "a\nb", None),
    (r"(?m)^b$", "a\nb", "b"),
    (r"[가-힣]+이", "a 고양이", "고양이"),
    (r"[ㄱ-ㅎ]+", "ㅋㅋ", "ㅋㅋ"),
    (r"１２", "12", "12"),
    (r"\d+", "１２", "１２"),
    (r"（a）", "(a)", "(a)"),
    (r"\（a", "(a", "(a"),
    (r"\\（", "\\(", "\\("),
    (r"㎏+", "kg", "kg"),
    (r"\bdog\b", "hot dogs", None),
    (r"(?P<a>x)(?P=a)", "xx", "xx"),
]


@pytest.mark.parametrize(("pattern", "text", "shown"), MEANINGS, ids=[f"{row[0]} {row[1]!r}" for row in MEANINGS])
def test_a_pattern_means_what_it_means_to_re_in_compatible_characters(pattern, text, shown):
    span = search(pattern, text)
    assert (span and text[slice(*span)]) == shown


@pytest.mark.parametrize("pattern", [row[0] for row in MEANINGS if row[0].isascii()])
def test_both_engines_agree_on_plain_patterns(pattern):
    for text in (row[1] for row in MEANINGS):
        plain = unicodedata.normalize("NFKC", text)
        match = re.search(pattern, plain)
        assert search(pattern, plain) == (match and match.span())


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_a_pattern_and_its_text_agree_in_every_unicode_form(form):
    pattern, text = unicodedata.normalize(form, "고양이 ②"), unicodedata.normalize(form, "두 고양이 ②!")
    start, end = search(pattern, text)
    assert unicodedata.normalize("NFKC", text[start:end]) == "고양이 2"


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(x+x+)+y"])
def test_a_pattern_that_runs_away_is_stopped(pattern, monkeypatch):
    monkeypatch.setattr(regex_guard, "TIMEOUT_S", 0.05)
    with pytest.raises(TimeoutError):
        search(pattern, "a" * 3_000 + " " + "x" * 3_000)


@pytest.mark.parametrize("pattern", ["(", "a{2,1}", "*", r"\q", "(?P<1>a)", "(?<=a+)b", "a" + "(" * 5_000])
def test_what_is_no_pattern_is_refused_with_the_pattern_in_the_message(pattern):
    with pytest.raises(InputError) as caught:
        compile_pattern(pattern)
    assert str(caught.value).startswith(f"regex {pattern!r} cannot be used: ")


def test_notation_that_will_change_its_meaning_does_not_warn():
    assert search("[[a]x", "[x") == (0, 2)


RISKS = [
    ("(a+)+", True),
    ("(a*)*b", True),
    (r"(?:\d+,?)+", True),
    ("((ab)+c){2,}", True),
    ("(a+){3}", False),
    ("(a+)?", False),
    ("(abc)+", False),
    ("a+b*", False),
    (r"\(a+\)+", False),
    ("[(+]+", False),
    ("[^]+)]*(x)", False),
    ("", False),
    (")+", False),
]


@pytest.mark.parametrize(("pattern", "risky"), RISKS, ids=[row[0] or "empty" for row in RISKS])
def test_a_group_that_repeats_what_repeats_can_run_away(pattern, risky):
    assert can_run_away(pattern) is risky
