"""Picture files good and bad, made by this script: what a dataset of strangers may hold.

`make(folder)` writes them and says of each what must happen; `python tests/corpus_images.py FOLDER` does the same by
hand. Drawn pictures are 40 x 24 px with a red left upper corner, so that a test can see which way is up.
"""

from __future__ import annotations

import io
import random
import struct
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image, ImageCms, ImageDraw, TiffImagePlugin

__all__ = ["CorpusFile", "bytes_of", "drawing", "make", "mirrored_profile", "png", "srgb_profile"]

ORIENTATION, GPS, DESCRIPTION = 0x0112, 0x8825, 0x010E
WIDTH, HEIGHT = 40, 24
_UNTURN = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """One picture file and what must become of it.

    Attributes:
        name: In the folder.
        expected: ok: it can be sent; refused: an ImageError.
        message_part: Of the error, for a refused one.
        notes_part: Of what is said about an accepted one; empty when nothing need be.
    """

    name: str
    expected: Literal["ok", "refused"]
    message_part: str = ""
    notes_part: str = ""


def make(folder: Path) -> list[CorpusFile]:
    """Writes the files and says what must become of each."""
    folder.mkdir(parents=True, exist_ok=True)
    files: list[CorpusFile] = []
    for entries in (_no_pictures(), _damaged(), _too_much(), _formats(), _modes(), _metadata(), _shapes()):
        for data, file in entries:
            (folder / file.name).write_bytes(data)
            files.append(file)
    return files


def drawing(mode: str = "RGB") -> Image.Image:
    """The picture all others are made of: white, red left upper corner, blue right half."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((WIDTH // 2, 0, WIDTH, HEIGHT), fill="blue")
    draw.rectangle((0, 0, WIDTH // 2 - 1, HEIGHT // 2 - 1), fill="red")
    return image.convert(mode)


def bytes_of(image: Image.Image, kind: str, **options: object) -> bytes:
    """`image` as a file of this kind."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def png(*, width: int, height: int, bits: int = 8, colour: int = 2, body: bytes = b"", extra: bytes = b"") -> bytes:
    """A PNG put together by hand, so that its header can lie."""
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    chunks = [chunk(b"IHDR", header), extra, chunk(b"IDAT", zlib.compress(body, 9)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def chunk(name: bytes, body: bytes) -> bytes:
    """One PNG chunk with its checksum."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def srgb_profile() -> bytes:
    """The profile of sRGB, without the moment it was made at."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = bytes(12)
    return bytes(profile)


def mirrored_profile() -> bytes:
    """A colour profile in which red and blue have changed places, so that its use cannot be overlooked."""
    profile = bytearray(srgb_profile())
    count = int.from_bytes(profile[128:132], "big")
    entries = {bytes(profile[132 + 12 * i : 136 + 12 * i]): 132 + 12 * i for i in range(count)}
    red, blue = entries[b"rXYZ"], entries[b"bXYZ"]
    profile[red + 4 : red + 12], profile[blue + 4 : blue + 12] = (
        profile[blue + 4 : blue + 12],
        profile[red + 4 : red + 12],
    )
    return bytes(profile).replace("sRGB".encode("utf-16-be"), "test".encode("utf-16-be"))


_Entries = Iterator[tuple[bytes, CorpusFile]]


def _refused(name: str, data: bytes, part: str) -> tuple[bytes, CorpusFile]:
    return data, CorpusFile(name, "refused", message_part=part)


def _ok(name: str, data: bytes, notes_part: str = "") -> tuple[bytes, CorpusFile]:
    return data, CorpusFile(name, "ok", notes_part=notes_part)


def _no_pictures() -> _Entries:
    yield _refused("empty.png", b"", "is empty (0 bytes)")
    yield _refused("text.png", b"hello, this is no picture\n", "is text")
    yield _refused("korean-text.png", "그림이 아닙니다".encode(), "is text, beginning '그림이 아닙니다'")
    yield _refused("page.jpg", b"<!DOCTYPE html><title>404</title>", "is a web page")
    yield _refused("drawing.svg", b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "rsvg-convert")
    yield _refused("photo.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64), "heif-convert")
    yield _refused("document.pdf", b"%PDF-1.7\n", "pdftoppm")
    yield _refused("pointer.png", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "git lfs pull")
    yield _refused("noise.bin", bytes(range(128, 256)) * 4, "is of no known kind")


def _damaged() -> _Entries:
    noise = Image.frombytes("RGB", (160, 120), random.Random(7).randbytes(160 * 120 * 3))  # noqa: S311  # no secret
    for kind in ("jpeg", "png"):
        whole = bytes_of(noise, kind.upper())
        for percent in (1, 25, 50, 99):
            part = whole[: max(4, len(whole) * percent // 100)]
            yield _refused(f"truncated-{percent:02}.{kind}", part, "is damaged" if len(part) > 8 else "is ")
    yield _refused(
        "truncated-50.webp", (whole := bytes_of(noise, "WEBP"))[: len(whole) // 2], "image file is truncated"
    )
    yield _refused("truncated-50.gif", (whole := bytes_of(noise.convert("P"), "GIF"))[: len(whole) // 2], "is damaged")
    good = bytes_of(drawing(), "PNG")
    at = good.index(b"IDAT")
    length = int.from_bytes(good[at - 4 : at], "big")
    sum_at = at + 4 + length
    yield _refused(
        "bad-crc.png", good[:sum_at] + bytes([good[sum_at] ^ 1]) + good[sum_at + 1 :], "checksum of its IDAT"
    )
    yield _refused("bad-crc-header.png", good[:29] + bytes([good[29] ^ 1]) + good[30:], "is damaged")
    yield _refused("zero-size.png", png(width=0, height=0), "is damaged: its header cannot be read")
    yield _refused("only-a-header.gif", b"GIF89a", "is damaged")


def _too_much() -> _Entries:
    yield _refused(
        "header-2-31.png", png(width=2**31 - 1, height=2**31 - 1), "is too large: 4,611,686,014,132,420,609 pixels"
    )
    yield _refused("100-megapixels.png", png(width=10_000, height=10_000, bits=1, colour=0), "is too large")
    yield _refused("400-megapixels.png", png(width=20_000, height=20_000, bits=1, colour=0), "is too large")
    body = b"".join(b"\0" + bytes(3 * WIDTH) for _ in range(HEIGHT))
    bomb = zlib.compress(bytes(80_000_000), 9)
    for name, start in ((b"iCCP", b"icc\0\0"), (b"zTXt", b"Comment\0\0")):
        data = png(width=WIDTH, height=HEIGHT, body=body, extra=chunk(name, start + bomb))
        yield _refused(f"absurd-{name.decode().lower()}.png", data, "is damaged")


def _formats() -> _Entries:
    image = drawing()
    yield _ok("plain.jpg", bytes_of(image, "JPEG", quality=95, subsampling=0))
    yield _ok("progressive.jpg", bytes_of(image, "JPEG", quality=95, progressive=True))
    yield _ok("plain.png", bytes_of(image, "PNG"))
    yield _ok("lossy.webp", bytes_of(image, "WEBP"))
    yield _ok("lossless.webp", bytes_of(image, "WEBP", lossless=True))
    yield _ok("plain.gif", bytes_of(image.convert("P"), "GIF"))
    yield _ok("plain.avif", bytes_of(image, "AVIF"), "converted from AVIF to JPEG")
    yield _ok("plain.tiff", bytes_of(image, "TIFF"), "converted from TIFF to PNG")
    yield _ok("plain.bmp", bytes_of(image, "BMP"), "converted from BMP to PNG")
    yield _ok("plain.ico", bytes_of(image, "ICO", sizes=[(24, 24)]), "converted from ICO to PNG")
    yield _ok("really-a-jpeg.png", bytes_of(image, "JPEG"), "named .png but is JPEG")
    frames = [drawing(), Image.new("RGB", (WIDTH, HEIGHT), "green"), Image.new("RGB", (WIDTH, HEIGHT), "black")]
    for kind, suffix in (("GIF", "gif"), ("WEBP", "webp"), ("PNG", "png")):
        options = {"save_all": True, "append_images": frames[1:], "duration": 100}
        yield _ok(f"animated.{suffix}", bytes_of(frames[0], kind, **options), "first of 3 frames")
    yield _ok("pages.tiff", bytes_of(frames[0], "TIFF", save_all=True, append_images=frames[1:]), "first of 3 frames")


def _modes() -> _Entries:
    yield _ok("cmyk.jpg", bytes_of(drawing("CMYK"), "JPEG"), "CMYK to RGB")
    yield _ok("cmyk-wrong-profile.jpg", bytes_of(drawing("CMYK"), "JPEG", icc_profile=srgb_profile()), "CMYK to RGB")
    yield _ok("grey.jpg", bytes_of(drawing("L"), "JPEG"))
    yield _ok("sixteen-bit.png", bytes_of(Image.new("I;16", (WIDTH, HEIGHT), 40_000), "PNG"), "scaled to 8 bits")
    deep = b"".join(b"\0" + b"\x9c\x40\0\0\0\0" * WIDTH for _ in range(HEIGHT))
    yield _ok("sixteen-bit-colour.png", png(width=WIDTH, height=HEIGHT, bits=16, body=deep))
    yield _ok("float.tiff", bytes_of(Image.new("F", (WIDTH, HEIGHT), 0.5), "TIFF"), "scaled to 8 bits")
    yield _ok("one-bit.png", bytes_of(drawing("1"), "PNG"))
    see_through = drawing("RGBA")
    see_through.putalpha(drawing("L").point(lambda value: 0 if value < 50 else 255))
    note = "transparent parts put on white"
    yield _ok("alpha.png", bytes_of(see_through, "PNG"), note)
    yield _ok("opaque-alpha.png", bytes_of(drawing("RGBA"), "PNG"))
    yield _ok("grey-alpha.png", bytes_of(see_through.convert("LA"), "PNG"), note)
    yield _ok("palette-alpha.png", bytes_of(see_through.quantize(8), "PNG"), note)
    yield _ok("colour-key.png", bytes_of(drawing(), "PNG", transparency=(255, 0, 0)), note)
    yield _ok("alpha.webp", bytes_of(see_through, "WEBP"), note)
    yield _ok("profile.png", bytes_of(drawing(), "PNG", icc_profile=mirrored_profile()))


def _metadata() -> _Entries:
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[ORIENTATION] = orientation
        turned = drawing().transpose(_UNTURN[orientation]) if orientation in _UNTURN else drawing()
        data = bytes_of(turned, "JPEG", quality=95, subsampling=0, exif=exif)
        note = "EXIF left out" if orientation == 1 else f"turned upright by its EXIF orientation {orientation}"
        yield _ok(f"exif-{orientation}.jpg", data, note)
    for kind, suffix in (("PNG", "png"), ("WEBP", "webp")):
        exif = Image.Exif()
        exif[ORIENTATION] = 6
        yield _ok(f"exif-6.{suffix}", bytes_of(drawing().transpose(_UNTURN[6]), kind, exif=exif), "orientation 6")
    for kind, suffix in (("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp")):
        yield _ok(f"gps.{suffix}", bytes_of(drawing(), kind, exif=_gps()), "EXIF left out")
    others = [Image.new("RGB", (WIDTH, HEIGHT), "green")]
    yield _ok("phone.jpg", bytes_of(drawing(), "MPO", save_all=True, append_images=others), "further pictures left out")
    polyglot = bytes_of(drawing(), "JPEG") + b"<script>alert(1)</script>PK\x03\x04"
    yield _ok("polyglot.jpg", polyglot, "29 bytes after its end left out")


def _gps() -> Image.Exif:
    exif = Image.Exif()
    exif[DESCRIPTION] = "a secret garden"
    degrees = tuple(TiffImagePlugin.IFDRational(number) for number in (37, 33, 58))
    exif[GPS] = {1: "N", 2: degrees, 3: "E", 4: degrees}
    return exif


def _shapes() -> _Entries:
    for width, height in ((1, 1), (1, 20_000), (20_000, 1)):
        yield _ok(f"{width}x{height}.png", bytes_of(Image.new("RGB", (width, height), "red"), "PNG"))
    rows = b"".join(b"\0" + bytes(5_500 // 8 + 1) for _ in range(4_000))
    yield _ok("22-megapixels.png", png(width=5_500, height=4_000, bits=1, colour=0, body=rows))


if __name__ == "__main__":
    for made in make(Path(sys.argv[1])):
        sys.stdout.write(f"{made.expected:8} {made.name}\n")
