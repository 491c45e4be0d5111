"""From what came back to a trial: scored, or with the reason why there is nothing to score."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

from snellen.case import Case, ScorerSpec
from snellen.errors import InputError, ModelError, RecordingMissError, SnellenError
from snellen.models.prices import cost_usd, price_of
from snellen.response import Response
from snellen.runner.plan import Job, Question, scorers_of
from snellen.score import Score
from snellen.scorers.asking import Replies, asks, judge_with, replies_by_scorer
from snellen.scorers.faults import fault_of
from snellen.scorers.registry import find
from snellen.trial import Attempt, Failure, SentImage, Trial, outcome_of

__all__ = ["BODY", "error_trial", "failure_of", "judged", "scorer_broke", "unjudged", "with_body_score", "with_scores"]

BODY = "assertions"
"""The name under which an eval function's own assertions appear among the scores."""


def judged(
    question: Question,
    response: Response,
    *,
    attempts: tuple[Attempt, ...] = (),
    images: tuple[SentImage, ...] = (),
) -> Trial:
    """The trial of a response, scored by the eval's scorers or by what the case's expectation needs.

    Nothing is asked: what only a model can judge is unscored.
    """
    trial = unjudged(question, response, attempts=attempts, images=images)
    return with_scores(trial, scorers_of(question.job))


def unjudged(
    question: Question,
    response: Response,
    *,
    attempts: tuple[Attempt, ...] = (),
    images: tuple[SentImage, ...] = (),
) -> Trial:
    """The trial of a response before it is scored."""
    job = question.job
    cost = cost_usd(response.usage, price_of(job.model), via=response.via)
    return replace(_trial(job, question, attempts=attempts, images=images), response=response, cost_usd=cost)


def with_scores(trial: Trial, specs: Sequence[ScorerSpec], replies: Replies = None) -> Trial:
    """The trial of a response with the verdicts of these scorers in place of those it had.

    The verdict of an eval function, which cannot be had again, stays. A scorer that breaks makes the trial an error,
    for nothing is known of the response; what the others say of it is kept.

    Args:
        trial: With a response.
        specs: The scorers.
        replies: To all that they ask, in their order; None when nobody asked.

    Raises:
        InputError: A scorer does not take its options.
    """
    response = trial.response
    assert response is not None  # noqa: S101  # a trial without one is not scored
    scores: list[Score] = []
    faults: list[Failure] = []
    shares = replies_by_scorer(specs, trial.case, response, replies)
    for spec, own in zip(specs, shares, strict=True):
        try:
            scores.append(judge_with(spec, trial.case, response, own))
        except InputError:
            raise
        except Exception as error:  # noqa: BLE001  # one scorer's fault must not end a run of thousands
            faults.append(_fault(spec, error))
            scores.append(_broken(spec, faults[-1]))
    found = (*scores, *(score for score in trial.scores if score.scorer == BODY))
    if faults:
        message = "; ".join(one.message for one in faults)
        failure = replace(faults[0], message=message, detail="\n".join(one.detail for one in faults))
        return replace(trial, scores=found, outcome="error", failure=failure)
    return replace(trial, scores=found, outcome=outcome_of(found), failure=None)


def scorer_broke(trial: Trial, specs: Sequence[ScorerSpec], broken: ScorerSpec, error: Exception) -> Trial:
    """The trial of a response of which a scorer cannot say what it asks; those that ask nothing have judged it.

    Args:
        trial: With a response.
        specs: All scorers.
        broken: The one at fault.
        error: Its fault.
    """
    judged = with_scores(trial, [spec for spec in specs if spec is not broken and not asks(spec)])
    failure = _fault(broken, error)
    return replace(judged, scores=(*judged.scores, _broken(broken, failure)), outcome="error", failure=failure)


def _fault(spec: ScorerSpec, error: Exception) -> Failure:
    message = f"scorer {spec.name!r} broke at {fault_of(error, find(spec.name).judge)}"
    return Failure(kind="internal", message=message, detail="".join(traceback.format_exception(error)))


def _broken(spec: ScorerSpec, failure: Failure) -> Score:
    said = failure.message.removeprefix(f"scorer {spec.name!r} ")
    return Score(scorer=spec.name, version=find(spec.name).version, value=None, passed=False, explanation=said)


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
