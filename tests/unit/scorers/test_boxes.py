"""The boxes scorer: what is read, what it is worth, and what a reader is shown."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snellen.case import Case, ImageRef, ScorerSpec
from snellen.errors import InputError
from snellen.response import Response
from snellen.score import Evidence, Score, Shape
from snellen.scorers.boxes import boxes
from snellen.scorers.coordinates import read_boxes
from snellen.scorers.registry import case_problem
from snellen.scorers.spec import parse_scorer

BOX = [10, 20, 30, 40]


def a_case(answer: object = None) -> Case:
    return Case(id="c", prompt="Where is the cat?", images=(ImageRef(data=b"", name="image 1"),), answer=answer)


def judge(text: str, answer: object = BOX, **options: object) -> Score:
    return boxes(a_case(answer), Response(text=text), **options)


READ = [
    ("[10, 20, 30, 40]", [(10, 20, 30, 40)]),
    ("10, 20, 30, 40", [(10, 20, 30, 40)]),
    ("[10 20 30 40]", [(10, 20, 30, 40)]),
    ("(10.5, 20, 30, 40)", [(10.5, 20, 30, 40)]),
    ("The cat is at [0.1, 0.2, 0.3, 0.4].", [(0.1, 0.2, 0.3, 0.4)]),
    ("고양이는 [10, 20, 30, 40]에 있습니다.", [(10, 20, 30, 40)]),
    ("［１０，２０，３０，４０］", [(10, 20, 30, 40)]),
    ('{"bbox_2d": [10, 20, 30, 40], "label": "cat"}', [(10, 20, 30, 40)]),
    ('```json\n[{"bbox_2d": [1, 2, 3, 4]},\n {"bbox_2d": [5, 6, 7, 8]}]\n```', [(1, 2, 3, 4), (5, 6, 7, 8)]),
    ('[{"box_2d": [1, 2, 3, 4], "label": "cut o', [(1, 2, 3, 4)]),
    ('{"boxes": [[1, 2, 3, 4], [5, 6, 7, 8]]}', [(1, 2, 3, 4), (5, 6, 7, 8)]),
    ("<box>(1,2),(3,4)</box>", [(1, 2, 3, 4)]),
    ("<|box_start|>(1,2),(3,4)<|box_end|>", [(1, 2, 3, 4)]),
    ("(1, 2), (3, 4)", [(1, 2, 3, 4)]),
    ("[[1, 2], [3, 4]]", [(1, 2, 3, 4)]),
    ('{"x1": 1, "y1": 2, "x2": 3, "y2": 4}', [(1, 2, 3, 4)]),
    ('{"xmin": 1, "ymin": 2, "xmax": 3, "ymax": 4}', [(1, 2, 3, 4)]),
    ('At first [9, 9, 9, 9], then {"bbox_2d": [1, 2, 3, 4]}', [(1, 2, 3, 4)]),
    ('{\n  "bbox_2d": [\n      10,\n      20,\n      30,\n      40\n    ]\n}', [(10, 20, 30, 40)]),
    ('{"bbox": ["10", "20", "30", "40"]}', [(10, 20, 30, 40)]),
    ("[10px, 20px, 30px, 40px]", [(10, 20, 30, 40)]),
    ("[10; 20; 30; 40]", [(10, 20, 30, 40)]),
    ('{"minX": 1, "minY": 2, "maxX": 3, "maxY": 4}', [(1, 2, 3, 4)]),
    ("<box>10 20 30 40</box>", [(10, 20, 30, 40)]),
    ("<bbox>10,20,30,40</bbox>", [(10, 20, 30, 40)]),
    ("<answer>10, 20, 30, 40</answer>", [(10, 20, 30, 40)]),
    ("\\boxed{10, 20, 30, 40}", [(10, 20, 30, 40)]),
    ("Bounding box: 10, 20, 30, 40", [(10, 20, 30, 40)]),
    ("자동차의 위치는 10, 20, 30, 40입니다.", [(10, 20, 30, 40)]),
    ("10, 20, 30, 40\n50, 60, 70, 80", [(10, 20, 30, 40), (50, 60, 70, 80)]),
    ("There are 4 cars: 1, 2, 3, 4", []),
    ("x1=10, y1=20, x2=30, y2=40", [(10, 20, 30, 40)]),
    ("- **x_min**: 10\n- **y_min**: 20\n- **x_max**: 30\n- **y_max**: 40", [(10, 20, 30, 40)]),
    ("Top-left: (10, 20), bottom-right: (30, 40)", [(10, 20, 30, 40)]),
    ("왼쪽 위 (10, 20), 오른쪽 아래 (30, 40)입니다.", [(10, 20, 30, 40)]),
    ("좌상단 (10, 20), 우하단 (30, 40)", [(10, 20, 30, 40)]),
    ('{"top_left": [10, 20], "bottom_right": [30, 40]}', [(10, 20, 30, 40)]),
    ('{"top_left": {"x": 10, "y": 20}, "bottom_right": {"x": 30, "y": 40}}', [(10, 20, 30, 40)]),
    ("From (10, 20) to (30, 40).", [(10, 20, 30, 40)]),
    ("(10, 20) - (30, 40)", [(10, 20, 30, 40)]),
    ("(10, 20)에서 (30, 40)까지입니다.", [(10, 20, 30, 40)]),
    ("(10, 20)과 (30, 40)", [(10, 20, 30, 40)]),
    ("Upper left (x=10, y=20), lower right (x=30, y=40)", [(10, 20, 30, 40)]),
    ("x1, y1, x2, y2 = 10, 20, 30, 40", [(10, 20, 30, 40)]),
    ("```\n10, 20, 30, 40\n```", [(10, 20, 30, 40)]),
    ("(1,2),(3,4)\n(5,6),(7,8)", [(1, 2, 3, 4), (5, 6, 7, 8)]),
    ("(1,2) to (3,4) to (5,6)", []),
    ("(1,2), (3,4), (5,6)", []),
    # What is the answer, where there are more.
    ("<think>maybe [9, 9, 19, 19]</think>[1, 2, 3, 4]", [(1, 2, 3, 4)]),
    ("<think>maybe [9, 9, 19, 19]", []),
    ("The box is [1, 2, 3, 4].\n\n[1, 2, 3, 4]", [(1, 2, 3, 4)]),
    ("Roughly [0, 0, 9, 9]. The answer is [1, 2, 3, 4].", [(1, 2, 3, 4)]),
    ("대략 [0, 0, 9, 9]이므로 정답은 [1, 2, 3, 4]입니다.", [(1, 2, 3, 4)]),
    ("The first bounding box: [1, 2, 3, 4], the second [5, 6, 7, 8]", [(1, 2, 3, 4), (5, 6, 7, 8)]),
    ("[1, 2, 3, 4], [1, 2, 3, 4]", [(1, 2, 3, 4), (1, 2, 3, 4)]),
    ("[1, 2, 3, 4, 0.9]", []),
    ("[1, 2, 3]", []),
    ("[NaN, 1, 2, 3]", []),
    ("[1e999, 1, 2, 3]", []),
    ("There is no cat.", []),
    ("", []),
]


@pytest.mark.parametrize(("text", "expected"), READ, ids=[row[0] for row in READ])
def test_the_boxes_of_a_text(text, expected):
    assert [one.numbers for one in read_boxes(text)] == expected


# Response, answer, options, value (None for unscored), passed, explanation.
TABLE = [
    ("[10, 20, 30, 40]", BOX, {}, 1.0, True, "IoU 1.000, at least 0.5"),
    ("[10, 20, 30, 30]", BOX, {}, 0.5, True, "IoU 0.500, at least 0.5"),
    ("[10, 20, 30, 29]", BOX, {}, 0.45, False, "IoU 0.450, below 0.5"),
    ("[10, 20, 30, 30]", BOX, {"at_least": 0.75}, 0.5, False, "IoU 0.500, below 0.75"),
    ("[50, 60, 70, 80]", BOX, {}, 0.0, False, "IoU 0.000, below 0.5"),
    ("[30, 40, 10, 20]", BOX, {}, 0.0, False, "IoU 0.000, below 0.5"),
    ("[10, 20, 10, 20]", BOX, {}, 0.0, False, "IoU 0.000, below 0.5"),
    ("[10, 20, 20, 20]", BOX, {"response_format": "xywh"}, 1.0, True, "IoU 1.000, at least 0.5"),
    (
        "Top left (x=0.01, y=0.02), bottom right (x=0.03, y=0.04)",
        BOX,
        {"response_format": "xyxy_unit", "size": (1000, 1000)},
        1.0,
        True,
        "IoU 1.000, at least 0.5",
    ),
    (
        "Top left (x=10, y=20), bottom right (x=30, y=40)",
        BOX,
        {"response_format": "yxyx_1000", "size": (1000, 1000)},
        1.0,
        True,
        "IoU 1.000, at least 0.5",
    ),
    (
        "Top left (20, 10), bottom right (40, 30)",
        BOX,
        {"response_format": "yxyx_1000", "size": (1000, 1000)},
        1.0,
        True,
        "IoU 1.000, at least 0.5",
    ),
    ("[10, 20, 30, 40]", [10, 20, 20, 20], {"answer_format": "xywh"}, 1.0, True, "IoU 1.000, at least 0.5"),
    (
        "[0.05, 0.2, 0.15, 0.4]",
        BOX,
        {"response_format": "xyxy_unit", "size": (200, 100)},
        1.0,
        True,
        "IoU 1.000, at least 0.5",
    ),
    (
        "[50, 200, 150, 400]",
        BOX,
        {"response_format": "xyxy_1000", "size": (200, 100)},
        1.0,
        True,
        "IoU 1.000, at least 0.5",
    ),
    (
        "[200, 50, 400, 150]",
        BOX,
        {"response_format": "yxyx_1000", "size": (200, 100)},
        1.0,
        True,
        "IoU 1.000, at least 0.5",
    ),
    ("[5, 10, 15, 20]", BOX, {"size": (200, 100), "sent_size": (100, 50)}, 1.0, True, "IoU 1.000, at least 0.5"),
    ('{"x": 10, "y": 20, "width": 20, "height": 20}', BOX, {}, 1.0, True, "IoU 1.000, at least 0.5"),
    (
        '{"xmin": 10, "ymin": 20, "xmax": 30, "ymax": 40}',
        BOX,
        {"response_format": "xywh"},
        1.0,
        True,
        "IoU 1.000, at least 0.5",
    ),
    ("10, 20, 30, 40", "10, 20, 30, 40", {}, 1.0, True, "IoU 1.000, at least 0.5"),
    (
        "[50, 60, 70, 80] [10, 20, 30, 40]",
        [BOX, [50, 60, 70, 80]],
        {},
        1.0,
        True,
        "2 of 2 found at IoU 0.5, 2 given; F1 1.000, mean IoU 1.000",
    ),
    (
        "[10, 20, 30, 40]",
        [BOX, [50, 60, 70, 80]],
        {},
        0.5,
        False,
        "1 of 2 found at IoU 0.5, 1 given; F1 0.667, mean IoU 0.500",
    ),
    (
        "[10, 20, 30, 40] [50, 60, 70, 80]",
        BOX,
        {},
        0.5,
        False,
        "1 of 1 found at IoU 0.5, 2 given; F1 0.667, mean IoU 0.500",
    ),
    (
        "[10, 20, 30, 40] [10, 20, 30, 40]",
        BOX,
        {},
        0.5,
        False,
        "1 of 1 found at IoU 0.5, 2 given; F1 0.667, mean IoU 0.500",
    ),
    ("no cat", BOX, {}, None, False, "no box found"),
    ("고양이가 없습니다", BOX, {}, None, False, "no box found"),
    ("", BOX, {}, None, False, "no box found"),
]


@pytest.mark.parametrize(
    ("text", "answer", "options", "value", "passed", "said"), TABLE, ids=[f"{r[0]}-for-{r[1]}-{r[2]}" for r in TABLE]
)
def test_verdicts(text, answer, options, value, passed, said):
    score = judge(text, answer, **options)
    assert (score.value, score.passed) == (value if value is None else pytest.approx(value), passed)
    assert score.explanation == said


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(["10", "20", "110.0", "220"], id="a-box"),
        pytest.param([["10", "20", "110", "220"]], id="boxes"),
        pytest.param(["10, 20, 110, 220"], id="a-text-of-a-box"),
    ],
)
def test_numbers_of_a_right_box_may_be_texts_as_yaml_and_csv_give_them(answer):
    assert judge("[10, 20, 110, 220]", answer).value == 1.0


def test_evidence_points_at_each_box_and_names_what_is_missing():
    score = judge("A [10, 20, 30, 40] and B [1, 1, 1, 9].", [BOX, [50, 60, 70, 80]])
    assert score.evidence == (
        Evidence(kind="found", keyword="[10, 20, 30, 40]", span=(2, 18), note="IoU 1.000"),
        Evidence(kind="note", keyword="[1, 1, 1, 9]", span=(25, 37), note="covers none, for it has no area"),
        Evidence(kind="missing", keyword="[50, 60, 70, 80]"),
    )
    assert score.extracted == "[10, 20, 30, 40]; [1, 1, 1, 9]"


def test_a_pair_that_overlaps_too_little_names_both_boxes():
    assert judge("[10, 20, 30, 24]").evidence == (
        Evidence(kind="note", keyword="[10, 20, 30, 24]", span=(0, 16), note="IoU 0.200 with [10, 20, 30, 40]"),
        Evidence(kind="missing", keyword="[10, 20, 30, 40]"),
    )


def test_all_boxes_are_given_as_they_lie_in_the_original_picture():
    text = "[0, 0, 500, 500] and [900, 900, 1000, 1000]"
    score = judge(text, [[0, 0, 100, 50], [0, 80, 20, 100]], response_format="xyxy_1000", size=[200, 100])
    assert score.shapes == (
        Shape(is_given=False, is_met=True, corners=((0, 0), (100, 50)), note="IoU 1.000"),
        Shape(is_given=False, is_met=False, corners=((0, 80), (20, 100))),
        Shape(is_given=True, is_met=True, corners=((0, 0), (100, 50)), note="IoU 1.000"),
        Shape(is_given=True, is_met=False, corners=((180, 90), (200, 100))),
    )


def test_a_box_that_overlaps_too_little_is_not_met_and_says_by_how_much():
    right, given = judge("[10, 20, 30, 24]").shapes
    assert (right.is_met, given.is_met, right.note, given.note) == (False, False, "IoU 0.200", "IoU 0.200")
    assert judge("no box").shapes == ()


def test_a_greedy_pairing_is_improved_upon():
    """The first right box overlaps both; taking its best at once would leave the second without any."""
    score = judge("[0, 0, 10, 10] [0, 0, 10, 14]", [[0, 0, 10, 11], [0, 0, 10, 9]])
    assert score.value == pytest.approx((11 / 14 + 9 / 10) / 2)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("boxes: 10, 20, 30, 40", [[10, 20, 30, 40]]),
        ("boxes: [10, 20, 30, 40]", [[10, 20, 30, 40]]),
        ("boxes: [[10, 20, 30, 40], [50, 60, 70, 80]]", [[10, 20, 30, 40], [50, 60, 70, 80]]),
    ],
)
def test_the_mini_language(text, answer):
    assert parse_scorer(text) == ScorerSpec(name="boxes", options={"answer": answer})


def test_a_text_that_means_no_box_is_refused():
    with pytest.raises(InputError, match="holds no box"):
        parse_scorer("boxes: 10, 20")


@pytest.mark.parametrize(
    ("answer", "options", "why"),
    [
        (None, {}, "it has no answer"),
        ([], {}, "empty list"),
        ([1, 2, 3], {}, "its answer is no box"),
        ([1, 2, 3, "x"], {}, "its answer is no box"),
        ([1, 2, 3, float("nan")], {}, "its answer is no box"),
        ([BOX, 3], {}, "its answer is no box"),
        (5, {}, "its answer is no box"),
        (["1", "2", "3"], {}, "its answer is no box"),
        (["1, 2, 3, 4", "a cat"], {}, "its answer is no box"),
        ("no box", {}, "its answer is no box"),
        ([30, 40, 10, 20], {}, "which has no area; see answer_format"),
        (BOX, {"at_least": 0}, "at_least is 0.0"),
        (BOX, {"at_least": 1.5}, "at_least is 1.5"),
        (BOX, {"response_format": "xyxy_1000"}, "say size: [width, height]"),
        (BOX, {"answer_format": "xyxy_unit"}, "say size: [width, height]"),
        (BOX, {"sent_size": [10, 10]}, "sent_size needs the size"),
        (BOX, {"size": [0, 10]}, "size is [0.0, 10.0]"),
    ],
)
def test_a_case_that_cannot_be_judged_says_why(answer, options, why):
    assert why in case_problem(ScorerSpec(name="boxes", options=options), a_case(answer))


HARD = [
    "[" * 200_000,
    "[1," * 60_000,
    "(1,2)" * 40_000,
    "{x:1 " * 40_000,
    "1" * 100_000,
    "<point " * 30_000,
    "x " * 2_500_000,
    "box: [" + " " * 90_000,
    "(1, 2) to " * 10_000 + "(",
    "top left (1, 2) " * 6_000,
    "x1: 1, y1: " * 9_000,
]


@pytest.mark.parametrize("text", HARD, ids=[text[:6] for text in HARD])
def test_texts_that_repeat_themselves_are_unscored(text):
    assert judge(text).value is None


def test_of_many_boxes_the_first_thousand_are_read():
    assert judge("[10, 20, 30, 40]" * 5_000).explanation.startswith("1 of 1 found at IoU 0.5, 1000 given")


@given(st.text(max_size=60) | st.text(alphabet='0123456789.,-+e[](){}: "xywbox<>|', max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_has_a_value_from_0_to_1_or_none_and_alike_in_all_forms(text):
    forms = [judge(unicodedata.normalize(name, text)) for name in ("NFC", "NFD", "NFKC", "NFKD")]
    assert forms[0].value is None or 0.0 <= forms[0].value <= 1.0
    assert len({(one.value, one.passed) for one in forms}) == 1
