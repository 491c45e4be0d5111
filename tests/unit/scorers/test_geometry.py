"""Overlap, assignment, polygons and conventions, against published values and second implementations."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snellen.errors import InputError
from snellen.scorers.geometry import box_in_pixels, contains, iou, pairs_of_most, point_in_pixels, size_problem

# pytorch/vision, test/test_ops.py, TestBoxIou
INTS = [(0, 0, 100, 100), (0, 0, 50, 50), (200, 200, 300, 300)]
INTS_IOU = [[1.0, 0.25, 0.0], [0.25, 1.0, 0.0], [0.0, 0.0, 1.0]]
FLOATS = [
    (285.3538, 185.5758, 1193.5110, 851.4551),
    (285.1472, 188.7374, 1192.4984, 851.0669),
    (279.2440, 197.9812, 1189.4746, 849.2019),
]
FLOATS_IOU = [[1.0, 0.9933, 0.9673], [0.9933, 1.0, 0.9737], [0.9673, 0.9737, 1.0]]


@pytest.mark.parametrize(("boxes", "expected"), [(INTS, INTS_IOU), (FLOATS, FLOATS_IOU)], ids=["integers", "floats"])
def test_iou_is_that_of_torchvision(boxes, expected):
    found = [[iou(one, other) for other in boxes] for one in boxes]
    assert found == [[pytest.approx(value, abs=5e-5) for value in row] for row in expected]


def _cells(box):
    return {(x, y) for x in range(box[0], box[2]) for y in range(box[1], box[3])}


corner = st.integers(0, 12)
grid_box = st.tuples(corner, corner, st.integers(1, 8), st.integers(1, 8)).map(
    lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3])
)


@given(grid_box, grid_box)
@settings(deadline=None)
def test_iou_is_the_share_of_grid_cells(one, other):
    a, b = _cells(one), _cells(other)
    assert iou(one, other) == pytest.approx(len(a & b) / len(a | b))


@pytest.mark.parametrize("box", [(1, 1, 1, 5), (5, 5, 1, 1), (0, 0, 0, 0), (0, 0, math.inf, 1), (0, 0, math.nan, 1)])
def test_a_box_without_area_has_no_iou(box):
    with pytest.raises(InputError, match="has no area"):
        iou(box, (0, 0, 1, 1))


@given(
    st.integers(1, 5).flatmap(
        lambda n: st.lists(st.lists(st.floats(0, 1), min_size=n, max_size=n), min_size=1, max_size=5)
    )
)
@settings(deadline=None)
def test_pairs_are_worth_most_together(worth):
    """Against all permutations."""
    short, long = sorted((len(worth), len(worth[0])))
    table = worth if len(worth) == short else [list(column) for column in zip(*worth, strict=True)]
    best = max(
        sum(table[row][column] for row, column in enumerate(order))
        for order in itertools.permutations(range(long), short)
    )
    pairs = pairs_of_most(worth)
    assert sum(worth[row][column] for row, column in pairs) == pytest.approx(best)
    assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == short


def test_nothing_is_paired_with_nothing():
    assert pairs_of_most([]) == pairs_of_most([[]]) == []


ARROW = [(0, 0), (10, 5), (0, 10), (4, 5)]  # not convex: (1, 5) is in its notch


@pytest.mark.parametrize(
    ("shape", "point", "expected"),
    [
        (ARROW, (6, 5), True),
        (ARROW, (1, 5), False),
        (ARROW, (4, 5), True),
        (ARROW, (5, 2.5), True),
        (ARROW, (0, 0), True),
        (ARROW, (11, 5), False),
        (ARROW, (-1, 0), False),
        ([(0, 0), (4, 0), (4, 4), (0, 4)], (4, 2), True),
        ([(0, 0), (4, 0), (4, 4), (0, 4)], (4.001, 2), False),
    ],
)
def test_a_polygon_holds_its_edge(shape, point, expected):
    assert contains(shape, point) is expected
    assert contains(shape[::-1], point) is expected


@given(grid_box, st.integers(0, 20), st.integers(0, 20))
@settings(deadline=None)
def test_a_polygon_of_four_corners_is_a_box(box, x, y):
    x0, y0, x1, y1 = box
    shape = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    assert contains(shape, (x, y)) is (x0 <= x <= x1 and y0 <= y <= y1)


@pytest.mark.parametrize(
    ("form", "numbers", "sent", "expected"),
    [
        ("xyxy", (10, 20, 30, 40), None, (10, 20, 30, 40)),
        ("xywh", (10, 20, 30, 40), None, (10, 20, 40, 60)),
        ("xyxy_unit", (0.1, 0.2, 0.3, 0.4), None, (20, 20, 60, 40)),
        ("xyxy_1000", (100, 200, 300, 400), None, (20, 20, 60, 40)),
        ("yxyx_1000", (200, 100, 400, 300), None, (20, 20, 60, 40)),
        ("xyxy", (10, 20, 30, 40), (100, 50), (20, 40, 60, 80)),
        ("xywh", (10, 20, 20, 20), (100, 50), (20, 40, 60, 80)),
        ("xyxy_1000", (100, 200, 300, 400), (100, 50), (20, 20, 60, 40)),
    ],
)
def test_boxes_are_brought_to_pixels_of_the_original(form, numbers, sent, expected):
    """A picture of 200 by 100; the conventions as their models document them."""
    assert box_in_pixels(numbers, form, size=(200, 100), sent_size=sent) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("form", "numbers", "sent", "expected"),
    [
        ("xy", (10, 20), None, (10, 20)),
        ("xy", (10, 20), (100, 50), (20, 40)),
        ("xy_unit", (0.5, 0.5), None, (100, 50)),
        ("xy_100", (63.5, 44.5), None, (127, 44.5)),
        ("xy_1000", (500, 250), None, (100, 25)),
        ("yx_1000", (250, 500), None, (100, 25)),
    ],
)
def test_points_are_brought_to_pixels_of_the_original(form, numbers, sent, expected):
    assert point_in_pixels(numbers, form, size=(200, 100), sent_size=sent) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("formats", "size", "sent", "said"),
    [
        (["xyxy"], None, None, ""),
        (["xyxy_1000"], (200, 100), None, ""),
        (["xyxy", "xyxy_unit"], None, None, "xyxy_unit is relative"),
        (["xyxy"], None, (100, 50), "sent_size needs the size"),
        (["xyxy"], (0, 100), None, "size is [0, 100]"),
        (["xyxy"], (200, 100), (math.nan, 50), "sent_size is [nan, 50]"),
    ],
)
def test_a_missing_size_is_said(formats, size, sent, said):
    found = size_problem(formats, size, sent)
    assert found.startswith(said)
    assert bool(found) is bool(said)
