"""Fine pictures go out byte for byte; the others are converted once, and say what was done."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pytest
from PIL import Image

import corpus_images
from corpus_images import HEIGHT, WIDTH, bytes_of, drawing, png
from snellen.errors import ImageError
from snellen.images.encode import Encoded, data_url, encode_image
from snellen.images.fit import ImageRules

RULES = ImageRules()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    corpus_images.make(folder)
    return folder


def sent(folder: Path, name: str, rules: ImageRules = RULES) -> Encoded:
    return encode_image((folder / name).read_bytes(), name=name, rules=rules)


def pixels(data: bytes) -> tuple[str, tuple[int, int], bytes]:
    with Image.open(io.BytesIO(data)) as image:
        return image.mode, image.size, image.tobytes()


@pytest.mark.parametrize(
    "name",
    [
        *("plain.jpg", "progressive.jpg", "grey.jpg", "really-a-jpeg.png", "plain.gif", "lossy.webp", "lossless.webp"),
        *("plain.png", "one-bit.png", "opaque-alpha.png", "profile.png", "1x20000.png"),
    ],
)
def test_a_fine_picture_goes_out_byte_for_byte(folder: Path, name: str) -> None:
    out = sent(folder, name)
    assert out.data == (folder / name).read_bytes()
    assert out.notes == ()


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("gps.jpg", "EXIF left out"),
        ("gps.png", "EXIF left out"),
        ("gps.webp", "EXIF left out"),
        ("phone.jpg", "further pictures left out"),
        ("polyglot.jpg", "29 bytes after its end left out"),
        ("animated.png", "first of 3 frames"),
        ("animated.gif", "first of 3 frames"),
    ],
)
def test_metadata_and_extras_are_cut_without_touching_a_pixel(folder: Path, name: str, note: str) -> None:
    source, out = (folder / name).read_bytes(), sent(folder, name)
    assert out.notes[0] == note
    assert len(out.data) < len(source)
    assert pixels(out.data) == pixels(source)


@pytest.mark.parametrize(
    ("name", "media_type", "notes"),
    [
        ("exif-6.jpg", "image/jpeg", ("turned upright by its EXIF orientation 6",)),
        ("exif-6.png", "image/png", ("turned upright by its EXIF orientation 6",)),
        (
            "exif-6.webp",
            "image/jpeg",
            ("turned upright by its EXIF orientation 6", "converted from WEBP to JPEG"),
        ),
        ("cmyk.jpg", "image/jpeg", ("CMYK to RGB",)),
        ("cmyk-wrong-profile.jpg", "image/jpeg", ("its colour profile could not be used", "CMYK to RGB")),
        ("sixteen-bit.png", "image/png", ("scaled to 8 bits a channel",)),
        ("sixteen-bit-colour.png", "image/png", ("scaled to 8 bits a channel",)),
        ("alpha.png", "image/png", ("transparent parts put on white",)),
        ("plain.avif", "image/jpeg", ("converted from AVIF to JPEG",)),
        ("plain.tiff", "image/png", ("converted from TIFF to PNG",)),
        ("plain.bmp", "image/png", ("converted from BMP to PNG",)),
        ("animated.webp", "image/jpeg", ("first of 3 frames", "converted from WEBP to JPEG")),
    ],
)
def test_other_pictures_are_converted_once(folder: Path, name: str, media_type: str, notes: tuple[str, ...]) -> None:
    out = sent(folder, name)
    assert (out.media_type, out.notes) == (media_type, notes)
    assert pixels(out.data)[:2] == ("RGB", (out.width_px, out.height_px))


def test_a_converted_picture_shows_the_same(folder: Path) -> None:
    with Image.open(io.BytesIO(sent(folder, "exif-6.jpg").data)) as image:
        colours = [image.getpixel(at) for at in ((4, 4), (WIDTH - 5, 4), (4, HEIGHT - 5))]
    for found, wanted in zip(colours, [(255, 0, 0), (0, 0, 255), (255, 255, 255)], strict=True):
        assert max(abs(a - b) for a, b in zip(found, wanted, strict=True)) <= 4  # JPEG wavers


@pytest.mark.parametrize(
    ("side_px", "size"), [(20, (20, 12)), (39, (39, 23)), (40, (40, 24)), (41, (40, 24)), (1, (1, 1))]
)
def test_a_larger_picture_is_made_smaller_and_a_smaller_one_stays(side_px: int, size: tuple[int, int]) -> None:
    source = bytes_of(drawing(), "PNG")
    out = encode_image(source, name="a.png", rules=ImageRules(max_side_px=side_px))
    assert (out.width_px, out.height_px) == pixels(out.data)[1] == size
    is_resized = side_px < WIDTH
    assert (out.data == source) is not is_resized
    assert out.notes == ((f"resized from 40 x 24 to {size[0]} x {size[1]} px",) if is_resized else ())


@pytest.mark.parametrize(
    ("formats", "media_type"),
    [
        (("image/jpeg",), "image/jpeg"),
        (("image/png",), "image/png"),
        (("image/webp",), "image/webp"),
        (("image/jpeg", "image/png"), "image/jpeg"),
    ],
)
def test_a_format_the_endpoint_does_not_take_becomes_one_it_takes(formats: tuple[str, ...], media_type: str) -> None:
    out = encode_image(bytes_of(drawing(), "WEBP"), name="a.webp", rules=ImageRules(formats=formats))
    assert out.media_type == media_type


def test_an_endpoint_that_takes_neither_jpeg_nor_png_is_an_error_that_says_so() -> None:
    with pytest.raises(ImageError) as caught:
        encode_image(bytes_of(drawing(), "BMP"), name="a.bmp", rules=ImageRules(formats=("image/webp",)))
    assert str(caught.value) == (
        "picture 'a.bmp' is BMP and must be converted, but the model takes only image/webp\n"
        "  Add image/png or image/jpeg to the model's image formats."
    )


def test_a_picture_is_decoded_before_it_is_sent_unless_it_was_checked_before() -> None:
    cut = png(width=100, height=100, body=bytes(1_000))
    with pytest.raises(ImageError, match=r"picture 'a\.png' is damaged: image file is truncated"):
        encode_image(cut, name="a.png", rules=RULES)
    assert encode_image(cut, name="a.png", rules=RULES, checked=True).data == cut


@pytest.mark.parametrize("missing", [1, 2, 3, 100])
def test_a_jpeg_without_its_end_marker_is_refused(missing: int) -> None:
    """Pillow takes some of them, by the chance of where its buffer ends; endpoints may not."""
    with pytest.raises(ImageError, match="image file is truncated: its end marker is missing"):
        encode_image(bytes_of(drawing(), "JPEG")[:-missing], name="a.jpg", rules=RULES)


def test_encoding_is_the_same_every_time(folder: Path) -> None:
    for name in ("exif-6.jpg", "alpha.png", "plain.avif", "gps.jpg"):
        assert sent(folder, name) == sent(folder, name)


def test_a_data_url_holds_exactly_what_is_sent() -> None:
    encoded = Encoded(data=b"\xff\xd8\xff", media_type="image/jpeg", width_px=1, height_px=1)
    assert data_url(encoded) == "data:image/jpeg;base64," + base64.b64encode(b"\xff\xd8\xff").decode()
