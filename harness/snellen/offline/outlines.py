"""What shape an outline has: circle, square, triangle, star and their kin, by area ratios."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from snellen.offline.flat import Mask

__all__ = ["Kind", "Outline", "fill_holes", "measure"]

Kind = Literal[
    "circle",
    "cross",
    "diamond",
    "ellipse",
    "hexagon",
    "octagon",
    "other",
    "pentagon",
    "rectangle",
    "ring",
    "square",
    "star",
    "triangle",
]
"""What a shape is called; "other" is a shape without a name, and a ring is a hollow circle."""

Contour = NDArray[Any]
"""Points of an outline as OpenCV passes them; its own annotations allow any number in them."""

_POLYGONS: dict[int, Kind] = {5: "pentagon", 6: "hexagon", 8: "octagon"}
_SQUARE_SIDES = 1.08  # longer side over shorter; a drawn square is off by a pixel or two
_ROUND_SIDES = 1.1
_TILT_DEGREES = 30  # a square turned by more stands on its corner


@dataclass(frozen=True, slots=True)
class Outline:
    """What was measured of a filled outline.

    Attributes:
        kind: Its shape; "other" when no shape fits.
        filled_px: Pixels inside the outer edge, holes included.
        thickness_px: Diameter of the largest circle that fits inside the pixels themselves, holes left out.
        length_px: Longer side of the tightest rectangle around it.
    """

    kind: Kind
    filled_px: int
    thickness_px: float
    length_px: float


def fill_holes(mask: Mask) -> Mask:
    """`mask` with everything inside its outer edge filled."""
    outer, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    filled: Mask = np.zeros_like(mask)
    cv2.drawContours(filled, outer, -1, 255, cv2.FILLED)
    return filled


def measure(mask: Mask) -> Outline:
    """The measurements of one connected area; `mask` is its bounding box."""
    padded = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    filled = fill_holes(np.asarray(padded, dtype=np.uint8))
    contours, _ = cv2.findContours(filled, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    contour = np.asarray(max(contours, key=len))
    size = int(np.count_nonzero(filled))
    sides = _sides(contour)
    thickness = 2 * float(cv2.distanceTransform(padded, cv2.DIST_L2, 5).max()) - 1
    return Outline(_kind(contour, size), size, thickness, sides[0])


def _sides(contour: Contour) -> tuple[float, float]:
    """Longer and shorter side of the tightest rectangle, in whole pixels: outlines run through pixel centres."""
    _, (width, height), _ = cv2.minAreaRect(contour)
    return max(width, height) + 1, min(width, height) + 1


def _kind(contour: Contour, size: int) -> Kind:
    longer, shorter = _sides(contour)
    hull = np.asarray(cv2.convexHull(contour))
    solidity = size / (cv2.contourArea(hull) + cv2.arcLength(hull, closed=True) / 2 + 1)
    if solidity < 0.9:  # noqa: PLR2004  # a shape that goes in somewhere: only these two have names
        return _notched(contour, solidity=solidity, longest=longer)
    _, radius = cv2.minEnclosingCircle(contour)
    if size / (math.pi * (radius + 0.5) ** 2) > 0.94 and longer / shorter < _ROUND_SIDES:  # noqa: PLR2004  # octagon: 0.90
        return "circle"
    if size / (longer * shorter) > 0.93:  # noqa: PLR2004  # octagon: 0.83, circle: 0.79
        return _four_sided(contour, longer / shorter)
    return _many_sided(hull, size, longer=longer, shorter=shorter)


def _four_sided(contour: Contour, ratio: float) -> Kind:
    if ratio > _SQUARE_SIDES:
        return "rectangle"
    angle = cv2.minAreaRect(contour)[2] % 90
    return "diamond" if _TILT_DEGREES < angle < 90 - _TILT_DEGREES else "square"


def _many_sided(hull: Contour, size: int, *, longer: float, shorter: float) -> Kind:
    extent = size / (longer * shorter)
    triangle_px, _ = cv2.minEnclosingTriangle(hull.astype(np.float32))
    if size / max(triangle_px, 1) > 0.88:  # noqa: PLR2004  # pentagon: 0.77, and blunt corners cost a small triangle 0.1
        return "triangle"
    corners = np.asarray(cv2.approxPolyDP(hull, 0.025 * cv2.arcLength(hull, closed=True), closed=True))
    if len(corners) == 4:  # noqa: PLR2004
        return "diamond" if extent < 0.9 and _stands_on_corner(corners) else "other"  # noqa: PLR2004
    if abs(extent - math.pi / 4) < 0.025 and len(corners) > 6:  # noqa: PLR2004
        return "circle" if longer / shorter < _ROUND_SIDES else "ellipse"
    return _POLYGONS.get(len(corners), "other") if _is_regular(corners) else "other"


def _is_regular(corners: Contour) -> bool:
    """True when no side is much longer than another; a slice of a pie is no hexagon."""
    points = [(float(x), float(y)) for x, y in corners.reshape(-1, 2)]
    sides = [math.dist(point, following) for point, following in zip(points, [*points[1:], points[0]], strict=True)]
    return max(sides) < 1.5 * min(sides)


def _stands_on_corner(corners: Contour) -> bool:
    """True when the four corners lie near the middles of the bounding box's sides."""
    points = corners.reshape(-1, 2)
    x, y, width, height = cv2.boundingRect(corners)
    middles = [(x + width / 2, y), (x + width, y + height / 2), (x + width / 2, y + height), (x, y + height / 2)]
    return all(
        min(math.dist(middle, (float(px), float(py))) for px, py in points) < 0.12 * max(width, height)
        for middle in middles
    )


def _notched(contour: Contour, *, solidity: float, longest: float) -> Kind:
    if solidity < 0.35:  # noqa: PLR2004  # a line drawing; a five-pointed star has 0.47
        return "other"
    smooth = cv2.approxPolyDP(contour, 0.015 * cv2.arcLength(contour, closed=True), closed=True)
    hull = cv2.convexHull(smooth, returnPoints=False)
    try:
        defects = cv2.convexityDefects(smooth, hull) if len(hull) > 3 else None  # noqa: PLR2004
    except cv2.error:  # smoothing made the outline cross itself, so it has no inside to be measured
        return "other"
    if defects is None:
        return "other"
    deep = sum(1 for *_, depth in defects.reshape(-1, 4) if depth / 256 > 0.08 * longest)
    if deep == 4 and len(smooth) == 12:  # noqa: PLR2004
        return "cross"
    return "star" if deep >= 5 and len(smooth) == 2 * deep else "other"  # noqa: PLR2004
