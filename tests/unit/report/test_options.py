import functools

import pytest
import yaml

from snellen.case import ScorerSpec
from snellen.report.options import as_written
from snellen.scorers.fuzzy import fuzzy
from snellen.scorers.number import number
from snellen.scorers.spec import parse_scorer

WRITTEN = [
    ("refusal", "refusal"),
    ("contains: a dog", "contains: a dog"),
    ("exact: yes", "exact: 'yes'"),
    ("contains: a: b", "contains: 'a: b'"),
    ("contains-all: red, 표지판", "contains-all: [red, 표지판]"),
    ("number: 42 ±1", "number: {answer: '42', tolerance: 1}"),
    ("boxes: 10, 20, 30, 40.5", "boxes: [[10, 20, 30, 40.5]]"),
    (
        {"fields": {"answer": {"a": True, "b": None}, "extra": "wrong"}},
        "fields: {answer: {a: true, b: null}, extra: wrong}",
    ),
    ({"fields": {"answer": {"a": True}}}, "fields: {answer: {a: true}}"),
    ({"all": ["number: 3", {"length": {"at_most": 9}}]}, "all: ['number: 3', {length: {at_most: 9}}]"),
]


@pytest.mark.parametrize(("given", "shown"), WRITTEN, ids=[row[1] for row in WRITTEN])
def test_a_scorer_is_shown_as_it_is_written_in_yaml_and_means_the_same_there(given, shown):
    spec = parse_scorer(given)
    assert as_written(spec) == shown
    assert parse_scorer(yaml.safe_load(shown)) == spec


def test_what_was_given_in_python_goes_by_its_name():
    parts = [functools.partial(fuzzy, at_least=0.5), ScorerSpec(name="exact"), number]
    shown = as_written(ScorerSpec(name="any", options={"scorers": parts}))
    assert shown == "any: [{fuzzy: {at_least: 0.5}}, exact, number]"
    assert as_written(ScorerSpec(name="own", options={"how": object()})) == "own: {how: (object)}"


@pytest.mark.parametrize("text", ["a\ud800", "\x1b[31m", "\u202eabc", "\ufffe", "two\nlines"])
def test_options_can_be_written_and_steer_nothing(text):
    shown = as_written(ScorerSpec(name="exact", options={"answer": text}))
    shown.encode("utf-8")
    assert not set("\x1b\u202e\ufffe") & set(shown)


def test_a_schema_of_a_megabyte_is_cut():
    shown = as_written(ScorerSpec(name="json", options={"answer": "x" * 1_000_000}))
    assert len(shown) == 2_000
    assert shown.endswith("…")
