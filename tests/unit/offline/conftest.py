"""Pictures that the tests of the offline model look at, drawn here so that what is in them is known."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

SKY, GRASS, WALL = (200, 220, 240), (90, 140, 70), (205, 170, 130)
STAR = [
    (120, 440),
    (135, 480),
    (177, 481),
    (144, 508),
    (155, 549),
    (120, 525),
    (85, 549),
    (96, 508),
    (63, 481),
    (105, 480),
]


def png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def text_lines(rows: Sequence[tuple[str, str]]) -> Image.Image:
    """A receipt: names on the left, prices far away on the right."""
    image = Image.new("RGB", (420, 60 + 44 * len(rows)), "white")
    pen = ImageDraw.Draw(image)
    for number, (name, price) in enumerate(rows):
        pen.text((30, 30 + 44 * number), name, font=font(24), fill="black")
        pen.text((390, 30 + 44 * number), price, font=font(24), fill="black", anchor="ra")
    return image


@pytest.fixture(scope="session")
def receipt() -> bytes:
    rows = [("Latte", "4.50"), ("Bagel", "3.25"), ("Subtotal", "7.75"), ("Tax", "0.62"), ("TOTAL", "8.37")]
    return png(text_lines(rows))


@pytest.fixture(scope="session")
def sign() -> bytes:
    """A stop sign on a post on grass: an octagon with text."""
    image = Image.new("RGB", (800, 600), SKY)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 450, 800, 600), fill=GRASS)
    pen.rectangle((392, 330, 408, 560), fill=(120, 120, 120))
    pen.regular_polygon((400, 210, 160), 8, rotation=22.5, fill=(200, 20, 30))
    pen.text((400, 210), "STOP", font=font(88), fill="white", anchor="mm")
    return png(image)


@pytest.fixture(scope="session")
def shapes() -> bytes:
    """5 red circles, 2 blue squares, a green triangle and a yellow star on white."""
    image = Image.new("RGB", (800, 600), "white")
    pen = ImageDraw.Draw(image)
    for x, y in [(100, 100), (250, 120), (400, 90), (150, 300), (330, 330)]:
        pen.ellipse((x - 45, y - 45, x + 45, y + 45), fill=(220, 30, 30))
    for x, y in [(600, 150), (650, 400)]:
        pen.rectangle((x - 50, y - 50, x + 50, y + 50), fill=(30, 60, 210))
    pen.polygon([(450, 490), (400, 580), (500, 580)], fill=(30, 160, 60))
    pen.polygon(STAR, fill=(250, 200, 0))
    return png(image)


@pytest.fixture(scope="session")
def chart() -> bytes:
    image = Image.new("RGB", (800, 600), "white")
    pen = ImageDraw.Draw(image)
    pen.text((400, 40), "Visitors per day", font=font(34), fill="black", anchor="mm")
    pen.line((100, 90, 100, 500), fill="black", width=3)
    pen.line((100, 500, 760, 500), fill="black", width=3)
    for number, (day, value) in enumerate([("Mon", 120), ("Tue", 200), ("Wed", 340), ("Thu", 80)]):
        x = 140 + number * 150
        pen.rectangle((x, 500 - value, x + 80, 499), fill=(40, 90, 180))
        pen.text((x + 40, 530), day, font=font(28), fill="black", anchor="mm")
        pen.text((x + 40, 480 - value), str(value), font=font(26), fill="black", anchor="mm")
    return png(image)


def facade(*, roof: tuple[int, int, int], shop: str, windows: int) -> bytes:
    image = Image.new("RGB", (800, 600), SKY)
    pen = ImageDraw.Draw(image)
    pen.rectangle((150, 120, 650, 580), fill=WALL)
    pen.polygon([(130, 119), (400, 30), (670, 119)], fill=roof)
    for number in range(windows):
        x, y = 190 + number % 4 * 115, 150 + number // 4 * 120
        pen.rectangle((x, y, x + 70, y + 80), fill=(50, 90, 160), outline="white", width=4)
    pen.text((400, 500), shop, font=font(34), fill="black", anchor="mm")
    return png(image)


@pytest.fixture(scope="session")
def facades() -> tuple[bytes, bytes]:
    """Two houses: another roof, another shop, and one window less."""
    before = facade(roof=(180, 40, 40), shop="BAKERY", windows=8)
    after = facade(roof=(40, 110, 60), shop="BOOKS", windows=7)
    return before, after


@pytest.fixture(scope="session")
def photograph() -> bytes:
    """Sky over a meadow, shaded and grainy as a camera gives it."""
    down = np.linspace(0, 1, 480)[:, None, None]
    sky = np.array([70, 130, 220]) + down * np.array([120, 80, 20])
    meadow = np.array([70, 150, 50]) - (down - 0.5) * np.array([30, 60, 20])
    grain = np.random.default_rng(7).integers(-16, 17, (480, 640, 1))
    pixels = np.where(down < 0.5, sky, meadow) + grain
    return png(Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)))


@pytest.fixture(scope="session")
def unreadable() -> bytes:
    """Strokes and rings in rows, as the letters of a script that the reader does not know."""
    image = Image.new("RGB", (700, 240), "white")
    pen = ImageDraw.Draw(image)
    for x in (80, 220, 360, 500):
        pen.ellipse((x, 60, x + 50, 110), outline="black", width=9)
        pen.line((x + 80, 50, x + 80, 180), fill="black", width=9)
        pen.line((x + 80, 85, x + 105, 85), fill="black", width=9)
        pen.rectangle((x, 130, x + 50, 180), outline="black", width=9)
    return png(image)
