"""Combinations: what their parts make of each other, what is shown of them, and what is wrong with a list of parts."""

from __future__ import annotations

import functools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snellen.case import Case, ScorerSpec
from snellen.errors import InputError
from snellen.response import Response
from snellen.score import Evidence, Score
from snellen.scorers import registered
from snellen.scorers.asking import questions_of
from snellen.scorers.combine import all_of, any_of, children, weighted
from snellen.scorers.fuzzy import fuzzy
from snellen.scorers.registered import scorer
from snellen.scorers.registry import case_problem, find, get_scorer
from snellen.scorers.spec import parse_scorer

CASE = Case(id="c", prompt="?", images=(), answer="cat")

# A part that passes, fails, is unscored, and one that passes with a middling value.
PASSES, FAILS, UNSCORED = "contains: cat", "contains: dog", {"length": {"unit": "words", "at_most": 9}}
HALF = {"contains-all": {"answer": ["cat", "bird"]}}
TEXT = "cat 고양이"


def judge(made, *scorers: object, text: str = TEXT, **options: object) -> Score:
    return made(CASE, Response(text=text), scorers=list(scorers), **options)


@pytest.fixture
def parts(monkeypatch):
    """Scorers that pass (p), fail (f), cannot judge (u), fail with half (h) and pass with little (l)."""
    made = {"p": (1.0, True), "f": (0.0, False), "h": (0.5, False), "l": (0.3, True), "u": (None, False)}
    for name in made:
        monkeypatch.setitem(registered.OWN, name, None)  # so that it is gone afterwards
    for name, (value, passed) in made.items():
        _register(name, value, passed=passed)


def _register(name: str, value: float | None, *, passed: bool) -> None:
    @scorer(name)
    def part(case, response):
        return Score(scorer=name, value=value, passed=passed, explanation=f"says {name}")


ALL = [
    ("pp", 1.0, True),
    ("pl", 0.3, True),
    ("pf", 0.0, False),
    ("ph", 0.5, False),
    ("pu", None, False),
    ("fu", 0.0, False),
    ("uf", 0.0, False),
    ("phu", 0.5, False),
    ("uu", None, False),
    ("p", 1.0, True),
]
ANY = [
    ("pf", 1.0, True),
    ("lf", 0.3, True),
    ("lh", 0.5, True),
    ("ff", 0.0, False),
    ("fh", 0.5, False),
    ("fu", None, False),
    ("pu", 1.0, True),
    ("up", 1.0, True),
    ("uu", None, False),
    ("f", 0.0, False),
]
WEIGHTED = [
    ("pf", {}, 0.5, True),
    ("pf", {"at_least": 0.6}, 0.5, False),
    ("pff", {}, 1 / 3, False),
    ("pf", {"weights": [3, 1]}, 0.75, True),
    ("pf", {"weights": [1, 3]}, 0.25, False),
    ("hl", {"weights": [1, 1]}, 0.4, False),
    ("hhh", {"weights": [0.1, 0.2, 0.3]}, 0.5, True),
    ("pu", {}, None, False),
    ("pu", {"weights": [1, 0]}, 1.0, True),
    ("fu", {}, None, False),
]


@pytest.mark.usefixtures("parts")
@pytest.mark.parametrize(("names", "value", "passed"), ALL, ids=[row[0] for row in ALL])
def test_all_is_the_lowest_and_a_failure_beats_an_unscored_part(names, value, passed):
    score = judge(all_of, *names)
    assert (score.scorer, score.value, score.passed) == ("all", value, passed)


@pytest.mark.usefixtures("parts")
@pytest.mark.parametrize(("names", "value", "passed"), ANY, ids=[row[0] for row in ANY])
def test_any_is_the_highest_and_a_pass_beats_an_unscored_part(names, value, passed):
    score = judge(any_of, *names)
    assert (score.scorer, score.value, score.passed) == ("any", value, passed)


@pytest.mark.usefixtures("parts")
@pytest.mark.parametrize(("names", "options", "value", "passed"), WEIGHTED, ids=[f"{r[0]} {r[1]}" for r in WEIGHTED])
def test_weighted_is_the_mean_and_unknown_with_an_unknown_in_it(names, options, value, passed):
    score = judge(weighted, *names, **options)
    assert (score.value if value is None else pytest.approx(value), score.passed) == (
        value if value is None else score.value,
        passed,
    )


@pytest.mark.usefixtures("parts")
def test_the_explanation_names_what_decided():
    assert judge(all_of, *"pfh").explanation == "1 of 3 scorers passed; f: says f; h: says h"
    assert judge(any_of, *"fpf").explanation == "1 of 3 scorers passed; p: says p"
    assert judge(any_of, *"fu").explanation == "0 of 2 scorers passed; u: says u"
    assert judge(all_of, *"pp").explanation == "2 of 2 scorers passed"
    assert judge(weighted, *"pf").explanation == "0.500, at least 0.5; 1 of 2 scorers passed; p: says p; f: says f"


def test_the_evidence_of_all_parts_is_shown_under_their_names():
    score = judge(any_of, "contains: cat", "fuzzy: cow", text="cat")
    assert score.evidence == (
        Evidence(kind="found", keyword="cat", span=(0, 3), note="contains"),
        Evidence(kind="missing", keyword="cow", note="fuzzy: similarity 0.333"),
    )


def test_the_verdict_of_each_part_is_kept_whole():
    score = judge(any_of, "contains: cat", "not-contains: cat", "boxes: 1, 1, 3, 3", text="cat [1, 1, 3, 3]")
    assert [(part.scorer, part.passed) for part in score.parts] == [
        ("contains", True),
        ("not-contains", False),
        ("boxes", True),
    ]
    assert score.shapes == score.parts[2].shapes != ()


def test_what_one_part_alone_read_is_what_was_read():
    count = {"length": {"at_most": 9}}
    assert judge(all_of, "contains: cat", count, text="cat").extracted == "3"
    assert (
        judge(all_of, "contains: cat", count, {"length": {"at_most": 9, "unit": "words"}}, text="cat").extracted is None
    )


def test_parts_take_the_answer_of_the_case_and_may_be_functions_and_combinations():
    part = functools.partial(fuzzy, at_least=0.5)
    nested = {"any": {"scorers": ["contains: dog", "exact"]}}
    assert judge(all_of, part, nested, "not-contains: dog", text="cat").passed is True
    assert [one.name for one in children([part, nested, "exact"])] == ["fuzzy", "any", "exact"]


def test_a_combination_is_written_as_a_mapping_of_its_parts():
    spec = parse_scorer({"all": {"scorers": ["contains: cat", {"length": {"at_most": 9}}]}})
    assert case_problem(spec, CASE) == ""
    assert get_scorer(spec)(CASE, Response(text="a cat")).passed is True


@pytest.mark.parametrize("text", ["all: contains: cat", "any: a", "weighted:"])
def test_the_mini_language_has_no_combinations(text):
    with pytest.raises(InputError, match="a combination lists its parts"):
        parse_scorer(text)


PROBLEMS = [
    ("all", {}, "it combines nothing"),
    ("any", {"scorers": []}, "it combines nothing"),
    ("all", {"scorers": ["contians: cat"]}, "scorer 'contians' is not registered"),
    ("all", {"scorers": ["exact", {"fuzzy": {"atleast": 1}}]}, "fuzzy: scorer 'fuzzy' has no option 'atleast'"),
    ("any", {"scorers": [{"regex": "("}]}, "regex: regex '(' cannot be used"),
    ("all", {"scorers": [{"any": {"scorers": ["latency"]}}]}, "any: latency: at_most is None"),
    ("weighted", {"scorers": ["exact"], "weights": [1, 2]}, "it has 1 scorer and 2 weights"),
    ("weighted", {"scorers": ["exact"], "weights": [-1]}, "its weights are [-1.0]"),
    ("weighted", {"scorers": ["exact"], "weights": [0]}, "its weights are [0.0]"),
    ("weighted", {"scorers": ["exact"], "weights": ["nan"]}, "its weights are [nan]"),
    ("weighted", {"scorers": ["exact"], "at_least": 2}, "at_least is 2.0"),
    ("weighted", {"scorers": ["latency"]}, "latency: at_most is None"),
]


@pytest.mark.parametrize(("name", "options", "said"), PROBLEMS, ids=[f"{row[0]} {row[1]}" for row in PROBLEMS])
def test_what_is_wrong_with_a_part_is_said_under_its_name_before_anything_is_asked(name, options, said):
    assert case_problem(ScorerSpec(name=name, options=options), CASE).startswith(said)


@pytest.mark.parametrize("made", [all_of, any_of, weighted])
def test_a_combination_of_nothing_is_unscored(made):
    assert made(CASE, Response(text="cat")).value is None


@pytest.mark.usefixtures("parts")
def test_weights_that_do_not_fit_leave_the_response_unscored():
    assert judge(weighted, *"pf", weights=[1]).value is None


def test_a_combination_asks_what_its_parts_ask():
    assert find("all").questions is not None
    assert questions_of(parse_scorer({"all": {"scorers": ["exact"]}}), CASE, Response(text="")) == ()


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=40))
def test_any_text_ends_in_a_value_or_unscored(text):
    for made in (all_of, any_of, weighted):
        score = judge(made, PASSES, FAILS, UNSCORED, HALF, text=text)
        assert score.value is None or 0 <= score.value <= 1
