"""Pixels of a picture that arrived as bytes, and where in a picture something is."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from snellen.errors import ImageError

__all__ = ["Box", "Column", "Pixels", "Place", "Point", "Row", "decode"]

Pixels = NDArray[np.uint8]
"""Rows x columns x (red, green, blue)."""

Row = Literal["top", "middle", "bottom"]
Column = Literal["left", "middle", "right"]
Place = tuple[Row, Column]
Point = tuple[float, float]
"""Across and down, as shares of the picture's width and height."""

_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")  # what the hosted models take
_LONGEST_SIDE_PX = 2000  # the text detector looks at no more than this
_THIRD, _TWO_THIRDS = 1 / 3, 2 / 3


@dataclass(frozen=True, slots=True, order=True)
class Box:
    """An upright rectangle in a picture, as shares of its width and height, so that pictures of two sizes compare."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Share of the picture's width."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Share of the picture's height."""
        return self.bottom - self.top

    @property
    def area(self) -> float:
        """Share of the picture's area."""
        return self.width * self.height

    @property
    def centre(self) -> Point:
        """Its middle."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    @property
    def place(self) -> Place:
        """The ninth of the picture that the centre lies in."""
        across, down = self.centre
        row: Row = "top" if down < _THIRD else "bottom" if down > _TWO_THIRDS else "middle"
        column: Column = "left" if across < _THIRD else "right" if across > _TWO_THIRDS else "middle"
        return row, column

    def overlap(self, other: Box) -> float:
        """Share of this box's area that lies in `other`; 0.0 for a box without area."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, width) * max(0.0, height) / self.area if self.area > 0 else 0.0


def decode(data: bytes) -> tuple[Pixels, tuple[int, int]]:
    """The pixels of a picture as a person sees them, and its width and height as it was sent.

    Upright by its EXIF orientation, transparency on white, the first frame of an animation. A picture with a side
    over 2,000 px is made smaller.

    Raises:
        ImageError: It is no PNG, JPEG, WEBP or GIF, it is damaged, or it is too large to open safely.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
                opened.load()
                return _upright(opened)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageError(f"the picture is too large to open safely: {error}") from error
    except UnidentifiedImageError as error:
        raise ImageError("the picture is none of png, jpeg, gif and webp") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise ImageError(f"the picture is damaged: {error}") from error


def _upright(opened: Image.Image) -> tuple[Pixels, tuple[int, int]]:
    image = ImageOps.exif_transpose(opened)
    size = image.size
    image = _on_white(_eight_bit(image))
    image.thumbnail((_LONGEST_SIDE_PX, _LONGEST_SIDE_PX), Image.Resampling.LANCZOS, reducing_gap=None)
    return np.asarray(image, dtype=np.uint8), size


def _eight_bit(image: Image.Image) -> Image.Image:
    """Pillow clips 16-bit grey at 255 when it converts; the high byte is what is meant."""
    if not image.mode.startswith("I"):
        return image
    return Image.fromarray((np.asarray(image).astype(np.uint32) >> 8).astype(np.uint8))


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    image = image.convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")
