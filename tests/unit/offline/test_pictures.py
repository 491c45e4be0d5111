from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from snellen.errors import ImageError
from snellen.offline.pictures import Box, decode


def _bytes(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def test_transparency_is_white_not_what_lies_under_it() -> None:
    pixels, _ = decode(_bytes(Image.new("RGBA", (4, 4), (0, 0, 0, 0)), "PNG"))
    assert (pixels == 255).all()


def test_a_turned_photo_is_seen_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    pixels, size = decode(_bytes(Image.new("RGB", (40, 20)), "JPEG", exif=exif))
    assert (pixels.shape, size) == ((40, 20, 3), (20, 40))


def test_sixteen_bits_are_scaled_not_clipped() -> None:
    pixels, _ = decode(_bytes(Image.fromarray(np.full((4, 4), 40_000, dtype=np.uint16)), "PNG"))
    assert (pixels == 40_000 >> 8).all()


def test_a_large_picture_is_made_smaller_and_its_own_size_is_kept() -> None:
    pixels, size = decode(_bytes(Image.new("RGB", (4000, 1000)), "PNG"))
    assert (pixels.shape, size) == ((500, 2000, 3), (4000, 1000))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_the_formats_that_hosted_models_take_are_taken(kind: str) -> None:
    assert decode(_bytes(Image.new("RGB", (8, 8)), kind))[1] == (8, 8)


GOOD = _bytes(Image.effect_noise((64, 64), 50), "JPEG")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"hello", "none of png, jpeg, gif and webp", id="text"),
        pytest.param(b"", "none of png, jpeg, gif and webp", id="empty"),
        pytest.param(_bytes(Image.new("RGB", (8, 8)), "BMP"), "none of png, jpeg, gif and webp", id="bmp"),
        pytest.param(GOOD[: len(GOOD) // 2], "damaged", id="half-a-jpeg"),
    ],
)
def test_what_is_no_whole_picture_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(ImageError, match=message):
        decode(data)


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(ImageError, match="too large"):
        decode(_bytes(Image.new("L", (11, 11)), "PNG"))


@pytest.mark.parametrize(
    ("box", "place"),
    [
        (Box(0.0, 0.0, 0.2, 0.2), ("top", "left")),
        (Box(0.4, 0.0, 0.6, 0.1), ("top", "middle")),
        (Box(0.4, 0.4, 0.6, 0.6), ("middle", "middle")),
        (Box(0.7, 0.4, 0.9, 0.6), ("middle", "right")),
        (Box(0.0, 0.8, 1.0, 1.0), ("bottom", "middle")),
    ],
    ids=["top-left", "top", "middle", "right", "whole-bottom"],
)
def test_a_place_is_the_ninth_that_holds_the_middle(box: Box, place: tuple[str, str]) -> None:
    assert box.place == place


def test_overlap_is_the_share_of_the_first_box() -> None:
    assert Box(0, 0, 1, 1).overlap(Box(0.5, 0, 2, 1)) == 0.5
    assert Box(0, 0, 0, 1).overlap(Box(0, 0, 1, 1)) == 0.0
