"""The words that spare `choice` its patterns: where none of them is, no pattern may find anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from snellen.scorers import choice_cues as cues
from snellen.scorers import choice_english as english
from snellen.scorers import choice_korean as korean
from snellen.scorers import choice_languages as languages
from snellen.scorers import choice_words as words
from snellen.scorers.fold import fold

_TABLES = ("choice_table.tsv", "yesno_table.tsv")


def texts():
    for name in _TABLES:
        for line in (Path(__file__).parent / name).read_text("utf-8").splitlines():
            if line and not line.startswith("#"):
                yield from line.split("\t")


HEADS = sorted({fold(text).text[:end] for text in texts() for end in range(len(text) + 1)})
TAILS = sorted({fold(text).text[start:] for text in texts() for start in range(len(text) + 1)})


@pytest.mark.parametrize("pattern", [pattern for pattern, _ in english.BEFORE], ids=lambda one: one.pattern[:40])
def test_what_claims_an_option_before_it_holds_a_word_that_may(pattern):
    found = [head for head in HEADS if pattern.search(head)]
    assert found
    assert [head for head in found if not words.may_claim(head)] == []


@pytest.mark.parametrize("pattern", [pattern for pattern, _ in english.AFTER], ids=lambda one: one.pattern[-40:])
def test_what_claims_an_option_behind_it_holds_a_word_that_may(pattern):
    found = [tail for tail in TAILS if pattern.match(tail)]
    assert found
    assert [tail for tail in found if not words.may_praise(tail)] == []


@pytest.mark.parametrize(
    ("pattern", "parts", "method"),
    [
        (english.DENIED_BEFORE, HEADS, "search"),
        (english.DOUBTED, HEADS, "search"),
        (english.DENIED_TEXT, TAILS, "match"),
        (english.DENIED_AFTER, TAILS, "match"),
    ],
    ids=["DENIED_BEFORE", "DOUBTED", "DENIED_TEXT", "DENIED_AFTER"],
)
def test_what_denies_an_option_holds_a_word_that_may(pattern, parts, method):
    found = [part for part in parts if getattr(pattern, method)(part)]
    assert found
    assert [part for part in found if not words.may_deny(part)] == []


def test_a_cue_that_names_the_answer_holds_a_word_that_does():
    naming = [
        part
        for patterns, parts in (
            ((*english.BEFORE, *korean.BEFORE, *languages.BEFORE), HEADS),
            ((*english.AFTER, *korean.AFTER, *languages.AFTER), TAILS),
        )
        for pattern, weight in patterns
        if weight == 2
        for part in parts
        if pattern.search(part)
    ]
    assert len(naming) > 100
    assert [part for part in naming if not words.names_answer(part)] == []


def test_a_sentence_without_such_words_says_nothing_for_an_option():
    head = "the picture shows two cats near "
    assert not words.may_claim(head)
    assert not words.may_deny(head)
    assert not cues.said_before(head, takes_nouns=True)
