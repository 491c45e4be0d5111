"""Things to count, name and place: shapes, fish, balloons, building blocks and a living room."""

from __future__ import annotations

import math

from PIL import Image

from .canvas import Canvas, Point

__all__ = ["aquarium", "balloons", "blocks", "living_room", "shapes"]

# Centre, half size; four red circles, three blue squares, two green triangles.
CIRCLES = [(128, 132, 62), (436, 96, 52), (668, 226, 66), (250, 448, 58)]
SQUARES = [(296, 258, 60), (560, 452, 64), (88, 338, 50)]
TRIANGLES = [(706, 480, 72), (420, 330, 54)]
# Centre, length, which way it swims (1 is right), colour of the back and of the belly; seven fish.
FISH = [
    (170, 150, 120, 1, "#f08a24", "#ffd08a"),
    (430, 116, 96, -1, "#d63d5a", "#ffb3bf"),
    (660, 190, 130, 1, "#e0b020", "#fff0a8"),
    (300, 276, 140, 1, "#8a4fc4", "#d9bdf2"),
    (560, 330, 110, -1, "#f08a24", "#ffd08a"),
    (250, 400, 104, -1, "#d63d5a", "#ffb3bf"),
    (420, 452, 92, 1, "#e0b020", "#fff0a8"),
]
# From left to right: name, light and dark side.
BALLOONS = [
    (158, 216, "#ff8078", "#c81f2b"),
    (324, 166, "#ffe782", "#e8ac00"),
    (490, 220, "#86dba0", "#1d8f49"),
    (650, 172, "#88bbff", "#1f57b8"),
]


def shapes() -> Image.Image:
    canvas = Canvas(800, 600, "#f7f5f0")
    for x, y, half in CIRCLES:
        canvas.glow((x - half + 3, y - half + 7, x + half + 3, y + half + 7), blur=6, opacity=0.22)
        canvas.circle((x, y), half, "#d9302c")
    for x, y, half in SQUARES:
        canvas.shadow((x - half + 3, y - half + 7, x + half + 3, y + half + 7), blur=6, opacity=0.22, radius=6)
        canvas.rect((x - half, y - half, x + half, y + half), "#2f6fd0", radius=5)
    for x, y, half in TRIANGLES:
        corners = [(x, y - half * 0.9), (x + half, y + half * 0.8), (x - half, y + half * 0.8)]
        canvas.shadow_under([(left + 3, top + 7) for left, top in corners], blur=6, opacity=0.22)
        canvas.polygon(corners, "#2a9d55")
    return canvas.finished()


def aquarium() -> Image.Image:
    canvas = Canvas(800, 600)
    canvas.gradient((0, 0, 800, 600), "#7fd4e8", "#0d5f8f")
    for x in (90, 300, 520, 700):
        canvas.polygon([(x, 0), (x + 70, 0), (x - 40, 600), (x - 190, 600)], "#ffffff12")
    canvas.blur(5)
    canvas.ellipse((-120, 520, 520, 700), "#dcc48c")
    canvas.ellipse((300, 536, 940, 720), "#d3b87c")
    canvas.ball((590, 478, 720, 566), "#a8a39b", "#5f5b55")
    canvas.ball((690, 506, 770, 570), "#b5aea2", "#6b665e")
    for x, height in ((60, 190), (92, 240), (120, 160), (500, 150), (528, 200)):
        _weed(canvas, x, height)
    for x, y, radius in (
        (250, 60, 8),
        (262, 92, 5),
        (600, 70, 7),
        (616, 110, 10),
        (230, 190, 6),
        (720, 330, 6),
        (712, 360, 4),
    ):
        canvas.circle((x, y), radius, "#ffffff40", line="#ffffffb0", width=1.3)
    for x, y, length, heading, back, belly in FISH:
        _fish(canvas, (x, y), length=length, heading=heading, back=back, belly=belly)
    return canvas.finished()


def balloons() -> Image.Image:
    canvas = Canvas(800, 640)
    canvas.gradient((0, 0, 800, 640), "#8cc8f2", "#eaf6fd")
    for x, y, size in ((120, 500, 60), (190, 480, 80), (280, 510, 56), (600, 540, 64), (690, 520, 84), (770, 550, 60)):
        canvas.circle((x, y), size, "#ffffff")
    canvas.rect((60, 510, 340, 575), "#ffffff", radius=32)
    canvas.rect((540, 545, 830, 610), "#ffffff", radius=32)
    canvas.blur(9)
    for x, y, light, dark in BALLOONS:
        knot = (x, y + 104)
        string: list[Point] = [(x + 7 * math.sin(step / 3.2), knot[1] + 10 + step * 12) for step in range(24)]
        canvas.line(string, "#5f6b75", 1.6)
        canvas.polygon([(x, knot[1] - 8), (x - 11, knot[1] + 12), (x + 11, knot[1] + 12)], dark)
        canvas.ball((x - 76, y - 94, x + 76, y + 100), light, dark)
        canvas.glow((x - 44, y - 66, x - 18, y - 24), "#ffffff", blur=5, opacity=0.75)
    return canvas.finished()


def blocks() -> Image.Image:
    canvas = Canvas(800, 600)
    canvas.gradient((0, 0, 800, 420), "#f3ead9", "#e4d5bb")
    canvas.gradient((0, 420, 800, 600), "#c99c68", "#a97c4b")
    canvas.rect((0, 418, 800, 424), "#b98a58")
    canvas.glow((150, 486, 360, 522), blur=12, opacity=0.4)
    canvas.glow((420, 488, 660, 524), blur=12, opacity=0.4)
    canvas.ball((166, 320, 354, 508), "#ff8f7d", "#b5121c")
    canvas.glow((204, 346, 250, 384), "#ffffff", blur=9, opacity=0.6)
    canvas.gradient((440, 318, 634, 510), "#4585dd", "#2a62b4", radius=8)
    canvas.rect((456, 334, 618, 494), None, radius=5, line="#ffffff30", width=3)
    canvas.polygon([(537, 150), (646, 318), (428, 318)], "#f5c62c")
    canvas.polygon([(537, 150), (646, 318), (560, 318)], "#e0ab12")
    return canvas.finished()


def living_room() -> Image.Image:
    canvas = Canvas(900, 640)
    canvas.gradient((0, 0, 900, 480), "#e9dfcf", "#dccfb9")
    canvas.gradient((0, 480, 900, 640), "#b98d60", "#9c7248")
    canvas.rect((0, 470, 900, 484), "#f7f2e8")
    canvas.ellipse((160, 528, 700, 630), "#6f8fa8")
    canvas.ellipse((180, 534, 680, 624), "#86a5bc")
    _wall_clock(canvas, (440, 138), hour=4, minute=50)
    _sofa(canvas)
    _potted_plant(canvas, (126, 540))
    _floor_lamp(canvas, (778, 560))
    return canvas.finished()


def _weed(canvas: Canvas, x: float, height: float) -> None:
    steps = [(x + 11 * math.sin(step / 2.0 + x), 566 - height * step / 12) for step in range(13)]
    canvas.stroke(steps, "#1f7d5c", 13)
    canvas.stroke([(px - 2, py) for px, py in steps], "#36a077", 5)


def _fish(canvas: Canvas, at: Point, *, length: float, heading: int, back: str, belly: str) -> None:
    x, y = at
    half, high = length * 0.36, length * 0.25
    tail = x - heading * half * 0.8
    canvas.polygon(
        [
            (tail, y),
            (tail - heading * length * 0.28, y - high),
            (tail - heading * length * 0.2, y),
            (tail - heading * length * 0.28, y + high),
        ],
        back,
    )
    canvas.polygon(
        [
            (x - half * 0.4, y - high * 0.7),
            (x + half * 0.4, y - high * 0.7),
            (x - heading * half * 0.3, y - high * 1.6),
        ],
        back,
    )
    canvas.ellipse((x - half, y - high, x + half, y + high), back)
    canvas.ellipse((x - half * 0.86, y - high * 0.1, x + half * 0.86, y + high * 0.9), belly)
    canvas.polygon(
        [
            (x - heading * half * 0.1, y),
            (x - heading * half * 0.5, y + high * 0.45),
            (x - heading * half * 0.55, y - high * 0.15),
        ],
        back,
    )
    eye = (x + heading * half * 0.6, y - high * 0.22)
    canvas.circle(eye, length * 0.052, "#ffffff")
    canvas.circle((eye[0] + heading * 1.5, eye[1]), length * 0.03, "#15181b")


def _wall_clock(canvas: Canvas, at: Point, *, hour: int, minute: int) -> None:
    x, y = at
    canvas.glow((x - 92, y - 86, x + 104, y + 108), blur=10, opacity=0.35)
    canvas.circle(at, 98, "#5b4636")
    canvas.circle(at, 87, "#fdfaf3")
    for mark in range(12):
        turn = math.radians(mark * 30)
        canvas.text(
            (x + 70 * math.sin(turn), y - 70 * math.cos(turn)), str(mark or 12), size=19, fill="#2b2622", bold=0.4
        )
    for angle, reach, width in (((hour + minute / 60) * 30, 40, 7), (minute * 6, 52, 4.5)):
        turn = math.radians(angle)
        canvas.stroke([at, (x + reach * math.sin(turn), y - reach * math.cos(turn))], "#2b2622", width)
    canvas.circle(at, 7, "#b23a2e")


def _sofa(canvas: Canvas) -> None:
    canvas.glow((230, 548, 660, 582), blur=12, opacity=0.4)
    for x in (262, 610):
        canvas.rect((x, 540, x + 16, 576), "#4a3324", radius=3)
    canvas.gradient((250, 330, 636, 500), "#4f9a8c", "#3a7c70", radius=30)
    canvas.gradient((272, 440, 444, 520), "#65b0a2", "#4b9486", radius=16)
    canvas.gradient((444, 440, 614, 520), "#65b0a2", "#4b9486", radius=16)
    canvas.rect((250, 508, 636, 550), "#357165", radius=10)
    for x in (214, 606):
        canvas.gradient((x, 412, x + 66, 552), "#5aa597", "#3a7c70", radius=26)
    canvas.gradient((296, 372, 384, 458), "#f2b05a", "#dd8f33", radius=18)


def _potted_plant(canvas: Canvas, at: Point) -> None:
    x, y = at
    canvas.glow((x - 56, y + 18, x + 66, y + 44), blur=9, opacity=0.4)
    for lean, reach in ((-78, 150), (-48, 210), (-16, 246), (22, 236), (52, 196), (84, 140)):
        tip = (x + lean, y - 60 - reach)
        middle = (x + lean * 0.55, y - 60 - reach * 0.5)
        side = 15.0
        canvas.polygon(
            [(x, y - 60), (middle[0] - side, middle[1]), tip, (middle[0] + side, middle[1])],
            "#3f8f4f" if lean % 4 else "#57a863",
        )
        canvas.line([(x, y - 60), tip], "#2f6f3c", 2)
    canvas.polygon([(x - 58, y - 74), (x + 58, y - 74), (x + 42, y + 32), (x - 42, y + 32)], "#c86f45")
    canvas.polygon([(x + 20, y - 74), (x + 58, y - 74), (x + 42, y + 32), (x + 16, y + 32)], "#b55f38")
    canvas.rect((x - 64, y - 86, x + 64, y - 64), "#d57f54", radius=4)


def _floor_lamp(canvas: Canvas, at: Point) -> None:
    x, y = at
    canvas.glow((x - 150, 150, x + 150, 480), "#fff0b8", blur=46, opacity=0.55)
    canvas.glow((x - 60, y - 2, x + 64, y + 22), blur=8, opacity=0.4)
    canvas.ellipse((x - 54, y - 8, x + 54, y + 14), "#3b3733")
    canvas.rect((x - 5, 292, x + 5, y), "#4a4540")
    canvas.polygon([(x - 46, 172), (x + 46, 172), (x + 84, 298), (x - 84, 298)], "#ffe9ad")
    canvas.polygon([(x + 10, 172), (x + 46, 172), (x + 84, 298), (x + 18, 298)], "#f9dc92")
    canvas.rect((x - 46, 168, x + 46, 175), "#e0bd6a")
    canvas.rect((x - 84, 294, x + 84, 301), "#e0bd6a")
