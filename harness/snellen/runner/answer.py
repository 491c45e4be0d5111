"""What asking a question led to, how it is kept and had again, and what it may cost before anybody knows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from snellen._text import about_tokens
from snellen.models.api import parse_reply
from snellen.models.prices import cost_usd, price_of
from snellen.recordings.entry import Entry
from snellen.response import Response, Usage
from snellen.runner.plan import Question
from snellen.trial import Attempt, Failure, SentImage

__all__ = ["Answer", "again", "entry_of", "guessed_tokens", "guessed_usd", "replayed"]

_GUESSED_OUTPUT_TOKENS = 500
_GUESSED_PICTURE_TOKENS = 1_500
_MAX_OUTPUT = ("max_completion_tokens", "max_output_tokens", "max_tokens")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What asking a question led to; either a response or a failure.

    Attributes:
        response: What came back.
        failure: Why nothing did.
        attempts: All tries; empty when it was replayed.
        images: How the pictures went out.
    """

    response: Response | None = None
    failure: Failure | None = None
    attempts: tuple[Attempt, ...] = ()
    images: tuple[SentImage, ...] = ()


def guessed_tokens(question: Question) -> tuple[int, int]:
    """About how many tokens a question will take, in and out; only used until answers tell."""
    request = question.request
    if request.api == "embeddings":
        return about_tokens(request.prompt), 0
    pictures = _GUESSED_PICTURE_TOKENS * len(request.images)
    limits = [value for name in _MAX_OUTPUT if isinstance(value := request.params.get(name), int)]
    return about_tokens(request.prompt) + pictures, min(limits, default=_GUESSED_OUTPUT_TOKENS)


def guessed_usd(question: Question) -> float | None:
    """About what a question will cost at most; None when the price is not known."""
    into, out = guessed_tokens(question)
    return cost_usd(Usage(input_tokens=into, output_tokens=out), price_of(question.job.model))


def replayed(question: Question, entry: Entry) -> Answer:
    """The answer that was received before."""
    response = parse_reply(
        question.request.api,
        entry.body,
        latency_s=entry.latency_s,
        request_id=entry.request_id,
        recorded=True,
        recorded_at=entry.recorded_at,
    )
    sent = (SentImage(identity=part.identity, transform=part.transform) for part in question.request.images)
    return Answer(response=replace(response, via=entry.via) if entry.via else response, images=tuple(sent))


def entry_of(question: Question, response: Response) -> Entry:
    """What is kept of a response that came just now."""
    job = question.job
    return Entry(
        fingerprint=question.fingerprint,
        case=job.case.id,
        variant=job.variant,
        repeat=job.repeat,
        request=question.canonical,
        body=response.body,
        served_model=response.served_model,
        latency_s=round(response.latency_s, 4),
        recorded_at=response.recorded_at,
        request_id=response.request_id,
        of_scorer=question.is_of_scorer,
    )


def again(answer: Answer) -> Answer:
    """The same answer for another trial that asked the same: it was paid for once."""
    if answer.response is None:
        return Answer(failure=answer.failure)
    return Answer(response=replace(answer.response, recorded=True), images=answer.images)
