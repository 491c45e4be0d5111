"""Image tokens against every published and measured vector there is; the source of each stands in its id."""

from __future__ import annotations

from datetime import date

import pytest

from snellen.case import Detail
from snellen.images.tokens import ImageTokens, image_tokens, listed_name

NEWEST = date(2026, 10, 5)
OLDER = date(2026, 6, 1)


def tokens(model: str, size: tuple[int, int], detail: Detail | None = None, on: date | None = None) -> int | None:
    return image_tokens(model, width_px=size[0], height_px=size[1], detail=detail, on=on).tokens


def seen(model: str, size: tuple[int, int], detail: Detail | None = None, on: date | None = None) -> tuple[object, str]:
    found = image_tokens(model, width_px=size[0], height_px=size[1], detail=detail, on=on)
    return found.seen_px, found.rule


@pytest.mark.parametrize(
    ("model", "detail", "size", "expected"),
    [
        pytest.param("gpt-6-astra", "high", (1024, 1024), 1229, id="guide-2026-10-astra-1024"),
        pytest.param("gpt-6-astra", "high", (2048, 2048), 3000, id="guide-2026-10-astra-2048"),
        pytest.param("gpt-6-astra", "high", (4096, 512), 2458, id="guide-2026-10-astra-4096x512"),
        pytest.param("gpt-4o", "high", (1024, 1024), 765, id="guide-2024-4o-1024"),
        pytest.param("gpt-4o", "high", (2048, 4096), 1105, id="guide-2024-4o-2048x4096"),
        pytest.param("gpt-4o", "low", (4096, 8192), 85, id="guide-2024-4o-low"),
        pytest.param("gpt-6-astra", "low", (640, 480), 231, id="rules-astra-low"),
        pytest.param("gpt-5.6-sol", "high", (4096, 512), 615, id="rules-5.6-high-fits-2048-first"),
        pytest.param("gpt-6-astra", "original", (4800, 6400), 36000, id="rules-exactly-30000-patches-are-taken"),
        pytest.param("gpt-5.4", "high", (4032, 3024), 2942, id="rules-5.4-high"),
        pytest.param("gpt-5.4", "low", (4032, 3024), 3687, id="rules-5.4-low-costs-more-than-high"),
        pytest.param("gpt-5.4", "original", (4032, 3024), 11868, id="rules-5.4-original"),
        pytest.param("gpt-5.4", None, (4032, 3024), 2942, id="rules-5.4-without-detail-is-high"),
        pytest.param("gpt-4.1-mini", None, (2048, 2048), 6636, id="rules-4.1-mini-2026-10"),
        pytest.param("gpt-4o", None, (512, 512), 255, id="rules-4o-512"),
        pytest.param("gpt-4o", None, (513, 512), 425, id="rules-4o-513"),
        pytest.param("gpt-4o", None, (800, 600), 765, id="rules-4o-800x600"),
        pytest.param("gpt-4o", None, (1920, 1080), 1105, id="rules-4o-1920x1080"),
        pytest.param("gpt-4o", None, (4032, 3024), 765, id="rules-4o-4032x3024"),
        pytest.param("gpt-4o", None, (100, 100), 255, id="rules-4o-is-never-enlarged"),
        pytest.param("gpt-5", None, (1024, 1024), 630, id="rules-5-1024"),
        pytest.param("o3", None, (1024, 1024), 675, id="rules-o3-1024"),
        pytest.param("gpt-4o-mini", None, (1024, 1024), 25501, id="rules-4o-mini-1024"),
        pytest.param("gpt-4.1", None, (2049, 513), 1453 - 8, id="community-1281361-2049x513-billed-with-8-of-text"),
        pytest.param("gpt-4.1", None, (2050, 513), 773 - 8, id="community-1281361-2050x513-billed-with-8-of-text"),
    ],
)
def test_published_vectors(model: str, detail: Detail | None, size: tuple[int, int], expected: int) -> None:
    assert tokens(model, size, detail) == expected


@pytest.mark.parametrize(
    ("size", "astra_auto", "astra_high", "gpt_5_5_auto"),
    [
        ((256, 256), 77, 77, 77),
        ((512, 512), 308, 308, 308),
        ((768, 768), 692, 692, 692),
        ((1024, 1024), 1229, 1229, 1229),
        ((1280, 720), 1104, 1104, 1104),
        ((1920, 1080), 2448, 2448, 2448),
        ((1080, 1920), 2448, 2448, 2448),
        ((2560, 1440), 4320, 2931, 4320),
        ((3840, 2160), 9792, 2931, 9792),
        ((4032, 3024), 14364, 2942, 11868),
    ],
    ids=lambda value: "x".join(map(str, value)) if isinstance(value, tuple) else str(value),
)
def test_the_30_measurements_of_the_dataset_johnisking_image_token_cost(
    size: tuple[int, int], astra_auto: int, astra_high: int, gpt_5_5_auto: int
) -> None:
    found = tokens("gpt-6-astra", size, "auto"), tokens("gpt-6-astra", size, "high"), tokens("gpt-5.5", size, "auto")
    assert found == (astra_auto, astra_high, gpt_5_5_auto)


@pytest.mark.parametrize(
    ("model", "detail", "on", "size", "expected"),
    [
        pytest.param(
            "gpt-6-astra", "high", None, (2048, 2048), ((1600, 1600), "detail high: 2,500 patches x 1.2"), id="guide"
        ),
        pytest.param(
            "gpt-5-mini", None, OLDER, (1024, 1024), ((1024, 1024), "detail high: 1,024 patches x 1.62"), id="older-1"
        ),
        pytest.param(
            "gpt-5-mini", None, OLDER, (1800, 2400), ((1056, 1408), "detail high: 1,452 patches x 1.62"), id="older-2"
        ),
        pytest.param(
            "gpt-5.6-luna", "high", None, (4096, 512), ((2048, 256), "detail high: 512 patches x 1.2"), id="rules-5.6"
        ),
        pytest.param(
            "gpt-6-astra", "low", None, (640, 480), ((512, 384), "detail low: 192 patches x 1.2"), id="rules-astra-low"
        ),
        pytest.param(
            "gpt-4o", None, None, (1024, 1024), ((768, 768), "detail high: 85 + 4 tiles x 170"), id="guide-2024-square"
        ),
        pytest.param(
            "gpt-4o", None, None, (2048, 4096), ((768, 1536), "detail high: 85 + 6 tiles x 170"), id="guide-2024-tall"
        ),
        pytest.param(
            "gpt-4o", None, None, (1920, 1080), ((1365, 768), "detail high: 85 + 6 tiles x 170"), id="rules-4o-wide"
        ),
    ],
)
def test_a_number_is_explained_by_size_and_count(
    model: str, detail: Detail | None, on: date | None, size: tuple[int, int], expected: tuple[object, str]
) -> None:
    assert seen(model, size, detail, on) == expected


def test_what_has_too_many_patches_is_rejected_and_not_made_smaller() -> None:
    assert image_tokens("gpt-6-astra", width_px=9000, height_px=6000, detail="original") == ImageTokens(
        tokens=None,
        is_rejected=True,
        rule="detail original: 53,016 patches, more than the 30,000 that are taken",
        dated=NEWEST,
        seen_px=(9000, 6000),
    )


def test_an_earlier_day_has_the_rule_of_its_time() -> None:
    """gpt-4.1-mini went from 1,536 to 6,144 patches; a picture of 4000 x 1474 was billed 2488, give or take 1."""
    assert tokens("gpt-4.1-mini", (2048, 2048), on=date(2026, 9, 30)) == 2465
    assert tokens("gpt-4.1-mini", (2048, 2048), on=NEWEST) == 6636
    assert tokens("gpt-4.1-mini", (4000, 1474), on=date(2026, 9, 30)) == 2489
    assert image_tokens("gpt-4.1-mini", width_px=9, height_px=9, detail=None, on=date(2026, 1, 1)) == ImageTokens(
        tokens=None, rule="no rule is known for 'gpt-4.1-mini' on 2026-01-01"
    )


@pytest.mark.parametrize(
    ("model", "multiplier"),
    [("gpt-5-mini", "1.2"), ("gpt-5-nano", "1.5"), ("gpt-4.1-nano", "2.46"), ("o4-mini", "1.72"), ("gpt-5.2", "1.2")],
)
def test_the_multipliers_of_2026_10(model: str, multiplier: str) -> None:
    assert seen(model, (1024, 1024)) == ((1024, 1024), f"detail high: 1,024 patches x {multiplier}")


@pytest.mark.parametrize(("model", "expected"), [("gpt-5.1", 630), ("o1", 675), ("computer-use-preview", 581)])
def test_the_tiles_of_a_square_of_1024(model: str, expected: int) -> None:
    assert tokens(model, (1024, 1024)) == expected


@pytest.mark.parametrize("model", ["gpt-5.2", "gpt-4.1-mini", "gpt-4o", "o3"])
def test_a_detail_that_a_model_does_not_take_has_no_number(model: str) -> None:
    found = image_tokens(model, width_px=100, height_px=100, detail="original")
    assert found == ImageTokens(tokens=None, rule="detail original is not supported", dated=NEWEST)


@pytest.mark.parametrize(
    "name", ["gpt-4o", "gpt-4o-2024-08-06", "openai/gpt-4o", "openai/gpt-4o-2024-11-20", "gpt-4o-2024-05-13"]
)
def test_a_snapshot_and_a_provider_are_part_of_no_rule(name: str) -> None:
    assert (listed_name(name), tokens(name, (512, 512))) == ("gpt-4o", 255)


@pytest.mark.parametrize(
    "name",
    [
        "gpt-6-sol",
        "gpt-6-luna",
        "gpt-6.1-sol",
        "gpt-6.1-terra",
        "gpt-6.2-sol",
        "gpt-4o-audio",
        "gpt-4o-2024-13-06",
        "gpt-4o-0806",
        "GPT-4o",
        "azure/gpt-4o",
        "qwen3-vl",
        "",
    ],
)
def test_a_name_that_no_table_holds_is_unknown(name: str) -> None:
    found = image_tokens(name, width_px=512, height_px=512, detail=None)
    assert found == ImageTokens(tokens=None, rule=f"no rule is known for {name!r}")


@pytest.mark.parametrize("model", ["gpt-6-astra", "gpt-5.6-sol", "gpt-5.4", "gpt-5.2", "gpt-5-nano"])
@pytest.mark.parametrize("size", [(1, 1), (65535, 33), (33, 65535), (200_000, 10), (1601, 1601), (2047, 1999)])
def test_a_budget_holds_and_nothing_is_enlarged(model: str, size: tuple[int, int]) -> None:
    budget = {"gpt-5.2": 6144, "gpt-5-nano": 1536}.get(model, 2500)
    found = image_tokens(model, width_px=size[0], height_px=size[1], detail="high")
    assert found.seen_px is not None
    width, height = found.seen_px
    assert 1 <= width <= size[0]
    assert 1 <= height <= size[1]
    assert -(-width // 32) * -(-height // 32) <= budget
