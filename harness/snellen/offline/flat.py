"""Areas of one plain colour, in pictures that are drawn rather than photographed."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from snellen.offline.pictures import Pixels

__all__ = ["Area", "FlatPicture", "Mask", "find_flat"]

Mask = NDArray[np.uint8]
"""Rows x columns, 255 inside and 0 outside."""

_MOST_COLOURS = 24  # a drawing that needs more is shaded, and shades are no areas
_SAME_LEVELS = 20  # levels of a channel that one plain colour may be off, after JPEG
_EXACT_LEVELS = 6  # what JPEG does to a plain area away from its edges
_FLAT_SHARE = 0.8  # drawings have 0.9 and more (JPEG included), gradients and photographs under 0.6
_LEAST_COLOUR_SHARE = 0.0004  # of the picture; less is the blur along edges
_LONGEST_SIDE_PX = 1200  # beyond that, time grows and what is found does not
_BINS = 32  # levels a channel is counted in
_NO_COLOUR = -1


@dataclass(frozen=True, slots=True, eq=False)
class Area:
    """Connected pixels of one plain colour, with everything 3 px wide or more and nothing finer.

    Attributes:
        label: Index of its colour in the picture's palette.
        left: First column in px.
        top: First row in px.
        mask: Of its bounding box alone.
        size_px: Pixels in it.
    """

    label: int
    left: int
    top: int
    mask: Mask
    size_px: int


@dataclass(frozen=True, slots=True, eq=False)
class FlatPicture:
    """A drawing taken apart.

    Attributes:
        palette: Its plain colours, the most frequent first.
        labels: Index in the palette of every pixel; the blur between areas belongs to the nearer one.
        fine: What has no plain colour or is too thin for an area: soft edges, hairlines, small print.
        background: Index of the colour that most of the border has.
    """

    palette: tuple[tuple[int, int, int], ...]
    labels: NDArray[np.int16]
    fine: NDArray[np.bool_]
    background: int

    def areas(self, *, least_px: int) -> list[Area]:
        """The connected areas of at least `least_px` pixels, sorted by place."""
        found = [area for label in range(len(self.palette)) for area in _connected(self.labels, label, least_px)]
        return sorted(found, key=lambda area: (area.top, area.left, area.label))


def find_flat(pixels: Pixels) -> FlatPicture | None:
    """`pixels` taken apart into plain colours; None for a picture that is not made of plain colours."""
    pixels = _small(pixels)
    bins = (pixels // (256 // _BINS)).astype(np.int32)
    index = (bins[..., 0] * _BINS + bins[..., 1]) * _BINS + bins[..., 2]
    counts = np.bincount(index.ravel(), minlength=_BINS**3)
    palette = _palette(pixels, index, counts)
    labels = _nearest_label(pixels, palette)
    if _exact_share(pixels, palette, labels) < _FLAT_SHARE:
        return None
    whole = _without_edges(labels, len(palette))
    border = np.concatenate([whole[0], whole[-1], whole[:, 0], whole[:, -1]])
    background = int(np.bincount(border).argmax())
    return FlatPicture(tuple((int(r), int(g), int(b)) for r, g, b in palette), whole, whole != labels, background)


def _small(pixels: Pixels) -> Pixels:
    scale = _LONGEST_SIDE_PX / max(pixels.shape[:2])
    if scale >= 1:
        return pixels
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _palette(pixels: Pixels, index: NDArray[np.int32], counts: NDArray[np.intp]) -> NDArray[np.int16]:
    """The colours of the fullest bins, each the median of its bin, none within reach of an earlier one."""
    flat_index, flat = index.ravel(), pixels.reshape(-1, 3)
    found: list[NDArray[np.int16]] = []
    for bin_index in np.argsort(-counts, kind="stable"):
        if counts[bin_index] < _LEAST_COLOUR_SHARE * flat_index.size or len(found) == _MOST_COLOURS:
            break
        colour = np.median(flat[flat_index == bin_index], axis=0).astype(np.int16)
        if all(np.abs(colour - known).max() > _SAME_LEVELS for known in found):
            found.append(colour)
    return np.array(found, dtype=np.int16).reshape(-1, 3)


def _nearest_label(pixels: Pixels, palette: NDArray[np.int16]) -> NDArray[np.int16]:
    labels = np.full(pixels.shape[:2], _NO_COLOUR, dtype=np.int16)
    best = np.full(pixels.shape[:2], _SAME_LEVELS + 1, dtype=np.int16)
    wide = pixels.astype(np.int16)
    for label, colour in enumerate(palette):
        apart = np.abs(wide - colour).max(axis=2)
        nearer = apart < best
        labels[nearer], best[nearer] = label, apart[nearer]
    return labels


def _exact_share(pixels: Pixels, palette: NDArray[np.int16], labels: NDArray[np.int16]) -> float:
    if not len(palette):
        return 0.0
    apart = np.abs(pixels.astype(np.int16) - palette[labels]).max(axis=2)
    return float(((apart <= _EXACT_LEVELS) & (labels >= 0)).mean())


def _without_edges(labels: NDArray[np.int16], count: int) -> NDArray[np.int16]:
    """`labels` with soft edges and hairlines given to the nearest area.

    A pixel between red and white may look pink, and a pink area elsewhere would claim it; so what a 3 x 3 square
    cannot enter is taken from its colour, whatever that is, and goes to the area it lies next to.
    """
    kept = np.zeros(labels.shape, dtype=np.uint8)
    square = np.ones((3, 3), dtype=np.uint8)
    for label in range(count):
        mask = (labels == label).astype(np.uint8)
        core = cv2.morphologyEx(mask, cv2.MORPH_OPEN, square)
        kept = np.maximum(kept, cv2.dilate(core, square) & mask)
    if not kept.any():
        return np.maximum(labels, 0)
    _, nearest = cv2.distanceTransformWithLabels(1 - kept, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    of_nearest = np.zeros(int(nearest.max()) + 1, dtype=np.int16)
    of_nearest[nearest[kept > 0]] = labels[kept > 0]
    filled: NDArray[np.int16] = of_nearest[nearest]
    return filled


def _connected(labels: NDArray[np.int16], label: int, least_px: int) -> list[Area]:
    mask = (labels == label).astype(np.uint8)
    count, numbers, facts, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    found = []
    for number in range(1, count):
        left, top, width, height, size = (int(value) for value in facts[number])
        if size >= least_px:
            part = numbers[top : top + height, left : left + width] == number
            found.append(Area(label, left, top, part.astype(np.uint8) * 255, size))
    return found
