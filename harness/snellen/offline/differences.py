"""Where two pictures differ, and what is there in each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from snellen.offline.colours import Colour
from snellen.offline.observe import Observation, common_colours
from snellen.offline.pictures import Box, Pixels
from snellen.offline.shapes import Look

__all__ = ["Change", "Comparison", "Content", "Extent", "compare"]

Extent = Literal["none", "some", "most", "unlike"]
"""none: nothing differs visibly; some: places differ; most: over half of it does; unlike: other proportions."""

_LONGEST_SIDE_PX = 1200
_VISIBLE_LEVELS = 40  # of 255 that a channel must differ; recompressed JPEGs differ by up to 30 along edges
_MOST = 0.5
_SAME_PROPORTIONS = 0.05
_GAP = 0.02  # of the longer side: places nearer than this to each other are one
_LEAST_SHARE = 0.0003
_INSIDE = 0.6  # of a thing that must lie in a place to be what changed there


@dataclass(frozen=True, slots=True)
class Content:
    """What a picture shows in one part of it.

    Attributes:
        looks: Its shapes and how many there are of each.
        texts: Its text.
        colour: Of most of the place; None when nobody looked, because there are shapes or text to speak of.
    """

    looks: tuple[tuple[Look, int], ...]
    texts: tuple[str, ...]
    colour: Colour | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One place where two pictures differ."""

    box: Box
    first: Content
    second: Content


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two pictures differ; `changes` are from the top, then from the left, and empty unless `extent` is "some"."""

    extent: Extent
    changes: tuple[Change, ...] = ()

    @property
    def is_by_place(self) -> bool:
        """True when the two could be compared place by place."""
        return self.extent in {"none", "some"}


def compare(first: Observation, second: Observation) -> Comparison:
    """The visible differences of two pictures; the second is brought to the size of the first."""
    height, width = first.pixels.shape[:2]
    proportions = second.pixels.shape[1] * height / (second.pixels.shape[0] * width)
    if abs(proportions - 1) > _SAME_PROPORTIONS:
        return Comparison("unlike")
    differing = _differing(first.pixels, second.pixels)
    share = float(differing.mean())
    if share > _MOST:
        return Comparison("most")
    changes = [Change(box, _content(first, box), _content(second, box)) for box in _places(differing)]
    return Comparison("some", tuple(changes)) if changes else Comparison("none")


def _differing(first: Pixels, second: Pixels) -> NDArray[np.uint8]:
    """1 where the two differ visibly. A slight blur takes away what is only a pixel's shift of an edge."""
    height, width = first.shape[:2]
    scale = min(1.0, _LONGEST_SIDE_PX / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    one, other = (
        cv2.blur(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), (3, 3)) for picture in (first, second)
    )
    apart = cv2.absdiff(one, other).max(axis=2)
    return cv2.morphologyEx(
        (apart > _VISIBLE_LEVELS).astype(np.uint8), cv2.MORPH_OPEN, np.ones((2, 2), dtype=np.uint8)
    ).astype(np.uint8)


def _places(differing: NDArray[np.uint8]) -> list[Box]:
    rows, columns = differing.shape
    reach = 2 * round(_GAP * max(rows, columns) / 2) + 1
    joined = cv2.morphologyEx(differing, cv2.MORPH_CLOSE, np.ones((reach, reach), dtype=np.uint8))
    count, _, facts, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found = []
    for number in range(1, count):
        left, top, width, height, size = (int(value) for value in facts[number])
        if size >= _LEAST_SHARE * rows * columns:
            found.append(Box(left / columns, top / rows, (left + width) / columns, (top + height) / rows))
    return sorted(found, key=lambda box: (box.top, box.left))


def _content(picture: Observation, place: Box) -> Content:
    wide = Box(place.left - _GAP, place.top - _GAP, place.right + _GAP, place.bottom + _GAP)
    looks = Counter(shape.look for shape in picture.shapes if shape.box.overlap(wide) > _INSIDE)
    texts = tuple(line.text for line in picture.lines if line.box.overlap(wide) > _INSIDE)
    if looks or texts:
        return Content(tuple(looks.most_common()), texts)
    return Content((), (), common_colours(_cut(picture.pixels, place))[0])


def _cut(pixels: Pixels, box: Box) -> Pixels:
    rows, columns = pixels.shape[:2]
    top, left = int(box.top * rows), int(box.left * columns)
    bottom, right = max(top + 1, int(box.bottom * rows)), max(left + 1, int(box.right * columns))
    return pixels[top:bottom, left:right]
