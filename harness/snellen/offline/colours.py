"""Names of colours, in English and Korean, for one colour or for every pixel of a picture."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from snellen.offline.pictures import Pixels

__all__ = ["COLOURS", "Colour", "name_colour", "name_pixels"]


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour that has a name.

    Attributes:
        english: As in "a light blue circle".
        korean: As in "하늘색 원".
        asked: Further words of questions that mean it.
    """

    english: str
    korean: str
    asked: tuple[str, ...] = ()


_BLACK = Colour("black", "검은색", ("검정", "까만", "검은"))
_WHITE = Colour("white", "흰색", ("하얀", "하양", "흰"))
_GREY = Colour("grey", "회색", ("gray",))
_RED = Colour("red", "빨간색", ("빨강", "빨간", "붉은"))
_ORANGE = Colour("orange", "주황색", ("주황",))
_YELLOW = Colour("yellow", "노란색", ("노랑", "노란"))
_LIGHT_GREEN = Colour("light green", "연두색", ("연두",))
_GREEN = Colour("green", "초록색", ("초록", "녹색"))
_TURQUOISE = Colour("turquoise", "청록색", ("cyan", "teal", "청록"))
_LIGHT_BLUE = Colour("light blue", "하늘색", ("sky blue",))
_BLUE = Colour("blue", "파란색", ("파랑", "파란", "푸른"))
_DARK_BLUE = Colour("dark blue", "남색", ("navy",))
_PURPLE = Colour("purple", "보라색", ("violet", "보라"))
_PINK = Colour("pink", "분홍색", ("magenta", "분홍", "핑크"))
_BROWN = Colour("brown", "갈색", ())
_BEIGE = Colour("beige", "베이지색", ("베이지",))

COLOURS = (
    *(_BLACK, _WHITE, _GREY, _RED, _ORANGE, _YELLOW, _LIGHT_GREEN, _GREEN),
    *(_TURQUOISE, _LIGHT_BLUE, _BLUE, _DARK_BLUE, _PURPLE, _PINK, _BROWN, _BEIGE),
)

_Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Rule:
    """A colour's ranges, each from its first number up to but without its second."""

    colour: Colour
    hue: _Range = (0, 361)
    saturation: _Range = (0, 2)
    value: _Range = (0, 2)
    chroma: _Range = (0, 2)


# The first rule that holds gives the name. The borders were set by looking at the hue circle and at the CSS colours of
# these names; people disagree about them by 5 degrees or so. Chroma, the distance of the strongest channel from the
# weakest, tells grey from colour better than saturation, which is noise in the dark.
_RULES = (
    _Rule(_BLACK, value=(0, 0.2)),
    _Rule(_BLACK, value=(0, 0.24), chroma=(0, 0.1)),
    _Rule(_WHITE, value=(0.9, 2), chroma=(0, 0.07)),
    _Rule(_GREY, chroma=(0, 0.07)),
    _Rule(_GREY, value=(0, 0.6), chroma=(0, 0.13)),
    _Rule(_BEIGE, hue=(12, 66), saturation=(0, 0.45), value=(0.7, 2)),
    _Rule(_PINK, hue=(0, 12), saturation=(0, 0.5), value=(0.75, 2)),
    _Rule(_PINK, hue=(305, 361), saturation=(0, 0.5), value=(0.75, 2)),
    _Rule(_BROWN, hue=(12, 50), value=(0, 0.67)),
    _Rule(_BROWN, hue=(0, 12), value=(0, 0.33)),
    _Rule(_BROWN, hue=(345, 361), value=(0, 0.33)),
    _Rule(_LIGHT_GREEN, hue=(66, 160), saturation=(0, 0.5), value=(0.8, 2)),
    _Rule(_LIGHT_GREEN, hue=(66, 95), value=(0.7, 2)),
    _Rule(_GREEN, hue=(50, 66), value=(0, 0.55)),
    _Rule(_LIGHT_BLUE, hue=(180, 252), saturation=(0, 0.5), value=(0.7, 2)),
    _Rule(_DARK_BLUE, hue=(192, 252), value=(0, 0.4)),
    _Rule(_DARK_BLUE, hue=(192, 252), saturation=(0.7, 2), value=(0, 0.56)),
    _Rule(_RED, hue=(0, 12)),
    _Rule(_ORANGE, hue=(12, 42)),
    _Rule(_YELLOW, hue=(42, 66)),
    _Rule(_GREEN, hue=(66, 160)),
    _Rule(_TURQUOISE, hue=(160, 192)),
    _Rule(_BLUE, hue=(192, 252)),
    _Rule(_PURPLE, hue=(252, 305)),
    _Rule(_PINK, hue=(305, 345)),
    _Rule(_RED, hue=(345, 361)),
)
_STEP = 8  # levels of a channel that share one name: 32 x 32 x 32 names are looked up, not computed


def name_colour(rgb: tuple[int, int, int]) -> Colour:
    """The name of one colour, each channel 0 to 255."""
    return COLOURS[int(_classify(np.array([rgb], dtype=np.float64))[0])]


def name_pixels(pixels: Pixels) -> NDArray[np.intp]:
    """The index in `COLOURS` of every pixel's name, to within 4 levels of a channel."""
    bins = (pixels // _STEP).astype(np.intp)
    names: NDArray[np.intp] = _table()[bins[..., 0], bins[..., 1], bins[..., 2]]
    return names


@functools.cache
def _table() -> NDArray[np.intp]:
    levels = np.arange(0, 256, _STEP) + _STEP / 2 - 0.5
    # The middle of the last bin is 251.5: pure white and full red must still count as full.
    levels = levels * (255 / levels[-1])
    grid = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1)
    side = len(levels)
    return _classify(grid.reshape(-1, 3)).reshape(side, side, side)


def _classify(rgb: NDArray[np.float64]) -> NDArray[np.intp]:
    """The index in `COLOURS` of each row of `rgb`."""
    hue, saturation, value = _hsv(rgb / 255)
    chroma = saturation * value
    holds = [
        _within(hue, rule.hue)
        & _within(saturation, rule.saturation)
        & _within(value, rule.value)
        & _within(chroma, rule.chroma)
        for rule in _RULES
    ]
    return np.select(holds, [COLOURS.index(rule.colour) for rule in _RULES]).astype(np.intp)


def _within(values: NDArray[np.float64], limits: _Range) -> NDArray[np.bool_]:
    low, high = limits
    inside: NDArray[np.bool_] = (values >= low) & (values < high)
    return inside


def _hsv(
    rgb: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Hue in degrees, saturation and value 0 to 1; the hue of a grey is 0."""
    red, green, blue = rgb[:, 0], rgb[:, 1], rgb[:, 2]
    value = rgb.max(axis=1)
    chroma = value - rgb.min(axis=1)
    safe = np.where(chroma == 0, 1.0, chroma)
    hue = np.select(
        [value == red, value == green],
        [(green - blue) / safe % 6, (blue - red) / safe + 2],
        default=(red - green) / safe + 4,
    )
    saturation = chroma / np.where(value == 0, 1.0, value)
    return np.where(chroma == 0, 0.0, hue * 60), saturation, value
