"""The points scorer: what is read, whether it is on the target, and what a reader is shown."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snellen.case import Case, ImageRef, ScorerSpec
from snellen.errors import InputError
from snellen.response import Response
from snellen.score import Evidence, Score, Shape
from snellen.scorers.coordinates import read_points
from snellen.scorers.points import points
from snellen.scorers.registry import case_problem
from snellen.scorers.spec import parse_scorer

BOX = [10, 20, 30, 40]
ARROW = [[0, 0], [10, 5], [0, 10], [4, 5]]


def a_case(answer: object = None) -> Case:
    return Case(id="c", prompt="Point at the cat.", images=(ImageRef(data=b"", name="image 1"),), answer=answer)


def judge(text: str, answer: object = BOX, **options: object) -> Score:
    return points(a_case(answer), Response(text=text), **options)


READ = [
    ("(10, 20)", [(10, 20)]),
    ("10, 20", [(10, 20)]),
    ("The cat is at [10.5, 20].", [(10.5, 20)]),
    ("고양이는 (10, 20)에 있습니다.", [(10, 20)]),
    ("（１０，２０）", [(10, 20)]),
    ('{"point_2d": [10, 20], "label": "cat"}', [(10, 20)]),
    ('```json\n[{"point": [1, 2]}, {"point": [3, 4]}]\n```', [(1, 2), (3, 4)]),
    ('{"x": 10, "y": 20}', [(10, 20)]),
    ('<point x="63.5" y="44.5" alt="cat">cat</point>', [(63.5, 44.5)]),
    ('<points x1="1" y1="2" x2="3" y2="4" alt="cats">cats</points>', [(1, 2), (3, 4)]),
    ("<point>(1,2)</point>", [(1, 2)]),
    ("click(x=10, y=20)", [(10, 20)]),
    ("pyautogui.click(10, 20)", [(10, 20)]),
    ("x: 10, y: 20", [(10, 20)]),
    ("(1, 2), (3, 4)", [(1, 2), (3, 4)]),
    ('I looked at (9, 9); {"point_2d": [1, 2]}', [(1, 2)]),
    ("<point>10 20</point>", [(10, 20)]),
    ("<click>10, 20</click>", [(10, 20)]),
    ("<point>1 2</point><point>3 4</point>", [(1, 2), (3, 4)]),
    ("<answer>10, 20</answer>", [(10, 20)]),
    ("Point: 10, 20", [(10, 20)]),
    ("좌표: 10, 20", [(10, 20)]),
    ("1, 2\n3, 4", [(1, 2), (3, 4)]),
    ("(10px, 20px)", [(10, 20)]),
    ("- x: 10\n- y: 20", [(10, 20)]),
    ("**x**: 10, **y**: 20", [(10, 20)]),
    ("The x-coordinate is 10 and the y-coordinate is 20.", [(10, 20)]),
    ("x좌표는 10, y좌표는 20입니다.", [(10, 20)]),
    # What is the answer, where there are more.
    ("The image size is (640, 480). The point is (10, 20).", [(10, 20)]),
    ("이미지 크기는 (640, 480)이고 위치는 (10, 20)입니다.", [(10, 20)]),
    ("The dimensions of the image are (640, 480): (10, 20)", [(10, 20)]),
    ("Given the resolution, I choose (10, 20).", [(10, 20)]),
    ("크기를 고려하면 (10, 20)입니다.", [(10, 20)]),
    ("<think>perhaps (5, 4)</think>(10, 20)", [(10, 20)]),
    ("Maybe (3, 4)? No, the answer is (10, 20).", [(10, 20)]),
    ("The point is (10, 20).\n\n(10, 20)", [(10, 20)]),
    ("I see 2, 3 of them.", []),
    ("[10, 20, 30, 40]", []),
    ("[1e999, 2]", []),
    ("no cat", []),
    ("", []),
]


@pytest.mark.parametrize(("text", "expected"), READ, ids=[row[0] for row in READ])
def test_the_points_of_a_text(text, expected):
    assert [one.numbers for one in read_points(text)] == expected


# Response, answer, options, value (None for unscored), explanation.
TABLE = [
    ("(20, 30)", BOX, {}, 1.0, "1 of 1 on target"),
    ("(10, 40)", BOX, {}, 1.0, "1 of 1 on target"),
    ("(9.9, 30)", BOX, {}, 0.0, "0 of 1 on target"),
    ("(20, 30) (50, 50)", BOX, {}, 0.5, "1 of 2 on target"),
    ("(20, 30)", [10, 20, 20, 20], {"answer_format": "xywh"}, 1.0, "1 of 1 on target"),
    ("(6, 5)", ARROW, {}, 1.0, "1 of 1 on target"),
    ("(1, 5)", ARROW, {}, 0.0, "0 of 1 on target"),
    ("(53, 64)", [50, 60], {"radius": 5}, 1.0, "1 of 1 on target"),
    ("(54, 64)", [50, 60], {"radius": 5}, 0.0, "0 of 1 on target"),
    ("(0.1, 0.3)", BOX, {"response_format": "xy_unit", "size": (200, 100)}, 1.0, "1 of 1 on target"),
    ('<point x="10" y="30">', BOX, {"response_format": "xy_100", "size": (200, 100)}, 1.0, "1 of 1 on target"),
    ("[100, 300]", BOX, {"response_format": "xy_1000", "size": (200, 100)}, 1.0, "1 of 1 on target"),
    ("[300, 100]", BOX, {"response_format": "yx_1000", "size": (200, 100)}, 1.0, "1 of 1 on target"),
    ('{"y": 300, "x": 100}', BOX, {"response_format": "yx_1000", "size": (200, 100)}, 1.0, "1 of 1 on target"),
    ("(10, 15)", BOX, {"size": (200, 100), "sent_size": (100, 50)}, 1.0, "1 of 1 on target"),
    ("(20, 30)", [0.05, 0.2, 0.15, 0.4], {"answer_format": "xy_unit", "size": (200, 100)}, 1.0, "1 of 1 on target"),
    ("(20, 30) (60, 70)", [BOX, [50, 60, 70, 80]], {"many": True}, 1.0, "2 of 2 targets met, 2 points given"),
    ("(20, 30) (21, 31)", [BOX, [50, 60, 70, 80]], {"many": True}, 0.5, "1 of 2 targets met, 2 points given"),
    ("(20, 30) (60, 70) (0, 0)", [BOX, [50, 60, 70, 80]], {"many": True}, 2 / 3, "2 of 2 targets met, 3 points given"),
    ("(1, 1)", [[0, 0], [50, 50]], {"many": True, "radius": 2}, 0.5, "1 of 2 targets met, 1 points given"),
    ("[10, 20, 30, 40]", BOX, {}, None, "no point found, but a box"),
    ("I cannot see it.", BOX, {}, None, "no point found"),
    ("", BOX, {}, None, "no point found"),
]


@pytest.mark.parametrize(
    ("text", "answer", "options", "value", "said"), TABLE, ids=[f"{r[0]}-for-{r[1]}-{r[2]}" for r in TABLE]
)
def test_verdicts(text, answer, options, value, said):
    score = judge(text, answer, **options)
    assert (score.value, score.explanation) == (value if value is None else pytest.approx(value), said)
    assert score.passed is (value == 1.0)


@pytest.mark.parametrize(
    ("answer", "options"),
    [
        pytest.param(["50", "60"], {"radius": 1}, id="point"),
        pytest.param(["10", "20", "110", "220"], {}, id="box"),
        pytest.param([["0", "0"], ["100", "0"], ["50", "90.5"]], {}, id="polygon"),
        pytest.param(["50, 60"], {"radius": 1, "many": True}, id="texts-of-points"),
    ],
)
def test_numbers_of_a_target_may_be_texts_as_yaml_and_csv_give_them(answer, options):
    assert judge("(50, 60)", answer, **options).value == 1.0
    assert case_problem(ScorerSpec(name="points", options=options), a_case(answer)) == ""


def test_evidence_points_at_each_point():
    score = judge("A (20, 30) and B (50, 50).")
    assert score.evidence == (
        Evidence(kind="found", keyword="[10, 20, 30, 40]", span=(2, 10), note="on it: (20, 30)"),
        Evidence(kind="note", keyword="(50, 50)", span=(17, 25), note="off every target"),
    )
    assert score.extracted == "(20, 30); (50, 50)"


def test_targets_and_points_are_given_as_they_lie_in_the_picture():
    assert judge("(20, 30) and (50, 50)").shapes == (
        Shape(is_given=False, is_met=True, corners=((10, 20), (30, 20), (30, 40), (10, 40))),
        Shape(is_given=True, is_met=True, corners=((20, 30),)),
        Shape(is_given=True, is_met=False, corners=((50, 50),)),
    )
    near, _ = judge("(9, 9)", [5, 5], radius=2).shapes
    assert near == Shape(is_given=False, is_met=False, corners=((5, 5),), radius=2)


def test_a_target_that_nothing_meets_is_missing():
    assert judge("(0, 0)").evidence[-1] == Evidence(kind="missing", keyword="[10, 20, 30, 40]")


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("points: 10, 20, 110, 220", {"answer": [10, 20, 110, 220]}),
        ("points: 50, 60 ±10", {"answer": [50, 60], "radius": 10}),
        ("points: (50, 60) +- 10 px", {"answer": [50, 60], "radius": 10}),
    ],
)
def test_the_mini_language(text, options):
    assert parse_scorer(text) == ScorerSpec(name="points", options=options)


def test_a_text_that_means_no_target_is_refused():
    with pytest.raises(InputError, match="is no target"):
        parse_scorer("points: here")


@pytest.mark.parametrize(
    ("answer", "options", "why"),
    [
        (None, {}, "it has no answer"),
        ([], {}, "empty list"),
        ([50, 60], {}, "say radius: in pixels"),
        ([1, 2, 3], {}, "is no target"),
        ([[1, 2], [3, 4]], {}, "is no target"),
        ([[1, 2], [3, 4], [5, "x"]], {}, "is no target"),
        ([1, float("inf")], {"radius": 3}, "is no target"),
        ("here", {}, "is no target"),
        (7, {}, "is no target"),
        ([30, 40, 10, 20], {}, "has no area"),
        (BOX, {"radius": 5}, "radius goes with an answer that is a point"),
        (BOX, {"radius": -1}, "radius is -1.0"),
        (BOX, {"many": True}, "is no list of targets"),
        (BOX, {"response_format": "xy_1000"}, "say size: [width, height]"),
    ],
)
def test_a_case_that_cannot_be_judged_says_why(answer, options, why):
    assert why in case_problem(ScorerSpec(name="points", options=options), a_case(answer))


@given(st.text(max_size=60) | st.text(alphabet='0123456789.,-+e[](){}: "xypoint<>|=', max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_has_a_value_from_0_to_1_or_none_and_alike_in_all_forms(text):
    forms = [judge(unicodedata.normalize(name, text)) for name in ("NFC", "NFD", "NFKC", "NFKD")]
    assert forms[0].value is None or 0.0 <= forms[0].value <= 1.0
    assert len({(one.value, one.passed) for one in forms}) == 1
