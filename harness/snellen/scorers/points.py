"""The points scorer: whether a response points at what it should.

The target is a point with a radius, a box, or a polygon. Every point of the response must be on it; the value is the
share that are. With `many`, the answer is a list of targets, each of which needs a point of its own: the value is then
the number of targets met over the greater of both numbers, so that missing and surplus points both cost.

Formats are declared, never guessed from values. No point found is unscored; a box is no point.

In the mini-language: `points: 10, 20, 110, 220` (a box), `points: 50, 60 ±10` (a point with its radius).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from snellen.case import Case
from snellen.errors import InputError
from snellen.response import Response
from snellen.score import Evidence, Score, Shape
from snellen.scorers.coordinates import FoundPoint, read_boxes, read_points
from snellen.scorers.expected import answer_of, as_number, needs_answer
from snellen.scorers.geometry import (
    Point,
    PointFormat,
    Size,
    contains,
    distance,
    pairs_of_most,
    point_in_pixels,
    size_problem,
)
from snellen.scorers.registered import scorer

__all__ = ["TargetFormat", "points"]

TargetFormat = Literal["xy", "xywh", "xy_unit", "xy_100", "xy_1000", "yx_1000"]
"""As the formats of points; a box is then two corners. xywh: a box as left, top, width and height in pixels (COCO)."""

_NAME = "points"
_POINT, _BOX, _CORNERS = 2, 4, 3  # numbers of a point; of a box; corners that a polygon has at least
_RADIUS = re.compile(r"(.*?)\s*(?:±|\+/-|\+-)\s*([0-9]+(?:\.[0-9]+)?)\s*(?:px)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Target:
    """A polygon, or one point with a radius, in pixels of the original picture."""

    corners: tuple[Point, ...]
    radius: float
    text: str

    @property
    def is_point(self) -> bool:
        return len(self.corners) == 1

    def is_met(self, point: Point) -> bool:
        if self.is_point:
            return distance(self.corners[0], point) <= self.radius
        return contains(self.corners, point)


def _inline(text: str) -> Mapping[str, object]:
    found = _RADIUS.fullmatch(text)
    rest = found[1] if found else text
    numbers = _numbers_of_text(rest)
    return {"answer": list(numbers), **({"radius": float(found[2])} if found else {})}


def _numbers_of_text(text: str) -> Sequence[float]:
    boxes, dots = read_boxes(text), read_points(text)
    if len(boxes) == 1:
        return boxes[0].numbers
    if len(dots) == 1:
        return dots[0].numbers
    raise InputError(f"{text!r} is no target; right is a point such as 50, 60 or a box such as 10, 20, 110, 220")


def _numbers(given: Sequence[object]) -> list[float]:
    return [number for one in given if (number := as_number(one)) is not None]


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _is_target(value: object) -> bool:
    return _is_list(value) or (isinstance(value, str) and as_number(value) is None)


def _targets(answer: object, form: TargetFormat, size: Size | None, *, radius: float, many: bool) -> list[_Target]:
    if not many:
        return [_target(answer, form, size, radius=radius)]
    if not isinstance(answer, Sequence) or isinstance(answer, str) or not answer or not all(map(_is_target, answer)):
        raise InputError(f"{answer!r} is no list of targets; with many: true right is such as [[10, 20], [30, 40]]")
    return [_target(one, form, size, radius=radius) for one in answer]


def _target(answer: object, form: TargetFormat, size: Size | None, *, radius: float) -> _Target:
    given = _numbers_of_text(answer) if isinstance(answer, str) else answer
    corners = _corners(given, form)
    if len(corners) == 1 and not radius > 0:
        raise InputError(f"{answer!r} is a point, which nobody meets exactly; say radius: in pixels, or give a box")
    plain: PointFormat = "xy" if form == "xywh" else form
    placed = tuple(point_in_pixels(one, plain, size=size) for one in corners)
    if len(placed) == _POINT:  # two corners of a box
        placed = _rectangle(placed)
    return _Target(placed, radius, str(list(given)) if isinstance(given, Sequence) else str(given))


def _corners(given: object, form: TargetFormat) -> list[Point]:
    wrong = InputError(
        f"{given!r} is no target; right is a point [x, y], a box [x0, y0, x1, y1] or a polygon [[x, y], [x, y], [x, y]]"
    )
    if not isinstance(given, Sequence) or isinstance(given, str) or not given:
        raise wrong
    if all(map(_is_list, given)):
        pairs = [_numbers(one) for one in given if isinstance(one, Sequence)]
        if len(pairs) < _CORNERS or any(len(one) != _POINT or not all(map(math.isfinite, one)) for one in pairs):
            raise wrong
        return [(x, y) for x, y in pairs]
    numbers = _numbers(given)
    if len(numbers) != len(given) or len(numbers) not in (_POINT, _BOX) or not all(map(math.isfinite, numbers)):
        raise wrong
    if len(numbers) == _POINT:
        return [(numbers[0], numbers[1])]
    a, b, c, d = numbers
    return [(a, b), (a + c, b + d) if form == "xywh" else (c, d)]


def _rectangle(corners: tuple[Point, ...]) -> tuple[Point, ...]:
    (x0, y0), (x1, y1) = corners
    if not (x0 < x1 and y0 < y1):
        raise InputError(f"the box {[x0, y0, x1, y1]}, as corners in pixels, has no area; see answer_format")
    return (x0, y0), (x1, y0), (x1, y1), (x0, y1)


def _check(  # the options of the scorer
    case: Case,
    /,
    *,
    answer: object = None,
    response_format: PointFormat = "xy",
    answer_format: TargetFormat = "xy",
    size: Size | None = None,
    sent_size: Size | None = None,
    radius: float = 0.0,
    many: bool = False,
) -> str:
    if not (math.isfinite(radius) and radius >= 0):
        return f"radius is {radius!r}; right is 0 or more, in pixels"
    if said := size_problem([response_format, answer_format], size, sent_size) or needs_answer(case, answer=answer):
        return said
    try:
        targets = _targets(answer_of(case, answer), answer_format, size, radius=radius, many=many)
    except InputError as error:
        return f"its answer cannot be pointed at: {error}"
    if radius and all(len(one.corners) > 1 for one in targets):
        return "radius goes with an answer that is a point, and this one is an area"
    return ""


@scorer("points", version="1", check=_check, inline=_inline)
def points(  # noqa: PLR0913  # each is an option that people write
    case: Case,
    response: Response,
    /,
    *,
    answer: object = None,
    response_format: PointFormat = "xy",
    answer_format: TargetFormat = "xy",
    size: Size | None = None,
    sent_size: Size | None = None,
    radius: float = 0.0,
    many: bool = False,
) -> Score:
    """The share of the response's points that are on the target; passes when all are. Edges belong to the target.

    Args:
        case: Its answer is a point [x, y], a box [x0, y0, x1, y1], or a polygon [[x, y], [x, y], [x, y], ...].
        response: To be judged; its points may stand in JSON, tags or running text.
        answer: What is right, over the case's answer.
        response_format: What the response's numbers mean: xy, xy_unit, xy_100, xy_1000 or yx_1000.
        answer_format: What the answer's numbers mean, likewise; pixels are those of the original picture.
        size: Width and height of the original picture; needed for relative formats and with `sent_size`.
        sent_size: Width and height of the picture that the model saw, where it answers in pixels of a resized one.
        radius: In pixels of the original picture, how far from an answer that is a point is right.
        many: Whether the answer is a list of targets, each of which needs a point of its own.
    """
    try:
        targets = _targets(answer_of(case, answer), answer_format, size, radius=radius, many=many)
    except InputError as error:
        return Score(scorer=_NAME, value=None, passed=False, explanation=str(error))
    found = read_points(response.text)
    if not found:
        why = "no point found, but a box" if read_boxes(response.text) else "no point found"
        return Score(scorer=_NAME, value=None, passed=False, explanation=why)
    given = [_in_pixels(one, response_format, size, sent_size) for one in found]
    met = _met(targets, given, many=many)
    whole = max(len(targets), len(given)) if many else len(given)
    hits = len(met)
    what = (
        f"{hits} of {len(targets)} targets met, {len(given)} points given" if many else f"{hits} of {whole} on target"
    )
    return Score(
        scorer=_NAME,
        value=hits / whole,
        passed=hits == whole,
        explanation=what,
        evidence=_evidence(targets, found, given, met),
        extracted="; ".join(map(_said, given[:8])),
        shapes=_shapes(targets, given, met),
    )


def _in_pixels(found: FoundPoint, form: PointFormat, size: Size | None, sent_size: Size | None) -> Point:
    named: PointFormat = "xy_1000" if found.named and form == "yx_1000" else form  # {"y": 1, "x": 2} says it itself
    return point_in_pixels(found.numbers, named, size=size, sent_size=sent_size)


def _met(targets: list[_Target], given: list[Point], *, many: bool) -> dict[int, int]:
    """For each point that is right the target that it is on."""
    if not many:
        return {index: 0 for index, point in enumerate(given) if targets[0].is_met(point)}
    worth = [[float(target.is_met(point)) for point in given] for target in targets]
    return {column: row for row, column in pairs_of_most(worth) if worth[row][column]}


def _evidence(
    targets: list[_Target], found: list[FoundPoint], given: list[Point], met: dict[int, int]
) -> tuple[Evidence, ...]:
    read = [
        Evidence(kind="found", keyword=targets[met[index]].text, span=one.span, note=f"on it: {_said(given[index])}")
        if index in met
        else Evidence(kind="note", keyword=_said(given[index]), span=one.span, note="off every target")
        for index, one in enumerate(found)
    ]
    missing = [one for row, one in enumerate(targets) if row not in met.values()]
    return (*read, *(Evidence(kind="missing", keyword=one.text) for one in missing))


def _shapes(targets: list[_Target], given: list[Point], met: dict[int, int]) -> tuple[Shape, ...]:
    """The targets and the points as they lie in the picture."""
    reached = set(met.values())
    areas = [
        Shape(is_given=False, is_met=row in reached, corners=one.corners, radius=one.radius if one.is_point else 0.0)
        for row, one in enumerate(targets)
    ]
    return (*areas, *(Shape(is_given=True, is_met=at in met, corners=(one,)) for at, one in enumerate(given)))


def _said(point: Point) -> str:
    return f"({point[0]:.6g}, {point[1]:.6g})"
