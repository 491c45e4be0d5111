"""The number scorer: verdicts, what a reader is shown, the mini-language, and input that cannot be judged."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snellen.case import Case, ImageRef, ScorerSpec
from snellen.errors import InputError
from snellen.response import Response
from snellen.score import Evidence, Score
from snellen.scorers.count import count
from snellen.scorers.number import number
from snellen.scorers.registry import case_problem, get_scorer, option_problems
from snellen.scorers.spec import parse_scorer


def a_case(answer: object = None, prompt: str = "How many?") -> Case:
    return Case(id="c", prompt=prompt, images=(ImageRef(data=b"", name="image 1"),), answer=answer)


def judge(text: str, answer: object, **options: object) -> Score:
    return number(a_case(answer), Response(text=text), **options)


# Response, answer, options, passed (None for unscored), what was read.
TABLE = [
    ("The answer is 42.", 42, {}, True, "42"),
    ("정답은 42입니다.", 42, {}, True, "42"),
    ("The answer is 41.", 42, {}, False, "41"),
    ("The answer is 41.", 42, {"tolerance": 1}, True, "41"),
    ("23.456", 23.5, {"places": 1}, True, "23.456"),
    ("총 1,300원입니다", "1,300원", {}, True, "1300 KRW"),
    ("It costs $1,300.", "1,300원", {}, False, "1300 USD"),
    ("삼천 원입니다", 3000, {}, True, "3000 KRW"),
    ("The box weighs 3500 g.", "3.5 kg", {}, True, "3500 g"),
    ("The box weighs 3.5.", "3.5 kg", {"unit_required": True}, False, "3.5"),
    ("The box is 3.5 km away.", "3.5 kg", {}, False, "3.5 km"),
    ("20 exajoules", 20, {"unit": "exajoules"}, True, "20 exajoules"),
    ("20 kg", 20, {"unit": "exajoules"}, False, "20 kg"),
    ("half: 50%", 0.5, {}, True, "50%"),
    ("1.234,5", "1.234,5", {"decimal": "comma"}, True, "1234.5"),
    ("15 people", "10..20", {}, True, "15"),
    ("four", [3, 4], {}, True, "4"),
    ("five", [3, 4], {}, False, "5"),
    ("3 cats and 4 dogs", 3, {}, None, None),
    ("고양이 3마리와 개 4마리", 3, {}, None, None),
    ("3 cats and 4 dogs", 4, {"pick": "last"}, True, "4"),
    ("at least 42", 42, {}, None, None),
    ("I cannot see any number.", 42, {}, None, None),
    ("알 수 없습니다.", 42, {}, None, None),
    ("", 42, {}, None, None),
    ("9" * 100_000, 42, {}, False, "1E+100000"),
    ("4" + "2" * 5_000_000, 42, {}, False, "2.2222222222222222222E+199999"),
]


@pytest.mark.parametrize(
    ("text", "answer", "options", "passed", "read"),
    TABLE,
    ids=[f"{row[0][:30]!r}-for-{row[1]}-{row[2]}" for row in TABLE],
)
def test_verdicts(text, answer, options, passed, read):
    score = judge(text, answer, **options)
    assert (score.value, score.passed, score.extracted) == (
        None if passed is None else float(passed),
        bool(passed),
        read,
    )


def test_a_right_score_tells_what_was_read_where_and_by_what_rule():
    assert judge("So the answer is 41 kg.", "42 kg", tolerance=1) == Score(
        scorer="number",
        version="1",
        options="77b68821",
        value=1.0,
        passed=True,
        explanation="41 kg is near enough to 42 kg, off by -1 (said to be the answer)",
        evidence=(Evidence(kind="found", keyword="42 kg", span=(17, 22), note="said to be the answer"),),
        extracted="41 kg",
    )


def test_a_wrong_score_shows_the_number_that_was_read_and_the_one_that_is_missing():
    score = judge("정답은 세 개입니다.", 4)
    assert score.explanation == "3, not 4 (said to be the answer)"
    assert score.evidence == (
        Evidence(kind="note", keyword="3", span=(4, 7), note="said to be the answer"),
        Evidence(kind="missing", keyword="4"),
    )


def test_an_unscored_response_shows_the_numbers_that_none_was_chosen_of():
    score = judge("3 cats and 4 dogs", 3)
    assert score.explanation == "several numbers, none called the answer"
    assert score.evidence == (
        Evidence(kind="ambiguous", keyword="3", span=(0, 1), note="3"),
        Evidence(kind="ambiguous", keyword="3", span=(11, 12), note="4"),
    )


def test_numbers_of_the_question_are_not_the_answer():
    case = a_case(2, "How many items sold more than 5?")
    assert number(case, Response(text="There are 2 items that sold more than 5.")).passed


# Prompt, response, and what is read where the prompt asks how many.
NONE = [
    ("How many stars are there?", "There are no stars", "0"),
    ("How many stars are there?", "I don't see any stars.", "0"),
    ("How many stars are there?", "None.", "0"),
    ("별이 몇 개인가요?", "별이 없습니다", "0"),
    ("별이 몇 개인가요?", "하나도 없어요.", "0"),
    ("별의 개수를 알려 주세요.", "별은 없습니다.", "0"),
    ("How many stars are there?", "There are no red stars.", None),
    ("How many stars are there?", "There are no clouds.", None),
    ("How many people voted?", "There are no labels on the chart.", None),
    ("별이 몇 개인가요?", "구름은 없습니다.", None),
    ("How many stars are there?", "There are no clouds, but 3 stars.", "3"),
    ("What is the total?", "There is no total.", None),
    ("What is the total?", "None.", None),
    ("How many stars are there?", "I cannot tell; no stars are clear.", None),
]


@pytest.mark.parametrize(("prompt", "text", "read"), NONE, ids=[f"{row[1]}-{row[0][:12]}" for row in NONE])
def test_none_is_zero_where_the_prompt_counts_what_is_missing(prompt, text, read):
    assert number(a_case(0, prompt), Response(text=text)).extracted == read


AMOUNTS = [
    (place, *line.replace("\\n", "\n").split("\t")[:3])
    for place, line in enumerate((Path(__file__).parent / "amount_table.tsv").read_text("utf-8").splitlines(), 1)
    if line and not line.startswith("#")
]


@pytest.mark.parametrize(
    ("line", "read", "prompt", "text"), AMOUNTS, ids=[f"{row[0]} {row[3][:40]}" for row in AMOUNTS]
)
def test_amounts_as_models_say_them_are_read_alike_by_number_and_count(line, read, prompt, text):
    for scorer in (number, count):
        said = (scorer(a_case(0, prompt), Response(text=text)).extracted or "-").split(" ")[0]
        assert said == read, (line, scorer)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("number: 42", {"answer": "42"}),
        ("number: 42 ±1", {"answer": "42", "tolerance": 1.0}),
        ("number: 42 +-1", {"answer": "42", "tolerance": 1.0}),
        ("number: 42 +/- 1", {"answer": "42", "tolerance": 1.0}),
        ("number: 42 ±5%", {"answer": "42", "relative": 0.05}),
        ("number: 3.5 kg ±0.1", {"answer": "3.5 kg", "tolerance": 0.1}),
        ("number: 1,300원", {"answer": "1,300원"}),
        ("number: 10..20", {"answer": "10..20"}),
        ("number: 3 | 4", {"answer": ["3", "4"]}),
    ],
)
def test_the_mini_language(text, options):
    assert parse_scorer(text) == ScorerSpec(name="number", options=options)


@pytest.mark.parametrize("text", ["number: many", "number: 3 4", "number: 42 ±x", "number: 20..10", "number:"])
def test_a_text_that_means_no_number_is_refused(text):
    with pytest.raises(InputError, match="cannot be used"):
        parse_scorer(text)


@pytest.mark.parametrize(
    ("answer", "options", "why"),
    [
        (None, {}, "it has no answer"),
        ([], {}, "empty list"),
        ("many", {}, "its answer is no number: 'many' holds no number"),
        ([3, "many"], {}, "its answer is no number"),
        ({"a": 1}, {}, "its answer is no number"),
        (True, {}, "its answer is no number"),
        (3, {"tolerance": -1}, "tolerance is -1.0; right is 0 or more"),
        (3, {"relative": "nan"}, "relative is nan"),
        (3, {"tolerance": "inf"}, "tolerance is inf"),
        (3, {"places": -1}, "places is -1"),
        ("3 kg", {"unit": "m"}, "the unit is to be 'm'"),
        (3, {"unit": " "}, "unit is empty"),
    ],
)
def test_a_case_that_cannot_be_judged_says_why(answer, options, why):
    assert why in case_problem(ScorerSpec(name="number", options=options), a_case(answer))


@pytest.mark.parametrize("answer", [42, 4.2, "42%", "3.5 kg", "10..20", [1, "two"]])
def test_a_case_that_can_be_judged_has_no_problem(answer):
    assert case_problem(ScorerSpec(name="number"), a_case(answer)) == ""


def test_options_are_checked():
    assert option_problems(ScorerSpec(name="number", options={"decimal": "dot", "pick": "any"}))
    assert option_problems(ScorerSpec(name="number", options={"tolerence": 1}))[0].endswith("Did you mean 'tolerance'?")


def test_not_number_turns_the_verdict_and_leaves_unscored_unscored():
    scorer = get_scorer(ScorerSpec(name="not-number"))
    assert scorer(a_case(3), Response(text="4")).passed
    assert scorer(a_case(3), Response(text="3 or 4")).value is None


@given(
    st.text(max_size=60) | st.text(alphabet="0123456789.,-+%$ 개kg세answer:is정답은\ud800\x00", max_size=40),
    st.sampled_from([42, "3.5 kg", "50%", "10..20", [1, 2]]),
)
@settings(max_examples=300, deadline=None)
def test_any_text_is_scored_or_unscored_and_alike_in_canonical_forms(text, answer):
    scores = [judge(form, answer) for form in (text, *(unicodedata.normalize(name, text) for name in ("NFC", "NFD")))]
    assert scores[0].value in {0.0, 1.0, None}
    assert len({(score.value, score.extracted) for score in scores}) == 1
