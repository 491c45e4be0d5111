"""Thumbnails are small, upright, bare and the same every time."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from corpus_images import ORIENTATION, bytes_of, drawing
from snellen.errors import ImageError
from snellen.images.thumbnail import data_uri_of, thumbnail


def test_a_thumbnail_is_webp_in_its_box_and_the_same_every_time() -> None:
    data = bytes_of(drawing().resize((4000, 2400)), "JPEG")
    small = thumbnail(data, name="a.jpg", side_px=160)
    assert small == thumbnail(data, name="b.jpg", side_px=160)
    with Image.open(io.BytesIO(small)) as image:
        assert (image.format, image.size) == ("WEBP", (160, 96))


def test_a_thumbnail_is_never_enlarged() -> None:
    with Image.open(io.BytesIO(thumbnail(bytes_of(drawing(), "PNG"), name="a", side_px=160))) as image:
        assert image.size == (40, 24)


def test_a_thumbnail_is_upright_and_on_white() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 3
    picture = Image.new("RGBA", (64, 32), (0, 0, 0, 0))
    picture.paste((255, 0, 0, 255), (32, 0, 64, 32))
    with Image.open(io.BytesIO(thumbnail(bytes_of(picture, "PNG", exif=exif), name="a", side_px=64))) as image:
        left, right = image.getpixel((8, 16)), image.getpixel((56, 16))
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    assert left[0] > 200
    assert max(left[1:]) < 80
    assert min(right) > 240


def test_a_truncated_photo_has_no_thumbnail() -> None:
    data = bytes_of(drawing().resize((4000, 2400)), "JPEG")
    with pytest.raises(ImageError, match="truncated"):
        thumbnail(data[: len(data) // 2], name="a.jpg", side_px=160)


def test_data_uri_of_a_thumbnail() -> None:
    assert data_uri_of(b"abc", "image/webp") == "data:image/webp;base64,YWJj"
