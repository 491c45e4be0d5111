"""A refusal is judged by each scorer's own rule: docs/scoring.md says which of them leave it unscored."""

from __future__ import annotations

import pytest

from snellen import score_text

REFUSALS = {"en": "I'm sorry, but I can't help with that request.", "ko": "죄송하지만 도와드릴 수 없습니다."}

RULES = [
    # finds no value to judge
    ("number", {"answer": "3"}, "unscored"),
    ("count", {"answer": 3}, "unscored"),
    ("yesno", {"answer": "yes"}, "unscored"),
    ("choice", {"answer": "A", "choices": {"A": "cat", "B": "dog"}}, "unscored"),
    ("boxes", {"answer": [[0, 0, 1, 1]]}, "unscored"),
    ("points", {"answer": [0, 0, 1, 1]}, "unscored"),
    # is another text
    ("keywords", {"answer": "stop"}, "wrong"),
    ("exact", {"answer": "stop"}, "wrong"),
    ("contains", {"answer": "stop"}, "wrong"),
    ("regex: stop", {}, "wrong"),
    ("fuzzy", {"answer": "stop"}, "wrong"),
    ("anls", {"answer": "stop"}, "wrong"),
    ("vqa", {"answer": ["stop"] * 10}, "wrong"),
    ("relaxed", {"answer": "3"}, "wrong"),
    ("cer", {"answer": "stop"}, "wrong"),
    ("json", {}, "wrong"),
    ("fields", {"answer": {"total": "3"}}, "wrong"),
    # is short, and has no dog in it
    ("not-contains: dog", {}, "right"),
    ("length: <= 200 characters", {}, "right"),
    # is about refusals
    ("refusal", {}, "right"),
    ("not-refusal", {}, "wrong"),
]


@pytest.mark.parametrize("language", REFUSALS)
@pytest.mark.parametrize(("scorer", "given", "verdict"), RULES, ids=[rule[0] for rule in RULES])
def test_a_refusal_is_judged_by_the_rule_of_each_scorer(scorer, given, verdict, language) -> None:
    found = score_text(REFUSALS[language], scorer, **given)
    assert ("unscored" if found.value is None else "right" if found.passed else "wrong") == verdict
