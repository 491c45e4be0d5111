"""The boxes scorer: how well the boxes of a response cover those that are right.

Each right box is paired with at most one of the response so that their overlap (IoU) is the greatest together. The
value is the sum of the pairs' IoU over the greater number of boxes, right or given, so that missing and surplus boxes
both cost; for one box on each side it is the IoU itself. The response passes when there are as many boxes as there
should be and each pair overlaps by `at_least`; with one box that is Acc@0.5 of papers on grounding (IoU >= 0.5; some
say >).

Formats are declared, never guessed from values. No box found is unscored; a box without area covers nothing (IoU 0).

In the mini-language: `boxes: 10, 20, 30, 40`, and `boxes: [[10, 20, 30, 40], [50, 60, 70, 80]]`.

Source:
    Everingham et al. (2010), The Pascal VOC Challenge, IJCV 88:303-338.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from snellen.case import Case
from snellen.errors import InputError
from snellen.response import Response
from snellen.score import Evidence, Score, Shape
from snellen.scorers.coordinates import FoundBox, read_boxes
from snellen.scorers.expected import answer_of, as_number, needs_answer
from snellen.scorers.geometry import Box, BoxFormat, Size, area, box_in_pixels, iou, pairs_of_most, size_problem
from snellen.scorers.registered import scorer

__all__ = ["boxes", "iou"]

_NAME = "boxes"
_SIDES = 4


def _inline(text: str) -> Mapping[str, object]:
    return {"answer": [list(box) for box in _right(text)]}


def _right(answer: object) -> list[Box]:
    """The right boxes as they were written: one box, a list of boxes, or a text that holds them.

    Raises:
        InputError: They are none.
    """
    if isinstance(answer, str):
        found = [one.numbers for one in read_boxes(answer)]
        if not found:
            raise InputError(f"{answer!r} holds no box; right is [x0, y0, x1, y1] or a list of those")
        return found
    if not isinstance(answer, Sequence) or not answer:
        raise InputError(f"{answer!r} is no box; right is [x0, y0, x1, y1] or a list of those")
    rows = answer if isinstance(answer[0], Sequence) and as_number(answer[0]) is None else [answer]
    return [_box(row) for row in rows]


def _box(row: object) -> Box:
    if isinstance(row, str) and len(read := read_boxes(row)) == 1:
        return read[0].numbers
    numbers = list(row) if isinstance(row, Sequence) and not isinstance(row, str) else []
    good = [number for one in numbers if (number := as_number(one)) is not None]
    if len(good) != _SIDES or len(numbers) != _SIDES:
        raise InputError(f"{row!r} is no box; right is four finite numbers, such as [10, 20, 30, 40]")
    return good[0], good[1], good[2], good[3]


def _check(
    case: Case,
    /,
    *,
    answer: object = None,
    response_format: BoxFormat = "xyxy",
    answer_format: BoxFormat = "xyxy",
    size: Size | None = None,
    sent_size: Size | None = None,
    at_least: float = 0.5,
) -> str:
    if not 0 < at_least <= 1:
        return f"at_least is {at_least!r}; right is a share above 0, up to 1"
    if said := size_problem([response_format, answer_format], size, sent_size) or needs_answer(case, answer=answer):
        return said
    try:
        right = [box_in_pixels(one, answer_format, size=size) for one in _right(answer_of(case, answer))]
    except InputError as error:
        return f"its answer is no box: {error}"
    empty = [one for one in right if not area(one) > 0]
    if empty:
        return f"its answer holds the box {list(empty[0])}, as corners in pixels, which has no area; see answer_format"
    return ""


@scorer("boxes", version="1", check=_check, inline=_inline)
def boxes(  # each is an option that people write
    case: Case,
    response: Response,
    /,
    *,
    answer: object = None,
    response_format: BoxFormat = "xyxy",
    answer_format: BoxFormat = "xyxy",
    size: Size | None = None,
    sent_size: Size | None = None,
    at_least: float = 0.5,
) -> Score:
    """The mean IoU over the greater number of boxes; passes when all are there and each overlaps by `at_least`.

    Args:
        case: Its answer is a box or a list of boxes, all of which are to be found.
        response: To be judged; its boxes may stand in JSON, tags or running text.
        answer: What is right, over the case's answer.
        response_format: What the response's numbers mean: xyxy, xywh, xyxy_unit, xyxy_1000 or yxyx_1000. Sides that are
            named in the response ("xmin", "width") are taken by their names.
        answer_format: What the answer's numbers mean, likewise; pixels are those of the original picture.
        size: Width and height of the original picture; needed for relative formats and with `sent_size`.
        sent_size: Width and height of the picture that the model saw, where it answers in pixels of a resized one.
        at_least: The IoU from which a box is found.
    """
    try:
        right = [box_in_pixels(one, answer_format, size=size) for one in _right(answer_of(case, answer))]
    except InputError as error:
        return Score(scorer=_NAME, value=None, passed=False, explanation=str(error))
    found = read_boxes(response.text)
    if not found:
        return Score(scorer=_NAME, value=None, passed=False, explanation="no box found")
    given = [_in_pixels(one, response_format, size, sent_size) for one in found]
    overlaps = [[_overlap(one, other) for other in given] for one in right]
    pairs = {row: column for row, column in pairs_of_most(overlaps) if overlaps[row][column] > 0}
    shares = [overlaps[row][column] for row, column in pairs.items()]
    hits = sum(share >= at_least for share in shares)
    return Score(
        scorer=_NAME,
        value=min(1.0, math.fsum(shares) / max(len(right), len(given))),
        passed=hits == len(right) == len(given),
        explanation=_explain(shares, hits, (len(right), len(given)), at_least),
        evidence=_evidence(right, found, given, overlaps, pairs, at_least),
        extracted="; ".join(_said(one) for one in given[:8]),
        shapes=_shapes(right, given, {row: overlaps[row][column] for row, column in pairs.items()}, pairs, at_least),
    )


def _in_pixels(found: FoundBox, form: BoxFormat, size: Size | None, sent_size: Size | None) -> Box:
    numbers = found.numbers
    if found.named == "size":  # named sides say themselves whether they are corners or a width and a height
        numbers = (numbers[0], numbers[1], numbers[0] + numbers[2], numbers[1] + numbers[3])
    if found.named:
        form = "xyxy" if form == "xywh" else "xyxy_1000" if form == "yxyx_1000" else form
    return box_in_pixels(numbers, form, size=size, sent_size=sent_size)


def _overlap(one: Box, other: Box) -> float:
    try:
        return iou(one, other)
    except InputError:
        return 0.0


def _explain(shares: list[float], hits: int, numbers: tuple[int, int], at_least: float) -> str:
    right, given = numbers
    if right == given == 1:
        share = shares[0] if shares else 0.0
        return f"IoU {share:.3f}, {'at least' if hits else 'below'} {at_least:g}"
    f1 = 2 * hits / (right + given)
    mean = math.fsum(shares) / max(numbers)
    return f"{hits} of {right} found at IoU {at_least:g}, {given} given; F1 {f1:.3f}, mean IoU {mean:.3f}"


def _evidence(
    right: list[Box],
    found: list[FoundBox],
    given: list[Box],
    overlaps: list[list[float]],
    pairs: dict[int, int],
    at_least: float,
) -> tuple[Evidence, ...]:
    paired = {column: row for row, column in pairs.items()}
    evidence: list[Evidence] = []
    for column, one in enumerate(found):
        row = paired.get(column)
        if row is None:
            empty = "" if area(given[column]) > 0 else ", for it has no area"
            evidence.append(
                Evidence(kind="note", keyword=_said(given[column]), span=one.span, note=f"covers none{empty}")
            )
        else:
            share = overlaps[row][column]
            evidence.append(_pair(right[row], given[column], one.span, share, at_least))
    missing = [row for row in range(len(right)) if row not in pairs or overlaps[row][pairs[row]] < at_least]
    return (*evidence, *(Evidence(kind="missing", keyword=_said(right[row])) for row in missing))


def _pair(right: Box, given: Box, span: tuple[int, int], share: float, at_least: float) -> Evidence:
    if share >= at_least:
        return Evidence(kind="found", keyword=_said(right), span=span, note=f"IoU {share:.3f}")
    return Evidence(kind="note", keyword=_said(given), span=span, note=f"IoU {share:.3f} with {_said(right)}")


def _shapes(
    right: list[Box], given: list[Box], shares: dict[int, float], pairs: dict[int, int], at_least: float
) -> tuple[Shape, ...]:
    """All boxes as they lie in the picture, each with the overlap of its pair."""
    of = {column: shares[row] for row, column in pairs.items()}
    sides = [(False, box, shares.get(row)) for row, box in enumerate(right)]
    sides += [(True, box, of.get(column)) for column, box in enumerate(given)]
    return tuple(
        Shape(
            is_given=is_given,
            is_met=share is not None and share >= at_least,
            corners=(box[:2], box[2:]),
            note="" if share is None else f"IoU {share:.3f}",
        )
        for is_given, box, share in sides
    )


def _said(box: Box) -> str:
    return f"[{', '.join(f'{side:.6g}' for side in box)}]"
