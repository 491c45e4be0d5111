"""From a function to a scorer."""

from __future__ import annotations

import math

import pytest

from snellen.case import Case, ImageRef
from snellen.errors import InputError
from snellen.response import Response
from snellen.score import Score
from snellen.scorers.registered import options_hash, registered_of, scorer

pytestmark = pytest.mark.usefixtures("own_scorers")

CASE = Case(id="c", prompt="?", images=(ImageRef(data=b"", name="image 1"),))
RESPONSE = Response(text="red")


@pytest.mark.parametrize(
    ("given", "value", "passed", "explanation"),
    [
        pytest.param(True, 1.0, True, "", id="true"),
        pytest.param(False, 0.0, False, "", id="false"),
        pytest.param(0.5, 0.5, True, "", id="half-passes"),
        pytest.param(0.49, 0.49, False, "", id="less-fails"),
        pytest.param(None, None, False, "the scorer could not judge it", id="none-is-unscored"),
        pytest.param((None, "no letter"), None, False, "no letter", id="none-with-a-reason"),
        pytest.param((True, "as asked"), 1.0, True, "as asked", id="with-an-explanation"),
    ],
)
def test_what_a_function_gives_back_becomes_a_score(given, value, passed, explanation):
    @scorer("plain")
    def plain(case, response):
        return given

    expected = Score(scorer="plain", version="1", value=value, passed=passed, explanation=explanation)
    assert plain(CASE, RESPONSE) == expected


def test_a_name_of_snellens_own_is_refused_with_both_named():
    with pytest.raises(InputError) as caught:

        @scorer
        def number(case, response):
            return True

    line = test_a_name_of_snellens_own_is_refused_with_both_named.__code__.co_firstlineno + 3
    assert str(caught.value) == (
        f"number (test_registered.py:{line}) would take the place of Snellen's own scorer 'number'\n"
        '  Give it a name of its own: @snellen.scorer("my-number"), or rename the function.'
    )
    with pytest.raises(InputError, match="own scorer 'not-refusal'"):
        scorer("not-refusal")(lambda case, response: True)


def test_a_score_is_stamped_with_name_version_and_options():
    @scorer("stamped", version="3")
    def judge(case, response, *, words: int = 1):
        return Score(scorer="whatever", value=1.0, passed=True)

    score = judge(CASE, RESPONSE, words=2)
    assert (score.scorer, score.version, score.options) == ("stamped", "3", options_hash({"words": 2}))
    assert judge(CASE, RESPONSE).options == ""


def test_what_is_expected_is_no_setting():
    """Else no two cases of a dataset would be judged by the same scorer."""
    assert options_hash({"answer": "B"}) == ""
    assert options_hash({"answer": "B", "tolerance": 1}) == options_hash({"tolerance": 1, "answer": "C"})
    assert options_hash({"tolerance": 1}) != options_hash({"tolerance": 2})


def test_a_function_among_the_options_stands_for_its_name():
    @scorer("brief")
    def brief(case, response):
        return True

    assert options_hash({"scorers": [brief]}) == options_hash({"scorers": ["brief"]})


def test_the_name_is_that_of_the_function_unless_one_is_given():
    @scorer
    def says_hello(case, response):
        return True

    entry = registered_of(says_hello)
    assert entry is not None
    assert entry.name == "says-hello"
    assert registered_of(len) is None


@pytest.mark.parametrize("given", [1.5, -0.1, math.nan], ids=["above", "below", "nan"])
def test_a_value_out_of_range_is_a_fault_of_the_scorer(given):
    @scorer("odd")
    def odd(case, response):
        return given

    with pytest.raises(ValueError, match=r"a value is 0\.\.1, or None for unscored"):
        odd(CASE, RESPONSE)


def test_anything_else_is_a_fault_that_says_what_would_be_right():
    @scorer("odd")
    def odd(case, response):
        return "yes"

    with pytest.raises(TypeError, match="scorer 'odd' gave back str; right is a Score, a bool, a number from 0 to 1"):
        odd(CASE, RESPONSE)


@pytest.mark.parametrize("name", ["", "Upper", "two words", " x", "a/b", "x:y"])
def test_a_name_that_files_could_not_write_is_refused(name):
    with pytest.raises(InputError, match="is no name for a scorer"):
        scorer(name)(lambda case, response: True)


def test_a_function_without_case_and_response_is_refused():
    with pytest.raises(InputError, match="takes 1 arguments by position; right is a case and a response"):
        scorer("one")(lambda response: True)
