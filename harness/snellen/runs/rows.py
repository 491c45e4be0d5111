"""What can be told of a trial and of a run without reading what was said."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from snellen.errors import ErrorKind
from snellen.score import Score, ScorerCall
from snellen.trial import Outcome, RunFacts, Trial

__all__ = ["JudgedBy", "RunInfo", "TrialRow", "judges_named", "row_of", "text_digest"]

_DIGEST_DIGITS = 16  # among a million different texts two agree once in some 40 million such runs


@dataclass(frozen=True, slots=True, order=True)
class JudgedBy:
    """A scorer that judged.

    Attributes:
        name: Its name.
        version: Of the scorer.
        options: The first digits of the SHA-256 of its options, "" when it has none.
    """

    name: str
    version: str = ""
    options: str = ""


class TrialRow(NamedTuple):
    """The measures of one trial.

    Attributes:
        place: 0-based position in the run's plan.
        eval: Name of the eval.
        case: Id of the case.
        variant: Name of the prompt variant, "" for the case's own prompt.
        model: The model's name in the configuration.
        repeat: 0-based.
        outcome: passed, failed, unscored or error.
        failure: The error's kind, None exactly when there is none.
        latency_s: None exactly when there is no response.
        recorded: Whether the response was replayed.
        input_tokens: As the server counted them, None when it did not.
        output_tokens: Likewise.
        cost_usd: None when it is not known.
        score: Mean value of the trial's scores, 0..1, an unscored one taken as 0; None for an error, and where no
            scorer judged at all.
        group: The case's group, None for a case that stands alone.
        tags: The case's tags.
        mark: "" or the kind of the case's mark, whether or not it has run out by now.
        mark_until: ISO date of the last day on which the mark holds; "" when it never ends or there is none.
        digest: First 16 hex digits of the SHA-256 of the response's text, "" without a response; equal for equal texts.
        judging_usd: What scorers' questions to models cost, one without an answer costing nothing; None when they
            asked nothing, or a cost is not known.
        judges: The scorers that judged it, those that a combination is made of among them, sorted; empty where none
            did, and where nobody knows.
        is_judging_priced: False when a model answered a scorer and nobody knows what that cost.
    """

    place: int
    eval: str
    case: str
    variant: str
    model: str
    repeat: int
    outcome: Outcome
    failure: ErrorKind | None
    latency_s: float | None
    recorded: bool
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None
    score: float | None = None
    group: str | None = None
    tags: tuple[str, ...] = ()
    mark: str = ""
    mark_until: str = ""
    digest: str = ""
    judging_usd: float | None = None
    judges: tuple[JudgedBy, ...] = ()
    is_judging_priced: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInfo:
    """A kept run at a glance.

    Attributes:
        facts: What a reader must know of it.
        passed: Trials judged right.
        failed: Trials judged wrong.
        unscored: Trials with a response that nobody could judge.
        error: Trials without a response.
        not_asked: Those of them that were never asked, because the run ended before.
        skipped: Cases that were not asked, on purpose.
        cost_usd: What its responses cost when they were asked, None when no cost is known.
    """

    facts: RunFacts
    passed: int
    failed: int
    unscored: int
    error: int
    not_asked: int
    skipped: int
    cost_usd: float | None

    @property
    def trials(self) -> int:
        """All trials, errors included."""
        return self.passed + self.failed + self.unscored + self.error

    @property
    def accuracy(self) -> float | None:
        """Share of responses that are right, 0..1; None without a response."""
        responses = self.passed + self.failed + self.unscored
        return self.passed / responses if responses else None


def row_of(place: int, trial: Trial) -> TrialRow:
    """The measures of this trial at this place."""
    response = trial.response
    mark = trial.case.mark
    calls = [call for score in trial.scores for call in score.calls]
    is_judging_priced = all(call.failure or call.cost_usd is not None for call in calls)
    return TrialRow(
        place=place,
        eval=trial.eval,
        case=trial.case.id,
        variant=trial.variant,
        model=trial.model,
        repeat=trial.repeat,
        outcome=trial.outcome,
        failure=None if trial.failure is None else trial.failure.kind,
        latency_s=None if response is None else response.latency_s,
        recorded=response is not None and response.recorded,
        input_tokens=None if response is None else response.usage.input_tokens,
        output_tokens=None if response is None else response.usage.output_tokens,
        cost_usd=trial.cost_usd,
        score=_score(trial),
        group=trial.case.group,
        tags=trial.case.tags,
        mark="" if mark is None else mark.kind,
        mark_until="" if mark is None else mark.until,
        digest="" if response is None else text_digest(response.text),
        judging_usd=_judging_usd(calls) if is_judging_priced else None,
        judges=judges_named(tuple(sorted(set(_judges(trial.scores))))),
        is_judging_priced=is_judging_priced,
    )


def _score(trial: Trial) -> float | None:
    if trial.outcome == "error" or not trial.scores:
        return None
    return math.fsum(score.value or 0.0 for score in trial.scores) / len(trial.scores)


def _judging_usd(calls: Iterable[ScorerCall]) -> float | None:
    costs = [call.cost_usd or 0.0 for call in calls]
    return math.fsum(costs) if costs else None


def _judges(scores: Iterable[Score]) -> Iterator[tuple[str, str, str]]:
    for score in scores:
        yield score.scorer, score.version, score.options
        if score.parts:
            yield from _judges(score.parts)


@lru_cache(maxsize=4096)  # a run has few, and its many rows hold them once
def judges_named(found: tuple[tuple[str, str, str], ...]) -> tuple[JudgedBy, ...]:
    """The scorers of these names, versions and digests of options; the same value for the same ones."""
    return tuple(JudgedBy(*one) for one in found)


def text_digest(text: str) -> str:
    """The first 16 hex digits of the SHA-256 of a response's text; half a surrogate pair counts as it is written."""
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:_DIGEST_DIGITS]
