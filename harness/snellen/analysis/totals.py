"""What a run amounts to, as values: totals of all trials, of each model, and of each eval and prompt variant."""

from __future__ import annotations

from dataclasses import dataclass

from snellen.stats.proportions import Interval
from snellen.stats.shares import IntervalFormula

__all__ = ["Accuracy", "Cost", "FlakyCase", "Latency", "Slice", "Summary", "Tokens", "Totals"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """Share of responses that are right, with its uncertainty.

    Attributes:
        value: passed / responses, 0..1. An unscored response counts as wrong; an error is not counted.
        interval: At 95 %.
        cases: Distinct cases with a response. Repeats and prompt variants of a case are not new evidence about
            other cases, so they sharpen `value` but do not narrow `interval`.
        formula: "Wilson" for cases that stand alone; "t, clustered" where cases share groups, as gates and metrics
            have it too.
    """

    value: float
    interval: Interval
    cases: int
    formula: IntervalFormula = "Wilson"


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """How long responses took, in seconds, as measured when they were asked.

    Attributes:
        median_s: Half took no longer.
        p95_s: 95 in 100 took no longer (nearest rank: one that was really measured).
    """

    median_s: float
    p95_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Tokens as the server counted them.

    Attributes:
        total: Of the responses that came with a count; None when none did.
        counted: How many did.
    """

    total: int | None
    counted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What responses cost when they were asked, the ones that a broken scorer could not judge included.

    Attributes:
        total_usd: Of the responses whose cost is known; None when none is.
        counted: How many those are.
        unknown: Responses whose cost is not known: no price, or no usage.
    """

    total_usd: float | None
    counted: int
    unknown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Counts and measures of some trials.

    Attributes:
        passed: Trials judged right.
        failed: Trials judged wrong.
        unscored: Trials with a response that nobody could judge.
        error: Trials without a response, or whose response a broken scorer could not judge.
        not_asked: Those of the errors that were never asked, because the run ended before.
        recorded: Responses that were replayed.
        accuracy: None when there is no response.
        latency: None when no response has one, as those that came by batch.
        input_tokens: Of all responses.
        output_tokens: Of all responses.
        cost: Of all responses.
    """

    passed: int
    failed: int
    unscored: int
    error: int
    not_asked: int = 0
    recorded: int
    accuracy: Accuracy | None
    latency: Latency | None
    input_tokens: Tokens
    output_tokens: Tokens
    cost: Cost

    @property
    def responses(self) -> int:
        """Trials with a response: the denominator of accuracy."""
        return self.passed + self.failed + self.unscored

    @property
    def trials(self) -> int:
        """All trials, errors included."""
        return self.responses + self.error


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """The trials of one model, in full or of one eval and prompt variant.

    Attributes:
        model: Its name in the configuration.
        eval: Name of the eval, None for all of them.
        variant: Name of the prompt variant, None for all of them, "" for the cases' own prompt.
        skipped: Cases that were not asked, on purpose; of the eval, whatever the variant.
        totals: What they amount to.
    """

    model: str
    eval: str | None = None
    variant: str | None = None
    skipped: int
    totals: Totals


@dataclass(frozen=True, slots=True, kw_only=True)
class FlakyCase:
    """A case whose repeats disagree: asked the same, a model is right at one time and wrong at another.

    Attributes:
        eval: Name of the eval.
        case: Id of the case.
        variant: Name of the prompt variant, "" for the case's own prompt.
        model: The model's name in the configuration.
        passed: Repeats judged right.
        asked: Repeats with a response.
        interval: Wilson, 95 %, of the share that is right.
    """

    eval: str
    case: str
    variant: str
    model: str
    passed: int
    asked: int
    interval: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A run in numbers.

    Attributes:
        overall: All trials.
        models: One a model, in the run's order.
        parts: One an eval, prompt variant and model, in the run's order.
        flaky: Cases whose repeats disagree, in the run's order; empty without repeats.
    """

    overall: Totals
    models: tuple[Slice, ...]
    parts: tuple[Slice, ...]
    flaky: tuple[FlakyCase, ...] = ()
