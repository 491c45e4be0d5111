"""Asking again: which failures pass, how long to wait for them, and an account of every try."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TypeVar

from snellen.errors import ModelError
from snellen.trial import Attempt

__all__ = ["Try", "UnansweredError", "UnheardError", "ask_with_retries", "backoff", "retry_after"]

_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 8.0
_JITTER = 0.25  # share of a wait that chance takes off, so that requests that failed together do not return together
_RETRIES_WHEN_BILLED = 1  # no server is told that a request is a repetition, so each try may cost again

T = TypeVar("T")


class UnheardError(ModelError):
    """The whole request had gone out and no answer arrived, so that it may be billed all the same."""


@dataclass(slots=True)
class Try:
    """One attempt that is about to be made.

    Attributes:
        number: From 1.
        left_s: What it may take, so that the trial keeps to its time.
        spent_s: What it took, noted by who makes it; waiting for room is not in it.
    """

    number: int
    left_s: float
    spent_s: float = 0.0


class UnansweredError(ModelError):
    """A model gave no response, and was asked as often as made sense.

    Attributes:
        attempts: All tries, oldest first.
    """

    def __init__(self, error: ModelError, attempts: tuple[Attempt, ...], note: str = "") -> None:
        super().__init__(
            f"{error}\n  {note}" if note else str(error),
            kind=error.kind,
            status=error.status,
            code=error.code,
            retry_after_s=error.retry_after_s,
            retryable=error.retryable,
            fatal=error.fatal,
            body=error.body,
        )
        self.attempts = attempts


async def ask_with_retries(
    attempt: Callable[[Try], Awaitable[T | ModelError]],
    *,
    retries: int,
    max_retry_after_s: float,
    trial_timeout_s: float,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    rng: random.Random,
) -> tuple[T, tuple[Attempt, ...]]:
    """What `attempt` gave in the end, and all tries that led to it.

    Args:
        attempt: Makes one try; gives the error when it fails, since what it raises ends the asking and is not ours.
        retries: Tries after the first at most.
        max_retry_after_s: A server that wants a longer wait than this is not waited for.
        trial_timeout_s: What tries and waits may take in all; none begins that would end later.
        sleep: Waits that many seconds.
        rng: For jitter.

    Raises:
        UnansweredError: No try succeeded, or asking again is of no use.
    """
    attempts: list[Attempt] = []
    last: ModelError | None = None
    left_s = trial_timeout_s
    while True:
        a_try = Try(len(attempts) + 1, left_s)
        try:
            reply = await attempt(a_try)
        except ModelError as error:  # not of the server: it was told not to go on, and says what had been tried
            if last is not None:
                raise UnansweredError(last, tuple(attempts), f"It was not asked again: {error}") from error
            raise
        if not isinstance(reply, ModelError):
            return reply, (*attempts, Attempt(status=200))
        last = reply
        left_s -= a_try.spent_s
        # The server's wait and ours on top: it says when there is room, not that there is room for all at once.
        wait_s = (reply.retry_after_s or 0.0) + backoff(len(attempts), rng)
        why_not = _why_not_again(reply, tries=a_try.number, retries=retries, longest_s=max_retry_after_s)
        if why_not is None and wait_s >= left_s:
            why_not = _time_is_up(wait_s, trial_timeout_s=trial_timeout_s)
        attempts.append(_attempt_of(reply, wait_s=wait_s if why_not is None else 0.0))
        if why_not is not None:
            raise UnansweredError(reply, tuple(attempts), why_not)
        await sleep(wait_s)
        left_s -= wait_s


def _attempt_of(error: ModelError, *, wait_s: float) -> Attempt:
    is_unheard = isinstance(error, UnheardError)
    return Attempt(status=error.status, kind=error.kind, wait_s=wait_s, may_be_billed=is_unheard)


def _time_is_up(wait_s: float, *, trial_timeout_s: float) -> str:
    return (
        f"The time of this trial is up: trial_timeout_s is {trial_timeout_s:g}, and waiting {wait_s:.3g} s to ask "
        "again would pass it. Raise trial_timeout_s to wait longer."
    )


def _why_not_again(error: ModelError, *, tries: int, retries: int, longest_s: float) -> str | None:
    """Why this was the last try ("" when the error says it all), None when it is worth another."""
    if not error.retryable:
        return ""
    if tries > (min(retries, _RETRIES_WHEN_BILLED) if _was_at_work(error) else retries):
        return f"It was asked {tries} times." if tries > 1 else ""
    if error.retry_after_s is not None and error.retry_after_s > longest_s:
        asked_s = f"{math.ceil(error.retry_after_s):,}"
        return (
            f"The server wants {asked_s} s to pass first; max_retry_after_s is {longest_s:g}, so it was not waited for."
        )
    return None


def _was_at_work(error: ModelError) -> bool:
    """True when the server had probably begun to answer, so that asking again would probably be billed twice."""
    if error.kind == "timeout":
        return error.status != HTTPStatus.REQUEST_TIMEOUT  # that is the server, which did not get all of the request
    return error.kind == "network" and error.status is not None


def backoff(attempt: int, rng: random.Random) -> float:
    """Seconds to wait after the try with this 0-based number: 0.5, 1, 2, 4, then 8, less up to a quarter by chance."""
    longest = min(_FIRST_WAIT_S * 2.0 ** min(attempt, 10), _LONGEST_WAIT_S)
    return longest * (1 - _JITTER * rng.random())


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds the server asked us to wait, never below 0; None when it asked nothing that can be understood.

    Args:
        headers: Of the response; names are looked up in lower case.
        now: With its time zone, for the form that gives a date.

    Source:
        RFC 9110, section 10.2.3; `retry-after-ms` is OpenAI's and Azure's, and is more exact, so it is read first.
    """
    in_ms = _number(headers.get("retry-after-ms"))
    if in_ms is not None:
        return max(0.0, in_ms / 1000)
    text = headers.get("retry-after")
    seconds = _number(text)
    if seconds is None and text is not None:
        seconds = _seconds_until(text, now)
    return None if seconds is None else max(0.0, seconds)


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _seconds_until(text: str, now: datetime) -> float | None:
    try:
        date: datetime = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    wait: timedelta = (date if date.tzinfo else date.replace(tzinfo=UTC)) - now
    return wait.total_seconds()
