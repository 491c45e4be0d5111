"""A lake at evening, and one house before and after its repair."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PIL import Image

from .canvas import Canvas, Point

__all__ = ["facade_after", "facade_before", "lakeside"]


@dataclass(frozen=True, kw_only=True)
class House:
    """What the two facades differ in."""

    door: str
    top_windows: int
    has_balcony: bool
    has_lamp: bool


def facade_before() -> Image.Image:
    return _facade(House(door="#b3262b", top_windows=3, has_balcony=False, has_lamp=True))


def facade_after() -> Image.Image:
    return _facade(House(door="#1f7a4a", top_windows=2, has_balcony=True, has_lamp=False))


def lakeside() -> Image.Image:
    canvas = Canvas(900, 600)
    canvas.gradient((0, 0, 900, 330), "#5f8fc4", "#fbd9b0")
    canvas.glow((486, 90, 646, 250), "#fff3c4", blur=40, opacity=0.9)
    canvas.circle((566, 168), 34, "#fff6d6")
    _ridge(
        canvas,
        base=330,
        peaks=[(-60, 250), (110, 150), (230, 236), (360, 96), (520, 250), (660, 190), (790, 262), (960, 170)],
        colour="#8d9bb8",
    )
    _snow(canvas, (360, 96), 36)
    _snow(canvas, (110, 150), 24)
    canvas.blur(1.6)
    _ridge(
        canvas,
        base=336,
        peaks=[(-40, 290), (90, 248), (240, 306), (420, 268), (600, 312), (780, 258), (960, 300)],
        colour="#55708a",
    )
    canvas.gradient((0, 330, 900, 600), "#e8c9a6", "#3f6d94")
    for row in range(26):
        y = 340 + row * row * 0.38
        for column in range(5):
            x = (column * 197 + row * 83) % 940 - 40
            canvas.rect((x, y, x + 60 + row * 4, y + 1.2 + row * 0.08), "#ffffff2e" if row % 2 else "#1f466624")
    for step in range(17):
        width = 70 - step * 2.4
        canvas.rect(
            (
                566 - width / 2 + 9 * math.sin(step * 2.4),
                340 + step * 11,
                566 + width / 2 + 9 * math.sin(step * 1.7),
                344 + step * 11,
            ),
            "#fff3c890",
        )
    _sailing_boat(canvas, (420, 430))
    _shore(canvas)
    return canvas.finished()


def _ridge(canvas: Canvas, *, base: float, peaks: list[Point], colour: str) -> None:
    canvas.polygon([(peaks[0][0], base), *peaks, (peaks[-1][0], base)], colour)


def _snow(canvas: Canvas, peak: Point, size: float) -> None:
    x, y = peak
    canvas.polygon(
        [
            (x, y),
            (x + size * 0.95, y + size),
            (x + size * 0.3, y + size * 0.72),
            (x - size * 0.1, y + size * 1.05),
            (x - size * 0.5, y + size * 0.7),
            (x - size * 0.95, y + size * 0.65),
        ],
        "#f4f6fb",
    )


def _sailing_boat(canvas: Canvas, at: Point) -> None:
    x, y = at
    canvas.polygon([(x - 70, y + 30), (x + 74, y + 30), (x + 40, y + 84), (x - 36, y + 84)], "#24466640")
    canvas.polygon([(x - 6, y + 30), (x + 8, y + 30), (x + 2, y + 150)], "#ffffff38")
    canvas.rect((x - 2, y - 150, x + 2, y + 8), "#6b4a33")
    canvas.polygon([(x + 6, y - 144), (x + 78, y - 12), (x + 6, y - 12)], "#fffdf6")
    canvas.polygon([(x - 6, y - 128), (x - 6, y - 12), (x - 58, y - 12)], "#f1e9da")
    canvas.polygon([(x - 82, y), (x + 86, y), (x + 58, y + 32), (x - 54, y + 32)], "#b4322e")
    canvas.rect((x - 80, y, x + 84, y + 6), "#f4eee2")


def _shore(canvas: Canvas) -> None:
    canvas.ellipse((-260, 520, 420, 760), "#2f4a35")
    canvas.ellipse((560, 546, 1180, 780), "#2b4431")
    for x, base, height in ((40, 560, 250), (112, 556, 190), (176, 552, 130), (836, 590, 230), (772, 588, 150)):
        canvas.rect((x - 6, base - 24, x + 6, base + 10), "#3a2b20")
        for tier in range(5):
            top = base - height + tier * height * 0.17
            half = height * (0.09 + 0.045 * tier)
            canvas.polygon(
                [(x, top), (x + half, top + height * 0.26), (x - half, top + height * 0.26)],
                "#24402f" if tier % 2 else "#2c4c38",
            )


def _facade(house: House) -> Image.Image:
    canvas = Canvas(640, 800)
    canvas.gradient((0, 0, 640, 700), "#9fcdec", "#eef6fa")
    canvas.gradient((0, 700, 640, 800), "#b9b4ab", "#9e9990")
    canvas.rect((0, 698, 640, 712), "#d0ccc4")
    canvas.rect((586, 140, 640, 700), "#c7b299")
    canvas.rect((0, 190, 54, 700), "#b9a58e")
    canvas.shadow((60, 120, 596, 712), blur=12, opacity=0.35)
    canvas.gradient((50, 120, 590, 700), "#f2dfbd", "#e6cda3")
    canvas.rect((50, 640, 590, 700), "#b8a68c")
    canvas.polygon([(34, 124), (88, 40), (552, 40), (606, 124)], "#8e4a3b")
    for row in range(5):
        canvas.rect((84 - row * 11, 56 + row * 14, 556 + row * 11, 58 + row * 14), "#7a3d30")
    canvas.rect((30, 116, 610, 134), "#fbf5e8", radius=2)
    canvas.rect((50, 134, 590, 140), "#00000022")
    for y in (316, 486):
        canvas.rect((50, y, 590, y + 10), "#fbf5e8")
        canvas.rect((50, y + 10, 590, y + 14), "#00000018")
    top = (140, 320, 500) if house.top_windows == 3 else (200, 440)
    for x in top:
        _window(canvas, (x, 230))
    for x in (140, 320, 500):
        if x == 320 and house.has_balcony:
            continue
        _window(canvas, (x, 404))
    if house.has_balcony:
        _balcony(canvas, (320, 404))
    _window(canvas, (140, 580))
    _window(canvas, (500, 580))
    _door(canvas, house.door)
    if house.has_lamp:
        _wall_lamp(canvas, (234, 556))
    return canvas.finished()


def _window(canvas: Canvas, at: Point, *, half_height: float = 58) -> None:
    x, y = at
    canvas.rect((x - 46, y - half_height - 8, x + 46, y + half_height + 8), "#fbf5e8", radius=2)
    canvas.gradient((x - 38, y - half_height, x + 38, y + half_height), "#5f8aa8", "#a9cbdd")
    canvas.polygon([(x - 38, y - half_height), (x + 4, y - half_height), (x - 38, y + 20)], "#ffffff30")
    canvas.rect((x - 2, y - half_height, x + 2, y + half_height), "#fbf5e8")
    canvas.rect((x - 38, y - 14, x + 38, y - 10), "#fbf5e8")
    canvas.rect((x - 52, y + half_height + 6, x + 52, y + half_height + 15), "#d9c7a4", radius=2)


def _balcony(canvas: Canvas, at: Point) -> None:
    x, y = at
    _window(canvas, (x, y + 8), half_height=66)
    canvas.shadow((x - 92, y + 84, x + 96, y + 118), blur=8, opacity=0.35)
    canvas.rect((x - 96, y + 74, x + 96, y + 90), "#cfc6b8", radius=2)
    canvas.rect((x - 96, y + 84, x + 96, y + 90), "#b3a999")
    for offset in range(-90, 91, 15):
        canvas.rect((x + offset - 1.6, y + 14, x + offset + 1.6, y + 74), "#2b2f33")
    canvas.rect((x - 94, y + 10, x + 94, y + 16), "#2b2f33", radius=2)


def _door(canvas: Canvas, colour: str) -> None:
    canvas.rect((266, 528, 374, 700), "#fbf5e8", radius=3)
    canvas.gradient((276, 538, 364, 560), "#5f8aa8", "#a9cbdd")
    canvas.rect((276, 564, 364, 700), colour)
    for y0, y1 in ((574, 624), (636, 686)):
        canvas.rect((286, y0, 354, y1), None, radius=3, line="#00000040", width=3)
    canvas.circle((352, 632), 5, "#e6c260")
    canvas.rect((250, 696, 390, 712), "#a79f92", radius=2)


def _wall_lamp(canvas: Canvas, at: Point) -> None:
    x, y = at
    canvas.glow((x - 34, y - 20, x + 34, y + 62), "#fff2b0", blur=14, opacity=0.75)
    canvas.stroke([(x, y - 14), (x, y - 4)], "#2b2f33", 5)
    canvas.polygon([(x - 16, y + 2), (x, y - 10), (x + 16, y + 2)], "#2b2f33")
    canvas.polygon([(x - 13, y + 2), (x + 13, y + 2), (x + 9, y + 36), (x - 9, y + 36)], "#ffd968")
    canvas.rect((x - 11, y + 35, x + 11, y + 41), "#2b2f33", radius=2)
