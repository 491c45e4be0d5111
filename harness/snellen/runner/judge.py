"""From what came back to a trial: scored, or with the reason why there is nothing to score."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from snellen.case import Case
from snellen.errors import InputError, ModelError, RecordingMissError, SnellenError
from snellen.models.prices import cost_usd, price_of
from snellen.response import Response
from snellen.runner.plan import Job, Question
from snellen.score import Score
from snellen.scorers.registry import default_scorers, get_scorer
from snellen.trial import Attempt, Failure, SentImage, Trial, outcome_of

__all__ = ["BODY", "error_trial", "failure_of", "judged", "with_body_score"]

BODY = "assertions"
"""The name under which an eval function's own assertions appear among the scores."""


def judged(
    question: Question,
    response: Response,
    *,
    attempts: tuple[Attempt, ...] = (),
    images: tuple[SentImage, ...] = (),
) -> Trial:
    """The trial of a response, scored by the eval's scorers or by what the case's expectation needs."""
    job = question.job
    cost = cost_usd(response.usage, price_of(job.model), via=response.via)
    trial = replace(_trial(job, question, attempts=attempts, images=images), response=response, cost_usd=cost)
    names = default_scorers(job.case) if job.eval.scorers is None else job.eval.scorers
    try:
        scores = tuple(get_scorer(name)(job.case, response) for name in names)
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001  # one scorer's fault must not end a run of thousands
        return replace(trial, failure=_internal(error, "a scorer failed"))
    return replace(trial, scores=scores, outcome=outcome_of(scores), failure=None)


def error_trial(
    job: Job,
    failure: Failure,
    *,
    question: Question | None = None,
    attempts: tuple[Attempt, ...] = (),
) -> Trial:
    """The trial of a job that has no response."""
    return replace(_trial(job, question, attempts=attempts), failure=failure)


def failure_of(error: SnellenError) -> Failure:
    """What a trial says of an error that left it without a response."""
    if isinstance(error, ModelError):
        return Failure(kind=error.kind, message=str(error), detail=error.body)
    if isinstance(error, RecordingMissError):
        return Failure(kind="not_recorded", message=str(error))
    return Failure(kind="bad_input" if isinstance(error, InputError) else "io", message=str(error))


def with_body_score(trial: Trial, body: Callable[[Case, Response], object]) -> Trial:
    """The trial with the verdict of an eval function's assertions added, as one more score."""
    if trial.response is None or trial.failure is not None:
        return trial
    try:
        body(trial.case, trial.response)
        score = Score(scorer=BODY, value=1.0, passed=True)
    except AssertionError as error:
        score = Score(scorer=BODY, value=0.0, passed=False, explanation=_assertion(error))
    except Exception as error:  # noqa: BLE001  # one eval function's fault must not end a run of thousands
        return replace(trial, outcome="error", failure=_internal(error, "the eval function failed"))
    except BaseException as error:
        verdict = _pytests_verdict(error)
        if verdict is None:
            raise
        if verdict == "skipped":
            return trial
        score = Score(scorer=BODY, value=0.0, passed=False, explanation=str(error))
    scores = (*trial.scores, score)
    return replace(trial, scores=scores, outcome=outcome_of(scores))


def _pytests_verdict(error: BaseException) -> Literal["failed", "skipped"] | None:
    """What pytest.fail() and pytest.skip() raise, which is no Exception; pytest is not loaded to tell."""
    outcomes = sys.modules.get("_pytest.outcomes")
    if outcomes is None:
        return None
    if isinstance(error, outcomes.Failed):
        return "failed"
    return "skipped" if isinstance(error, outcomes.Skipped) else None


def _assertion(error: AssertionError) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    said = str(error) or (frame.line or "")
    return f"line {frame.lineno}: {said}"


def _internal(error: Exception, what: str) -> Failure:
    lines = traceback.format_exception(error)
    return Failure(kind="internal", message=f"{what}: {type(error).__name__}: {error}", detail="".join(lines))


def _trial(
    job: Job, question: Question | None, *, attempts: tuple[Attempt, ...] = (), images: tuple[SentImage, ...] = ()
) -> Trial:
    return Trial(
        eval=job.eval.name,
        case=job.case,
        variant=job.variant,
        model=job.model.key,
        repeat=job.repeat,
        prompt=question.request.prompt if question else job.case.prompt,
        fingerprint=question.fingerprint if question else "",
        outcome="error",
        attempts=attempts,
        images=images,
    )
