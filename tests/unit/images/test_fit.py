"""Sizes and transforms follow a model's rules."""

from __future__ import annotations

import pytest

from snellen.images.fit import ImageRules, fit_size, transform_of


@pytest.mark.parametrize(
    ("size", "side_px", "expected"),
    [
        ((4000, 3000), None, (4000, 3000)),
        ((4000, 3000), 1024, (1024, 768)),
        ((3000, 4000), 1024, (768, 1024)),
        ((1024, 768), 1024, (1024, 768)),
        ((10, 10), 1024, (10, 10)),
        ((20_000, 1), 1024, (1024, 1)),
        ((1, 1), 1, (1, 1)),
    ],
    ids=["no-rule", "wide", "tall", "exact", "never-enlarged", "no-side-vanishes", "one-pixel"],
)
def test_fit_size(size: tuple[int, int], side_px: int | None, expected: tuple[int, int]) -> None:
    assert fit_size(*size, ImageRules(max_side_px=side_px)) == expected


def test_only_resizing_enters_the_fingerprint() -> None:
    assert transform_of(ImageRules()) == ""
    assert transform_of(ImageRules(formats=("image/png",), inline_urls=True)) == ""
    assert transform_of(ImageRules(max_side_px=1024)) == "resize:1024"
