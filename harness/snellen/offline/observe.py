"""Everything that is measured of one picture, in one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from snellen.offline.charts import Chart, find_chart
from snellen.offline.colours import COLOURS, Colour, name_colour, name_pixels
from snellen.offline.flat import FlatPicture, find_flat
from snellen.offline.pictures import Box, Pixels
from snellen.offline.reader import Line, find_writing, read_lines
from snellen.offline.shapes import Shape, find_backdrops, find_shapes

__all__ = ["Band", "Observation", "Side", "common_colours", "observe"]

Side = Literal["top", "bottom", "left", "right"]

_MUCH = 0.25  # share of a band that a colour must have to be named
_NAMED = 2  # colours of a band; more say nothing


@dataclass(frozen=True, slots=True)
class Band:
    """The colours of the upper, middle or lower third of a photograph, the most frequent first."""

    colours: tuple[Colour, ...]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Observation:
    """What is there, as far as it was measured.

    Attributes:
        pixels: The picture itself.
        lines: Text that was read, in reading order.
        has_unread: There is writing that could not be read.
        background: Of a drawing; None for a photograph.
        sides: Other colours that fill a side of a drawing, such as the ground.
        bands: The thirds of a photograph from the top; empty for a drawing.
        shapes: Of a drawing, from the top; bars of a chart are left out.
        chart: The bar chart it shows, None for anything else.
    """

    pixels: Pixels
    lines: tuple[Line, ...]
    has_unread: bool = False
    background: Colour | None = None
    sides: tuple[tuple[Side, Colour], ...] = ()
    bands: tuple[Band, ...] = ()
    shapes: tuple[Shape, ...] = ()
    chart: Chart | None = None


def observe(pixels: Pixels) -> Observation:
    """The measurements of one picture; the same pixels give the same measurements."""
    lines = read_lines(pixels)
    drawing = find_flat(pixels)
    if drawing is None:
        bands = tuple(Band(common_colours(band)) for band in np.array_split(pixels, 3))
        return Observation(pixels=pixels, lines=lines, bands=bands)
    return _drawing(pixels, lines, drawing)


def _drawing(pixels: Pixels, lines: tuple[Line, ...], drawing: FlatPicture) -> Observation:
    shapes, has_unread = find_shapes(drawing, lines=lines, writing=find_writing(pixels))
    chart = find_chart(shapes, lines)
    bars = {bar.box for bar in chart.bars} if chart else set()
    return Observation(
        pixels=pixels,
        lines=lines,
        has_unread=has_unread,
        background=name_colour(drawing.palette[drawing.background]),
        sides=tuple((_side(box), colour) for colour, box in find_backdrops(drawing)),
        shapes=tuple(shape for shape in shapes if shape.box not in bars),
        chart=chart,
    )


def _side(box: Box) -> Side:
    """The edge of the picture that the area reaches furthest along; the lower one when two are equal."""
    reach: dict[Side, float] = {
        "bottom": box.width if box.bottom >= 1 else 0,
        "top": box.width if box.top <= 0 else 0,
        "left": box.height if box.left <= 0 else 0,
        "right": box.height if box.right >= 1 else 0,
    }
    return max(reach, key=lambda side: reach[side])


def common_colours(pixels: Pixels) -> tuple[Colour, ...]:
    """The one or two colours that most pixels have, the most frequent first; at least one."""
    counts = np.bincount(name_pixels(pixels).ravel(), minlength=len(COLOURS))
    order = np.argsort(-counts, kind="stable")[:_NAMED]
    return tuple(COLOURS[i] for rank, i in enumerate(order) if rank == 0 or counts[i] > _MUCH * counts.sum())
