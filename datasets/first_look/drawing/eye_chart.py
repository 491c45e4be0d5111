"""A Snellen chart: every letter on a grid of five by five, every line of the size its distance asks for.

Herman Snellen's optotypes (1862) are five strokes high and wide, each stroke as thick as the gaps; a line marked
20/d is drawn d/20 times as high as the 20/20 line.
"""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from .canvas import Box, Canvas, Point

__all__ = ["LINES", "eye_chart"]

LINES = [
    ("E", 200),
    ("FP", 100),
    ("TOZ", 70),
    ("LPED", 50),
    ("PECFD", 40),
    ("EDFCZP", 30),
    ("FELOPZD", 25),
    ("DEFPOTEC", 20),
    ("LEFODPCT", 15),
    ("FDPLTCEO", 13),
    ("PEZOLCFTD", 10),
]
PIXELS_PER_DISTANCE = 0.8  # the 20/20 line is 16 px high, the last one 8 px
INK, PAPER = "#111111", "#fcfbf6"
STEM: Box = (1, 0, 2, 5)
FOOT: Box = (0, 4, 3, 5)
HEAD: Box = (0, 0, 3, 1)
UPPER_ARM: tuple[Box, ...] = ((0, 0, 5, 1), (4, 0, 5, 1.8))
MIDDLE_ARM: tuple[Box, ...] = ((2, 2, 3.6, 3), (2.9, 1.5, 3.6, 3.5))
LOWER_ARM: tuple[Box, ...] = ((0, 4, 5, 5), (4, 3.2, 5, 5))
BARS: dict[str, tuple[Box, ...]] = {
    "E": (STEM, *UPPER_ARM, *MIDDLE_ARM, *LOWER_ARM),
    "F": (STEM, *UPPER_ARM, *MIDDLE_ARM, FOOT),
    "L": (STEM, HEAD, *LOWER_ARM),
    "T": ((2, 0, 3, 5), (0, 0, 5, 1), (0, 0, 1, 1.8), (4, 0, 5, 1.8), (1, 4, 4, 5)),
    "P": (STEM, FOOT, (0, 0, 3.5, 1), (1, 2.1, 3.5, 3.1)),
    "D": (STEM, (0, 0, 2.7, 1), (0, 4, 2.7, 5)),
    "Z": ((0, 0, 5, 1), (0, 0, 1, 1.8), (0, 4, 5, 5), (4, 3.2, 5, 5)),
    "C": ((4, 0.3, 4.9, 2), (4, 3.2, 4.9, 4.2)),
    "O": (),
}
# Ellipse the arc follows, from and to which angle (clockwise from three o'clock).
ARCS: dict[str, tuple[Box, float, float]] = {
    "P": ((1.9, 0, 5, 3.1), -90, 90),
    "D": ((0.4, 0, 5, 5), -90, 90),
    "C": ((0, 0, 5, 5), 38, 318),
    "O": ((0, 0, 5, 5), 0, 360),
}
STROKES: dict[str, Sequence[Point]] = {"Z": [(3.7, 0.5), (5, 0.5), (1.3, 4.5), (0, 4.5)]}


def eye_chart() -> Image.Image:
    canvas = Canvas(760, 960, "#b9c4c6")
    canvas.gradient((0, 0, 760, 960), "#c3cdce", "#9eabad")
    canvas.shadow((66, 42, 706, 930), blur=16, opacity=0.4, radius=6)
    canvas.rect((60, 30, 700, 918), PAPER, radius=6)
    canvas.rect((340, 22, 420, 44), "#2b2f31", radius=6)
    y = 86.0
    for number, (letters, distance) in enumerate(LINES, start=1):
        height = distance * PIXELS_PER_DISTANCE
        _line(canvas, letters, middle=y + height / 2, height=height)
        canvas.text((98, y + height / 2), f"20/{distance}", size=17, fill="#6b6f70", anchor="lm")
        canvas.text((662, y + height / 2), str(number), size=17, fill="#6b6f70", anchor="rm")
        y += height + 17 + height * 0.26
        if number in {6, 8}:
            colour = "#2f9e5b" if number == 6 else "#c9302c"  # the two bars every chart on a wall has
            canvas.rect((160, y - 8, 600, y - 2), colour)
            y += 16
    return canvas.finished()


def _line(canvas: Canvas, letters: str, *, middle: float, height: float) -> None:
    step = height + max(height * 0.75, 13)
    x = 380 - (step * (len(letters) - 1) + height) / 2
    for letter in letters:
        _letter(canvas, letter, at=(x, middle - height / 2), unit=height / 5)
        x += step


def _letter(canvas: Canvas, letter: str, *, at: Point, unit: float) -> None:
    for bar in BARS[letter]:
        canvas.rect(_placed(bar, at, unit), INK)
    if letter in ARCS:
        box, start, end = ARCS[letter]
        canvas.arc(_placed(box, at, unit), INK, start=start, end=end, width=unit)
    if letter in STROKES:
        canvas.polygon([(at[0] + x * unit, at[1] + y * unit) for x, y in STROKES[letter]], INK)


def _placed(box: Box, at: Point, unit: float) -> Box:
    return at[0] + box[0] * unit, at[1] + box[1] * unit, at[0] + box[2] * unit, at[1] + box[3] * unit
