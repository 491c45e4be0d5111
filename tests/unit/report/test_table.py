from snellen.analysis.totals import Accuracy, Cost, Latency, Slice, Tokens, Totals
from snellen.report.table import Row, row_of
from snellen.stats.proportions import wilson

TOTALS = Totals(
    passed=8,
    failed=1,
    unscored=1,
    error=2,
    recorded=10,
    accuracy=Accuracy(value=0.8, interval=wilson(8, 10), cases=10),
    latency=Latency(median_s=1.239, p95_s=4.0),
    input_tokens=Tokens(total=12_345, counted=9),
    output_tokens=Tokens(total=678, counted=9),
    cost=Cost(total_usd=0.01234, counted=9, unknown=1),
)
NOTHING = Totals(
    passed=0,
    failed=0,
    unscored=0,
    error=2,
    recorded=0,
    accuracy=None,
    latency=None,
    input_tokens=Tokens(total=None, counted=0),
    output_tokens=Tokens(total=None, counted=0),
    cost=Cost(total_usd=None, counted=0, unknown=0),
)


def test_a_row_in_full():
    assert row_of(Slice(model="gpt", eval="signs", variant="terse", skipped=3, totals=TOTALS), "dear") == Row(
        model="gpt",
        note="dear",
        eval="signs",
        variant="terse",
        counts={"passed": 8, "failed": 1, "unscored": 1, "error": 2, "skipped": 3},
        responses=10,
        accuracy=80.0,
        low=49.0,
        high=94.3,
        cases=10,
        latency="1.24 s",
        latency_p95="4.00 s",
        tokens="12,345 / 678",
        tokens_note="counted in 9 of 10",
        cost="$0.0123",
        cost_note="unknown for 1",
    )


def test_a_model_without_responses_has_no_figures_rather_than_zeros():
    row = row_of(Slice(model="gpt", skipped=0, totals=NOTHING))
    assert (row.accuracy, row.latency, row.latency_p95, row.tokens, row.tokens_note) == (None, "", "", "", "")
    assert (row.cost, row.cost_note) == ("", "")
