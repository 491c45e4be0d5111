"""Boxes and points in pictures: the conventions they are written in, their overlap, and which belongs to which.

A convention is always declared, never guessed from values: [10, 20, 30, 40] is a box in each of them. Models answer in
pixels of the picture that they saw, which may be a resized one (Qwen2.5-VL), in thousandths of its sides (Qwen3-VL), or
in thousandths with y first (Gemini); everything is brought to pixels of the original picture before it is compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from snellen.errors import InputError

__all__ = [
    "Box",
    "BoxFormat",
    "Point",
    "PointFormat",
    "Size",
    "area",
    "box_in_pixels",
    "contains",
    "distance",
    "iou",
    "pairs_of_most",
    "point_in_pixels",
    "size_problem",
]

Box = tuple[float, float, float, float]
"""Corners (x0, y0, x1, y1), x0 <= x1 and y0 <= y1 where it has an area."""
Point = tuple[float, float]
Size = tuple[float, float]
"""Width and height."""

BoxFormat = Literal["xyxy", "xywh", "xyxy_unit", "xyxy_1000", "yxyx_1000"]
"""xyxy: corners in pixels; xywh: left, top, width, height in pixels (COCO); xyxy_unit: corners as shares of the sides;
xyxy_1000: in thousandths; yxyx_1000: in thousandths with y first (Gemini)."""
PointFormat = Literal["xy", "xy_unit", "xy_100", "xy_1000", "yx_1000"]
"""xy: pixels; xy_unit: shares of the sides; xy_100: hundredths (Molmo); xy_1000, yx_1000: thousandths, x or y first."""

_FULL = {"unit": 1.0, "100": 100.0, "1000": 1000.0}


def size_problem(formats: Sequence[str], size: Size | None, sent_size: Size | None) -> str:
    """What is missing to bring these formats to pixels of the original picture, "" when nothing is."""
    for name, given in (("size", size), ("sent_size", sent_size)):
        if given is not None and not all(0 < side < float("inf") for side in given):
            return f"{name} is {list(given)}; right is [width, height] in pixels, both above 0"
    relative = [one for one in formats if "_" in one]
    if relative and size is None:
        return f"{relative[0]} is relative, and no picture is opened to learn its size; say size: [width, height]"
    if sent_size is not None and size is None:
        return "sent_size needs the size of the original picture as well; say size: [width, height]"
    return ""


def box_in_pixels(numbers: Box, form: BoxFormat, *, size: Size | None, sent_size: Size | None = None) -> Box:
    """A box as it was written, as corners in pixels of the original picture.

    Args:
        numbers: In the order that `form` has.
        form: What they mean.
        size: Of the original picture; needed for relative forms and with `sent_size`.
        sent_size: Of the picture that the model saw, which pixels are of; None when it saw the original.
    """
    a, b, c, d = numbers
    if form == "xywh":
        c, d = a + c, b + d
    if form.startswith("yxyx"):
        a, b, c, d = b, a, d, c
    across, down = _scale(form, size, sent_size)
    return a * across, b * down, c * across, d * down


def point_in_pixels(numbers: Point, form: PointFormat, *, size: Size | None, sent_size: Size | None = None) -> Point:
    """A point as it was written, in pixels of the original picture; as `box_in_pixels`."""
    x, y = numbers[::-1] if form.startswith("yx") else numbers
    across, down = _scale(form, size, sent_size)
    return x * across, y * down


def _scale(form: str, size: Size | None, sent_size: Size | None) -> tuple[float, float]:
    full = _FULL.get(form.rpartition("_")[2]) if "_" in form else None
    if full is not None and size is not None:
        return size[0] / full, size[1] / full
    if size is not None and sent_size is not None:
        return size[0] / sent_size[0], size[1] / sent_size[1]
    return 1.0, 1.0


def area(box: Box) -> float:
    """Width by height; 0 for a box whose corners are in the wrong order."""
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def iou(a: Box, b: Box) -> float:
    """Share of the joined area that both boxes cover, 0 to 1.

    Args:
        a: Corners (x0, y0, x1, y1) in pixels of the *original* image, x0 <= x1, y0 <= y1.
        b: Same frame as `a`. Boxes from a resized image must be scaled back first.

    Returns:
        0.0 when they do not touch; 1.0 only when they are equal.

    Raises:
        InputError: A box has no area; there is no honest value to give.

    Source:
        Everingham et al. (2010), The Pascal VOC Challenge, IJCV 88:303-338.
    """
    for box in (a, b):
        if not 0 < area(box) < float("inf"):
            raise InputError(f"the box {list(box)} has no area; right is [x0, y0, x1, y1] with x0 < x1 and y0 < y1")
    both = area((max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])))
    return min(1.0, both / (area(a) + area(b) - both))


def pairs_of_most(worth: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """The pairs of a row and a column, each used once, whose worth is the greatest together (Hungarian assignment).

    Source:
        Kuhn (1955), Naval Research Logistics Quarterly 2:83-97; scipy.optimize.linear_sum_assignment.
    """
    if not worth or not worth[0]:
        return []
    if len(worth) == len(worth[0]) == 1:
        return [(0, 0)]
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(worth, maximize=True)
    return [(int(row), int(column)) for row, column in zip(rows, columns, strict=True)]


def contains(shape: Sequence[Point], point: Point) -> bool:
    """Whether a point lies in a polygon, its edge included.

    Args:
        shape: Its corners in order, three or more; it closes itself.
        point: In the same frame.
    """
    x, y = point
    inside = False
    for (x0, y0), (x1, y1) in zip(shape, [*shape[1:], shape[0]], strict=True):
        if _is_between(x0, x1, x) and _is_between(y0, y1, y) and (x1 - x0) * (y - y0) == (y1 - y0) * (x - x0):
            return True
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
            inside = not inside
    return inside


def _is_between(one: float, other: float, value: float) -> bool:
    return min(one, other) <= value <= max(one, other)


def distance(a: Point, b: Point) -> float:
    """Between two points, in the unit that they are in."""
    return float(((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5)
