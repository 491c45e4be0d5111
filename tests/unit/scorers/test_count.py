"""The count scorer: how many are said to be there, and how far off that is."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snellen.case import Case, ImageRef, ScorerSpec
from snellen.errors import InputError
from snellen.response import Response
from snellen.score import Evidence, Score
from snellen.scorers.count import count
from snellen.scorers.registry import case_problem
from snellen.scorers.spec import parse_scorer


def a_case(answer: object = None, prompt: str = "How many cats are there?") -> Case:
    return Case(id="c", prompt=prompt, images=(ImageRef(data=b"", name="image 1"),), answer=answer)


def judge(text: str, answer: object, prompt: str = "How many cats are there?", **options: object) -> Score:
    return count(a_case(answer, prompt), Response(text=text), **options)


# Response, right count, value (None for unscored), explanation.
TABLE = [
    ("3", 3, 1.0, "3, as it should be (the only number)"),
    ("There are four cats.", 3, 1 - 1 / 3, "4, not 3: off by +1 (the only number)"),
    ("고양이 세 마리가 있습니다.", 3, 1.0, "3, as it should be (the only number)"),
    ("고양이 2마리", 4, 0.5, "2, not 4: off by -2 (the only number)"),
    ("사람이 스물세 명 있어요", 23, 1.0, "23, as it should be (the only number)"),
    ("다섯 개", 5, 1.0, "5, as it should be (the only number)"),
    ("네 권", 4, 1.0, "4, as it should be (the only number)"),
    ("두 대", 2, 1.0, "2, as it should be (the only number)"),
    ("열두 장", 12, 1.0, "12, as it should be (the only number)"),
    ("세 번째", 3, 1.0, "3, as it should be (the only number, an ordinal)"),
    ("100", 1, 0.0, "100, not 1: off by +99 (the only number)"),
    ("2.5", 2, 0.75, "2.5, not 2: off by +0.5 (the only number)"),
    ("2", 0, 0.0, "2, not 0: off by +2 (the only number)"),
    ("no cats", 0, 1.0, "0, as it should be (says that there are none)"),
    ("There are no visible cats.", 2, 0.0, "0, not 2: off by -2 (says that there are none)"),
    ("I don't see any cats.", 0, 1.0, "0, as it should be (says that there are none)"),
    ("None.", 0, 1.0, "0, as it should be (says that there are none)"),
    ("zero", 0, 1.0, "0, as it should be (the only number)"),
    ("고양이가 없습니다.", 0, 1.0, "0, as it should be (says that there are none)"),
    ("한 마리도 없습니다", 0, 1.0, "0, as it should be (says that there are none)"),
    ("하나도 안 보여요", 0, 1.0, "0, as it should be (says that there are none)"),
    ("없다", 0, 1.0, "0, as it should be (says that there are none)"),
    ("There are no dogs, but 3 cats.", 3, 1.0, "3, as it should be (the only number)"),
    ("There are no cats, but 3 dogs.", 0, 1.0, "0, as it should be (says that there are none)"),
    ("There are no cats, but 3.", 0, None, "says that there are none, and a number"),
    ("I see 3 black and 4 white cats, 7 in total.", 7, 1.0, "7, as it should be (in the conclusion)"),
    ("a cat, a dog and a bird", 3, None, "no number found"),
    ("고양이와 개와 새", 3, None, "no number found"),
    ("3 cats and 2 dogs", 3, 1.0, "3, as it should be (the only number of 'cat')"),
    ("3 cats here and 2 there", 5, None, "several numbers, none called the answer"),
    ("1. Tabby\n2. Siamese\n3. Persian", 3, None, "no number found"),
    ("at least three", 3, None, "a bound, not a number by itself"),
    ("알 수 없습니다.", 0, None, "no number found"),
    ("I can't tell; no cats are clear.", 0, None, "no number found"),
    ("No.", 0, None, "no number found"),
    ("", 0, None, "no number found"),
]


@pytest.mark.parametrize(("text", "answer", "value", "said"), TABLE, ids=[repr(row[0]) for row in TABLE])
def test_counts(text, answer, value, said):
    score = judge(text, answer)
    assert (score.value, score.explanation) == (None if value is None else pytest.approx(value), said)
    assert score.passed is (value == 1.0)


# Response, what the prompt asks, the count that is read (None for unscored).
ASKED = [
    ("1. Sparrow\n2. Crow\n3. Pigeon", "List the birds in the picture.", 3),
    ("Here they are:\n1. 참새\n2. 까마귀", "새를 모두 적어 주세요.", 2),
    ("**1.** Sparrow\n\n**2.** Crow", "Name all the birds.", 2),
    ("1. Look at it\n2. Count them", "How many birds are there?", None),
    ("1. Sparrow\n2. Crow\n1. Oak", "List the birds in the picture.", None),
    ("- Sparrow\n- Crow", "List the birds in the picture.", None),
    ("새 두 마리와 나무 5그루가 있습니다", "새가 몇 마리 있나요?", 2),
    ("새 두 마리와 나무 5그루가 있습니다", "나무가 몇 그루 있나요?", 5),
    ("사람은 없습니다.", "새가 몇 마리 있나요?", None),
    ("새는 없고 개 3마리가 있습니다.", "새가 몇 마리 있나요?", 0),
]


@pytest.mark.parametrize(("text", "prompt", "read"), ASKED, ids=[f"{row[0][:20]!r}-{row[1][:12]}" for row in ASKED])
def test_what_the_prompt_asks_tells_which_number_is_the_count(text, prompt, read):
    assert judge(text, 1, prompt).extracted == (None if read is None else str(read))


@pytest.mark.parametrize(("text", "passed"), [("2", True), ("3", True), ("4", True), ("5", False), ("1", False)])
def test_within_one_is_the_off_by_one_accuracy(text, passed):
    score = judge(text, 3, within=1)
    assert (score.passed, score.value) == (passed, pytest.approx(1 - abs(int(text) - 3) / 3))


def test_of_several_right_counts_the_nearest_is_taken():
    assert judge("6", [2, 5]).explanation == "6, not 5: off by +1 (the only number)"


def test_an_absurd_count_is_worth_nothing():
    assert judge("9" * 100_000, 3).value == 0.0


def test_evidence_points_at_what_says_that_there_are_none():
    score = judge("사진에 고양이가 없습니다.", 0)
    assert (score.evidence, score.extracted) == (
        (Evidence(kind="found", keyword="0", span=(4, 13), note="says that there are none"),),
        "0",
    )


@pytest.mark.parametrize(
    ("text", "options"),
    [("count: 3", {"answer": 3}), ("count: 3 ±1", {"answer": 3, "within": 1}), ("count: 세 개", {"answer": 3})],
)
def test_the_mini_language(text, options):
    assert parse_scorer(text) == ScorerSpec(name="count", options=options)


@pytest.mark.parametrize(
    "text", ["count: 2.5", "count: -1", "count: some", "count: 3 ±5%", "count: 3 ±0.5", "count: 1..3"]
)
def test_a_text_that_means_no_count_is_refused(text):
    with pytest.raises(InputError):
        parse_scorer(text)


@pytest.mark.parametrize(
    ("answer", "options", "why"),
    [
        (None, {}, "it has no answer"),
        ([], {}, "empty list"),
        (2.5, {}, "2.5 is no count"),
        (-1, {}, "-1 is no count"),
        ("some", {}, "no number"),
        (3, {"within": -1}, "within is -1; right is 0 or more"),
    ],
)
def test_a_case_that_cannot_be_judged_says_why(answer, options, why):
    assert why in case_problem(ScorerSpec(name="count", options=options), a_case(answer))


@given(st.text(max_size=60) | st.text(alphabet="0123456789.,- 개마리없다세no cats", max_size=40), st.integers(0, 50))
@settings(max_examples=300, deadline=None)
def test_any_text_has_a_value_from_0_to_1_or_none_and_alike_in_canonical_forms(text, answer):
    scores = [judge(form, answer) for form in (text, *(unicodedata.normalize(name, text) for name in ("NFC", "NFD")))]
    assert scores[0].value is None or 0.0 <= scores[0].value <= 1.0
    assert len({(score.value, score.passed) for score in scores}) == 1
