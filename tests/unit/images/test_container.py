"""A picture file is taken apart without a decoder, and what is left of it shows the same."""

from __future__ import annotations

import struct

import pytest
from PIL import Image

import corpus_images
from corpus_images import bytes_of, chunk, drawing
from snellen.images.container import Anatomy, dissect


def exif_block(orientation: int, order: str = "<") -> bytes:
    head = b"II*\0" if order == "<" else b"MM\0*"
    return head + struct.pack(f"{order}IHHHIHH", 8, 1, 0x0112, 3, 1, orientation, 0) + bytes(4)


def jpeg_with(*segments: tuple[int, bytes]) -> bytes:
    parts = [bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body for marker, body in segments]
    plain = bytes_of(drawing(), "JPEG")
    return plain[:2] + b"".join(parts) + plain[2:]


@pytest.mark.parametrize("order", ["<", ">"], ids=["little-endian", "big-endian"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_read_in_either_byte_order(orientation: int, order: str) -> None:
    data = jpeg_with((0xE1, b"Exif\0\0" + exif_block(orientation, order)))
    assert dissect(data, "image/jpeg").orientation == orientation


@pytest.mark.parametrize(
    "block",
    [exif_block(0), exif_block(9), exif_block(6)[:12], b"II*\0" + b"\xff" * 30, b"", b"nonsense"],
    ids=["zero", "nine", "cut", "far-offset", "empty", "no-tiff"],
)
def test_an_orientation_that_makes_no_sense_is_upright(block: bytes) -> None:
    assert dissect(jpeg_with((0xE1, b"Exif\0\0" + block)), "image/jpeg").orientation == 1


@pytest.mark.parametrize(
    ("marker", "body", "label"),
    [
        (0xE1, b"Exif\0\0" + exif_block(1), "EXIF"),
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0<x/>", "XMP"),
        (0xE2, b"MPF\0", "further pictures"),
        (0xED, b"Photoshop 3.0\0", "IPTC"),
        (0xE4, b"whatever a camera wrote", "camera data"),
        (0xE2, b"FPXR\0", "camera data"),
    ],
)
def test_a_jpeg_loses_its_metadata_and_nothing_else(marker: int, body: bytes, label: str) -> None:
    anatomy = dissect(jpeg_with((marker, body)), "image/jpeg")
    assert anatomy == Anatomy(clean=bytes_of(drawing(), "JPEG"), removed=(label,), is_lossy=True)


@pytest.mark.parametrize(
    ("marker", "body"),
    [(0xE2, b"ICC_PROFILE\0\1\1profile"), (0xEE, b"Adobe\0\x64\0\0\0\0\1"), (0xFE, b"a comment")],
)
def test_a_jpeg_keeps_what_decoders_need(marker: int, body: bytes) -> None:
    data = jpeg_with((marker, body))
    anatomy = dissect(data, "image/jpeg")
    assert anatomy.clean is data
    assert anatomy.removed == ()


def test_fill_bytes_and_restart_markers_are_no_end() -> None:
    data = bytes_of(drawing().resize((320, 240)), "JPEG", restart_marker_blocks=2)
    filled = data[:2] + b"\xff\xff" + data[2:]
    assert dissect(filled, "image/jpeg") == Anatomy(clean=filled, is_lossy=True)


@pytest.mark.parametrize(
    ("name", "body", "label"),
    [
        (b"eXIf", exif_block(1), "EXIF"),
        (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x/>", "XMP"),
        (b"zTXt", b"Raw profile type exif\0\0xx", "EXIF"),
    ],
)
def test_a_png_loses_its_metadata_and_nothing_else(name: bytes, body: bytes, label: str) -> None:
    plain = bytes_of(drawing(), "PNG")
    data = plain[:33] + chunk(name, body) + plain[33:]
    assert dissect(data, "image/png") == Anatomy(clean=plain, removed=(label,))


def test_a_png_keeps_its_plain_text() -> None:
    plain = bytes_of(drawing(), "PNG")
    data = plain[:33] + chunk(b"tEXt", b"Software\0matplotlib") + plain[33:]
    assert dissect(data, "image/png") == Anatomy(clean=data)


def test_exif_after_the_pixels_of_a_png_counts() -> None:
    plain = bytes_of(drawing(), "PNG")
    assert dissect(plain[:-12] + chunk(b"eXIf", exif_block(8)) + plain[-12:], "image/png").orientation == 8


def test_a_webp_without_exif_no_longer_says_that_it_has_some() -> None:
    exif = Image.Exif()
    exif[corpus_images.DESCRIPTION] = "a secret"
    data = bytes_of(drawing("RGBA"), "WEBP", exif=exif)
    clean = dissect(data, "image/webp").clean
    assert clean is not None
    assert data[20] & 0x08
    assert not clean[20] & 0x08
    assert int.from_bytes(clean[4:8], "little") == len(clean) - 8


@pytest.mark.parametrize("frames", [1, 2, 12])
def test_frames_are_counted_without_decoding_them(frames: int) -> None:
    pictures = [Image.new("RGB", (9, 7), (20 * number, 0, 0)) for number in range(frames)]
    for kind, media_type in (("GIF", "image/gif"), ("PNG", "image/png"), ("WEBP", "image/webp")):
        data = bytes_of(pictures[0], kind, save_all=True, append_images=pictures[1:], duration=100)
        assert dissect(data, media_type).frames == frames, kind


@pytest.mark.parametrize("media_type", ["image/jpeg", "image/png", "image/gif", "image/webp", "image/tiff", "x/y"])
@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"\xff" * 40])
def test_nonsense_has_no_clean_form_and_raises_nothing(data: bytes, media_type: str) -> None:
    assert dissect(data, media_type).clean is None
