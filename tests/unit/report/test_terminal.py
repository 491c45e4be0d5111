"""The table of models on a terminal, as far as money is concerned."""

from __future__ import annotations

from dataclasses import replace

import pytest

from snellen.analysis.totals import Cost, Latency, Slice, Summary, Tokens, Totals
from snellen.report.terminal import summary_table

FREE = Cost(total_usd=None, counted=0, unknown=0)
TOTALS = Totals(
    passed=2,
    failed=0,
    unscored=0,
    error=0,
    recorded=0,
    accuracy=None,
    latency=Latency(median_s=1.0, p95_s=1.0),
    input_tokens=Tokens(total=None, counted=0),
    output_tokens=Tokens(total=None, counted=0),
    cost=FREE,
)


def cells(*costs: Cost) -> list[str]:
    """The last cell of each line."""
    rows = tuple(
        Slice(model=f"m{number}", skipped=0, totals=replace(TOTALS, cost=cost)) for number, cost in enumerate(costs)
    )
    known = [cost.total_usd for cost in costs if cost.total_usd is not None]
    overall = replace(TOTALS, cost=Cost(total_usd=sum(known) if known else None, counted=len(known), unknown=0))
    table = summary_table(Summary(overall=overall, models=rows, parts=()))
    return [line.rpartition("  ")[2].strip() for line in table.splitlines()]


def test_without_any_known_cost_there_is_no_column() -> None:
    assert cells(FREE, Cost(total_usd=None, counted=0, unknown=2)) == ["latency", "1.00 s", "1.00 s"]


@pytest.mark.parametrize(
    ("cost", "shown"),
    [
        (Cost(total_usd=0.01234, counted=2, unknown=0), "$0.0123"),
        (Cost(total_usd=1234.5, counted=2, unknown=0), "$1,234.5000"),
        (Cost(total_usd=0.000_01, counted=2, unknown=0), "<$0.0001"),
        (Cost(total_usd=0.0, counted=2, unknown=0), "$0.0000"),
        (Cost(total_usd=0.5, counted=1, unknown=1), "$0.5000 + 1 unknown"),
        (Cost(total_usd=None, counted=0, unknown=2), "unknown"),
    ],
    ids=["plain", "much", "very-little", "free", "some-unknown", "unknown-is-not-zero"],
)
def test_with_one_known_cost_every_model_says_its_own(cost: Cost, shown: str) -> None:
    known = Cost(total_usd=1.0, counted=1, unknown=0)
    assert cells(known, cost) == ["cost", "$1.0000", shown]
