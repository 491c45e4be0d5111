"""First bytes decide what a picture is, and what is none is told what to do."""

from __future__ import annotations

import pytest

from corpus_images import bytes_of, drawing
from snellen.images.sniff import kind_of, misnamed, refuse

KINDS = ["JPEG", "PNG", "GIF", "WEBP", "AVIF", "TIFF", "BMP", "ICO"]


@pytest.mark.parametrize("kind", KINDS)
def test_each_format_is_known_by_its_first_bytes(kind: str) -> None:
    found = kind_of(bytes_of(drawing(), kind))
    assert found is not None
    assert found.format == kind


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        (b"\0\0\0\x1cftypheic\0\0\0\0mif1heic" + bytes(9), "heif-convert in.heic out.jpg"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1heic" + bytes(9), "heif-convert in.heic out.jpg"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "rsvg-convert in.svg -o out.png"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><!-- a --><svg/>", "rsvg-convert in.svg -o out.png"),
        (b"<HTML><body>404", "Download the picture again."),
        (b"%PDF-1.4", "pdftoppm -png in.pdf page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (b"", "Copy or download it again."),
        (b"id,prompt\n1,what?", "Pictures are JPEG, PNG, WebP, GIF, AVIF, TIFF, BMP or ICO."),
        (b"\x7fELF\x02\x01", "Pictures are JPEG, PNG, WebP, GIF, AVIF, TIFF, BMP or ICO; convert it to one of them."),
    ],
)
def test_what_is_no_picture_is_told_what_to_do(data: bytes, hint: str) -> None:
    assert kind_of(data) is None
    (problem,) = refuse(data, "a").problems
    assert problem.hint is not None
    assert hint in problem.hint


def test_an_avif_under_the_neutral_brand_is_no_heic() -> None:
    found = kind_of(b"\0\0\0\x1cftypmif1\0\0\0\0mif1avif" + bytes(9))
    assert found is not None
    assert found.format == "AVIF"


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("a.jpg", ""),
        ("a.JPEG", ""),
        ("photo", ""),
        ("v1.2", ""),
        ("https://example.org/a.php", ""),
        ("a.png", "named .png but is JPEG; read as JPEG"),
    ],
)
def test_only_an_extension_of_another_format_is_remarked(name: str, note: str) -> None:
    kind = kind_of(b"\xff\xd8\xff\xe0")
    assert kind is not None
    assert misnamed(name, kind) == note
