"""Street signs before an out-of-focus background, as a phone would take them."""

from __future__ import annotations

import math

from PIL import Image

from .canvas import Canvas, Point

__all__ = ["no_parking", "one_way", "speed_limit", "stop_sign", "street_names", "traffic_light", "way_finder"]

RED, DEEP_RED = "#c8202f", "#a81826"
WHITE, INK = "#fdfdfb", "#17191c"


def stop_sign() -> Image.Image:
    canvas = Canvas(800, 720)
    _suburb(canvas)
    _pole(canvas, 400, 300)
    centre = (400.0, 300.0)
    canvas.glow((196, 110, 616, 520), blur=16, opacity=0.3)
    canvas.polygon(_octagon(centre, 222), "#8d1420")
    canvas.polygon(_octagon(centre, 219), WHITE)
    canvas.polygon(_octagon(centre, 203), RED)
    canvas.spaced(centre, "STOP", size=124, fill=WHITE, gap=4, bold=4.5)
    _bolts(canvas, (400, 128), (400, 472))
    return canvas.finished()


def one_way() -> Image.Image:
    canvas = Canvas(800, 600)
    _city(canvas)
    _pole(canvas, 400, 300)
    canvas.shadow((78, 196, 732, 424), blur=14, opacity=0.35, radius=20)
    canvas.rect((74, 184, 726, 412), WHITE, radius=20)
    canvas.rect((80, 190, 720, 406), INK, radius=16)
    arrow = [(104, 232), (560, 232), (560, 208), (700, 298), (560, 388), (560, 364), (104, 364)]
    canvas.polygon(arrow, WHITE)
    canvas.spaced((356, 299), "ONE WAY", size=86, fill=INK, gap=4, bold=3.5)
    _bolts(canvas, (400, 197), (400, 399))
    return canvas.finished()


def speed_limit() -> Image.Image:
    canvas = Canvas(640, 720)
    _suburb(canvas)
    _pole(canvas, 320, 300)
    canvas.glow((112, 106, 544, 538), blur=16, opacity=0.3)
    canvas.circle((320, 310), 214, "#d9d9d4")
    canvas.circle((320, 310), 211, RED)
    canvas.circle((320, 310), 158, WHITE)
    canvas.spaced((320, 312), "50", size=212, fill=INK, gap=2, bold=6)
    _bolts(canvas, (320, 122), (320, 498))
    return canvas.finished()


def no_parking() -> Image.Image:
    canvas = Canvas(640, 800)
    _city(canvas)
    _pole(canvas, 320, 120)
    canvas.shadow((126, 74, 526, 690), blur=16, opacity=0.35, radius=26)
    canvas.rect((120, 60, 520, 676), "#c9c9c4", radius=26)
    canvas.rect((123, 63, 517, 673), WHITE, radius=24)
    canvas.rect((134, 74, 506, 662), None, radius=16, line=RED, width=5)
    canvas.circle((320, 210), 106, RED)
    canvas.circle((320, 210), 84, WHITE)
    canvas.text((324, 212), "P", size=138, fill=INK, bold=5)
    canvas.line([(320 - 66, 210 - 66), (320 + 66, 210 + 66)], RED, 21)
    canvas.spaced((320, 374), "NO PARKING", size=50, fill=RED, gap=2, bold=2.2)
    canvas.rect((164, 414, 476, 418), RED)
    canvas.spaced((320, 470), "8 AM TO 6 PM", size=46, fill=RED, gap=1, bold=1.6)
    canvas.spaced((320, 536), "MON TO FRI", size=46, fill=RED, gap=1, bold=1.6)
    canvas.line([(190, 612), (450, 612)], RED, 9)
    canvas.polygon([(160, 612), (204, 590), (204, 634)], RED)
    canvas.polygon([(480, 612), (436, 590), (436, 634)], RED)
    _bolts(canvas, (320, 88), (320, 650))
    return canvas.finished()


def street_names() -> Image.Image:
    canvas = Canvas(800, 600)
    _suburb(canvas)
    _pole(canvas, 400, 70)
    canvas.circle((400, 66), 17, "#8b9196")
    _name_plate(canvas, (250, 112, 764, 226), "Maple Street", "400")
    _name_plate(canvas, (38, 262, 552, 376), "River Avenue", "1200")
    return canvas.finished()


def way_finder() -> Image.Image:
    canvas = Canvas(800, 640)
    _city(canvas)
    _pole(canvas, 180, 60)
    _pole(canvas, 620, 60)
    canvas.shadow((66, 86, 748, 506), blur=16, opacity=0.35, radius=26)
    canvas.rect((60, 72, 740, 492), "#e9ece8", radius=26)
    canvas.rect((68, 80, 732, 484), "#14577f", radius=20)
    rows = [("City centre", "5 km", 90), ("Harbour", "3 km", 180), ("Airport", "12 km", 0)]
    for index, (place, distance, heading) in enumerate(rows):
        y = 150 + index * 132
        if index:
            canvas.rect((96, y - 67, 704, y - 64), "#ffffff90")
        _arrow(canvas, (140, y), heading)
        canvas.text((210, y), place, size=58, fill=WHITE, anchor="lm", bold=1.4)
        canvas.text((690, y), distance, size=58, fill=WHITE, anchor="rm", bold=1.4)
    return canvas.finished()


def traffic_light() -> Image.Image:
    """Small and of few colours: it travels inside the case file as a data URI."""
    canvas = Canvas(160, 320, "#bfdcec")
    canvas.rect((74, 270, 86, 320), "#5b6166")
    canvas.rect((30, 20, 130, 286), "#23272b", radius=18)
    for y, colour in ((66, "#5a1a1c"), (153, "#57481a"), (240, "#2fd06a")):
        canvas.circle((80, y), 37, "#101214")
        canvas.circle((80, y), 31, colour)
    canvas.circle((70, 229), 8, "#b9f5cf")
    return canvas.finished().quantize(16, dither=Image.Dither.NONE).convert("RGB")


def _octagon(centre: Point, radius: float) -> list[Point]:
    turns = [math.radians(22.5 + 45 * step) for step in range(8)]
    return [(centre[0] + radius * math.cos(turn), centre[1] + radius * math.sin(turn)) for turn in turns]


def _pole(canvas: Canvas, x: float, top: float) -> None:
    bottom = canvas.height_px
    canvas.rect((x - 15, top, x + 15, bottom), "#777d82")
    canvas.rect((x - 12, top, x + 2, bottom), "#a3a9ad")
    canvas.rect((x - 9, top, x - 4, bottom), "#c3c8cb")


def _bolts(canvas: Canvas, *spots: Point) -> None:
    for x, y in spots:
        canvas.circle((x + 1, y + 1.5), 7.5, "#00000050")
        canvas.circle((x, y), 7, "#b4b8ba")
        canvas.circle((x - 1.5, y - 1.5), 3.5, "#dde0e1")


def _name_plate(canvas: Canvas, box: tuple[float, float, float, float], name: str, block: str) -> None:
    x0, y0, x1, y1 = box
    canvas.shadow((x0 + 6, y0 + 12, x1 + 6, y1 + 12), blur=12, opacity=0.35, radius=14)
    canvas.rect(box, WHITE, radius=14)
    canvas.rect((x0 + 5, y0 + 5, x1 - 5, y1 - 5), "#0f6b4a", radius=10)
    middle = (y0 + y1) / 2
    canvas.text((x0 + 26, middle), name, size=60, fill=WHITE, anchor="lm", bold=1.6)
    canvas.text((x1 - 24, middle - 18), block, size=30, fill=WHITE, anchor="rm", bold=0.7)


def _arrow(canvas: Canvas, at: Point, heading: float) -> None:
    """A stout arrow; 0 degrees points right, 90 up, 180 left."""
    turn = math.radians(heading)
    shape = [(-34, -9), (4, -9), (4, -28), (38, 0), (4, 28), (4, 9), (-34, 9)]
    canvas.polygon(
        [
            (at[0] + x * math.cos(turn) + y * math.sin(turn), at[1] - x * math.sin(turn) + y * math.cos(turn))
            for x, y in shape
        ],
        WHITE,
    )


def _suburb(canvas: Canvas) -> None:
    width, height = canvas.width_px, canvas.height_px
    canvas.gradient((0, 0, width, height), "#8fc3e6", "#eef4f2")
    canvas.rect((0, height * 0.8, width, height), "#8c9196")
    for index in range(14):
        x = width * index / 13
        y = height * (0.66 + 0.05 * math.sin(index * 2.1))
        size = width * (0.075 + 0.02 * math.sin(index * 3.7))
        canvas.circle((x, y), size, ("#5f8f4e", "#4d7d46", "#79a45c")[index % 3])
    canvas.rect((width * 0.1, height * 0.56, width * 0.34, height * 0.78), "#d9b28c")
    canvas.polygon(
        [(width * 0.07, height * 0.57), (width * 0.22, height * 0.46), (width * 0.37, height * 0.57)], "#8c4a3c"
    )
    canvas.rect((width * 0.7, height * 0.6, width * 0.92, height * 0.78), "#e4e0d4")
    canvas.rect((0, height * 0.77, width, height * 0.82), "#93ad6c")
    canvas.blur(13)


def _city(canvas: Canvas) -> None:
    width, height = canvas.width_px, canvas.height_px
    canvas.gradient((0, 0, width, height), "#b9cfdf", "#f2e8da")
    for index, top in enumerate((0.3, 0.12, 0.4, 0.22, 0.34, 0.08, 0.28)):
        x0 = width * index / 7
        canvas.rect(
            (x0, height * top, x0 + width / 7 + 1, height), ("#a98f7d", "#8796a3", "#c3ab8d", "#6f7d88")[index % 4]
        )
        for floor in range(12):
            y = height * top + 30 + floor * 46
            canvas.rect((x0 + 16, y, x0 + width / 7 - 16, y + 22), "#f6e7b8" if (floor + index) % 3 == 0 else "#5d6b77")
    canvas.rect((0, height * 0.88, width, height), "#70757a")
    canvas.blur(11)
