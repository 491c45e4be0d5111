"""Small pictures for reports: WebP without any metadata, the same bytes every time."""

from __future__ import annotations

import io

from PIL import Image

from snellen.images.data_uri import data_uri_of
from snellen.images.decode import decode_image

__all__ = ["data_uri_of", "thumbnail"]

_QUALITY = 60  # photographs measured 3.2 KB at 160 px


def thumbnail(data: bytes, *, name: str, side_px: int) -> bytes:
    """The picture's first frame, upright and on white, with no side longer than `side_px`; never enlarged.

    Raises:
        ImageError: The picture cannot be decoded in full.
    """
    # Twice the size is decoded where JPEG can skip the rest: a tenth of the time for a photo, and no visible loss.
    image = decode_image(data, name=name, draft_side_px=2 * side_px).image
    image.thumbnail((side_px, side_px), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "WEBP", quality=_QUALITY, method=4)
    return out.getvalue()
