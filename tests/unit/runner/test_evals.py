"""Which cases an eval takes, and what its decorator keeps."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

from snellen.case import Case, ImageRef, ScorerSpec
from snellen.errors import InputError
from snellen.runner.evals import cases, declaration_of, eval_name, select

_CASES = [
    Case(id=name, prompt="?", images=(ImageRef(data=b"x", name="x"),), tags=tags)
    for name, tags in (("stop", ("sign", "red")), ("exit", ("sign",)), ("fish", ()))
]

SELECTIONS = {
    "all": ((), (), ["stop", "exit", "fish"]),
    "by-id": (("fish", "stop"), (), ["stop", "fish"]),
    "by-tag": ((), ("sign",), ["stop", "exit"]),
    "by-one-of-two-tags": ((), ("red", "blue"), ["stop"]),
    "by-both": (("exit", "fish"), ("sign",), ["exit"]),
}


@pytest.mark.parametrize(("only", "tags", "left"), SELECTIONS.values(), ids=SELECTIONS)
def test_select(only: tuple[str, ...], tags: tuple[str, ...], left: list[str]) -> None:
    assert [case.id for case in select(_CASES, only=only, tags=tags, where="x")] == left


NOTHING = {
    "no-such-id": (("stpo",), (), "x: only='stpo', but no case has that id\n  Did you mean 'stop'?"),
    "no-such-tag": ((), ("a", "b"), "x: no case has a tag of a, b"),
    "nothing-has-both": (("fish",), ("sign",), "x: no case has a tag of sign"),
}


@pytest.mark.parametrize(("only", "tags", "said"), NOTHING.values(), ids=NOTHING)
def test_a_selection_of_nothing_is_an_error(only: tuple[str, ...], tags: tuple[str, ...], said: str) -> None:
    with pytest.raises(InputError) as caught:
        list(select(_CASES, only=only, tags=tags, where="x"))
    assert str(caught.value) == said


NAMES = {
    "evals/eval_signs.py": "signs",
    "evals/signs.eval.yaml": "signs",
    "evals/signs.eval.yml": "signs",
    "evals/till/signs.eval.yaml": "till/signs",
    "signs.eval.yaml": "signs",
    "tests/vision/eval_signs.py": "tests/vision/signs",
    "evals/eval_.py": "eval_",
    "evals/eval_eval_x.py": "eval_x",
    "evals/표지판.eval.yaml": "표지판",
    "../elsewhere/signs.eval.yaml": "signs",
}


@pytest.mark.parametrize(("file", "name"), NAMES.items(), ids=NAMES)
def test_eval_name(file: str, name: str) -> None:
    root = Path("/home/me/project")
    assert (
        eval_name(
            Path("/home/me") / "project" / file if not file.startswith("..") else Path("/home/me/x") / file[3:], root
        )
        == name
    )


def test_the_decorator_leaves_the_function_as_it_is() -> None:
    def eval_it(case, response):
        return case, response

    assert cases([])(eval_it) is eval_it
    assert eval_it(1, 2) == (1, 2)


def test_a_declaration_keeps_one_name_and_several_alike() -> None:
    def eval_it(case, response): ...

    cases("d", only="a", tags=["t", "u"], models="m", scorers="keywords", prompts={"p": "x"}, params={"n": 1})(eval_it)
    found = declaration_of(eval_it)
    assert found is not None
    assert (found.source, found.only, found.tags, found.models, found.scorers) == (
        "d",
        ("a",),
        ("t", "u"),
        ("m",),
        (ScorerSpec(name="keywords"),),
    )
    assert (found.prompts, found.params, found.repeats) == ({"p": "x"}, {"n": 1}, 1)
    assert declaration_of(functools.partial(eval_it)) is found
    assert declaration_of(lambda: None) is None


def test_an_empty_list_of_scorers_is_refused_for_it_may_mean_two_things() -> None:
    with pytest.raises(InputError, match=r"^scorers is empty\n  Leave it out for what each case expects"):
        cases([], scorers=[])


def test_rows_are_not_read_before_they_are_wanted() -> None:
    """A mistake in a row is told with its file, so it waits until that is known."""

    @cases([{"nonsense": True}])
    def eval_it(case, response): ...

    assert declaration_of(eval_it) is not None
