"""Which number a text gives as its answer: a table to read from top to bottom, then the rules behind it."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snellen.scorers.answered import read_answer
from snellen.scorers.units import unit_named

SAID = "said to be the answer"
ONLY = "the only number"
UNCLEAR = "several numbers, none called the answer"
NOTHING = "no number found"
CONCLUSION = "in the conclusion"
BOLD = "said in bold"

# Text, the number it answers (None for none), by what it was told.
TABLE = [
    ("42", "42", ONLY),
    ("The answer is 42.", "42", SAID),
    ("**Answer:** 42", "42", SAID),
    ("Answer:42", "42", SAID),
    ("Answer:\n42", "42", SAID),
    ("Final answer: (B) 12", "12", SAID),
    ("The answer is x = 12", "12", SAID),
    ("The answer is 3 + 4 = 7", "7", SAID),
    ('The answer to the question "How many?" is **7**.', "7", SAID),
    ("The answer is not 5 but 6.", "6", SAID),
    ("The answer is 5... wait, the answer is 6.", "6", SAID),
    ("answer: 3 cats out of 10", "3", SAID),
    ("The answer is approximately $1.2 \\times 10^{3}$.", "1200", SAID),
    ("The answer is 3. Check: 3 + 4 = 7.", "3", SAID),
    ("Here is the answer:\n* 2 red balls\n* 1 blue ball\nSo 3 balls.", "3", CONCLUSION),
    ("The answer is between 3 and 5.", None, "what is said to be the answer is a bound"),
    ("I count 5 of them. The answer is at least 3.", None, "what is said to be the answer is a bound"),
    ("답: 42", "42", SAID),
    ("정답은 **42**입니다", "42", SAID),
    ("정답: 세 개", "3", SAID),
    ("답은 3이고 검산하면 3 + 4 = 7입니다.", "3", SAID),
    ("답은 10개와 13개를 더한 23개입니다. 답은 23개입니다.", "23", SAID),
    ("따라서 답은 23개입니다. 10개와 13개를 더했습니다.", "23", SAID),
    ("대답은 7, 3은 아닙니다", "7", ONLY),
    ("#### 42", "42", "behind ####"),
    ("2 + 40 is easy.\n#### 42", "42", "behind ####"),
    ("\\boxed{42}", "42", "in a box"),
    ("$\\boxed{\\frac{3}{4}}$ of 8", "0.75", "in a box"),
    ("\\boxed{3} or 4, in the end \\boxed{\\text{none}}", None, "what stands in its box is no number"),
    ("<answer>42</answer> after 3 tries", "42", "tagged as the answer"),
    ("In 7 tests **3** passed, **3** of 7.", "3", BOLD),
    ("**7** cats: 3 black, 4 white", "7", ONLY),
    ("**3 cats** and **4 dogs**", None, UNCLEAR),
    ("**Step 1:** look at 5 and 6.", None, UNCLEAR),
    ("I see 3 red and 4 blue balls, so 7 in total.", "7", CONCLUSION),
    ("고양이 3마리와 개 4마리, 총 7마리입니다.", "7", CONCLUSION),
    ("고양이 세 마리와 개 네 마리, 모두 일곱 마리입니다.", "7", CONCLUSION),
    ("There are 3 of one and 4 of another. Therefore, 3 + 4 = 7.", "7", CONCLUSION),
    ("I see 3 red and 4 blue balls, 3 + 4 = 7 balls.", "7", "what the calculation comes to"),
    ("A has 5 wheels and 2 doors. I count 7 lamps.", "7", "in the last sentence"),
    ("A has 5 wheels. B has 7 lamps.", None, UNCLEAR),
    ("There are 3 cats and 4 dogs.", None, UNCLEAR),
    ("고양이 3마리와 개 4마리가 있습니다.", None, UNCLEAR),
    ("It is not 5.", None, "denied, not a number by itself"),
    ("5가 아니라 6입니다.", "6", ONLY),
    ("한 마리도 없습니다", None, "denied, not a number by itself"),
    ("Is it 3? I think it is 4.", "4", ONLY),
    ("At least 3.", None, "a bound, not a number by itself"),
    ("3 이상입니다", None, "a bound, not a number by itself"),
    ("10+", None, "a bound, not a number by itself"),
    ("3개보다 많습니다", None, "a bound, not a number by itself"),
    ("3보다 큽니다", None, "a bound, not a number by itself"),
    ("3개가 넘습니다", None, "a bound, not a number by itself"),
    ("3개 넘게 있어요", None, "a bound, not a number by itself"),
    ("5명이 넘지 않습니다", None, "a bound, not a number by itself"),
    ("3명보다는 많습니다", None, "a bound, not a number by itself"),
    ("3개도 안 됩니다", None, "a bound, not a number by itself"),
    ("more than 3", None, "a bound, not a number by itself"),
    ("It exceeds 3.", None, "a bound, not a number by itself"),
    ("3개보다 많은 4개입니다", "4", ONLY),
    ("2 + 3 adds up to 5", "5", "in the last sentence"),
    ("약 3개 정도입니다", "3", ONLY),
    ("One moment. I can't tell", None, NOTHING),
    ("One second, let me look. There are 4.", "4", ONLY),
    ("One thing is clear: there are 4.", "4", ONLY),
    ("One minute.", "1", ONLY),
    ("하나씩 세어 보면 5개입니다.", "5", ONLY),
    ("Question 5 asks how many stars are in the picture.", None, "a heading, not a number by itself"),
    ("5번 문제 3은 어렵습니다.", "5", ONLY),
    ("Step 1: look. Step 2: count. There are 4.", "4", ONLY),
    ("Step 3", "3", "the only number, a heading"),
    ("Image 3", "3", "the only number, a label"),
    ("3명(남자 2명, 여자 1명)", "3", ONLY),
    ("3 people (2 men, 1 woman) are there.", "3", ONLY),
    ("5마리(검은 고양이 2마리 포함)입니다", "5", ONLY),
    ("2 cats (1 dog, 3 birds)", None, UNCLEAR),
    ("3 cats and 2 dogs (1 puppy)", None, UNCLEAR),
    ("처음에는 4명인 줄 알았는데 3명이네요", "3", ONLY),
    ("4개로 보이지만 자세히 보니 3개입니다", "3", ONLY),
    ("3마리가 보이지만 1마리는 숨어 있습니다", None, UNCLEAR),
    ("At first glance I counted 4, but there are 3.", "3", ONLY),
    ("I first thought 4 but it's actually 3.", "3", ONLY),
    ("Initially I saw 4. However, there are 3.", "3", ONLY),
    ("It looks like 4, but it could be 3.", None, UNCLEAR),
    ("There are 5 balls. I subtract 2, so 3 are left.", "3", CONCLUSION),
    ("A costs 5,000 and B 7,300, so the total comes to 12,300 won", "12300", CONCLUSION),
    ("커피 5,000원, 빵 7,300원, 총 금액은 12,300원입니다.", "12300", CONCLUSION),
    ("- Coffee: 5,000\n- Bread: 7,300\n- Total: 12,300", "12300", "called the total"),
    ("| Item | Price |\n|---|---|\n| A | 5,000 |\n| Total | 12,300 |", "12300", "called the total"),
    ("| 품목 | 금액 |\n|---|---|\n| A | 5,000원 |\n| **합계** | **12,300원** |", "12300", "called the total"),
    ("| Item | A | B | Total |\n|---|---|---|---|\n| n | 3 | 4 | 7 |", "7", "called the total"),
    ("| Item | Qty | Price |\n|---|---|---|\n| A | 1 | 5 |\n| Total | 2 | 9 |", None, UNCLEAR),
    ("| Item | Price |\n|---|---|\n| A | 5,000 |\n| B | 7,300 |", None, UNCLEAR),
    ("about 3,000 people (2,950 to 3,050)", "3000", ONLY),
    ("about 10", "10", ONLY),
    ("약 10개", "10", ONLY),
    ("3 out of 10", "3", ONLY),
    ("10명 중 3명", "3", ONLY),
    ("In Figure 3, there are 12 cars.", "12", ONLY),
    ("The first 11 are made of snow; there are 12.", "12", ONLY),
    ("The value of x is 7 because 3x = 21.", "7", ONLY),
    ("3rd", "3", "the only number, an ordinal"),
    ("세 번째", "3", "the only number, an ordinal"),
    ("정답은 3번입니다", "3", SAID),
    ("1. 42", "42", ONLY),
    ("```python\nx = 5\nprint(x + 2)\n```\nThe output is 7.", "7", ONLY),
    ("```\n42\n```", "42", "the only number, in code"),
    ("| A | 3 |\n|---|---|\n| B | 4 |\nTogether 7", "7", ONLY),
    ("1.5 m (150 cm)", "1.5", ONLY),
    ("50% (0.5)", "50", ONLY),
    ("3-5", None, NOTHING),
    ("12:30", None, NOTHING),
    ("2024-03-05", None, NOTHING),
    ("Highway A4", None, NOTHING),
    ("1,23", None, NOTHING),
    ("I'm sorry, I can't help with that.", None, NOTHING),
    ("", None, NOTHING),
    (" \n", None, NOTHING),
]


@pytest.mark.parametrize(("text", "value", "how"), TABLE, ids=[repr(row[0])[:60] for row in TABLE])
def test_the_number_a_text_gives_as_its_answer(text, value, how):
    found = read_answer(text)
    assert (found.figure and found.figure.value, found.how) == (value and Decimal(value), how)


@pytest.mark.parametrize(
    ("prompt", "text", "value"),
    [
        ("How many sold more than 5?", "There are 2 that sold more than 5.", "2"),
        ("Chase buys 4 kg and 5 kg at $2. What is it?", "4 kg and 5 kg are $18.", "18"),
        ("5개보다 큰 것은 몇 개인가요?", "5개를 넘은 것은 2개입니다.", "2"),
        ("How many are red?", "There are 2 red of the 5.", None),
        ("Is it 3 or 4?", "It is 3.", "3"),
        ("How many cats are there?", "There are 3 cats and 2 dogs.", "3"),
        ("How many dogs do you see?", "3 black cats and 2 small dogs", "2"),
        ("How many people are there?", "There are 12 people and 3 cars.", "12"),
        ("How many cats are there?", "3 cats on the left and 2 on the right", None),
        ("How many cats are there?", "3 black and 4 white cats.", None),
        ("How many cats are there?", "Two cats. The total on the receipt is $23.45.", "2"),
        ("How many cats are there?", "고양이 두 마리입니다. 영수증의 합계 금액은 23,450원입니다.", "2"),
        ("How many dollars is it?", "2 items are $5.", "5"),
        ("What is the sum of 3 and 4?", "The sum of 3 and 4 is 7.", "7"),
        ("How many cats are there?", "There are 3 cats and 2 kittens, 5 in total.", "5"),
        ("How many cats and dogs are there?", "3 cats and 2 birds", "3"),
        ("고양이가 몇 마리야?", "고양이 2마리, 강아지 3마리", "2"),
        ("여자는 몇 명인가요?", "남자 2명과 여자 3명이 있습니다", "3"),
        ("새가 몇 마리 있나요?", "왼쪽에 새 두 마리, 오른쪽에 세 마리가 있어요", None),
        ("사람이 몇 명인가요?", "남자 2명, 여자 3명", None),
        ("사람이 몇 명 있나요?", "사람 4명이 앉아 있고 2명이 서 있습니다.", None),
        ("How many people are there?", "4 people are sitting and 2 are standing.", None),
        ("How many cars were sold?", "In 2019 there were 45 cars sold.", "45"),
        ("커피는 얼마인가요?", "| 품목 | 금액 |\n|---|---|\n| 커피 | 5,000원 |\n| 합계 | 12,300원 |", None),
        ("총 금액은 얼마인가요?", "| 품목 | 금액 |\n|---|---|\n| 커피 | 5,000원 |\n| 합계 | 12,300원 |", "12300"),
        ("What is the total?", "There are 2 items.\n\n| Item | Price |\n|---|---|\n| A | 5 |\n| Total | 9 |", "9"),
        ("How many items?", "There are 2 items.\n\n| Item | Price |\n|---|---|\n| A | 5 |\n| Total | 9 |", "2"),
        ("How much is Tea?", "Tea: 5\nCake: 7\nTotal: 12", None),
    ],
)
def test_numbers_of_the_question_are_left_out_when_one_other_is_there(prompt, text, value):
    found = read_answer(text, prompt=prompt)
    assert (found.figure and found.figure.value) == (value and Decimal(value))


def test_numbers_of_other_things_are_left_out_when_one_is_in_the_unit_asked_for():
    text = "It costs $5 and weighs 3 kg."
    assert read_answer(text).figure is None
    found = read_answer(text, unit=unit_named("g"))
    assert (found.figure and found.figure.value, found.how) == (3, "the only number in g")


@pytest.mark.parametrize(
    ("pick", "value"),
    [("first", 3), ("last", 7), ("only", None), ("answer", None)],
    ids=["first", "last", "only", "answer"],
)
def test_a_number_can_be_picked_by_its_place(pick, value):
    figure = read_answer("3 here. 7 there.", pick=pick).figure
    assert (figure and figure.value) == value


def test_a_span_is_of_the_text_as_it_arrived_with_sign_and_unit():
    text = unicodedata.normalize("NFD", "정답은 −3.5㎏입니다")
    found = read_answer(text)
    assert found.figure is not None
    start, end = found.span(found.figure)
    assert text[start:end] == "−3.5㎏"


def test_of_a_long_text_the_end_is_read():
    found = read_answer("The answer is 3. " + "x " * 2_600_000 + "The answer is 4.")
    assert found.figure is not None
    assert (found.figure.value, found.span(found.figure)) == (4, (5_200_031, 5_200_032))


HARD = [
    "9" * 100_000,
    "1/" * 60_000,
    "5 " * 60_000,
    "5**" * 60_000,
    "3 × 10" * 30_000,
    "=" * 200_000,
    "answer " * 30_000,
]
HARD += [
    "answer: 5 " * 20_000,
    "**5" * 60_000,
    "\\boxed{" * 30_000,
    "'''\n" * 40_000,
    "| 5 " * 50_000,
    "so 5 " * 40_000,
    "5 알 수 없" * 20_000,
    "cannot tell 5 " * 15_000,
    "5개 남은 " * 20_000,
]


@pytest.mark.parametrize("text", HARD, ids=[text[:9] for text in HARD])
def test_texts_that_repeat_themselves_have_a_defined_result(text):
    found = read_answer(text)
    assert found.how
    assert len(found.figures) <= 5_000


TEXTS = st.text(
    alphabet=st.sampled_from("0123456789.,-+=*/%$€ \n()[]{}\\abeanswer:is 정답은세개마리없다½²①−３#|'`<>"), max_size=60
)


@given(TEXTS | st.text(max_size=60), st.text(max_size=20))
@settings(max_examples=300, deadline=None)
def test_any_text_can_be_read_and_canonical_forms_read_alike(text, prompt):
    readings = []
    for form in (str, lambda t: unicodedata.normalize("NFC", t), lambda t: unicodedata.normalize("NFD", t)):
        found = read_answer(form(text), prompt=prompt)
        readings.append((found.figure and found.figure.value, found.how))
    assert readings[0] == readings[1] == readings[2]


@given(st.text(max_size=60).filter(lambda text: not set(text) & set("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")))
@settings(max_examples=300, deadline=None)
def test_without_superscripts_compatibility_forms_read_alike(text):
    found = [read_answer(unicodedata.normalize(form, text)) for form in ("NFC", "NFKC", "NFKD")]
    assert len({(one.figure and one.figure.value, one.how) for one in found}) == 1
