"""Scorers by name."""

from __future__ import annotations

import importlib

import pytest

from snellen.case import Case, Expectation, ImageRef, ScorerSpec
from snellen.errors import InputError
from snellen.response import Response
from snellen.score import Score
from snellen.scorers import registry
from snellen.scorers.keywords import keywords
from snellen.scorers.registered import OWN, scorer
from snellen.scorers.registry import (
    NAMES,
    case_problem,
    default_scorers,
    find,
    get_scorer,
    is_registered,
    option_problems,
    scorer_names,
)


def _case(**fields: object) -> Case:
    return Case(id="c", prompt="?", images=(ImageRef(data=b"", name="image 1"),), **fields)


def test_a_registered_name_gives_its_scorer():
    assert get_scorer("keywords") is keywords


@pytest.mark.parametrize("name", sorted(NAMES))
def test_each_name_is_registered_by_its_module(name):
    importlib.import_module(f"snellen.scorers.{NAMES[name]}")
    assert OWN[name].name == name
    assert OWN[name].version
    assert OWN[name].judge.__doc__


def test_a_name_that_is_nearly_right_gets_a_suggestion():
    with pytest.raises(InputError) as caught:
        get_scorer("keyword")
    names = ", ".join(scorer_names())
    assert str(caught.value) == f"scorer 'keyword' is not registered. Registered: {names}. Did you mean 'keywords'?"


def test_a_name_that_is_far_from_all_gets_the_list_only():
    with pytest.raises(InputError, match=r"^scorer '' is not registered\. Registered: [a-z, *-]+\.$"):
        get_scorer("")


@pytest.mark.usefixtures("own_scorers")
def test_options_reach_the_scorer_with_the_types_it_wants():
    @scorer
    def brief(case, response, *, words: int = 1):
        return len(response.text.split()) <= words, f"at most {words + 0}"

    spec = ScorerSpec(name="brief", options={"words": "3"})
    assert get_scorer(spec)(_case(), Response(text="a b c")).explanation == "at most 3"
    assert get_scorer(spec)(_case(), Response(text="a b c d")).passed is False


@pytest.mark.usefixtures("own_scorers")
def test_an_option_that_does_not_fit_is_told_before_anything_is_judged():
    @scorer
    def brief(case, response, *, words: int = 1):
        return True

    spec = ScorerSpec(name="brief", options={"wrods": 3})
    assert option_problems(spec) == ["scorer 'brief' has no option 'wrods'. Options: words. Did you mean 'words'?"]
    with pytest.raises(InputError, match="has no option 'wrods'"):
        get_scorer(spec)


@pytest.mark.usefixtures("own_scorers")
def test_a_denied_scorer_passes_where_the_other_fails_and_stays_unscored_where_it_is():
    @scorer
    def short(case, response):
        return None if not response.text else len(response.text) < 3

    denied = get_scorer("not-short")
    assert denied(_case(), Response(text="ab")) == Score(
        scorer="not-short", version="1", value=0.0, passed=False, explanation=""
    )
    assert denied(_case(), Response(text="abc")).passed is True
    assert denied(_case(), Response(text="")).value is None
    assert find("not-short").name == "not-short"
    with pytest.raises(InputError, match="'not-not-short' is not registered"):
        find("not-not-short")


@pytest.mark.usefixtures("own_scorers")
def test_a_case_that_a_scorer_cannot_judge_is_told_with_the_reason():
    @scorer(check=lambda case, **_: "" if case.choices else "it has no choices")
    def pick(case, response):
        return True

    assert case_problem(ScorerSpec(name="pick"), _case()) == "it has no choices"
    assert case_problem(ScorerSpec(name="pick"), _case(choices={"A": "a", "B": "b"})) == ""
    assert case_problem(ScorerSpec(name="not-pick"), _case()) == "it has no choices"


def test_what_an_installed_package_offers_is_found_under_its_name(monkeypatch, own_scorers):
    class Point:
        def load(self) -> object:
            return scorer("from-afar")(lambda case, response: True)

    registry._offered.cache_clear()
    monkeypatch.setattr(registry, "_offered", lambda: {"from-afar": Point()})
    assert is_registered("from-afar")
    assert get_scorer("from-afar")(_case(), Response(text="")).scorer == "from-afar"


@pytest.mark.parametrize(
    ("case", "names"),
    [
        pytest.param(_case(), [], id="nothing"),
        pytest.param(_case(expect=Expectation(all=(("cat",),))), ["keywords"], id="all"),
        pytest.param(_case(expect=Expectation(any=(("cat",),))), ["keywords"], id="any"),
        pytest.param(_case(expect=Expectation(none=(("cat",),))), ["keywords"], id="none"),
        pytest.param(_case(expect=Expectation(regex=("cat",))), ["keywords"], id="regex"),
        pytest.param(_case(answer="B", choices={"A": "x", "B": "y"}), ["choice"], id="choices"),
        pytest.param(_case(answer=42), ["number"], id="number"),
        pytest.param(_case(answer="1,300"), ["number"], id="number-in-digits"),
        pytest.param(_case(answer="No"), ["yesno"], id="yes-or-no"),
        pytest.param(_case(answer="예"), ["yesno"], id="yes-in-korean"),
        pytest.param(_case(answer=True), ["yesno"], id="true"),
        pytest.param(_case(answer={"total": "3"}), ["fields"], id="fields"),
        pytest.param(_case(answer="Seoul"), ["keywords"], id="text"),
        pytest.param(_case(answer=["Seoul", "서울"]), ["keywords"], id="texts"),
        pytest.param(
            _case(answer="B", expect=Expectation(scorers=(ScorerSpec(name="exact"),))), ["exact"], id="its-own-scorer"
        ),
        pytest.param(
            _case(answer="B", expect=Expectation(scorers=(ScorerSpec(name="length", options={"at_most": 9}),))),
            ["length", "keywords"],
            id="one-that-does-not-look-at-it",
        ),
        pytest.param(
            _case(answer="B", expect=Expectation(scorers=(ScorerSpec(name="language"),))),
            ["language", "keywords"],
            id="one-whose-answer-is-another",
        ),
        pytest.param(
            _case(answer="B", expect=Expectation(scorers=(ScorerSpec(name="any", options={"scorers": ["exact"]}),))),
            ["any"],
            id="one-that-is-made-of-others",
        ),
        pytest.param(
            _case(
                answer="7",
                expect=Expectation(all=(("cat",),), scorers=(ScorerSpec(name="exact", options={"answer": "x"}),)),
            ),
            ["keywords", "exact", "number"],
            id="all-of-it",
        ),
    ],
)
def test_a_case_is_judged_by_what_it_says_is_right(case, names):
    assert [spec.name for spec in default_scorers(case)] == names
