"""What a response says in its own words, every character in place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snellen.scorers.fold import fold
from snellen.scorers.prose import own_words

TABLE = [
    ("a cat", "a cat", "nothing to leave out"),
    ('it says "stop now" there', "it says there", "double quotes"),
    ("간판에 ‘출입 금지’라고 있다", "간판에 라고 있다", "single quotes and a particle"),
    ("『책』을 읽다", "을 읽다", "corner brackets"),
    ("don't touch the dogs' bowls, don't", "don't touch the dogs' bowls, don't", "apostrophes"),
    ("run `ls -l` now", "run now", "code in a line"),
    ("see\n```python\nx = 1\n```\nthere", "see there", "code in a block"),
    ("see\n```\nx = 1", "see", "a block that is not closed"),
    ("at https://example.org/a?b=1 now", "at now", "a link"),
    ("mail me@example.org now", "mail now", "an address"),
    ("> quoted\nmine", "mine", "a quoted line"),
    ('5" and a word', '5" and a word', "a mark alone"),
    ("a (b) c", "a (b) c", "round brackets stay"),
]


@pytest.mark.parametrize(("text", "said"), [row[:2] for row in TABLE], ids=[row[2] for row in TABLE])
def test_code_links_and_quotations_are_left_out(text, said):
    assert own_words(fold(text).text).split() == said.split()


def test_round_brackets_are_left_out_on_request():
    assert own_words("고양이(cat)와 (a (b))", asides=False) == "고양이     와 (a    )"


@given(st.text(st.sampled_from("a'\"(@.\n>` /:wht가"), max_size=60))
def test_every_character_keeps_its_place(text):
    said = own_words(text, asides=False)
    assert len(said) == len(text)
    assert all(now in (before, " ") for before, now in zip(text, said, strict=True))


@pytest.mark.parametrize("text", ["'" * 1_000_000, '"' * 1_000_000, "a" * 1_000_000, "(" * 1_000_000, "'" * 900_001])
def test_hostile_texts_end(text):
    assert len(own_words(text, asides=False)) == len(text)
