"""Warnings about expectations that will not do what their author thinks."""

from __future__ import annotations

import pytest

from snellen.case import Expectation
from snellen.scorers.lint import lint_expectation


@pytest.mark.parametrize(
    "expect",
    [
        Expectation(),
        Expectation(all=(("고양이", "cat"), ("3", "세 마리")), none=(("개구리",),), regex=(r"\d+원",)),
        Expectation(all=(("빨강", "빨간"),)),
        Expectation(all=(("길고양이",),), none=(("고양이",),)),
    ],
    ids=["empty", "plain", "colour with its adjective", "longer word"],
)
def test_a_sound_expectation_draws_no_warning(expect):
    assert lint_expectation(expect) == []


WARNINGS = [
    (Expectation(all=(("\u200b",),)), "keyword '\\u200b' is empty and can never be found."),
    (
        Expectation(any=(("개",),)),
        "keyword '개' has one syllable: it counts only with a particle or alone, and may be another word. "
        "Prefer a longer word or a regex.",
    ),
    (
        Expectation(all=(("A",),)),
        "keyword 'A' is one letter, and is found in any case: 'a' may be a word or an option.",
    ),
    (Expectation(all=(("빨강",),)), "keyword '빨강' is not found in '빨간'. Write '빨강|빨간|붉은|적색'."),
    (
        Expectation(all=(("cat", "black cat"),)),
        "synonym 'black cat' adds nothing: whatever mentions it mentions 'cat'.",
    ),
    (Expectation(all=(("Cat", "cat"),)), "synonyms 'Cat', 'cat' are the same."),
    (
        Expectation(all=(("black cat",),), none=(("cat",),)),
        "'black cat' is expected, but mentions 'cat', which is forbidden.",
    ),
    (
        Expectation(regex=("(a+)+$",)),
        "regex '(a+)+$' repeats a group that repeats: on some text it would not end, and is stopped unscored.",
    ),
]


@pytest.mark.parametrize(("expect", "warning"), WARNINGS, ids=[row[1] for row in WARNINGS])
def test_an_expectation_with_a_flaw_draws_one_warning(expect, warning):
    assert lint_expectation(expect) == [warning]


def test_an_unusable_regex_is_named():
    (warning,) = lint_expectation(Expectation(regex=("(",)))
    assert warning.startswith("regex '(' cannot be used: ")


def test_a_warning_is_given_once():
    assert len(lint_expectation(Expectation(all=(("개",), ("개",))))) == 1
