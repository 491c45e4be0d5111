"""One model's answer as a reader sees it: what it said, how that was judged, and where it came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from snellen._text import plural
from snellen.report.evidence import Piece, Verdict, pieces_of, verdict_of
from snellen.report.overlay import Overlay
from snellen.report.words import at_clock, in_dollars, in_seconds, language_of, public_text, visible
from snellen.response import Response, StopReason
from snellen.trial import Outcome, Trial

__all__ = ["Answer", "answer_of"]

_LONG_CHARS = 1_200
_LONG_LINES = 24
_FINGERPRINT_CHARS = 10

_STOPS: dict[StopReason, str] = {
    "stop": "",
    "length": "cut off at the token limit",
    "content_filter": "stopped by a content filter",
    "refusal": "the model refused",
    "tool_calls": "asked for a tool instead of answering",
    "unknown": "why it stopped is not known",
}
_ERRORS: dict[str, str] = {
    "auth": "the key was refused",
    "bad_input": "the request was refused",
    "bad_reply": "the reply made no sense",
    "internal": "a fault in a scorer or in Snellen",
    "io": "a file could not be read or written",
    "network": "no connection",
    "not_asked": "not asked",
    "not_recorded": "no recording",
    "rate_limited": "too many requests",
    "server_error": "the server failed",
    "timeout": "no answer in time",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One trial.

    Attributes:
        model: The model's name.
        model_index: Its place in the table of models.
        repeat: 1-based, 0 when the trial is not one of several.
        outcome: How it ended.
        pieces: The answer's text, cut where marks begin and end; empty for an empty answer.
        has_response: Whether there is an answer at all.
        language: For the `lang` attribute, None says nothing.
        is_long: Whether it needs a box of its own to scroll in.
        stop: Why it stopped, in words; empty when it simply ended.
        verdicts: One a scorer.
        facts: Latency, tokens, provenance, cost, a phrase each.
        error: Why there is no response or no verdict, a kind and a message; None for neither.
        overlay: What was compared in the picture, or why that is not drawn; None when nothing was.
    """

    model: str
    model_index: int
    repeat: int
    outcome: Outcome
    pieces: tuple[Piece, ...]
    has_response: bool
    language: str | None
    is_long: bool
    stop: str
    verdicts: tuple[Verdict, ...]
    facts: tuple[str, ...]
    error: tuple[str, str] | None
    overlay: Overlay | str | None = None


def answer_of(trial: Trial, *, model_index: int, is_repeated: bool, overlay: Overlay | str | None = None) -> Answer:
    """A trial for readers; a failure's `detail` is for the log and stays out."""
    response, failure = trial.response, trial.failure
    text = "" if response is None else response.text
    return Answer(
        model=visible(trial.model),
        model_index=model_index,
        repeat=trial.repeat + 1 if is_repeated else 0,
        outcome=trial.outcome,
        pieces=pieces_of(text, trial.scores),
        has_response=response is not None,
        language=language_of(text),
        is_long=len(text) > _LONG_CHARS or text.count("\n") > _LONG_LINES,
        stop="" if response is None else _STOPS[response.stop],
        verdicts=tuple(verdict_of(score) for score in trial.scores),
        facts=tuple(_facts(trial)),
        error=None if failure is None else (_ERRORS[failure.kind], public_text(failure.message)),
        overlay=overlay,
    )


def _facts(trial: Trial) -> Iterator[str]:
    if trial.response is not None:
        yield from _response_facts(trial.response, trial.model)
    if trial.cost_usd is not None:
        yield in_dollars(trial.cost_usd)
    if len(trial.attempts) > 1 or (trial.attempts and trial.outcome == "error"):
        yield _attempts(trial)
    for number, image in enumerate(trial.images, 1):
        done = [*_transform(image.transform), *image.notes]
        if done:
            which = f"image {number}" if len(trial.images) > 1 else "image"
            yield visible(f"{which}: {', '.join(done)}")
    if trial.fingerprint:
        yield f"fingerprint {visible(trial.fingerprint[:_FINGERPRINT_CHARS])}"


def _transform(transform: str) -> tuple[str, ...]:
    if not transform:
        return ()
    kind, _, side_px = transform.partition(":")
    return (f"resized to {side_px} px",) if kind == "resize" else (transform,)


def _response_facts(response: Response, model: str) -> Iterator[str]:
    if response.via:
        yield f"by {visible(response.via)}"
    elif response.latency_s:
        yield in_seconds(response.latency_s)
    usage = response.usage
    if usage.input_tokens is not None or usage.output_tokens is not None:
        pair = (usage.input_tokens, usage.output_tokens)
        yield " + ".join("?" if count is None else f"{count:,}" for count in pair) + " tokens"
    if response.served_model and response.served_model != model:
        yield f"served by {visible(response.served_model)}"
    when = at_clock(response.recorded_at)
    if response.recorded:
        yield f"recorded {when}" if when else "recorded"
    else:
        yield "live"


def _attempts(trial: Trial) -> str:
    """`3 attempts: 2 × 429, 200`, in the order in which they were first seen; and whether one may cost all the same."""
    seen = Counter("no status" if attempt.status is None else str(attempt.status) for attempt in trial.attempts)
    each = ", ".join(f"{count} × {status}" if count > 1 else status for status, count in seen.items())
    charged = sum(attempt.may_be_billed for attempt in trial.attempts)
    may = f"; {charged:,} of them may have been charged" if len(trial.attempts) > 1 else "; it may have been charged"
    return f"{plural(len(trial.attempts), 'attempt')}: {each}{may if charged else ''}"
