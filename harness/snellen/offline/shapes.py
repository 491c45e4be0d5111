"""The plain shapes of a drawing: what each is, its colour and where it is. Letters, lines and backgrounds are none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from snellen.offline.colours import Colour, name_colour
from snellen.offline.flat import Area, FlatPicture
from snellen.offline.outlines import Kind, Outline, fill_holes, measure
from snellen.offline.pictures import Box
from snellen.offline.reader import Line

__all__ = ["Look", "Shape", "find_backdrops", "find_shapes"]

_LEAST_SHARE = 0.0003  # of the picture's area, about 12 x 12 px of 800 x 600
_LEAST_PX = 30
_LINE_SHARE = 0.012  # of the longer side: what is thinner than this all along is a line
_WHOLE_SIDE = 0.9  # an area this long along an edge of the picture is ground or sky, not a thing
_HOLLOW_SHARE = 0.3  # of the filled outline that must be hole
_STROKE = 0.22  # thickness over length of what a pen draws; unnamed shapes thinner than this are strokes
_PEN = 0.35  # thickness over length of the strokes of a letter
_TOUCHES = 0.2  # share of a box that must lie in another for the two to be about the same thing
_FINE_SHARE = 0.05  # of a line of small print; a plain area has none
_LETTER_HEIGHT = 1.15  # times the height of its line of text that a letter can be


@dataclass(frozen=True, slots=True)
class Look:
    """What a shape looks like; shapes of one look are counted together.

    Attributes:
        kind: What it is.
        colour: Of its fill, or of its line when it is hollow.
        is_hollow: It is an outline that shows what lies behind.
    """

    kind: Kind
    colour: Colour
    is_hollow: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """One plain shape and where it is."""

    look: Look
    box: Box


@dataclass(frozen=True, slots=True, eq=False)
class _Candidate:
    area: Area
    outline: Outline
    box: Box
    hollow: bool
    is_line: bool
    inside: int | None  # label of what its large hole shows


def find_shapes(
    picture: FlatPicture, *, lines: Sequence[Line], writing: Sequence[Box]
) -> tuple[tuple[Shape, ...], bool]:
    """The shapes of a drawing, from the top, then from the left, and whether it holds text that was not read.

    Args:
        picture: The drawing.
        lines: Text that was read; what lies in it is letters.
        writing: Where something looks like text, read or not.
    """
    areas = [area for area in picture.areas(least_px=_least_px(picture)) if not _is_backdrop(picture, area)]
    found = _without_frames([_candidate(picture, area) for area in areas])
    found = [one for one in found if not any(_is_part_of(one.box, line.box) for line in lines)]
    unread = [box for box in writing if not any(box.overlap(line.box) > _TOUCHES for line in lines)]
    groups = [_letters_in(box, found, background=picture.background) for box in unread]
    letters = {id(letter) for group in groups for letter in group}
    shapes = [_shape(picture, one) for one in found if not one.is_line and id(one) not in letters]
    has_unread = any(groups) or any(_is_small_print(picture, found, box) for box in unread)
    return tuple(sorted(shapes, key=lambda shape: (shape.box.top, shape.box.left))), has_unread


def find_backdrops(picture: FlatPicture) -> tuple[tuple[Colour, Box], ...]:
    """Large areas at the picture's edge that have not the background's colour, such as the ground, from the top."""
    return tuple(
        (name_colour(picture.palette[area.label]), _box(picture, area))
        for area in picture.areas(least_px=_least_px(picture))
        if area.label != picture.background and _is_backdrop(picture, area)
    )


def _least_px(picture: FlatPicture) -> int:
    return max(_LEAST_PX, round(_LEAST_SHARE * picture.labels.size))


def _box(picture: FlatPicture, area: Area) -> Box:
    rows, columns = picture.labels.shape
    height, width = area.mask.shape
    return Box(area.left / columns, area.top / rows, (area.left + width) / columns, (area.top + height) / rows)


def _shape(picture: FlatPicture, candidate: _Candidate) -> Shape:
    colour = name_colour(picture.palette[candidate.area.label])
    if candidate.hollow and candidate.outline.kind == "circle":
        return Shape(Look("ring", colour), candidate.box)
    return Shape(Look(candidate.outline.kind, colour, candidate.hollow), candidate.box)


def _candidate(picture: FlatPicture, area: Area) -> _Candidate:
    outline = measure(area.mask)
    inside, hole_px = _hole(picture, area)
    hollow = hole_px > _HOLLOW_SHARE * outline.filled_px and inside == _outside(picture, area)
    is_line = not hollow and _is_line(outline, longer_side_px=max(picture.labels.shape))
    return _Candidate(area, outline, _box(picture, area), hollow, is_line, inside)


def _is_backdrop(picture: FlatPicture, area: Area) -> bool:
    box = _box(picture, area)
    touches = box.left <= 0 or box.top <= 0 or box.right >= 1 or box.bottom >= 1
    if not touches:
        return False
    if area.label == picture.background:
        return True
    return max(box.width, box.height) >= _WHOLE_SIDE or box.area > 0.25  # noqa: PLR2004  # a quarter is no thing


def _is_line(outline: Outline, *, longer_side_px: int) -> bool:
    if outline.thickness_px < max(3.0, _LINE_SHARE * longer_side_px) and outline.length_px > 4 * outline.thickness_px:
        return True
    return outline.kind == "other" and outline.thickness_px < _STROKE * outline.length_px


def _hole(picture: FlatPicture, area: Area) -> tuple[int | None, int]:
    """What the largest hole shows, as a label, and its size; None when there is no hole or it shows no plain colour."""
    holes = cv2.bitwise_and(fill_holes(area.mask), cv2.bitwise_not(area.mask))
    count, numbers, facts, _ = cv2.connectedComponentsWithStats(holes, connectivity=4)
    if count == 1:
        return None, 0
    largest = 1 + int(facts[1:, cv2.CC_STAT_AREA].argmax())
    return _most_common(picture, area, numbers == largest), int(facts[largest, cv2.CC_STAT_AREA])


def _outside(picture: FlatPicture, area: Area) -> int | None:
    """The label most common around `area`, a few pixels away."""
    rows, columns = picture.labels.shape
    margin = 6
    top, left = max(0, area.top - margin), max(0, area.left - margin)
    bottom = min(rows, area.top + area.mask.shape[0] + margin)
    right = min(columns, area.left + area.mask.shape[1] + margin)
    filled = np.zeros((bottom - top, right - left), dtype=np.uint8)
    y, x = area.top - top, area.left - left
    filled[y : y + area.mask.shape[0], x : x + area.mask.shape[1]] = fill_holes(area.mask)
    near = cv2.dilate(filled, np.ones((5, 5), dtype=np.uint8))
    far = cv2.dilate(near, np.ones((7, 7), dtype=np.uint8))
    return _mode(picture.labels[top:bottom, left:right][(far > 0) & (near == 0)])


def _most_common(
    picture: FlatPicture, area: Area, where: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
) -> int | None:
    height, width = area.mask.shape
    return _mode(picture.labels[area.top : area.top + height, area.left : area.left + width][where])


def _mode(labels: np.ndarray[tuple[int, ...], np.dtype[np.int16]]) -> int | None:
    return int(np.bincount(labels).argmax()) if labels.size else None


def _without_frames(found: list[_Candidate]) -> list[_Candidate]:
    """Leaves out the outline of a filled shape, and what is seen through a hollow one: each is one thing, not two."""
    seen_through = {id(inner) for outer in found if outer.hollow for inner in found if _fills(outer, inner)}
    frames = {
        id(outer)
        for outer in found
        if not outer.hollow and _is_thin(outer) and any(_fills(outer, inner) for inner in found)
    }
    return [candidate for candidate in found if id(candidate) not in seen_through | frames]


def _is_thin(outer: _Candidate) -> bool:
    return outer.outline.thickness_px < 0.15 * math.sqrt(outer.outline.filled_px)


def _fills(outer: _Candidate, inner: _Candidate) -> bool:
    """True when `inner` is what the one large hole of `outer` shows."""
    if inner is outer or inner.area.label != outer.inside:
        return False
    hole_px = outer.outline.filled_px - outer.area.size_px
    return inner.box.overlap(outer.box) > 0.99 and inner.outline.filled_px > 0.6 * hole_px  # noqa: PLR2004


def _letters_in(text: Box, found: list[_Candidate], *, background: int) -> list[_Candidate]:
    """The candidates in `text` that are letters nobody read, or the ground seen through them.

    The text detector also points at plain discs, boxes and rings. So a filled shape with a name is a letter nowhere,
    and a hollow one only where pen strokes stand beside it.
    """
    inside = [one for one in found if _is_part_of(one.box, text)]
    strokes = [one for one in inside if one.is_line or _is_stroke(one)]
    if not strokes or len(inside) == 1:
        return []
    return [one for one in inside if one in strokes or one.hollow or one.area.label == background]


def _is_small_print(picture: FlatPicture, found: list[_Candidate], text: Box) -> bool:
    """True when `text` holds fine marks and nothing large enough to be looked at as a shape."""
    if any(one.box.overlap(text) > _TOUCHES for one in found):
        return False
    rows, columns = picture.fine.shape
    top, bottom = int(text.top * rows), math.ceil(text.bottom * rows)
    left, right = int(text.left * columns), math.ceil(text.right * columns)
    return bool(picture.fine[top:bottom, left:right].mean() > _FINE_SHARE)


def _is_stroke(one: _Candidate) -> bool:
    return one.outline.kind == "other" and one.outline.thickness_px < _PEN * one.outline.length_px


def _is_part_of(part: Box, text: Box) -> bool:
    return part.overlap(text) > 0.7 and part.height < _LETTER_HEIGHT * text.height  # noqa: PLR2004
