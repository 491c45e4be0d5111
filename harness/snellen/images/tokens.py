"""How many input tokens a picture costs, by the dated rules in `tokens.toml`: an estimate, never a bill.

What a server counted in its usage is the truth; pictures are already inside of it, so nothing here is ever added to it.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from snellen.case import Detail
from snellen.images.fit import ImageRules, fit_size

__all__ = ["ImageTokens", "image_tokens", "listed_name"]

_PATCH_PX = 32
_MAX_PATCHES = 30_000  # of one picture after sizing; more is refused with 400, not made smaller
_TILE_PX = 512
_TILE_SIDE_PX = 2048
_TILE_SHORT_SIDE_PX = 768
_SNAPSHOT = re.compile(r"-20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\Z")
_PROVIDER = "openai/"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageTokens:
    """What one picture costs one model.

    Attributes:
        tokens: None when no rule is known, or when the model refuses the picture.
        is_rejected: The model refuses a picture of this size with this `detail`.
        rule: How the number came about, in words, or why there is none.
        dated: Day of the rule as published; None when there is none.
        seen_px: Width and height that the model works on; None when nothing is known or no pixel matters.
    """

    tokens: int | None
    is_rejected: bool = False
    rule: str
    dated: date | None = None
    seen_px: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sizing:
    """To what a patch model sizes a picture before it counts."""

    side_px: int
    patches: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _PatchRule:
    """A model that counts squares of 32 px; a detail that is not in `sizings` is not supported."""

    dated: date
    multiplier: Decimal
    auto: str
    sizings: Mapping[str, _Sizing]


@dataclass(frozen=True, slots=True, kw_only=True)
class _TileRule:
    """A model that counts squares of 512 px."""

    dated: date
    base: int
    tile: int


_Rule = _PatchRule | _TileRule


def image_tokens(
    model: str, *, width_px: int, height_px: int, detail: Detail | None, on: date | None = None
) -> ImageTokens:
    """What a picture of this size costs.

    Args:
        model: The name that is sent: as listed, with the date of a snapshot, or with `openai/` before it.
        width_px: As sent, at least 1.
        height_px: As sent, at least 1.
        detail: As sent; None is what the model takes for a request without it.
        on: Use the newest rule of this day or before; None uses the newest.

    Source:
        OpenAI, Images and vision guide; the entry in `tokens.toml` says which state of it.
    """
    rule = _rule_of(listed_name(model), on)
    if rule is None:
        when = f" on {on}" if on else ""
        return ImageTokens(tokens=None, rule=f"no rule is known for {model!r}{when}")
    if isinstance(rule, _TileRule):
        return _by_tiles(rule, (width_px, height_px), detail or "auto")
    return _by_patches(rule, (width_px, height_px), detail or "auto")


def listed_name(model: str) -> str:
    """The name under which a table lists this model: without `openai/` in front and the day of a snapshot behind.

    Whether a table holds it is the table's business: `gpt-4o-2024-08-06` is `gpt-4o`, but `gpt-4o-audio` stays itself.
    """
    return _SNAPSHOT.sub("", model.removeprefix(_PROVIDER))


def _by_patches(rule: _PatchRule, size: tuple[int, int], detail: str) -> ImageTokens:
    name = rule.auto if detail == "auto" else detail
    sizing = rule.sizings.get(name)
    if sizing is None:
        return _unsupported(rule, detail)
    size = fit_size(*size, ImageRules(max_side_px=sizing.side_px))
    if sizing.patches is not None and _patches(size) > sizing.patches:
        size = _within_budget(size, sizing.patches)
    count = _patches(size)
    if count > _MAX_PATCHES:
        words = f"detail {name}: {count:,} patches, more than the {_MAX_PATCHES:,} that are taken"
        return ImageTokens(tokens=None, is_rejected=True, rule=words, dated=rule.dated, seen_px=size)
    return ImageTokens(
        tokens=math.ceil(count * rule.multiplier),
        rule=f"detail {name}: {count:,} patches x {rule.multiplier}",
        dated=rule.dated,
        seen_px=size,
    )


def _patches(size: tuple[int, int]) -> int:
    width, height = size
    return -(-width // _PATCH_PX) * -(-height // _PATCH_PX)


def _within_budget(size: tuple[int, int], budget: int) -> tuple[int, int]:
    """The size at which no more than `budget` patches cover the picture.

    No side comes out as 0 patches: sides are limited before, and a strip under 33 px high is within every budget.
    """
    width, height = size
    factor = math.sqrt(_PATCH_PX**2 * budget / (width * height))
    across, down = width * factor / _PATCH_PX, height * factor / _PATCH_PX
    factor *= min(math.floor(across) / across, math.floor(down) / down)
    # One side is a multiple of 32 by construction, which floats miss by a hair.
    return math.floor(round(width * factor, 6)), math.floor(round(height * factor, 6))


def _by_tiles(rule: _TileRule, size: tuple[int, int], detail: str) -> ImageTokens:
    if detail == "original":
        return _unsupported(rule, detail)
    if detail == "low":
        return ImageTokens(tokens=rule.base, rule=f"detail low: {rule.base:,}", dated=rule.dated)
    # Rounded, not cut: 2049 x 513 was billed as 2048 x 513, two rows (gpt-4.1, community.openai.com/t/1281361).
    width, height = fit_size(*size, ImageRules(max_side_px=_TILE_SIDE_PX))
    shortest = min(width, height)
    if shortest > _TILE_SHORT_SIDE_PX:
        width, height = (side * _TILE_SHORT_SIDE_PX // shortest for side in (width, height))
    count = -(-width // _TILE_PX) * -(-height // _TILE_PX)
    return ImageTokens(
        tokens=rule.base + rule.tile * count,
        rule=f"detail high: {rule.base:,} + {count} tile{'' if count == 1 else 's'} x {rule.tile:,}",
        dated=rule.dated,
        seen_px=(width, height),
    )


def _unsupported(rule: _Rule, detail: str) -> ImageTokens:
    return ImageTokens(tokens=None, rule=f"detail {detail} is not supported", dated=rule.dated)


def _rule_of(name: str, on: date | None) -> _Rule | None:
    known = [rule for rule in _rules().get(name, ()) if on is None or rule.dated <= on]
    return max(known, key=lambda rule: rule.dated, default=None)


@cache
def _rules() -> Mapping[str, tuple[_Rule, ...]]:
    """All rules by model; decimals, because 2,500 x 1.2 must be 3,000 before it is rounded up."""
    text = files("snellen.images").joinpath("tokens.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text, parse_float=Decimal)
    found: dict[str, tuple[_Rule, ...]] = {}
    for kind, make in _KINDS.items():
        for entry in table[kind]:
            for model in entry["models"]:
                found[model] = (*found.get(model, ()), make(entry))
    return found


def _patch_rule(entry: Mapping[str, Any]) -> _PatchRule:
    sizings = {name: _Sizing(**entry[name]) for name in ("low", "high", "original") if name in entry}
    return _PatchRule(
        dated=entry["dated"], multiplier=Decimal(entry["multiplier"]), auto=entry["auto"], sizings=sizings
    )


def _tile_rule(entry: Mapping[str, Any]) -> _TileRule:
    return _TileRule(dated=entry["dated"], base=entry["base"], tile=entry["tile"])


_KINDS: dict[str, Callable[[Mapping[str, Any]], _Rule]] = {"patch": _patch_rule, "tile": _tile_rule}
