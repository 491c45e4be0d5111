"""Bar charts: rectangles that stand on one line at different heights, with the text below and above each."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from snellen.offline.pictures import Box
from snellen.offline.reader import Line
from snellen.offline.shapes import Shape

__all__ = ["Bar", "Chart", "find_chart"]

_FEWEST_BARS = 3
_SAME_LINE = 0.012  # of the picture's height that feet may be apart
_SAME_WIDTH = 0.2  # of the mean width that bars may differ by
_UNEVEN = 1.12  # tallest over shortest; windows of one floor are even
_NUMBER = re.compile(r"[-+]?[^\w\s]?\d[\d.,]*\s?%?")


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar.

    Attributes:
        box: Where it is.
        label: The text below it; empty when there is none.
        value: The number written above it or at its top; empty when there is none.
    """

    box: Box
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A bar chart with upright bars.

    Attributes:
        bars: From the left.
        title: The text over all bars; empty when there is none.
        lines: The text that was used for title, labels and values.
    """

    bars: tuple[Bar, ...]
    title: str
    lines: tuple[Line, ...]

    @property
    def tallest(self) -> Bar:
        """The bar that is drawn highest, the leftmost of equals."""
        return max(self.bars, key=lambda bar: bar.box.height)

    @property
    def shortest(self) -> Bar:
        """The bar that is drawn lowest, the leftmost of equals."""
        return min(self.bars, key=lambda bar: bar.box.height)


def find_chart(shapes: Sequence[Shape], lines: Sequence[Line]) -> Chart | None:
    """The bar chart that `shapes` make, None when they make none."""
    boxes = sorted(
        shape.box for shape in shapes if shape.look.kind in {"rectangle", "square"} and not shape.look.is_hollow
    )
    stands = [_on_one_line(foot, boxes) for foot in boxes]
    best = max(stands, key=len, default=[])
    if not _is_chart(best, boxes):
        return None
    labels = [_label(box, best, lines) for box in best]
    values = [_value(box, best, lines) for box in best]
    title = _title(best, [line for line in lines if line not in values])
    used = [line for line in [title, *labels, *values] if line is not None]
    bars = [
        Bar(box, label.text if label else "", value.text if value else "")
        for box, label, value in zip(best, labels, values, strict=True)
    ]
    return Chart(tuple(bars), title.text if title else "", tuple(used))


def _on_one_line(foot: Box, boxes: list[Box]) -> list[Box]:
    return [
        box
        for box in boxes
        if abs(box.bottom - foot.bottom) < _SAME_LINE and abs(box.width - foot.width) < _SAME_WIDTH * foot.width
    ]


def _is_chart(bars: list[Box], boxes: list[Box]) -> bool:
    if len(bars) < _FEWEST_BARS or 2 * len(bars) <= len(boxes):
        return False
    heights = [bar.height for bar in bars]
    apart = all(left.right <= right.left + _SAME_LINE for left, right in itertools.pairwise(bars))
    return apart and max(heights) > _UNEVEN * min(heights)


def _label(bar: Box, bars: list[Box], lines: Sequence[Line]) -> Line | None:
    under = [line for line in lines if line.box.centre[1] > bar.bottom and _is_over(bar, bars, line)]
    return min(under, key=lambda line: line.box.top, default=None)


def _value(bar: Box, bars: list[Box], lines: Sequence[Line]) -> Line | None:
    """The number nearest the bar's top, no further above it than two of its own heights, or inside its upper half."""
    near = [
        line
        for line in lines
        if _NUMBER.fullmatch(line.text)
        and _is_over(bar, bars, line)
        and -2 * line.box.height < line.box.centre[1] - bar.top < bar.height / 2
    ]
    return min(near, key=lambda line: abs(line.box.centre[1] - bar.top), default=None)


def _is_over(bar: Box, bars: list[Box], line: Line) -> bool:
    """True when the text's middle is nearer to this bar's middle than to any other's, and about over it."""
    across = line.box.centre[0]
    nearest = min(bars, key=lambda other: abs(other.centre[0] - across))
    return nearest == bar and abs(bar.centre[0] - across) < bar.width


def _title(bars: list[Box], lines: list[Line]) -> Line | None:
    highest = min(bar.top for bar in bars)
    over = [line for line in lines if line.box.bottom < highest]
    return max(over, key=lambda line: line.box.height, default=None)
