"""Cases made in Python, by the same rules as those in files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from snellen.case import Case, Expectation, ImageRef
from snellen.datasets.row import parse_row

if TYPE_CHECKING:
    from PIL.Image import Image

    ImageLike = str | Path | bytes | bytearray | ImageRef | Mapping[str, object] | Image

__all__ = ["make_case"]


def make_case(
    *,
    id: str,  # noqa: A002  # the field's name everywhere else
    prompt: str,
    images: ImageLike | Sequence[ImageLike],
    expect: str | int | float | Sequence[str | int | float] | Mapping[str, object] | Expectation | None = None,
    folder: Path | None = None,
    **fields: object,
) -> Case:
    """A case made in code.

    Args:
        id: Stable and unique among the cases it is run with.
        prompt: What the model is asked, literal; `<image 1>` marks where a picture goes.
        images: One or many of: a path, an http(s) address, a data URI, a `Path`, bytes, a PIL image, an `ImageRef`,
            or a mapping with path, url or data, title and detail.
        expect: What a right answer must contain: a keyword, a list of which all must be mentioned ("a|b" are
            synonyms), or a mapping with all, any, none and regex.
        folder: Where relative paths start; default: the current directory.
        **fields: The other keys of a row (system, tags, group, live, titles, detail, metadata) and metadata by name.

    Raises:
        InputError: With everything that is wrong with it.
    """
    row = {**fields, "id": id, "prompt": prompt, "images": images, "expect": expect}
    return parse_row(row, folder=folder or Path.cwd(), root=None)
