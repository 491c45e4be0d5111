"""Scorers by name."""

from __future__ import annotations

import importlib
import re
from types import SimpleNamespace

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
    assert str(caught.value) == f"scorer 'keyword' is not registered. Did you mean 'keywords'? Registered: {names}."


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
    monkeypatch.setattr(registry, "_offered", lambda: {"from-afar": _Point("from-afar")})
    assert is_registered("from-afar")
    assert get_scorer("from-afar")(_case(), Response(text="")).scorer == "from-afar"


class _Point:
    """What `importlib.metadata` tells of an entry point."""

    def __init__(self, name: str, error: Exception | None = None) -> None:
        self.name, self.value, self.error = name, "far.scorers:judge", error
        self.dist = SimpleNamespace(name="far")

    def load(self) -> object:
        if self.error is not None:
            raise self.error
        return scorer("from-afar")(lambda case, response: True)


@pytest.mark.parametrize(
    ("point", "said"),
    [
        pytest.param(
            _Point("gone", AttributeError("module 'far.scorers' has no attribute 'judge'")),
            "far offers scorer 'gone' as far.scorers:judge, which cannot be loaded: AttributeError: module "
            "'far.scorers' has no attribute 'judge'\n  Install another version of far, or remove it.",
            id="no-such-attribute",
        ),
        pytest.param(
            _Point("gone", ImportError("No module named 'far'")),
            "cannot be loaded: ImportError: No mod",
            id="no-module",
        ),
        pytest.param(_Point("gone"), "and that makes no scorer of this name", id="another-name"),
    ],
)
@pytest.mark.usefixtures("own_scorers")
def test_what_a_package_offers_and_cannot_give_is_told_with_its_name(monkeypatch, point, said):
    monkeypatch.setattr(registry, "_offered", lambda: {"gone": point})
    with pytest.raises(InputError, match=re.escape(said)):
        get_scorer("gone")
    (problem,) = option_problems(ScorerSpec(name="gone"))
    assert problem.startswith("far offers scorer 'gone' as far.scorers:judge")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("not-judge", "scorer 'judge' cannot be turned round. Turn its criteria round, each still a sentence"),
        ("not-all", "scorer 'all' cannot be turned round. Write `any` of its parts, each turned round"),
        ("not-any", "Write `all` of its parts"),
        ("not-weighted", "Turn its parts round"),
        ("number:42", "scorer 'number:42' is not registered. Did you mean 'number: 42'?"),
        ("Number: 42", "Did you mean 'number: 42'?"),
        ("nubmer", "Did you mean 'number'?"),
    ],
)
def test_a_name_that_cannot_be_used_is_told_with_what_to_write(name, said):
    with pytest.raises(InputError, match=re.escape(said)):
        get_scorer(name)


@pytest.mark.parametrize("spec", ["number: 42 ±1", {"number": {"answer": 42, "tolerance": 1}}])
def test_a_scorer_is_had_by_whatever_form_people_write(spec):
    assert get_scorer(spec)(_case(), Response(text="43")).passed


def test_a_scorer_turned_round_says_what_it_found_and_what_it_did_not():
    denied = get_scorer("not-contains: dog")
    clean, dirty = denied(_case(), Response(text="a cat")), denied(_case(), Response(text="a dog"))
    assert (clean.passed, clean.explanation) == (True, "as wanted: does not contain 'dog'")
    assert (dirty.passed, dirty.explanation) == (False, "not wanted: contains 'dog'")
    assert [(one.kind, one.keyword) for score in (clean, dirty) for one in score.evidence] == [
        ("absent", "dog"),
        ("forbidden", "dog"),
    ]


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
