from __future__ import annotations

import pytest

from snellen.offline.colours import COLOURS
from snellen.offline.pictures import Box
from snellen.offline.questions import lines_asked_for, understand
from snellen.offline.reader import Line
from snellen.offline.shapes import Look

TOPICS = [
    ("Describe this picture.", {"everything"}),
    ("이 그림에 대해 설명해줘.", {"everything"}),
    ("What is in this image?", {"everything"}),
    ("", set()),
    ("How old is Tom?", set()),
    ("How many circles are there?", {"count"}),
    ("빨간 원은 몇 개인가요?", {"count"}),
    ("What colour is the star?", {"colour"}),
    ("What color is the star?", {"colour"}),
    ("별은 무슨 색인가요?", {"colour"}),
    ("What does the sign say?", {"text"}),
    ("What is the total?", {"text"}),
    ("합계가 얼마인가요?", {"text"}),
    ("표지판에 뭐라고 적혀 있나요?", {"text"}),
    ("What is on the left?", {"place"}),
    ("왼쪽에는 무엇이 있나요?", {"place"}),
    ("Which bar is the tallest?", {"chart"}),
    ("가장 높은 막대는 무엇인가요?", {"chart"}),
    ("두 영수증의 차이는?", {"difference"}),
    ("What changed?", {"difference"}),
    ("이 이미지에는 무엇이 있나요? 두 이미지 사이에 어떤 차이가 있나요?", {"everything", "difference"}),
    ("Describe the picture and its colours.", {"everything", "colour"}),
]


@pytest.mark.parametrize(("prompt", "topics"), TOPICS, ids=[prompt or "empty" for prompt, _ in TOPICS])
def test_the_topics_are_those_the_prompt_names(prompt: str, topics: set[str]) -> None:
    assert understand(prompt).topics == topics


@pytest.mark.parametrize(
    ("prompt", "kinds", "colours"),
    [
        ("How many red circles?", {"circle"}, {"red"}),
        ("빨간 원은 몇 개?", {"circle"}, {"red"}),
        ("파란색 사각형이 있나요?", {"rectangle", "square", "diamond"}, {"blue"}),
        ("How many blue squares?", {"square"}, {"blue", "light blue", "dark blue"}),
        ("How many light blue squares?", {"square"}, {"light blue"}),
        ("남색 별", {"star"}, {"dark blue"}),
        ("What is rendered here?", set(), set()),
        ("공원에서 별로 원하는 것", set(), set()),
        ("지원 대상은?", set(), set()),
    ],
    ids=[
        "red-circles",
        "원",
        "사각형",
        "blue-family",
        "light-blue",
        "남색-별",
        "red-in-rendered",
        "원-in-공원",
        "지원",
    ],
)
def test_shapes_and_colours_are_found_as_words(prompt: str, kinds: set[str], colours: set[str]) -> None:
    question = understand(prompt)
    assert question.kinds == kinds
    assert {colour.english for colour in question.colours} == colours


@pytest.mark.parametrize(
    ("prompt", "part"),
    [
        ("What is on the left?", {"left"}),
        ("What is at the bottom right?", {"bottom", "right"}),
        ("오른쪽 위에 무엇이 있나요?", {"top", "right"}),
        ("Is it on the left or the right?", set()),
        ("What is left of the star?", set()),
        ("Read the lines from the top.", set()),
        ("별의 왼쪽에는 무엇이 있나요?", set()),
    ],
)
def test_one_part_is_asked_about_unless_sides_are_compared(prompt: str, part: set[str]) -> None:
    assert understand(prompt).part == part


def test_what_is_named_is_all_that_matches() -> None:
    red = next(colour for colour in COLOURS if colour.english == "red")
    question = understand("How many red circles?")
    assert question.matches(Look("circle", red))
    assert not question.matches(Look("square", red))


@pytest.mark.parametrize(
    ("prompt", "rows"),
    [
        ("What is the total?", ["TOTAL 8.37"]),
        ("합계가 얼마인가요?", ["TOTAL 8.37"]),
        ("How much is the bagel?", ["Bagel 3.25"]),
        ("What does it say?", []),
    ],
)
def test_rows_that_hold_a_word_of_the_question_are_asked_for(prompt: str, rows: list[str]) -> None:
    texts = [("Bagel", "3.25"), ("Subtotal", "7.75"), ("TOTAL", "8.37")]
    lines = tuple(
        line
        for down, (name, price) in enumerate(texts)
        for line in (
            Line(name, Box(0.1, down * 0.1, 0.3, down * 0.1 + 0.05)),
            Line(price, Box(0.8, down * 0.1, 0.9, down * 0.1 + 0.05)),
        )
    )
    assert lines_asked_for(understand(prompt), lines) == rows
