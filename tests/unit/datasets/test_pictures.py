from __future__ import annotations

import base64
import io
from pathlib import Path

import pytest
from PIL import Image

from corpus_text import PNG
from snellen.case import ImageRef
from snellen.datasets.findings import Findings
from snellen.datasets.paths import PictureFinder
from snellen.datasets.pictures import parse_images

BASE64 = base64.b64encode(PNG).decode()
URI = f"data:image/png;base64,{BASE64}"
URL = "https://example.org/a%20b.png?x=1"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.png").write_bytes(PNG)
    return tmp_path


def _parse(folder: Path, images: object) -> tuple[tuple[ImageRef, ...], list[str]]:
    findings = Findings()
    refs = parse_images({"images": images}, PictureFinder(folder, folder), findings)
    return refs, [problem.message for problem in findings.problems]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        pytest.param(URL, ImageRef(url=URL, name=URL), id="address"),
        pytest.param(URI, ImageRef(data=PNG, name="image 1 (inline)"), id="data-uri"),
        pytest.param(PNG, ImageRef(data=PNG, name="image 1 (inline)"), id="bytes"),
        pytest.param(bytearray(PNG), ImageRef(data=PNG, name="image 1 (inline)"), id="bytearray"),
        pytest.param({"data": BASE64}, ImageRef(data=PNG, name="image 1 (inline)"), id="base64"),
        pytest.param({"data": URI}, ImageRef(data=PNG, name="image 1 (inline)"), id="data-uri-in-mapping"),
        pytest.param(
            {"url": URL, "title": "Before", "detail": "low"},
            ImageRef(url=URL, name=URL, title="Before", detail="low"),
            id="mapping",
        ),
        pytest.param({"type": "image_url", "image_url": URL}, ImageRef(url=URL, name=URL), id="early-api-part"),
        pytest.param(
            {"type": "image_url", "image_url": {"url": URL, "detail": "high"}},
            ImageRef(url=URL, name=URL, detail="high"),
            id="api-part",
        ),
        pytest.param(
            {"type": "image_url", "image_url": {"url": URI}},
            ImageRef(data=PNG, name="image 1 (inline)"),
            id="api-part-with-data",
        ),
        pytest.param(
            {"type": "input_image", "image_url": URL, "detail": "auto"},
            ImageRef(url=URL, name=URL, detail="auto"),
            id="responses-part",
        ),
        pytest.param(ImageRef(url=URL, name="n"), ImageRef(url=URL, name="n"), id="a-value-stays"),
    ],
)
def test_each_form_of_a_picture_is_taken(folder: Path, item: object, expected: ImageRef) -> None:
    assert _parse(folder, item) == ((expected,), [])
    assert _parse(folder, [item]) == ((expected,), [])


def test_a_path_is_taken_as_text_and_as_path(folder: Path) -> None:
    expected = ImageRef(path=folder.resolve() / "a.png", name="a.png")
    assert _parse(folder, ["a.png", Path("a.png"), {"path": "a.png"}]) == ((expected,) * 3, [])


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK", "F", "YCbCr", "HSV"])
def test_a_pil_image_becomes_a_png_of_its_size(folder: Path, mode: str) -> None:
    (ref,), problems = _parse(folder, Image.new(mode, (3, 2)))
    assert problems == []
    with Image.open(io.BytesIO(ref.data or b"")) as image:
        assert (image.format, image.size) == ("PNG", (3, 2))


def test_a_pil_image_is_turned_upright(folder: Path) -> None:
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (4, 2)).save(buffer, format="JPEG", exif=exif)
    with Image.open(buffer) as image:
        (ref,), _ = _parse(folder, image)
    with Image.open(io.BytesIO(ref.data or b"")) as upright:
        assert upright.size == (2, 4)
        assert dict(upright.getexif()) == {}


@pytest.mark.parametrize(
    ("item", "message"),
    [
        pytest.param(
            {"path": "a.png", "url": URL}, "exactly one of path, url and data; this one has path and url", id="two"
        ),
        pytest.param({"title": "x"}, "exactly one of path, url and data; this one has none of them", id="none"),
        pytest.param(
            {"pth": "a.png"}, "a picture has no key 'pth'; it may have path, url, data, title, detail", id="slip"
        ),
        pytest.param({"path": 3}, "'path' of a picture is the number 3; it must be text", id="number"),
        pytest.param({"path": "a.png", "detail": "max"}, "'detail' is 'max'", id="detail"),
        pytest.param({"data": "a*b="}, "in its base64", id="not-base64"),
        pytest.param({"type": "image_url", "image_url": {"uri": URL}}, "a picture has no key 'uri'", id="part-slip"),
        pytest.param({"type": "image_url"}, "this one has none of them", id="part-without-url"),
        pytest.param(b"", "the picture is empty (0 bytes)", id="no-bytes"),
        pytest.param("", "the path of a picture is empty", id="empty-text"),
        pytest.param("ftp://example.org/a.png", "only http and https addresses can", id="ftp"),
        pytest.param("http://[::1/a.png", "is not a web address", id="broken-host"),
        pytest.param("https://example.org/a b.png", "is not a web address", id="space"),
        pytest.param("https://example.org/a\u202eb.png", "is not a web address", id="override"),
        pytest.param(object(), "a picture is of type object; it may be", id="object"),
    ],
)
def test_what_is_no_picture_is_refused(folder: Path, item: object, message: str) -> None:
    refs, problems = _parse(folder, [item])
    assert refs == ()
    assert [message in problem for problem in problems] == [True]


def test_a_password_in_an_address_is_not_repeated(folder: Path) -> None:
    _, problems = _parse(folder, "https://me:hunter2@example.org/a.png")
    assert problems == ["the address of a picture on example.org carries a user name or password"]
