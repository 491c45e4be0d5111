"""A picture's bytes read safely: what it is, whether all of it decodes, and its pixels as people see them.

Only the one decoder that the first bytes name is ever tried, on bytes without their metadata (`container.dissect`),
so a wrong extension is fine and a hostile EXIF block reaches no parser but ours. Orientation is EXIF's; one that
stands in XMP alone is not applied, as in browsers.
"""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace

from PIL import Image, UnidentifiedImageError

from snellen._text import plural, printable, shorten
from snellen.errors import ImageError, Problem
from snellen.images.container import Anatomy, dissect
from snellen.images.pixels import is_deep, upright_rgb
from snellen.images.sniff import Kind, kind_of, misnamed, refuse

__all__ = [
    "MAX_PIXELS",
    "Decoded",
    "ImageFacts",
    "OpenedImage",
    "check_image",
    "decode_image",
    "inspect_image",
    "opened",
]

MAX_PIXELS = 89_478_485  # where Pillow begins to warn of a decompression bomb; kept even if a program lifts Pillow's
_BOUNDED_PIXELS = 20_000_000  # larger ones are first tried in a process of their own , with 1 GB and 10 s
_BOUNDED_WALL_S = 60  # its 10 s are of CPU; a busy machine may need longer by the clock
_SMALLER = "Make it smaller, for example `magick in.png -resize 4096x4096 out.png`."
_AGAIN = "Copy or download it again, or open it in an image editor and save it anew."


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFacts:
    """What a picture is, before anything is done to it.

    Attributes:
        format: JPEG, PNG, GIF, WEBP, AVIF, TIFF, BMP or ICO, by its bytes.
        media_type: As it goes into a data URL; `image/jpeg` for the multi-picture JPEGs of phones too.
        width_px: As displayed, so after the EXIF orientation.
        height_px: As displayed.
        frames: 1 for a still picture; only the first is ever used.
        notes: What a person would want to know: a misleading extension, further frames, an orientation.
    """

    format: str
    media_type: str
    width_px: int
    height_px: int
    frames: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A picture's pixels.

    Attributes:
        image: RGB, upright, first frame, on white, without metadata.
        facts: What it was.
        notes: What was done to get here, a short phrase each; empty when nothing was.
    """

    image: Image.Image
    facts: ImageFacts
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedImage:
    """A picture whose header is read and whose pixels are not; for the other files of this room.

    Attributes:
        image: Pillow's, not loaded; belongs to one thread.
        kind: Which decoder it is with.
        anatomy: What the file holds beside pixels.
        data: The bytes the decoder reads.
        orientation: EXIF orientation that `load` leaves to be applied.
        facts: What the header says.
        name: What people call the picture.
    """

    image: Image.Image
    kind: Kind
    anatomy: Anatomy
    data: bytes
    orientation: int
    facts: ImageFacts
    name: str

    def check(self) -> None:
        """Makes sure that it can be decoded.

        A JPEG is whole when its segments lead to its end marker: what is damaged in between, no decoder notices
        either, they paint it. Of other formats all pixels are decoded.

        Raises:
            ImageError: As `load`.
        """
        if self.kind.format != "JPEG":
            self.load()
        elif self.anatomy.damage:
            raise _broken(self.name, self.anatomy.damage)

    def load(self, *, draft: bool = False) -> None:
        """Decodes all of it.

        Args:
            draft: Only to see whether it can be: a JPEG is then read to its end, and drawn at an eighth of its size.

        Raises:
            ImageError: It is truncated or damaged, or takes too much memory or time.
        """
        if self.anatomy.damage:
            raise _broken(self.name, self.anatomy.damage)
        if draft:
            self.image.draft(None, (1, 1))
        if self.facts.width_px * self.facts.height_px > _BOUNDED_PIXELS:
            _load_bounded(self.data, self.kind.format, self.name)
        with _refusing(self.name):
            self.image.load()


def inspect_image(data: bytes, *, name: str) -> ImageFacts:
    """What the picture is, from its header alone; says nothing on whether the rest decodes.

    Raises:
        ImageError: It is no picture that is read, its header is damaged, or it has too many pixels.
    """
    with opened(data, name=name) as picture:
        return picture.facts


def check_image(data: bytes, *, name: str) -> ImageFacts:
    """What the picture is, after decoding all of it: what passes here can be sent and shown.

    Raises:
        ImageError: As `inspect_image`, or it is truncated or damaged.
    """
    with opened(data, name=name) as picture:
        picture.load(draft=True)
        return picture.facts


def decode_image(data: bytes, *, name: str, draft_side_px: int | None = None) -> Decoded:
    """The picture's pixels as people see them, with what was done to get them.

    Args:
        data: The file's bytes.
        name: What people call it, for errors.
        draft_side_px: For small previews: a JPEG may be decoded at a half, quarter or eighth of its size as long
            as it stays larger than this. None decodes all pixels.

    Raises:
        ImageError: It cannot be decoded in full.
    """
    with opened(data, name=name) as picture:
        if draft_side_px is not None:
            picture.image.draft(None, (draft_side_px, draft_side_px))
        picture.load()
        with _refusing(name):
            image, done = upright_rgb(picture.image, picture.orientation)
    frames, was_deep = picture.facts.frames, picture.anatomy.is_deep or is_deep(picture.image)
    first = (f"first of {plural(frames, 'frame')}",) if frames > 1 else ()
    scaled = ("scaled to 8 bits a channel",) if was_deep else ()
    return Decoded(image=image, facts=picture.facts, notes=(*first, *scaled, *done))


@contextlib.contextmanager
def opened(data: bytes, *, name: str) -> Iterator[OpenedImage]:
    """The picture with its header read; closed at the end.

    Raises:
        ImageError: As `inspect_image`.
    """
    kind = kind_of(data)
    if kind is None:
        raise refuse(data, name)
    anatomy = dissect(data, kind.media_type)
    pixels = anatomy.clean if anatomy.clean is not None else data
    with contextlib.ExitStack() as stack:
        with _refusing(name, anatomy.damage):
            image = stack.enter_context(Image.open(io.BytesIO(pixels), formats=(kind.format,)))
            facts = _facts(image, kind, anatomy)
            orientation = anatomy.orientation if kind.format != "AVIF" else image.getexif().get(0x0112, 1)
        if orientation >= 5:  # noqa: PLR2004  # 5 to 8 turn by a quarter
            facts = replace(facts, width_px=facts.height_px, height_px=facts.width_px)
        _refuse_size(facts, name)
        notes = _notes(facts, kind, orientation, name)
        yield OpenedImage(
            image=image,
            kind=kind,
            anatomy=anatomy,
            data=pixels,
            orientation=orientation,
            facts=replace(facts, notes=notes),
            name=name,
        )


def _facts(image: Image.Image, kind: Kind, anatomy: Anatomy) -> ImageFacts:
    frames = anatomy.frames if anatomy.frames is not None else int(getattr(image, "n_frames", 1))
    return ImageFacts(
        format=kind.format,
        media_type=kind.media_type,
        width_px=image.width,
        height_px=image.height,
        frames=frames,
    )


def _notes(facts: ImageFacts, kind: Kind, orientation: int, name: str) -> tuple[str, ...]:
    notes = (
        misnamed(name, kind),
        f"{plural(facts.frames, 'frame')}, only the first is used" if facts.frames > 1 else "",
        f"EXIF orientation {orientation}" if orientation != 1 else "",
    )
    return tuple(note for note in notes if note)


def _refuse_size(facts: ImageFacts, name: str) -> None:
    if facts.width_px < 1 or facts.height_px < 1:
        raise _broken(name, f"its header says {facts.width_px} x {facts.height_px} px")
    if facts.width_px * facts.height_px > MAX_PIXELS:
        raise _too_large(name, f"{facts.width_px:,} x {facts.height_px:,} px")


@contextlib.contextmanager
def _refusing(name: str, known_damage: str = "") -> Iterator[None]:
    """Turns whatever a decoder raises on bad bytes into an ImageError; hostile bytes raise any type there is."""
    try:
        yield
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        stated = re.search(r"\d+", str(error))
        raise _too_large(name, f"{int(stated.group()):,} pixels" if stated else str(error)) from error
    except MemoryError as error:
        raise _too_large(name, "more than the memory there is") from error
    except Exception as error:
        reason = "its header cannot be read" if isinstance(error, UnidentifiedImageError) else str(error)
        raise _broken(name, known_damage or reason or type(error).__name__) from error


def _load_bounded(data: bytes, decoder: str, name: str) -> None:
    command = [sys.executable, "-P", "-m", "snellen.images._bounded", decoder]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=_BOUNDED_WALL_S, check=False)  # noqa: S603  # our own module
    except OSError as error:
        raise _too_large(name, f"no process could be started to decode it in ({error.strerror})") from error
    except subprocess.TimeoutExpired as error:
        raise _too_large(name, f"decoding it takes more than {_BOUNDED_WALL_S} s") from error
    if done.returncode < 0:  # killed by the kernel: out of its CPU seconds or its memory
        raise _too_large(name, "decoding it takes more than 10 s or 1 GB of memory")
    if done.returncode > 0:
        reason = done.stdout.decode("utf-8", "replace") or "its decoder ended without a word"
        raise _broken(name, reason)


def _broken(name: str, reason: str) -> ImageError:
    return ImageError(
        Problem(f"picture {shorten(name, 200)!r} is damaged: {shorten(printable(reason), 200)}", hint=_AGAIN)
    )


def _too_large(name: str, found: str) -> ImageError:
    message = f"picture {shorten(name, 200)!r} is too large: {found}; at most {MAX_PIXELS:,} pixels are decoded"
    return ImageError(Problem(message, hint=_SMALLER))
