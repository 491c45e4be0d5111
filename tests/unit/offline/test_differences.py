from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from snellen.offline.colours import name_colour
from snellen.offline.differences import Content, compare
from snellen.offline.observe import Observation
from snellen.offline.pictures import Box
from snellen.offline.reader import Line
from snellen.offline.shapes import Look, Shape

RED, WHITE = name_colour((255, 0, 0)), name_colour((255, 255, 255))
DISC = Look("circle", RED)


def _with_disc(x: int, y: int, *, size: tuple[int, int] = (400, 300)) -> Observation:
    image = Image.new("RGB", (400, 300), "white")
    ImageDraw.Draw(image).ellipse((x, y, x + 60, y + 60), fill="red")
    box = Box(x / 400, y / 300, (x + 60) / 400, (y + 60) / 300)
    return Observation(pixels=np.asarray(image.resize(size)), lines=(), shapes=(Shape(DISC, box),))


def _plain(colour: str, size: tuple[int, int] = (400, 300)) -> Observation:
    return Observation(pixels=np.asarray(Image.new("RGB", size, colour)), lines=())


def test_a_thing_that_moved_is_two_changes_from_the_top() -> None:
    found = compare(_with_disc(20, 20), _with_disc(300, 200))
    assert found.extent == "some"
    assert [(change.box.place, change.first, change.second) for change in found.changes] == [
        (("top", "left"), Content(((DISC, 1),), ()), Content((), (), WHITE)),
        (("bottom", "right"), Content((), (), WHITE), Content(((DISC, 1),), ())),
    ]


def test_another_text_in_the_same_place_is_said_as_text() -> None:
    def shop(name: str, colour: str) -> Observation:
        image = Image.new("RGB", (400, 300), "white")
        ImageDraw.Draw(image).rectangle((150, 200, 250, 230), fill=colour)
        return Observation(pixels=np.asarray(image), lines=(Line(name, Box(0.375, 0.66, 0.63, 0.78)),))

    (change,) = compare(shop("BAKERY", "black"), shop("BOOKS", "grey")).changes
    assert (change.first.texts, change.second.texts) == (("BAKERY",), ("BOOKS",))


def test_the_same_picture_does_not_differ() -> None:
    assert compare(_with_disc(20, 20), _with_disc(20, 20)).extent == "none"


def test_the_same_picture_in_another_size_does_not_differ() -> None:
    assert compare(_with_disc(20, 20), _with_disc(20, 20, size=(800, 600))).extent == "none"


def test_slight_noise_is_no_difference() -> None:
    noise = np.random.default_rng(3).integers(-12, 13, (300, 400, 3))
    first = _with_disc(20, 20)
    noisy = np.clip(first.pixels.astype(int) + noise, 0, 255).astype(np.uint8)
    assert compare(first, Observation(pixels=noisy, lines=())).extent == "none"


def test_pictures_that_differ_nearly_everywhere_are_not_listed_place_by_place() -> None:
    found = compare(_plain("white"), _plain("navy"))
    assert (found.extent, found.changes) == ("most", ())


def test_other_proportions_are_not_compared() -> None:
    assert compare(_plain("white"), _plain("white", (300, 300))).extent == "unlike"
