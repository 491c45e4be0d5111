"""Options that do not fit, told in words of people who do not write Python."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from snellen.case import ScorerSpec
from snellen.scorers.options import type_words
from snellen.scorers.registry import option_problems

SAID = {
    ("number", "tolerance", "x"): "option 'tolerance' of scorer 'number' is 'x'; right is a number, such as 0.01",
    (
        "number",
        "unit_required",
        "maybe",
    ): "option 'unit_required' of scorer 'number' is 'maybe'; right is true or false",
    ("exact", "style", "sqad"): "option 'style' of scorer 'exact' is 'sqad'; right is 'plain', 'squad' or 'korquad'",
    ("choice", "letters", (1,)): "option 'letters' of scorer 'choice' is (1,); right is text",
    ("boxes", "size", (640,)): (
        "option 'size' of scorer 'boxes' is (640,); right is a list of 2, each a number, such as 0.01"
    ),
    ("count", "within", 1.5): "option 'within' of scorer 'count' is 1.5; right is a whole number, such as 3",
    ("fields", "required", "x"): "option 'required' of scorer 'fields' is 'x'; right is a list, each text",
    ("all", "scorers", "x"): "option 'scorers' of scorer 'all' is 'x'; right is a list",
    ("json", "schema", "x"): "option 'schema' of scorer 'json' is 'x'; right is a mapping or true or false",
    ("number", "tolerence", 1): (
        "scorer 'number' has no option 'tolerence'. Options: answer, decimal, pick, places, relative, tolerance, unit, "
        "unit_required. Did you mean 'tolerance'?"
    ),
    ("refusal", "answer", 1): "scorer 'refusal' has no option 'answer'. Options: none.",
}


@pytest.mark.parametrize(("given", "said"), SAID.items(), ids=lambda one: one[1] if isinstance(one, tuple) else "")
def test_an_option_that_does_not_fit_is_told_once_with_what_would(given, said):
    name, option, value = given
    assert option_problems(ScorerSpec(name=name, options={option: value})) == [said]


def test_of_several_types_that_would_do_all_are_named_together():
    spec = ScorerSpec(name="judge", options={"model": "m", "need": "most"})
    assert option_problems(spec) == [
        "option 'need' of scorer 'judge' is 'most'; right is 'all' or 'any' or a number, such as 0.01"
    ]


def test_a_number_will_do_for_text_as_yaml_gives_it():
    assert option_problems(ScorerSpec(name="choice", options={"letters": 1234})) == []


@pytest.mark.parametrize(
    ("hint", "words"),
    [
        (dict[str, float], "a mapping"),
        (Mapping[str, object], "a mapping"),
        (list[str] | None, "a list, each text"),
        (tuple[int, ...], "a list, each a whole number, such as 3"),
        (object, "any value"),
        (None, "any value"),
        (complex, "another value"),
    ],
)
def test_every_annotation_has_words(hint, words):
    assert type_words(hint) == words
