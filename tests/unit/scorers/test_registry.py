"""Scorers by name."""

from __future__ import annotations

import pytest

from snellen.case import Case, Expectation, ImageRef
from snellen.errors import InputError
from snellen.scorers.keywords import keywords
from snellen.scorers.registry import SCORERS, default_scorers, get_scorer


def test_a_registered_name_gives_its_scorer():
    assert get_scorer("keywords") is keywords
    assert SCORERS["keywords"] is keywords


def test_a_name_that_is_nearly_right_gets_a_suggestion():
    with pytest.raises(InputError) as caught:
        get_scorer("keyword")
    expected = f"scorer 'keyword' is not registered. Registered: {', '.join(sorted(SCORERS))}. Did you mean 'keywords'?"
    assert str(caught.value) == expected


def test_a_name_that_is_far_from_all_gets_the_list_only():
    with pytest.raises(InputError, match=r"^scorer '' is not registered\. Registered: [a-z, ]+\.$"):
        get_scorer("")


@pytest.mark.parametrize(
    ("expect", "names"),
    [
        (Expectation(), ()),
        (Expectation(all=(("cat",),)), ("keywords",)),
        (Expectation(any=(("cat",),)), ("keywords",)),
        (Expectation(none=(("cat",),)), ("keywords",)),
        (Expectation(regex=("cat",)), ("keywords",)),
    ],
    ids=["nothing", "all", "any", "none", "regex"],
)
def test_a_case_with_an_expectation_needs_the_keyword_scorer(expect, names):
    case = Case(id="c", prompt="?", images=(ImageRef(data=b"", name="image 1"),), expect=expect)
    assert default_scorers(case) == names
