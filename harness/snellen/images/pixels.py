"""Pixels as people see them: 8 bits, sRGB, on white, upright, from whatever mode a decoder gave."""

from __future__ import annotations

import io

from PIL import Image, ImageCms

__all__ = ["is_deep", "is_see_through", "upright_rgb"]

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_PROFILE_SPACES = {"RGB": "RGB ", "L": "GRAY", "CMYK": "CMYK"}
_LARGEST_16_BIT = 65535


def upright_rgb(image: Image.Image, orientation: int) -> tuple[Image.Image, tuple[str, ...]]:
    """`image` as an RGB picture that carries no metadata, and what was done to get there, a short phrase each.

    Args:
        image: Loaded.
        orientation: EXIF orientation that is not applied yet, 1 to 8.
    """
    notes: list[str] = []
    profile = image.info.get("icc_profile")
    alpha = _alpha_of(image)
    colours = _to_srgb(_eight_bits(image), profile, notes)
    if alpha is not None:
        notes.append("transparent parts put on white")
        white = Image.new("RGB", colours.size, "white")
        white.paste(colours, mask=alpha)
        colours = white
    if orientation in _TURNS:
        notes.append(f"turned upright by its EXIF orientation {orientation}")
        colours = colours.transpose(_TURNS[orientation])
    colours.info = {}
    return colours, tuple(notes)


def is_see_through(image: Image.Image) -> bool:
    """True when some pixel of the loaded `image` is not opaque; an alpha channel that hides nothing does not count."""
    return _alpha_of(image) is not None


def is_deep(image: Image.Image) -> bool:
    """True for a mode of more than 8 bits a channel; colour is brought to 8 by Pillow as it decodes."""
    return image.mode in {"I", "F"} or image.mode.startswith("I;16")


def _alpha_of(image: Image.Image) -> Image.Image | None:
    if not image.has_transparency_data or is_deep(image):
        return None
    alpha = image.convert("RGBA").getchannel("A")
    darkest, _ = alpha.getextrema()
    return None if darkest == 255 else alpha  # noqa: PLR2004  # opaque


def _eight_bits(image: Image.Image) -> Image.Image:
    """`image` as RGB, L or CMYK; deep grey scaled by its range, because Pillow's own conversion clips it to white."""
    if is_deep(image):
        return _scaled(image)
    if image.mode in {"1", "L", "LA"}:
        return image.convert("L")
    if image.has_transparency_data:
        return image.convert("RGBA").convert("RGB")  # by way of RGBA, or a palette's transparency warns
    return image if image.mode in _PROFILE_SPACES else image.convert("RGB")


def _scaled(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):
        image = image.convert("I")
    low, high = image.getextrema()
    if not isinstance(low, (int, float)) or not isinstance(high, (int, float)):
        raise TypeError("deep pictures have one channel")
    if image.mode == "I" and low >= 0 and high <= _LARGEST_16_BIT:
        low, high = 0, _LARGEST_16_BIT
    elif image.mode == "F" and low >= 0.0 and high <= 1.0:
        low, high = 0.0, 1.0
    scale = 255.0 / (high - low) if high > low else 0.0
    return image.convert("F").point(lambda value: value * scale - low * scale + 0.5).convert("L")


def _to_srgb(image: Image.Image, profile: object, notes: list[str]) -> Image.Image:
    if isinstance(profile, bytes) and profile:
        try:
            return _by_profile(image, profile, notes)
        except (ImageCms.PyCMSError, OSError, ValueError):
            notes.append("its colour profile could not be used")
    if image.mode == "CMYK":
        notes.append("CMYK to RGB")
    return image.convert("RGB")


def _by_profile(image: Image.Image, profile: bytes, notes: list[str]) -> Image.Image:
    source = ImageCms.getOpenProfile(io.BytesIO(profile))
    space = source.profile.xcolor_space
    if image.mode == "L" and space == _PROFILE_SPACES["RGB"]:
        image = image.convert("RGB")  # grey pixels under a colour profile are common, and meant
    if space == _PROFILE_SPACES[image.mode] == "RGB " and "srgb" in (source.profile.profile_description or "").lower():
        return image
    if space != _PROFILE_SPACES[image.mode]:
        raise ValueError("the profile is for other colours than the picture has")
    target = ImageCms.createProfile("sRGB")
    converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
    if converted is None:
        raise ValueError("the profile gave no picture")
    notes.append("CMYK to sRGB by its colour profile" if image.mode == "CMYK" else "to sRGB by its colour profile")
    return converted
