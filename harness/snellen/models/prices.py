"""What tokens cost: the user's own price, else the dated list price in `prices.toml`, else it is not known."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from snellen.images.tokens import listed_name
from snellen.response import Usage

if TYPE_CHECKING:
    from snellen.models.spec import ModelSpec

__all__ = ["BATCH_FACTOR", "LongInput", "Price", "cost_usd", "price_of"]

BATCH_FACTOR = 0.5
"""What a batch costs of what the same questions cost at once, at OpenAI."""

_PER = 1_000_000
_DECIMALS = 10  # a ten-billionth of a dollar: under the price of one cached token of the cheapest model


@dataclass(frozen=True, slots=True, kw_only=True)
class LongInput:
    """What makes a request with very much input dearer, all of it.

    Attributes:
        over_tokens: From one token more than this on.
        input_factor: On input, cached or not.
        output_factor: On output.
    """

    over_tokens: int
    input_factor: float
    output_factor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """USD per million tokens.

    Attributes:
        input: Of input that was not cached.
        output: Of output, reasoning included.
        cached: Of input that was read from a cache; None costs as much as other input.
        long_input: The rule for very long requests, None for a price without one.
        source: Where it was seen, and when, for people; empty for a user's own.
    """

    input: float
    output: float
    cached: float | None = None
    long_input: LongInput | None = None
    source: str = ""


def price_of(spec: ModelSpec) -> Price | None:
    """The price of this model: the user's own, else the list price of the name that is sent; None when not known."""
    if spec.price is not None or spec.is_in_process:
        return spec.price
    return _list_prices().get(listed_name(spec.name))


def cost_usd(usage: Usage, price: Price | None, *, via: str = "") -> float | None:
    """What a response of this usage costs, in USD.

    Args:
        usage: As the server counted; input whose cached part it does not tell is taken as not cached.
        price: Of the model.
        via: "batch" for an answer that came by the Batch API, at half the price.

    Returns:
        None when the price is not known or the server did not count input and output.
    """
    if price is None or usage.input_tokens is None or usage.output_tokens is None:
        return None
    cached = min(usage.cached_tokens or 0, usage.input_tokens)
    cached_price = price.input if price.cached is None else price.cached
    of_input = (usage.input_tokens - cached) * price.input + cached * cached_price
    of_output = usage.output_tokens * price.output
    long = price.long_input
    if long is not None and usage.input_tokens > long.over_tokens:
        of_input, of_output = of_input * long.input_factor, of_output * long.output_factor
    factor = BATCH_FACTOR if via == "batch" else 1.0
    return round((of_input + of_output) * factor / _PER, _DECIMALS)


@cache
def _list_prices() -> Mapping[str, Price]:
    table = tomllib.loads(files("snellen.models").joinpath("prices.toml").read_text(encoding="utf-8"))
    long_input = LongInput(**table["long_input"])
    return {model: _list_price(entry, long_input) for model, entry in table["models"].items()}


def _list_price(entry: Mapping[str, Any], long_input: LongInput) -> Price:
    source = f"{entry['source']}, {entry['dated']}"
    return Price(
        input=entry["input"],
        output=entry["output"],
        cached=entry["cached"],
        long_input=long_input,
        source=source,
    )
