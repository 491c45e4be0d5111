"""What a run amounts to: totals per model, and per eval and prompt variant."""

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from snellen.response import Response
from snellen.stats.proportions import Interval, wilson
from snellen.trial import Outcome, Run, Trial

__all__ = ["Accuracy", "Cost", "Latency", "Slice", "Summary", "Tokens", "Totals", "summarize"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """Share of responses that are right, with its uncertainty.

    Attributes:
        value: passed / responses, 0..1. An unscored response counts as wrong; an error is not counted.
        interval: Wilson, 95 %, for `cases` independent cases.
        cases: Distinct cases with a response. Repeats and prompt variants of a case are not new evidence about
            other cases, so they sharpen `value` but do not narrow `interval`.
    """

    value: float
    interval: Interval
    cases: int


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
        error: Trials without a response.
        recorded: Responses that were replayed.
        accuracy: None when there is no response.
        latency: None when there is no response.
        input_tokens: Of all responses.
        output_tokens: Of all responses.
        cost: Of all responses.
    """

    passed: int
    failed: int
    unscored: int
    error: int
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
class Summary:
    """A run in numbers.

    Attributes:
        overall: All trials.
        models: One a model, in the run's order.
        parts: One an eval, prompt variant and model, in the run's order.
    """

    overall: Totals
    models: tuple[Slice, ...]
    parts: tuple[Slice, ...]


def summarize(run: Run) -> Summary:
    """The totals of `run`; models and evals come in the order in which the run first names them."""
    by_model: dict[str, list[Trial]] = {}
    by_part: dict[tuple[str, str, str], list[Trial]] = {}
    for trial in run.trials:
        by_model.setdefault(trial.model, []).append(trial)
        by_part.setdefault((trial.eval, trial.variant, trial.model), []).append(trial)
    skipped: Counter[tuple[str | None, str]] = Counter()
    for skip in run.skipped:
        by_model.setdefault(skip.model, [])
        skipped.update([(None, skip.model), (skip.eval, skip.model)])
    models = (Slice(model=model, skipped=skipped[None, model], totals=_totals(own)) for model, own in by_model.items())
    parts = (
        Slice(eval=name, variant=variant, model=model, skipped=skipped[name, model], totals=_totals(own))
        for (name, variant, model), own in by_part.items()
    )
    return Summary(overall=_totals(run.trials), models=tuple(models), parts=tuple(parts))


def _totals(trials: Sequence[Trial]) -> Totals:
    outcomes: Counter[Outcome] = Counter(trial.outcome for trial in trials)
    answered = [(trial, trial.response) for trial in trials if trial.outcome != "error" and trial.response is not None]
    responses = [response for _, response in answered]
    return Totals(
        passed=outcomes["passed"],
        failed=outcomes["failed"],
        unscored=outcomes["unscored"],
        error=outcomes["error"],
        recorded=sum(response.recorded for response in responses),
        accuracy=_accuracy(trial for trial, _ in answered),
        latency=_latency(responses),
        input_tokens=_tokens(response.usage.input_tokens for response in responses),
        output_tokens=_tokens(response.usage.output_tokens for response in responses),
        cost=_cost(trials),
    )


def _accuracy(answered: Iterable[Trial]) -> Accuracy | None:
    verdicts: defaultdict[tuple[str, str], list[bool]] = defaultdict(list)
    for trial in answered:
        verdicts[trial.eval, trial.case.id].append(trial.outcome == "passed")
    if not verdicts:
        return None
    value = sum(map(sum, verdicts.values())) / sum(map(len, verdicts.values()))
    cases = len(verdicts)
    return Accuracy(value=value, interval=wilson(value * cases, cases), cases=cases)


def _latency(responses: list[Response]) -> Latency | None:
    if not responses:
        return None
    times_s = sorted(response.latency_s for response in responses)
    rank = math.ceil(0.95 * len(times_s))
    return Latency(median_s=statistics.median(times_s), p95_s=times_s[rank - 1])


def _tokens(counts: Iterable[int | None]) -> Tokens:
    known = [count for count in counts if count is not None]
    return Tokens(total=sum(known) if known else None, counted=len(known))


def _cost(trials: Sequence[Trial]) -> Cost:
    costs = [trial.cost_usd for trial in trials if trial.response is not None]
    known = [cost for cost in costs if cost is not None]
    return Cost(total_usd=math.fsum(known) if known else None, counted=len(known), unknown=len(costs) - len(known))
