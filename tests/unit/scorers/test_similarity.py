"""Nearness of meaning by an embeddings model: what is asked, and what every kind of numbers makes."""

from __future__ import annotations

import math
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snellen.case import Case, ScorerSpec
from snellen.errors import InputError
from snellen.recordings.fingerprint import fingerprint
from snellen.request import Request
from snellen.response import Response
from snellen.score import Evidence, ScorerCall
from snellen.scorers.asking import ScorerReply, judge_with, questions_of
from snellen.scorers.judge_prompt import MAX_CHARS
from snellen.scorers.registry import case_problem
from snellen.scorers.similarity import cosine
from snellen.scorers.spec import parse_scorer

CASE = Case(id="c", prompt="?", images=(), answer="a red car")


def spec(**options: object) -> ScorerSpec:
    return ScorerSpec(name="similarity", options={"model": "embed", **options})


def asked(text: str, case: Case = CASE, **options: object) -> list[str]:
    return [question.messages[0].parts[0].text for question in questions_of(spec(**options), case, Response(text=text))]


def giving(*vectors: tuple[float, ...] | None) -> tuple[ScorerReply, ...]:
    return tuple(ScorerReply(vector=vector, call=ScorerCall(model="embed")) for vector in vectors)


def judged(text: str, *vectors: tuple[float, ...] | None, **options: object):
    return judge_with(spec(**options), CASE, Response(text=text), giving(*vectors))


# numbers of the response, of the answer -> value at 0.8, whether it passes. The cosines are those of the angles.
TABLE = {
    "same": ((3.0, 4.0), (3.0, 4.0), 1.0, True),
    "longer": ((3.0, 4.0), (300.0, 400.0), 1.0, True),
    "36.87-degrees": ((1.0, 0.0), (0.8, 0.6), 0.8, True),
    "45-degrees": ((1.0, 0.0), (1.0, 1.0), 0.707107, False),
    "60-degrees": ((1.0, 0.0), (1.0, math.sqrt(3)), 0.5, False),
    "90-degrees": ((1.0, 0.0), (0.0, 1.0), 0.0, False),
    "opposite": ((1.0, 0.0), (-1.0, 0.0), 0.0, False),
    "tiny": ((1e-200, 0.0), (1e-200, 0.0), 1.0, True),
    "huge": ((1e200, 1e200), (1e200, 1e200), 1.0, True),
}


@pytest.mark.parametrize(("one", "other", "value", "passed"), TABLE.values(), ids=TABLE)
def test_the_value_is_the_cosine(one, other, value, passed):
    score = judged("a scarlet car", one, other)
    assert (score.value, score.passed) == (value, passed)


UNCOMPARABLE = {
    "nan": ((math.nan, 1.0), (1.0, 1.0), "the model gave numbers that are not finite"),
    "infinite": ((1.0, 1.0), (math.inf, 1.0), "the model gave numbers that are not finite"),
    "zeros": ((0.0, 0.0), (1.0, 1.0), "the model gave nothing but zeros"),
    "two-lengths": ((1.0, 0.0), (1.0, 0.0, 0.0), "the model gave 2 numbers for one text and 3 for the other"),
    "none": (None, (1.0,), "the model gave 0 numbers for one text and 1 for the other"),
    "none-at-all": (None, None, "the model gave nothing but zeros"),
}


@pytest.mark.parametrize(("one", "other", "why"), UNCOMPARABLE.values(), ids=UNCOMPARABLE)
def test_numbers_that_cannot_be_compared_leave_a_response_unscored(one, other, why):
    score = judged("a scarlet car", one, other)
    assert (score.value, score.passed, score.explanation) == (None, False, why)


def test_of_several_answers_the_nearest_counts():
    case = Case(id="c", prompt="?", images=(), answer=["a red car", "빨간 차"])
    replies = giving((1.0, 0.0), (0.0, 1.0), (1.0, 0.1))
    score = judge_with(spec(), case, Response(text="빨간 자동차"), replies)
    assert (score.value, score.passed) == (0.995037, True)
    assert score.explanation == "similarity 0.995037 ≥ 0.8 to '빨간 차'"
    assert score.evidence == (
        Evidence(kind="missing", keyword="a red car", note="similarity 0"),
        Evidence(kind="found", keyword="빨간 차", note="similarity 0.995037"),
    )


def test_the_threshold_is_an_option():
    assert judged("a", (1.0, 0.0), (1.0, 1.0), at_least=0.7).passed
    assert judged("a", (1.0, 0.0), (1.0, 1.0), at_least=0.7).explanation == "similarity 0.707107 ≥ 0.7 to 'a red car'"
    assert judged("a", (1.0, 0.0), (1.0, 1.0)).explanation == "similarity 0.707107 < 0.8 to 'a red car'"


def test_each_text_is_asked_about_by_itself_and_once():
    assert asked("red") == ["red", "a red car"]
    assert asked("a red car") == ["a red car"]
    assert asked("red", answer=["red", "scarlet", "scarlet"]) == ["red", "scarlet"]


def test_a_response_that_says_the_answer_is_as_near_as_can_be():
    assert judged("a red car", (0.3, 0.4)).value == 1.0


@pytest.mark.parametrize("text", ["", " \n\t", "\u3000"])
def test_a_response_without_a_word_is_judged_without_asking(text):
    assert asked(text) == []
    score = judge_with(spec(), CASE, Response(text=text), ())
    assert (score.value, score.passed, score.explanation) == (0.0, False, "the response is empty")


def test_a_response_that_is_too_long_is_not_cut():
    assert asked("a" * (MAX_CHARS + 1)) == []
    score = judge_with(spec(), CASE, Response(text="a" * (MAX_CHARS + 1)), ())
    said = "at most 50,000 characters are compared, and the response has 50,001 characters"
    assert (score.value, score.explanation) == (None, said)


def test_a_model_that_could_not_be_asked_leaves_a_response_unscored():
    failed = ScorerReply(call=ScorerCall(model="embed", failure="HTTP 500"))
    score = judge_with(spec(), CASE, Response(text="red"), (*giving((1.0,)), failed))
    assert (score.value, score.explanation) == (None, "no numbers of embed: HTTP 500")
    assert len(score.calls) == 2


def test_without_anyone_who_asks_a_response_is_unscored():
    said = "embed was not asked: this scorer needs a model, and none can be asked here"
    assert judge_with(spec(), CASE, Response(text="red")).explanation == said


def test_it_can_be_denied():
    denied = ScorerSpec(name="not-similarity", options={"model": "embed"})
    assert questions_of(denied, CASE, Response(text="red")) == questions_of(spec(), CASE, Response(text="red"))
    far = judge_with(denied, CASE, Response(text="blue"), giving((1.0, 0.0), (0.0, 1.0)))
    assert (far.scorer, far.value, far.passed) == ("not-similarity", 1.0, True)


@given(st.text(st.characters(codec=None), max_size=200), st.sampled_from(["NFC", "NFD"]))
def test_every_response_can_be_asked_about_and_its_unicode_form_makes_no_difference(text, form):
    texts = asked(text)
    assert texts == asked(unicodedata.normalize(form, text))
    for question in questions_of(spec(), CASE, Response(text=text)):
        assert fingerprint(Request(model="m", messages=question.messages).canonical())


@given(*[st.lists(st.floats(), max_size=4)] * 2)
def test_a_cosine_is_a_number_from_0_to_1_or_why_there_is_none(one, other):
    found = cosine(one, other)
    assert isinstance(found, str) or 0.0 <= found <= 1.0


BAD = {
    "no-model": ({"model": ""}, "no model is named"),
    "at-least-0": ({"at_least": 0.0}, "at_least is 0; right is a cosine above 0 and up to 1"),
    "at-least-2": ({"at_least": 2.0}, "at_least is 2; right is a cosine above 0 and up to 1"),
    "at-least-nan": ({"at_least": math.nan}, "at_least is nan; right is a cosine above 0 and up to 1"),
    "empty-answer": ({"answer": ["red", " "]}, "its answer is an empty text"),
    "no-text": ({"answer": {"a": 1}}, "its answer holds {'a': 1}, which is no text"),
}


@pytest.mark.parametrize(("options", "said"), BAD.values(), ids=BAD)
def test_options_that_make_no_sense_are_told_before_anything_is_asked(options, said):
    assert case_problem(spec(**options), CASE).startswith(said)


def test_a_case_without_an_answer_cannot_be_judged():
    assert case_problem(spec(), Case(id="c", prompt="?", images=())).startswith("it has no answer")


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("similarity: embed", {"model": "embed"}),
        ("similarity: embed: a red car", {"model": "embed", "answer": "a red car"}),
        ("similarity: nomic:v1.5 >= 0.85: 빨간 차", {"model": "nomic:v1.5", "at_least": 0.85, "answer": "빨간 차"}),
        ("similarity: embed ≥ 85%", {"model": "embed", "at_least": 0.85}),
    ],
)
def test_a_line_names_the_model_and_what_else_is_wanted(text, options):
    assert parse_scorer(text) == ScorerSpec(name="similarity", options=options)


@pytest.mark.parametrize("text", ["similarity: ", "similarity: a b", "similarity: embed >= 0.8.5", "similarity: :"])
def test_a_line_that_names_no_model_says_what_is_right(text):
    with pytest.raises(InputError, match="right is a model, such as 'similarity: embed'"):
        parse_scorer(text)
