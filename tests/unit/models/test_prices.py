"""What tokens cost, and that what is not known stays so."""

from __future__ import annotations

import pytest

from snellen.models.prices import LongInput, Price, cost_usd, price_of
from snellen.models.spec import ModelSpec
from snellen.response import Usage

LONG = LongInput(over_tokens=272_000, input_factor=2.0, output_factor=1.5)
PRICE = Price(input=2.5, cached=0.25, output=15)


@pytest.mark.parametrize(
    ("name", "per_million"),
    [
        ("gpt-6-astra", (10, 1, 50)),
        ("gpt-6.1-sol", (2, 0.10, 10)),
        ("gpt-6-luna", (0.10, 0.01, 0.50)),
        ("gpt-6-sol", (2, 0.20, 10)),
        ("gpt-6.1-terra", (1, 0.05, 5)),
        ("gpt-5.6-sol", (4, 0.4, 20)),
        ("gpt-5.6-terra", (2, 0.2, 12)),
        ("gpt-5.6-luna", (0.2, 0.02, 1.2)),
        ("gpt-5.5", (5, 0.5, 30)),
        ("gpt-5.4", (2.5, 0.25, 15)),
        ("gpt-5.4-mini", (0.75, 0.075, 4.5)),
    ],
)
def test_list_prices_as_seen_in_october_2026(name: str, per_million: tuple[float, float, float]) -> None:
    price = price_of(ModelSpec(key="m", name=name))
    assert price is not None
    assert (price.input, price.cached, price.output, price.long_input) == (*per_million, LONG)


def test_a_list_price_says_where_and_when_it_was_seen() -> None:
    price = price_of(ModelSpec(key="m", name="openai/gpt-6-luna-2026-09-01"))
    assert price is not None
    assert price.source == "OpenAI's pricing page, 2026-10-05"


@pytest.mark.parametrize("name", ["gpt-5.1", "gpt-4o", "gpt-5.4-nano", "gpt-5.6", "qwen3-vl", "offline-describer"])
def test_a_name_that_the_table_does_not_hold_has_no_price(name: str) -> None:
    assert price_of(ModelSpec(key="gpt-5.5", name=name)) is None


def test_the_users_own_price_wins() -> None:
    assert price_of(ModelSpec(key="m", name="gpt-5.5", price=PRICE)) == PRICE


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        pytest.param(Usage(input_tokens=1000, output_tokens=100), 0.004, id="input-and-output"),
        pytest.param(Usage(input_tokens=1000, output_tokens=100, cached_tokens=800), 0.0022, id="cached-part"),
        pytest.param(
            Usage(input_tokens=1000, output_tokens=100, cached_tokens=9999), 0.00175, id="more-cached-than-in"
        ),
        pytest.param(
            Usage(input_tokens=1000, output_tokens=100, image_tokens=900, reasoning_tokens=90),
            0.004,
            id="pictures-and-reasoning-are-inside",
        ),
        pytest.param(Usage(input_tokens=0, output_tokens=0), 0.0, id="nothing"),
        pytest.param(Usage(), None, id="no-usage"),
        pytest.param(Usage(input_tokens=1000), None, id="no-output-count"),
        pytest.param(Usage(output_tokens=100), None, id="no-input-count"),
    ],
)
def test_what_a_response_costs(usage: Usage, expected: float | None) -> None:
    assert cost_usd(usage, PRICE) == expected


@pytest.mark.parametrize(
    ("input_tokens", "cached_tokens", "expected"),
    [
        pytest.param(272_000, 0, 0.68 + 0.015, id="at-the-limit"),
        pytest.param(272_001, 0, 1.360005 + 0.0225, id="one-over-makes-all-of-it-dearer"),
        pytest.param(300_000, 100_000, 1.0 + 0.05 + 0.0225, id="cached-input-too"),
    ],
)
def test_more_than_272k_of_input(input_tokens: int, cached_tokens: int, expected: float) -> None:
    price = Price(input=2.5, cached=0.25, output=15, long_input=LONG)
    usage = Usage(input_tokens=input_tokens, output_tokens=1000, cached_tokens=cached_tokens)
    assert cost_usd(usage, price) == pytest.approx(expected, abs=1e-10)


def test_without_a_price_for_cached_input_it_costs_as_much_as_other() -> None:
    usage = Usage(input_tokens=1000, output_tokens=0, cached_tokens=800)
    assert cost_usd(usage, Price(input=2.5, output=15)) == 0.0025


def test_an_unknown_price_is_unknown_and_not_zero() -> None:
    assert cost_usd(Usage(input_tokens=1000, output_tokens=100), None) is None
