"""Boxes and points drawn over the picture that they are about: what is right, and what one response gave."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from snellen._text import plural
from snellen.report.pictures import Picture, Pictures
from snellen.report.words import visible
from snellen.score import Score, Shape
from snellen.trial import Trial

__all__ = ["Drawn", "Overlay", "overlay_of"]

DrawnKind = Literal["expected", "right", "wrong"]
Point = tuple[float, float]

_MOST = 60  # shapes of a side: a reader sees no more than that, and a thousand boxes would be a black picture
_WITH_WORDS = 4  # so many labels of a word each find room beside each other
_LETTERS_IN_SIDE = 24  # a label has the height of this share of the longer side, which is shown some 300 px long
_DOT = 90  # a point without an extent is drawn as a dot of this share of the longer side
_SIGNS: dict[DrawnKind, str] = {"expected": "", "right": "✓ ", "wrong": "✕ "}
_CORNERS_OF_BOX = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One shape, in pixels of the original picture.

    Attributes:
        kind: What it is: expected, or given and right or wrong.
        path: Of an SVG path.
        label: What stands beside it; a sign tells kinds apart where colours cannot.
        x: Where the label begins.
        y: Its base line.
        is_end: Whether the label ends there instead.
        text: What it is in a sentence, for those who cannot see it.
    """

    kind: DrawnKind
    path: str
    label: str
    x: str
    y: str
    is_end: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """What is drawn over one picture.

    Attributes:
        picture: The picture.
        shapes: What is right first.
        letter_px: Height of labels, in pixels of the original picture.
        kinds: Which kinds there are, for the legend.
        notes: What cannot be seen in it, a sentence each.
    """

    picture: Picture
    shapes: tuple[Drawn, ...]
    letter_px: str
    kinds: tuple[DrawnKind, ...]
    notes: tuple[str, ...]

    @property
    def text(self) -> str:
        """All of it in words."""
        return "; ".join(shape.text for shape in self.shapes)


def overlay_of(trial: Trial, pictures: Pictures) -> Overlay | str | None:
    """What the scorers of a trial compared in its picture; why that cannot be drawn; None when there is nothing.

    Scorers do not say which of several pictures they mean, so then nothing is drawn.
    """
    shapes = [shape for score in trial.scores for shape in _drawable(score)]
    if not shapes:
        return None
    images = trial.case.images
    if len(images) != 1:
        return f"Not drawn: the case has {plural(len(images), 'picture')}, and which is meant is not said."
    picture = pictures.find(images[0])
    if picture is None:
        return "Not drawn: the picture is not in this report."
    sides = [[shape for shape in shapes if shape.is_given is given] for given in (False, True)]
    drawn = tuple(one for side in sides for one in _numbered(side[:_MOST], picture))
    return Overlay(
        picture=picture,
        shapes=drawn,
        letter_px=_in_px(_longer(picture) / _LETTERS_IN_SIDE),
        kinds=tuple(dict.fromkeys(one.kind for one in drawn)),
        notes=tuple(_notes(sides, picture)),
    )


def _drawable(score: Score) -> Iterator[Shape]:
    for shape in dict.fromkeys(score.shapes):  # two scorers may expect the same
        if shape.corners and all(map(math.isfinite, (*itertools.chain(*shape.corners), shape.radius))):
            yield shape


def _numbered(shapes: Sequence[Shape], picture: Picture) -> Iterator[Drawn]:
    for number, shape in enumerate(shapes, 1):
        kind: DrawnKind = "expected" if not shape.is_given else "right" if shape.is_met else "wrong"
        which = f" {number}" if len(shapes) > 1 else ""
        word = "expected" if kind == "expected" else "given"
        said = f"{_SIGNS[kind]}{word if len(shapes) <= _WITH_WORDS else ''}{which}".replace("  ", " ").strip()
        verdict = "" if kind == "expected" else f", {kind}"
        note = f", {visible(shape.note)}" if shape.note else ""
        x, y, is_end = _label_place(shape, picture)
        yield Drawn(
            kind=kind,
            path=_path(shape, picture),
            label=said,
            x=_in_px(x),
            y=_in_px(y),
            is_end=is_end,
            text=f"{word}{which} at {_said(shape)}{verdict}{note}",
        )


def _path(shape: Shape, picture: Picture) -> str:
    corners = shape.corners
    if len(corners) == 1:
        ((x, y),) = corners
        radius = shape.radius or _longer(picture) / _DOT
        r, across = _in_px(radius), _in_px(2 * radius)
        return f"M{_in_px(x - radius)} {_in_px(y)}a{r} {r} 0 1 0 {across} 0a{r} {r} 0 1 0 -{across} 0Z"
    if len(corners) == _CORNERS_OF_BOX:
        (x0, y0), (x1, y1) = corners
        corners = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
    return f"M{'L'.join(f'{_in_px(x)} {_in_px(y)}' for x, y in corners)}Z"


def _label_place(shape: Shape, picture: Picture) -> tuple[float, float, bool]:
    """Where the label stands, within the picture: over a box that was given and under one that is right.

    Beside a point. What was given stands higher than what is right, so that the two of one place do not cover each
    other.
    """
    left, top, right, bottom = _bounds(shape, picture)
    letter = _longer(picture) / _LETTERS_IN_SIDE
    is_end = (left + right) / 2 > picture.width_px / 2
    if len(shape.corners) == 1:
        x = left - letter / 4 if is_end else right + letter / 4
        y = (top + bottom) / 2 + (0 if shape.is_given else letter)
    else:
        x = right if is_end else left
        y = top - letter / 3 if shape.is_given else bottom + letter
        if shape.is_given and y < letter:
            y = top + letter * 1.1
    margin = letter / 4
    highest, lowest = (letter, 1.4 * letter) if shape.is_given else (2.2 * letter, margin)
    return (
        min(max(x, margin), picture.width_px - margin),
        min(max(y, highest), picture.height_px - lowest),
        is_end,
    )


def _bounds(shape: Shape, picture: Picture) -> tuple[float, float, float, float]:
    reach = (shape.radius or _longer(picture) / _DOT) if len(shape.corners) == 1 else 0.0
    across, down = zip(*shape.corners, strict=True)
    return min(across) - reach, min(down) - reach, max(across) + reach, max(down) + reach


def _notes(sides: Sequence[Sequence[Shape]], picture: Picture) -> Iterator[str]:
    for side, word in zip(sides, ("expected", "given"), strict=True):
        outside = sum(_is_outside(shape, picture) for shape in side)
        if outside:
            size = f"{picture.width_px:,} × {picture.height_px:,} px"
            yield (
                f"{outside:,} {word} {'lies' if outside == 1 else 'lie'} outside of the picture ({size}): "
                f"do its numbers mean what {'answer' if word == 'expected' else 'response'}_format says?"
            )
        if len(side) > _MOST:
            yield f"{len(side) - _MOST:,} more {word} are not drawn."


def _is_outside(shape: Shape, picture: Picture) -> bool:
    left, top, right, bottom = _bounds(shape, picture)
    return right <= 0 or bottom <= 0 or left >= picture.width_px or top >= picture.height_px


def _said(shape: Shape) -> str:
    numbers = ", ".join(f"{side:.6g}" for side in itertools.chain(*shape.corners))
    within = f" within {shape.radius:.6g} px" if shape.radius else ""
    return f"({numbers}){within}"


def _longer(picture: Picture) -> int:
    return max(picture.width_px, picture.height_px)


def _in_px(value: float) -> str:
    """A length as SVG takes it: no exponent, a hundredth of a pixel at most, and not beyond what can be drawn."""
    return f"{max(-1e6, min(1e6, value)):.2f}".rstrip("0").rstrip(".")
