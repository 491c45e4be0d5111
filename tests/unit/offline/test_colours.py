from __future__ import annotations

import numpy as np
import pytest
from PIL import ImageColor

from snellen.offline.colours import COLOURS, name_colour, name_pixels

CSS = [
    ("black", "black"),
    ("white", "white"),
    ("ivory", "white"),
    ("gray", "grey"),
    ("silver", "grey"),
    ("slategray", "grey"),
    ("red", "red"),
    ("crimson", "red"),
    ("darkred", "red"),
    ("orange", "orange"),
    ("darkorange", "orange"),
    ("gold", "yellow"),
    ("yellow", "yellow"),
    ("green", "green"),
    ("darkgreen", "green"),
    ("lime", "green"),
    ("lightgreen", "light green"),
    ("yellowgreen", "light green"),
    ("teal", "turquoise"),
    ("turquoise", "turquoise"),
    ("cyan", "turquoise"),
    ("skyblue", "light blue"),
    ("lightblue", "light blue"),
    ("blue", "blue"),
    ("dodgerblue", "blue"),
    ("steelblue", "blue"),
    ("navy", "dark blue"),
    ("midnightblue", "dark blue"),
    ("purple", "purple"),
    ("indigo", "purple"),
    ("violet", "purple"),
    ("pink", "pink"),
    ("hotpink", "pink"),
    ("deeppink", "pink"),
    ("saddlebrown", "brown"),
    ("sienna", "brown"),
    ("beige", "beige"),
    ("tan", "beige"),
    ("wheat", "beige"),
]


@pytest.mark.parametrize(("css", "name"), CSS, ids=[css for css, _ in CSS])
def test_css_colours_have_the_names_people_give_them(css: str, name: str) -> None:
    red, green, blue = ImageColor.getrgb(css)[:3]
    assert name_colour((red, green, blue)).english == name


@pytest.mark.parametrize("css", [css for css, _ in CSS])
def test_a_pixel_is_named_as_the_colour_alone_is(css: str) -> None:
    rgb = ImageColor.getrgb(css)[:3]
    (index,) = name_pixels(np.array([[rgb]], dtype=np.uint8)).ravel()
    assert COLOURS[index] == name_colour((rgb[0], rgb[1], rgb[2]))


def test_every_colour_has_a_name_of_its_own_in_both_languages() -> None:
    assert len({colour.english for colour in COLOURS}) == len({colour.korean for colour in COLOURS}) == len(COLOURS)
