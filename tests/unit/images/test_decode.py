"""Pictures are decoded as people see them, and nothing large or broken gets through."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from PIL import Image, ImageFile

import corpus_images
from corpus_images import HEIGHT, WIDTH, bytes_of, drawing, png
from snellen.errors import ImageError
from snellen.images.decode import ImageFacts, check_image, decode_image, inspect_image

RED, WHITE, BLUE = (255, 0, 0), (255, 255, 255), (0, 0, 255)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    corpus_images.make(folder)
    return folder


def corners(image: Image.Image) -> list[tuple[int, ...]]:
    """Left upper, right upper, left lower, right lower; rounded to 0, 128 or 255, as JPEG wavers."""
    points = (4, 4), (image.width - 5, 4), (4, image.height - 5), (image.width - 5, image.height - 5)
    return [
        tuple(min((0, 128, 255), key=lambda full: abs(full - value)) for value in image.getpixel(at)) for at in points
    ]


UPRIGHT = [RED, BLUE, WHITE, BLUE]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_comes_out_upright(folder: Path, orientation: int) -> None:
    decoded = decode_image((folder / f"exif-{orientation}.jpg").read_bytes(), name="photo.jpg")
    assert decoded.image.size == (WIDTH, HEIGHT) == (decoded.facts.width_px, decoded.facts.height_px)
    assert corners(decoded.image) == UPRIGHT
    turned = () if orientation == 1 else (f"turned upright by its EXIF orientation {orientation}",)
    assert decoded.notes == turned


@pytest.mark.parametrize("name", ["exif-6.png", "exif-6.webp"])
def test_png_and_webp_are_turned_by_their_exif_too(folder: Path, name: str) -> None:
    assert corners(decode_image((folder / name).read_bytes(), name=name).image) == UPRIGHT


def test_a_tiff_is_turned_once_and_not_twice() -> None:
    turned = drawing().transpose(Image.Transpose.ROTATE_90)
    data = bytes_of(turned, "TIFF", tiffinfo={corpus_images.ORIENTATION: 6})
    assert (inspect_image(data, name="a").width_px, inspect_image(data, name="a").height_px) == (WIDTH, HEIGHT)
    assert corners(decode_image(data, name="a").image) == UPRIGHT


def test_an_avif_is_turned_by_its_container() -> None:
    exif = Image.Exif()
    exif[corpus_images.ORIENTATION] = 6
    data = bytes_of(drawing().transpose(Image.Transpose.ROTATE_90), "AVIF", exif=exif)
    assert corners(decode_image(data, name="a").image) == UPRIGHT
    assert (inspect_image(data, name="a").width_px, inspect_image(data, name="a").height_px) == (WIDTH, HEIGHT)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("plain.png", UPRIGHT),
        ("plain.jpg", UPRIGHT),
        ("phone.jpg", UPRIGHT),
        ("animated.gif", UPRIGHT),
        ("animated.png", UPRIGHT),
        ("animated.webp", UPRIGHT),
        ("cmyk.jpg", UPRIGHT),
        ("profile.png", [BLUE, RED, WHITE, RED]),  # its profile says that red is blue and blue is red
        ("colour-key.png", [WHITE, BLUE, WHITE, BLUE]),  # red is its transparent colour
        ("alpha.png", [RED, WHITE, WHITE, WHITE]),  # blue is transparent
        ("palette-alpha.png", [RED, WHITE, WHITE, WHITE]),
        ("alpha.webp", [RED, WHITE, WHITE, WHITE]),
        ("sixteen-bit.png", [(128, 128, 128)] * 4),  # 40,000 of 65,535, not clipped to white
        ("sixteen-bit-colour.png", [(128, 0, 0)] * 4),
        ("float.tiff", [(128, 128, 128)] * 4),
    ],
)
def test_pixels_are_what_people_see(folder: Path, name: str, expected: list[tuple[int, ...]]) -> None:
    assert corners(decode_image((folder / name).read_bytes(), name=name).image) == expected


def test_sixteen_bit_grey_is_scaled_and_not_clipped() -> None:
    image = Image.new("I;16", (3, 1))
    for x, value in enumerate((0, 40_000, 65_535)):
        image.putpixel((x, 0), value)
    decoded = decode_image(bytes_of(image, "PNG"), name="x.png").image
    assert [decoded.getpixel((x, 0)) for x in range(3)] == [(0,) * 3, (156,) * 3, (255,) * 3]


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P"])
def test_a_picture_that_says_it_is_srgb_keeps_its_pixels(mode: str) -> None:
    image = drawing(mode)
    decoded = decode_image(bytes_of(image, "PNG", icc_profile=corpus_images.srgb_profile()), name="a.png")
    assert decoded.image.tobytes() == image.convert("RGB").tobytes()
    assert decoded.notes == ()


def test_a_decoded_picture_carries_no_metadata(folder: Path) -> None:
    for name in ("gps.jpg", "gps.png", "profile.png", "animated.gif"):
        assert decode_image((folder / name).read_bytes(), name=name).image.info == {}


def test_facts_of_a_misnamed_animation() -> None:
    frames = [Image.new("RGB", (8, 6), colour) for colour in ("red", "green", "blue")]
    data = bytes_of(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert inspect_image(data, name="a/b.JPG") == ImageFacts(
        format="GIF",
        media_type="image/gif",
        width_px=8,
        height_px=6,
        frames=3,
        notes=("named .jpg but is GIF; read as GIF", "3 frames, only the first is used"),
    )


def test_a_phone_picture_is_a_jpeg(folder: Path) -> None:
    facts = inspect_image((folder / "phone.jpg").read_bytes(), name="phone.jpg")
    assert (facts.format, facts.media_type, facts.notes) == ("JPEG", "image/jpeg", ())


def test_inspecting_does_not_notice_what_only_decoding_can(folder: Path) -> None:
    data = (folder / "truncated-50.jpeg").read_bytes()
    assert inspect_image(data, name="half.jpeg").width_px == 160
    with pytest.raises(ImageError, match=r"picture 'half\.jpeg' is damaged: image file is truncated"):
        check_image(data, name="half.jpeg")


def test_a_program_that_tolerates_truncation_changes_png_checksums_not() -> None:
    data = bytearray(bytes_of(drawing(), "PNG"))
    data[data.index(b"IDAT") + 8] ^= 1
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        with pytest.raises(ImageError, match="checksum of its IDAT chunk is wrong"):
            check_image(bytes(data), name="x.png")
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def test_a_bomb_is_refused_even_where_pillows_limit_was_lifted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)
    with pytest.raises(ImageError, match="is too large: 10,000 x 10,000 px; at most 89,478,485 pixels are decoded"):
        inspect_image(png(width=10_000, height=10_000, bits=1, colour=0), name="bomb.png")


def test_a_bomb_is_refused_where_warnings_are_only_shown() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(ImageError, match="is too large"):
            inspect_image(png(width=10_000, height=10_000, bits=1, colour=0), name="bomb.png")


def test_a_large_picture_that_is_truncated_is_refused_by_the_bounded_process() -> None:
    data = png(width=5_500, height=4_000, bits=1, colour=0, body=bytes(1_000))
    with pytest.raises(ImageError, match=r"picture 'large\.png' is damaged: image file is truncated"):
        check_image(data, name="large.png")


def test_only_large_pictures_pay_for_a_process_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = b"".join(b"\0" + bytes(5_500 // 8 + 1) for _ in range(4_000))
    large = png(width=5_500, height=4_000, bits=1, colour=0, body=rows)
    assert check_image(large, name="large.png").width_px == 5_500
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    with pytest.raises(ImageError, match="no process could be started to decode it in"):
        check_image(large, name="large.png")
    assert check_image(bytes_of(drawing(), "PNG"), name="small.png").width_px == WIDTH


def test_the_bounded_process_stops_at_its_memory() -> None:
    rows = b"".join(b"\0" + bytes(3 * 6_000) for _ in range(4_000))
    script = "import sys; from snellen.images import _bounded as b; b._MEMORY_BYTES = 90 << 20; sys.exit(b.main())"
    data = png(width=6_000, height=4_000, body=rows)
    done = subprocess.run([sys.executable, "-c", script, "PNG"], input=data, capture_output=True, check=False)  # noqa: S603
    assert (done.returncode, done.stdout) == (1, b"decoding it takes more than 1 GB of memory")


def test_a_name_with_terminal_codes_and_a_mile_of_text_is_shown_tamely() -> None:
    with pytest.raises(ImageError) as caught:
        inspect_image(b"", name="\x1b[2J" + "x" * 5_000)
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 400
