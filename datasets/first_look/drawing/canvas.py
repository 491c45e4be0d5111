"""A canvas three times too large: shapes are drawn without anti-aliasing and averaged down, alike on every machine."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from PIL import Image, ImageColor, ImageDraw, ImageFilter, ImageFont

__all__ = ["NANUM_FOLDER", "Box", "Canvas", "Face", "Point"]

Point = tuple[float, float]
Box = tuple[float, float, float, float]
Face = Literal["latin", "gothic", "gothic-bold", "square", "round", "myeongjo"]

SCALE = 3  # nine samples a pixel; averaging whole blocks is integer arithmetic, so no machine rounds otherwise
NANUM_FOLDER = Path("/usr/share/fonts/truetype/nanum")  # Debian and Ubuntu: apt-get install fonts-nanum
_FILES: dict[Face, str] = {
    "gothic": "NanumGothic.ttf",
    "gothic-bold": "NanumGothicBold.ttf",
    "square": "NanumSquareB.ttf",
    "round": "NanumSquareRoundB.ttf",
    "myeongjo": "NanumMyeongjoBold.ttf",
}


class Canvas:
    """A picture in the making. All coordinates are pixels of the finished picture; colours may carry alpha."""

    def __init__(self, width_px: int, height_px: int, background: str = "#ffffff") -> None:
        self.width_px, self.height_px = width_px, height_px
        self._image = Image.new("RGB", (width_px * SCALE, height_px * SCALE), background)
        self._draw = ImageDraw.Draw(self._image, "RGBA")

    def finished(self) -> Image.Image:
        """The picture in its final size."""
        return self._image.reduce(SCALE)

    def rect(self, box: Box, fill: str | None, *, radius: float = 0, line: str | None = None, width: float = 0) -> None:
        """A box, with round corners or an outline if asked for."""
        self._draw.rounded_rectangle(
            _large(box), radius=round(radius * SCALE), fill=fill, outline=line, width=round(width * SCALE)
        )

    def ellipse(self, box: Box, fill: str | None, *, line: str | None = None, width: float = 0) -> None:
        """The ellipse that just fits into `box`."""
        self._draw.ellipse(_large(box), fill=fill, outline=line, width=round(width * SCALE))

    def circle(self, at: Point, radius: float, fill: str | None, *, line: str | None = None, width: float = 0) -> None:
        """A circle around `at`."""
        self.ellipse(_around(at, radius), fill, line=line, width=width)

    def polygon(self, points: Sequence[Point], fill: str) -> None:
        """A filled polygon."""
        self._draw.polygon(_large_points(points), fill=fill)

    def line(self, points: Sequence[Point], fill: str, width: float) -> None:
        """A line through all `points`, with round joints and flat ends."""
        self._draw.line(_large_points(points), fill=fill, width=round(width * SCALE), joint="curve")

    def stroke(self, points: Sequence[Point], fill: str, width: float) -> None:
        """A line with round ends."""
        self.line(points, fill, width)
        for end in (points[0], points[-1]):
            self.circle(end, width / 2, fill)

    def arc(self, box: Box, fill: str, *, start: float, end: float, width: float) -> None:
        """Part of an ellipse's outline; angles in degrees, clockwise from three o'clock."""
        self._draw.arc(_large(box), start, end, fill=fill, width=round(width * SCALE))

    def pie(self, box: Box, fill: str, *, start: float, end: float) -> None:
        """A slice of an ellipse; angles as in `arc`."""
        self._draw.pieslice(_large(box), start, end, fill=fill)

    def text(
        self, at: Point, text: str, *, size: float, fill: str, face: Face = "latin", anchor: str = "mm", bold: float = 0
    ) -> float:
        """Writes `text` and gives its width; `bold` thickens every stroke by that many pixels."""
        font = _font(face, round(size * SCALE))
        spot = (round(at[0] * SCALE), round(at[1] * SCALE))
        self._draw.text(spot, text, font=font, fill=fill, anchor=anchor, stroke_width=round(bold * SCALE))
        return float(font.getlength(text)) / SCALE

    def spaced(self, at: Point, text: str, *, size: float, fill: str, gap: float, bold: float = 0) -> None:
        """Writes Latin `text` centred on `at` with `gap` pixels between its letters."""
        font = _font("latin", round(size * SCALE))
        widths = [font.getlength(letter) / SCALE for letter in text]
        # Not sum(): since Python 3.12 it rounds otherwise, and a letter would land on another pixel.
        x = at[0] - (functools.reduce(operator.add, widths) + gap * (len(text) - 1)) / 2
        for letter, width in zip(text, widths, strict=True):
            self.text((x + width / 2, at[1]), letter, size=size, fill=fill, bold=bold, anchor="mm")
            x += width + gap

    def gradient(self, box: Box, top: str, bottom: str, *, radius: float = 0) -> None:
        """A box that changes from one colour to another downwards."""
        x0, y0, x1, y1 = _large(box)
        size = (x1 - x0, y1 - y0)
        mask = Image.new("L", size, 0)
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), round(radius * SCALE), fill=255)
        self._image.paste(_ramp(Image.linear_gradient("L").resize(size), top, bottom), (x0, y0), mask)

    def ball(self, box: Box, light: str, dark: str) -> None:
        """An ellipse lit from the upper left."""
        x0, y0, x1, y1 = _large(box)
        width, height = x1 - x0, y1 - y0
        mask = Image.new("L", (width, height), 0)
        ImageDraw.Draw(mask).ellipse((0, 0, width - 1, height - 1), fill=255)
        wide = Image.radial_gradient("L").resize((width * 3 // 2, height * 3 // 2))
        left, top = width * 5 // 12, height // 2  # puts the gradient's centre at a third across and a quarter down
        shade = wide.crop((left, top, left + width, top + height))
        self._image.paste(_ramp(shade, light, dark), (x0, y0), mask)

    def shadow(self, box: Box, *, blur: float, opacity: float, radius: float = 0) -> None:
        """The soft shadow of a box, to be drawn before the box."""
        mask, draw = self._mask()
        draw.rounded_rectangle(box, radius, fill=round(255 * opacity))
        self._soften(mask, "#000000", blur)

    def shadow_under(self, points: Sequence[Point], *, blur: float, opacity: float) -> None:
        """The soft shadow of a polygon."""
        mask, draw = self._mask()
        draw.polygon(points, fill=round(255 * opacity))
        self._soften(mask, "#000000", blur)

    def glow(self, box: Box, colour: str = "#000000", *, blur: float, opacity: float) -> None:
        """A soft ellipse: the shadow of a ball, light on it, the shine of a lamp."""
        mask, draw = self._mask()
        draw.ellipse(box, fill=round(255 * opacity))
        self._soften(mask, colour, blur)

    def _mask(self) -> tuple[Image.Image, ImageDraw.ImageDraw]:
        mask = Image.new("L", (self.width_px, self.height_px), 0)
        return mask, ImageDraw.Draw(mask)

    def _soften(self, mask: Image.Image, colour: str, blur: float) -> None:
        soft = mask.filter(ImageFilter.GaussianBlur(blur)).resize(self._image.size, Image.Resampling.BILINEAR)
        self._image.paste(Image.new("RGB", self._image.size, colour), (0, 0), soft)

    def blur(self, radius: float) -> None:
        """Puts all that was drawn so far out of focus, as a camera does with a background."""
        soft = self.finished().filter(ImageFilter.GaussianBlur(radius))
        self._image.paste(soft.resize(self._image.size, Image.Resampling.BILINEAR))


@functools.cache
def _font(face: Face, size_px: int) -> ImageFont.FreeTypeFont:
    """Aileron, which is part of Pillow, or Nanum; never Raqm layout, which not every machine has."""
    if face != "latin":
        return ImageFont.truetype(NANUM_FOLDER / _FILES[face], size_px, layout_engine=ImageFont.Layout.BASIC)
    font = ImageFont.load_default(size_px)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("this Pillow was built without FreeType, so it has no Aileron; install the wheel from PyPI")
    return font


def _ramp(shade: Image.Image, start: str, end: str) -> Image.Image:
    """`shade` (0 to 255) as colours from `start` to `end`."""
    first, last = ImageColor.getrgb(start), ImageColor.getrgb(end)
    bands = [
        shade.point([round(a + (b - a) * level / 255) for level in range(256)])
        for a, b in zip(first[:3], last[:3], strict=True)
    ]
    return Image.merge("RGB", bands)


def _large(box: Box) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = box
    return round(x0 * SCALE), round(y0 * SCALE), round(x1 * SCALE), round(y1 * SCALE)


def _large_points(points: Sequence[Point]) -> list[tuple[int, int]]:
    return [(round(x * SCALE), round(y * SCALE)) for x, y in points]


def _around(at: Point, radius: float) -> Box:
    return at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius
