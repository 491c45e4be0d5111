from __future__ import annotations

import io
import math
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw

from snellen.offline.flat import find_flat
from snellen.offline.pictures import Box, Pixels, decode
from snellen.offline.reader import Line
from snellen.offline.shapes import Look, find_backdrops, find_shapes

STAR = [
    (200 + reach * math.sin(step * math.pi / 5), 150 - reach * math.cos(step * math.pi / 5))
    for step, reach in enumerate([80, 33] * 5)
]
ARROW = [(80, 120), (200, 120), (200, 80), (260, 150), (200, 220), (200, 180), (80, 180)]

Draw = Callable[[ImageDraw.ImageDraw], object]


def _drawn(*draw: Draw, ground: str = "white") -> Image.Image:
    image = Image.new("RGB", (400, 300), ground)
    for one in draw:
        one(ImageDraw.Draw(image))
    return image


def _seen(pixels: Pixels) -> Counter[str]:
    drawing = find_flat(pixels)
    assert drawing is not None
    shapes, _ = find_shapes(drawing, lines=(), writing=())
    return Counter(_name(shape.look) for shape in shapes)


def _name(look: Look) -> str:
    return f"{'hollow ' if look.is_hollow else ''}{look.colour.english} {look.kind}"


ONE = [
    ("red circle", lambda pen: pen.ellipse((100, 80, 200, 180), fill="red")),
    ("blue ellipse", lambda pen: pen.ellipse((100, 80, 260, 180), fill="blue")),
    ("green square", lambda pen: pen.rectangle((100, 80, 200, 180), fill="green")),
    ("orange rectangle", lambda pen: pen.rectangle((100, 80, 260, 180), fill="orange")),
    ("purple diamond", lambda pen: pen.regular_polygon((200, 150, 80), 4, rotation=45, fill="purple")),
    ("blue triangle", lambda pen: pen.regular_polygon((200, 150, 80), 3, rotation=17, fill="blue")),
    ("turquoise pentagon", lambda pen: pen.regular_polygon((200, 150, 80), 5, fill="teal")),
    ("dark blue hexagon", lambda pen: pen.regular_polygon((200, 150, 80), 6, fill="navy")),
    ("red octagon", lambda pen: pen.regular_polygon((200, 150, 80), 8, rotation=22.5, fill="red")),
    ("yellow star", lambda pen: pen.polygon(STAR, fill="gold")),
    (
        "black cross",
        lambda pen: (
            pen.rectangle((120, 130, 280, 170), fill="black"),
            pen.rectangle((180, 70, 220, 230), fill="black"),
        ),
    ),
    ("red ring", lambda pen: pen.ellipse((100, 80, 200, 180), outline="red", width=16)),
    ("black ring", lambda pen: pen.ellipse((100, 80, 200, 180), outline="black", width=4)),
    ("hollow blue square", lambda pen: pen.rectangle((100, 80, 200, 180), outline="blue", width=5)),
    ("yellow square", lambda pen: pen.rectangle((100, 80, 200, 180), fill="yellow", outline="black", width=4)),
    ("green circle", lambda pen: pen.ellipse((100, 80, 200, 180), fill="green", outline="black", width=4)),
    (
        "blue other",
        lambda pen: pen.polygon(ARROW, fill="blue"),
    ),
]


@pytest.mark.parametrize(("name", "draw"), ONE, ids=[name for name, _ in ONE])
def test_a_shape_is_named_and_nothing_else_is_seen(name: str, draw: Draw) -> None:
    assert _seen(np.asarray(_drawn(draw))) == {name: 1}


@pytest.mark.parametrize(("name", "draw"), ONE[:10], ids=[name for name, _ in ONE[:10]])
def test_soft_edges_and_jpeg_make_no_further_shapes(name: str, draw: Draw) -> None:
    large = _drawn(draw).resize((1200, 900), Image.Resampling.NEAREST)
    buffer = io.BytesIO()
    large.resize((600, 450), Image.Resampling.LANCZOS).save(buffer, "JPEG", quality=80)
    assert _seen(decode(buffer.getvalue())[0]) == {name: 1}


def test_a_white_shape_on_a_coloured_one_is_seen_on_a_white_ground() -> None:
    house = _drawn(
        lambda pen: pen.rectangle((50, 50, 350, 250), fill="red"),
        lambda pen: pen.ellipse((80, 80, 130, 130), fill="white"),
        lambda pen: pen.ellipse((280, 180, 330, 230), fill="white"),
    )
    assert _seen(np.asarray(house)) == {"red rectangle": 1, "white circle": 2}


@pytest.mark.parametrize(
    "draw",
    [
        pytest.param(lambda pen: pen.line((20, 150, 380, 150), fill="black", width=3), id="line"),
        pytest.param(lambda pen: pen.line((20, 20, 380, 280), fill="red", width=2), id="slanting-line"),
        pytest.param(lambda pen: pen.line([(40, 20), (40, 270), (380, 270)], fill="black", width=3), id="axes"),
        pytest.param(lambda pen: pen.rectangle((0, 200, 400, 300), fill="green"), id="ground"),
        pytest.param(lambda pen: pen.point([(x, 50) for x in range(0, 400, 5)], fill="black"), id="specks"),
        pytest.param(lambda pen: None, id="nothing"),
    ],
)
def test_lines_grounds_and_specks_are_no_shapes(draw: Draw) -> None:
    assert _seen(np.asarray(_drawn(draw))) == {}


def test_ground_and_sky_are_named_with_their_side() -> None:
    drawing = find_flat(
        np.asarray(_drawn(lambda pen: pen.rectangle((0, 200, 400, 300), fill="green"), ground="skyblue"))
    )
    assert drawing is not None
    assert [(colour.english, box.bottom) for colour, box in find_backdrops(drawing)] == [("green", 1.0)]


def test_letters_that_were_read_are_no_shapes() -> None:
    bar = _drawn(lambda pen: pen.rectangle((100, 100, 112, 180), fill="black"))
    drawing = find_flat(np.asarray(bar))
    assert drawing is not None
    read = Line("I", Box(0.22, 0.3, 0.31, 0.65))
    assert find_shapes(drawing, lines=[read], writing=[read.box]) == ((), False)


def test_a_disc_that_looks_like_a_letter_stays_a_disc() -> None:
    drawing = find_flat(np.asarray(_drawn(ONE[0][1])))
    assert drawing is not None
    shapes, has_unread = find_shapes(drawing, lines=(), writing=[Box(0.2, 0.2, 0.6, 0.7)])
    assert ([_name(shape.look) for shape in shapes], has_unread) == (["red circle"], False)


def _text_seen(*draw: Draw, writing: Box) -> bool:
    drawing = find_flat(np.asarray(_drawn(*draw)))
    assert drawing is not None
    return find_shapes(drawing, lines=(), writing=[writing])[1]


def test_small_print_that_was_not_read_is_noticed() -> None:
    hairs = [lambda pen, x=x: pen.line((x, 100, x + 3, 120), fill="black") for x in range(100, 200, 6)]
    assert _text_seen(*hairs, writing=Box(0.24, 0.3, 0.51, 0.42))


def test_a_plain_picture_has_no_writing_whatever_the_detector_says() -> None:
    assert not _text_seen(writing=Box(0.0, 0.0, 1.0, 1.0))


def test_a_single_stroke_is_no_writing() -> None:
    place = Box(0.48, 0.3, 0.52, 0.5)
    assert not _text_seen(lambda pen: pen.line((200, 100, 200, 140), fill="black", width=6), writing=place)


def test_a_slice_of_a_pie_is_no_polygon() -> None:
    pie = _drawn(lambda pen: pen.pieslice((100, 50, 300, 250), 0, 120, fill="red"))
    assert _seen(np.asarray(pie)) == {"red other": 1}


def test_a_photograph_is_no_drawing(photograph: bytes) -> None:
    assert find_flat(decode(photograph)[0]) is None


def test_a_smooth_gradient_is_no_drawing() -> None:
    ramp = np.linspace(0, 255, 300)[:, None, None] * np.ones((1, 400, 3))
    assert find_flat(ramp.astype(np.uint8)) is None
