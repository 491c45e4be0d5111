"""The report's tables: one line a model, or one an eval, prompt variant and model."""

from __future__ import annotations

from dataclasses import dataclass

from snellen.analysis.totals import Cost, Slice, Totals
from snellen.report.words import in_dollars, in_seconds, visible

__all__ = ["Row", "row_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table of models, or of evals and prompts.

    Attributes:
        model: The model's name.
        note: What a reader must know of the model, may be empty.
        eval: Name of the eval, None where the line is about all of them.
        variant: Name of the prompt variant, None as above.
        counts: Trials by outcome, and "skipped" cases.
        responses: Denominator of accuracy.
        accuracy: In percent, None without responses.
        low: Lower end of its 95 % interval, in percent.
        high: Upper end.
        cases: Cases behind the interval.
        latency: Median, in words; empty without responses.
        latency_p95: 95th percentile, in words.
        tokens: Input and output, in words; empty where no server counted.
        tokens_note: How many responses were counted, when not all were.
        cost: In words; empty where it is not known.
        cost_note: Of how many responses the cost is not known, when it is of some.
    """

    model: str
    note: str
    eval: str | None
    variant: str | None
    counts: dict[str, int]
    responses: int
    accuracy: float | None
    low: float
    high: float
    cases: int
    latency: str
    latency_p95: str
    tokens: str
    tokens_note: str
    cost: str
    cost_note: str


def row_of(part: Slice, note: str = "") -> Row:
    """The line for `part`; `note` says what a reader must know of the model."""
    totals = part.totals
    accuracy, latency = totals.accuracy, totals.latency
    tokens, tokens_note = _tokens(totals)
    cost, cost_note = _cost(totals.cost)
    return Row(
        model=visible(part.model),
        note=note,
        eval=None if part.eval is None else visible(part.eval),
        variant=None if part.variant is None else visible(part.variant),
        counts={
            "passed": totals.passed,
            "failed": totals.failed,
            "unscored": totals.unscored,
            "error": totals.error,
            "skipped": part.skipped,
        },
        responses=totals.responses,
        accuracy=None if accuracy is None else round(100 * accuracy.value, 1),
        low=0.0 if accuracy is None else round(100 * accuracy.interval.low, 1),
        high=0.0 if accuracy is None else round(100 * accuracy.interval.high, 1),
        cases=0 if accuracy is None else accuracy.cases,
        latency="" if latency is None else in_seconds(latency.median_s),
        latency_p95="" if latency is None else in_seconds(latency.p95_s),
        tokens=tokens,
        tokens_note=tokens_note,
        cost=cost,
        cost_note=cost_note,
    )


def _tokens(totals: Totals) -> tuple[str, str]:
    pair = (totals.input_tokens, totals.output_tokens)
    counted = min(tokens.counted for tokens in pair)
    if all(tokens.total is None for tokens in pair):
        return "", ""
    text = " / ".join("?" if tokens.total is None else f"{tokens.total:,}" for tokens in pair)
    return text, "" if counted == totals.responses else f"counted in {counted:,} of {totals.responses:,}"


def _cost(cost: Cost) -> tuple[str, str]:
    if cost.total_usd is None:
        return "", ""
    return in_dollars(cost.total_usd), f"unknown for {cost.unknown:,}" if cost.unknown else ""
