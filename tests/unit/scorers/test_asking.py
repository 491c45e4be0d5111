"""Scorers that ask: what they ask and are told finds its way to each, through combinations too."""

from __future__ import annotations

import pytest

from snellen.case import Case, ScorerSpec
from snellen.errors import InputError
from snellen.request import Message, TextPart
from snellen.response import Response
from snellen.score import Score, ScorerCall
from snellen.scorers.asking import (
    ScorerQuestion,
    ScorerReply,
    asks,
    judge_all,
    judge_with,
    questions_of,
    questions_of_all,
)
from snellen.scorers.options import option_names
from snellen.scorers.registered import scorer
from snellen.scorers.registry import find
from snellen.scorers.spec import parse_scorer

pytestmark = pytest.mark.usefixtures("own_scorers", "asking_scorers")

CASE = Case(id="c", prompt="?", images=())
RESPONSE = Response(text="red")
ECHO = ScorerSpec(name="echo", options={"times": 2})
PLAIN = ScorerSpec(name="plain")
SILENT = ScorerSpec(name="echo", options={"times": 0})
PAIR = ScorerSpec(name="both", options={"scorers": [{"echo": {"times": 1}}, "plain", {"echo": {"times": 3}}]})


def question(text: str) -> ScorerQuestion:
    return ScorerQuestion(model="m", messages=(Message("user", (TextPart(text),)),))


def reply(text: str) -> ScorerReply:
    return ScorerReply(text=text, call=ScorerCall(model="m", text=text))


@pytest.fixture
def asking_scorers(own_scorers):
    """`echo` asks a number of questions and says what it was told, `plain` asks none, `both` is made of others."""

    def echo_asks(case, response, /, *, times: int = 1):
        return tuple(question(f"{response.text} {number}") for number in range(times))

    @scorer("echo", questions=echo_asks)
    def echo(case, response, /, *, times: int = 1, replies: tuple[ScorerReply, ...] | None = None):
        told = "nobody" if replies is None else ",".join(one.text for one in replies)
        return Score(scorer="echo", value=1.0, passed=True, explanation=told)

    @scorer
    def plain(case, response):
        return True

    def children(scorers):
        return [parse_scorer(one) for one in scorers]

    def both_ask(case, response, /, *, scorers: list[object]):
        return questions_of_all(children(scorers), case, response)

    @scorer("both", questions=both_ask)
    def both(case, response, /, *, scorers: list[object], replies: tuple[ScorerReply, ...] | None = None):
        scores = judge_all(children(scorers), case, response, replies)
        said = " | ".join(score.explanation for score in scores)
        return Score(scorer="both", value=1.0, passed=True, explanation=said)


def test_a_scorer_says_what_it_asks():
    assert questions_of(ECHO, CASE, RESPONSE) == (question("red 0"), question("red 1"))
    assert (questions_of(PLAIN, CASE, RESPONSE), questions_of(SILENT, CASE, RESPONSE)) == ((), ())
    assert [asks(spec) for spec in (ECHO, PLAIN, SILENT, PAIR)] == [True, False, True, True]


def test_a_scorer_judges_by_the_replies_and_keeps_what_was_asked():
    score = judge_with(ECHO, CASE, RESPONSE, (reply("a"), reply("b")))
    assert score.explanation == "a,b"
    assert [call.text for call in score.calls] == ["a", "b"]


def test_a_scorer_that_asks_nothing_is_judged_as_ever():
    assert judge_with(PLAIN, CASE, RESPONSE, ()).passed
    assert judge_with(PLAIN, CASE, RESPONSE).calls == ()


def test_nobody_asked_is_told_from_nothing_to_ask():
    assert judge_with(ECHO, CASE, RESPONSE).explanation == "nobody"
    assert judge_with(SILENT, CASE, RESPONSE, ()).explanation == ""


def test_each_of_several_scorers_gets_the_replies_to_its_own_questions():
    specs = (ECHO, PLAIN, SILENT, ScorerSpec(name="echo"))
    assert len(questions_of_all(specs, CASE, RESPONSE)) == 3
    scores = judge_all(specs, CASE, RESPONSE, (reply("a"), reply("b"), reply("c")))
    assert [score.explanation for score in scores] == ["a,b", "", "", "c"]
    assert [len(score.calls) for score in scores] == [2, 0, 0, 1]


def test_replies_find_their_way_through_combinations_of_combinations():
    nested = ScorerSpec(name="both", options={"scorers": [{"both": dict(PAIR.options)}, {"echo": {"times": 2}}]})
    replies = tuple(map(reply, "abcdef"))
    assert len(questions_of(nested, CASE, RESPONSE)) == len(replies)
    score = judge_with(nested, CASE, RESPONSE, replies)
    assert score.explanation == "a |  | b,c,d | e,f"
    assert [call.text for call in score.calls] == list("abcdef")


def test_a_combination_that_nobody_asked_for_tells_its_parts():
    assert judge_with(PAIR, CASE, RESPONSE).explanation == "nobody |  | nobody"


def test_a_denied_scorer_asks_what_it_asks_undenied():
    denied = ScorerSpec(name="not-echo", options={"times": 1})
    assert questions_of(denied, CASE, RESPONSE) == (question("red 0"),)
    score = judge_with(denied, CASE, RESPONSE, (reply("a"),))
    assert (score.scorer, score.passed, score.explanation) == ("not-echo", False, "not wanted: a")
    assert [call.text for call in score.calls] == ["a"]


def test_what_models_said_is_no_option():
    assert option_names(find("echo")) == ["times"]
    with_replies = judge_with(ECHO, CASE, RESPONSE, (reply("a"), reply("b")))
    assert with_replies.options == judge_with(ECHO, CASE, RESPONSE).options != ""


def test_options_that_do_not_fit_are_refused():
    for does in (questions_of, judge_with):
        with pytest.raises(InputError, match="has no option 'time'"):
            does(ScorerSpec(name="echo", options={"time": 1}), CASE, RESPONSE)
