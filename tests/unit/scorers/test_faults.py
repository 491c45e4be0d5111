"""Where a scorer broke."""

from __future__ import annotations

import json

import pytest

from snellen.scorers.combine import all_of
from snellen.scorers.faults import fault_of

HERE = "tests/unit/scorers/test_faults.py"


def directly() -> None:
    raise ValueError("no\nluck")


def below() -> None:
    json.loads("{")


def _raised(function) -> Exception:
    with pytest.raises(Exception) as caught:  # noqa: PT011  # whatever it is
        function()
    return caught.value


@pytest.mark.parametrize(
    ("function", "line", "said"),
    [(directly, 1, "ValueError: no luck"), (below, 1, "JSONDecodeError: Expecting property name enclosed in")],
)
def test_the_deepest_line_of_the_function_itself_is_named_not_that_of_what_it_calls(function, line, said):
    place = f"{HERE}:{function.__code__.co_firstlineno + line}"
    assert fault_of(_raised(function), function).startswith(f"{place}: {said}")


def test_within_a_scorer_of_snellens_the_line_of_the_user_is_named():
    assert fault_of(_raised(below), all_of).startswith(f"{HERE}:{below.__code__.co_firstlineno + 1}: JSONDecodeError")


def test_without_any_line_of_it_the_beginning_of_the_function_is_named():
    assert fault_of(KeyError("x"), directly) == f"{HERE}:{directly.__code__.co_firstlineno}: KeyError: 'x'"
    assert fault_of(KeyError("x"), len) == "KeyError: 'x'"
