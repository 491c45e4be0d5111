"""What a model wants of its pictures, and the size one gets by it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ImageRules", "fit_size", "transform_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRules:
    """What one endpoint takes.

    Attributes:
        max_side_px: Longest side; a larger picture is made smaller, a smaller one stays. None: no rule.
        formats: Media types it takes; anything else is converted once, to PNG or JPEG.
        inline_urls: The endpoint cannot fetch addresses, so a picture given by URL is fetched here and sent inline.
    """

    max_side_px: int | None = None
    formats: tuple[str, ...] = ("image/jpeg", "image/png", "image/webp", "image/gif")
    inline_urls: bool = False


def transform_of(rules: ImageRules) -> str:
    """What the rules add to a fingerprint: `resize:1024`, empty when pictures go out as they are."""
    return f"resize:{rules.max_side_px}" if rules.max_side_px is not None else ""


def fit_size(width_px: int, height_px: int, rules: ImageRules) -> tuple[int, int]:
    """The size a picture of this size is sent in: its proportions kept, never enlarged, no side under 1 px."""
    longest = max(width_px, height_px)
    if rules.max_side_px is None or longest <= rules.max_side_px:
        return width_px, height_px
    scale = rules.max_side_px / longest
    return max(1, round(width_px * scale)), max(1, round(height_px * scale))
