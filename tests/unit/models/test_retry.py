"""When a failed request is asked again, and after how long."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from snellen.errors import ErrorKind, ModelError
from snellen.models.retry import Try, UnansweredError, UnheardError, ask_with_retries, backoff, retry_after
from snellen.trial import Attempt

NOW = datetime(2026, 11, 22, 17, 5, 0, tzinfo=UTC)


class NoJitter(random.Random):
    def random(self) -> float:
        return 0.0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "2"}, 2.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": " 7 "}, 7.0),
        ({"retry-after": "-5"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "1e999"}, None),
        ({"retry-after": "Sun, 22 Nov 2026 17:05:30 GMT"}, 30.0),
        ({"retry-after": "Sunday, 22-Nov-26 17:05:30 GMT"}, 30.0),
        ({"retry-after": "Sun Nov 22 17:05:30 2026"}, 30.0),
        ({"retry-after": "Sun, 22 Nov 2026 18:05:30 +0100"}, 30.0),
        ({"retry-after": "Sun, 22 Nov 2016 17:05:30 GMT"}, 0.0),
        ({"retry-after": "Sun, 99 Nov 2026 17:05:30 GMT"}, None),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after-ms": "x", "retry-after": "9"}, 9.0),
        ({"retry-after-ms": "-1"}, 0.0),
    ],
    ids=str,
)
def test_retry_after_is_read_in_all_its_forms(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, NOW) == seconds


def test_a_date_is_taken_against_the_clock_it_is_given() -> None:
    headers = {"retry-after": "Sun, 22 Nov 2026 17:05:30 GMT"}
    assert retry_after(headers, NOW - timedelta(days=3650)) == 10 * 365 * 86400 + 30


def test_waits_double_up_to_eight_seconds() -> None:
    assert [backoff(attempt, NoJitter()) for attempt in (0, 1, 2, 3, 4, 5, 5000)] == [0.5, 1, 2, 4, 8, 8, 8]


def test_chance_shortens_a_wait_by_a_quarter_at_most() -> None:
    waits = [backoff(3, random.Random(seed)) for seed in range(200)]  # noqa: S311  # jitter guards nothing
    assert 3.0 <= min(waits) < 3.1
    assert 3.9 < max(waits) <= 4.0


def failing(
    kind: ErrorKind, *, status: int | None = None, retryable: bool = True, after_s: float | None = None
) -> ModelError:
    return ModelError("it failed", kind=kind, status=status, retryable=retryable, retry_after_s=after_s)


class Script:
    """A model that fails as told and then answers; keeps the waits between the tries."""

    def __init__(self, *outcomes: ModelError | str, each_takes_s: float = 0.0) -> None:
        self._outcomes: Iterator[ModelError | str] = iter(outcomes)
        self._each_takes_s = each_takes_s
        self.waits: list[float] = []
        self.allowed: list[tuple[int, float]] = []

    async def ask(self, a_try: Try) -> str | ModelError:
        self.allowed.append((a_try.number, a_try.left_s))
        a_try.spent_s = self._each_takes_s
        return next(self._outcomes)

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    async def run(
        self, *, retries: int = 3, max_retry_after_s: float = 60.0, trial_timeout_s: float = 600.0
    ) -> tuple[str, tuple[Attempt, ...]]:
        return await ask_with_retries(
            self.ask,
            retries=retries,
            max_retry_after_s=max_retry_after_s,
            trial_timeout_s=trial_timeout_s,
            sleep=self.sleep,
            rng=NoJitter(),
        )


@pytest.mark.asyncio
async def test_an_answer_at_once_is_one_attempt() -> None:
    assert await Script("fine").run() == ("fine", (Attempt(status=200),))


@pytest.mark.asyncio
async def test_what_passes_is_asked_again_and_every_try_is_kept() -> None:
    script = Script(failing("server_error", status=503), failing("network"), "fine")
    assert await script.run() == (
        "fine",
        (
            Attempt(status=503, kind="server_error", wait_s=0.5),
            Attempt(status=None, kind="network", wait_s=1.0),
            Attempt(status=200),
        ),
    )
    assert script.waits == [0.5, 1.0]


@pytest.mark.asyncio
async def test_the_servers_wait_is_kept_to_with_ours_on_top() -> None:
    script = Script(failing("rate_limited", status=429, after_s=2.0), "fine")
    await script.run()
    assert script.waits == [2.5]


@pytest.mark.asyncio
async def test_a_wait_over_the_cap_is_not_waited_and_the_error_says_so() -> None:
    script = Script(failing("rate_limited", status=429, after_s=120.0))
    with pytest.raises(UnansweredError) as caught:
        await script.run()
    assert str(caught.value) == (
        "it failed\n  The server wants 120 s to pass first; max_retry_after_s is 60, so it was not waited for."
    )
    assert (script.waits, caught.value.attempts) == ([], (Attempt(status=429, kind="rate_limited"),))
    assert (caught.value.kind, caught.value.retry_after_s) == ("rate_limited", 120.0)


@pytest.mark.asyncio
@pytest.mark.parametrize("retries", [0, 1, 3])
async def test_it_is_asked_once_and_then_as_often_as_retries_says(retries: int) -> None:
    script = Script(*[failing("server_error", status=500)] * 10)
    with pytest.raises(UnansweredError) as caught:
        await script.run(retries=retries)
    assert len(caught.value.attempts) == 1 + retries
    assert ("It was asked" in str(caught.value)) is (retries > 0)


@pytest.mark.asyncio
async def test_what_does_not_pass_is_asked_once() -> None:
    script = Script(failing("bad_input", status=400, retryable=False))
    with pytest.raises(UnansweredError) as caught:
        await script.run()
    assert (str(caught.value), caught.value.attempts) == ("it failed", (Attempt(status=400, kind="bad_input"),))


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("error", "asked"),
    [
        (failing("timeout"), 2),
        (failing("timeout", status=200), 2),
        (failing("network", status=200), 2),
        (failing("network"), 4),
        (failing("timeout", status=408), 4),
    ],
    ids=["deadline", "slow-body", "body-broken-off", "never-connected", "server-timed-out"],
)
async def test_what_may_have_been_billed_is_asked_again_only_once(error: ModelError, asked: int) -> None:
    with pytest.raises(UnansweredError) as caught:
        await Script(*[error] * 10).run()
    assert len(caught.value.attempts) == asked


@pytest.mark.asyncio
async def test_the_last_failure_decides_what_the_error_says() -> None:
    fatal = ModelError("no credit", kind="rate_limited", status=429, code="insufficient_quota", fatal=True, body="{}")
    with pytest.raises(UnansweredError) as caught:
        await Script(failing("server_error", status=500), fatal).run()
    error = caught.value
    assert (error.kind, error.status, error.code, error.fatal, error.retryable, error.body) == (
        "rate_limited", 429, "insufficient_quota", True, False, "{}",
    )  # fmt: skip


@pytest.mark.asyncio
async def test_a_try_may_take_what_is_left_of_the_trials_time() -> None:
    script = Script(failing("server_error"), failing("server_error"), "fine", each_takes_s=10.0)
    await script.run(trial_timeout_s=40.0)
    assert script.allowed == [(1, 40.0), (2, 29.5), (3, 18.5)]


@pytest.mark.asyncio
async def test_no_wait_begins_that_would_end_after_the_trials_time_and_the_error_says_so() -> None:
    script = Script(failing("server_error", status=500), failing("rate_limited", status=429, after_s=4.0))
    with pytest.raises(UnansweredError) as caught:
        await script.run(trial_timeout_s=5.0)
    assert str(caught.value) == (
        "it failed\n  The time of this trial is up: trial_timeout_s is 5, and waiting 5 s to ask again would pass it. "
        "Raise trial_timeout_s to wait longer."
    )
    assert script.waits == [0.5]
    assert caught.value.attempts == (
        Attempt(status=500, kind="server_error", wait_s=0.5),
        Attempt(status=429, kind="rate_limited"),
    )


@pytest.mark.asyncio
async def test_a_try_that_used_up_the_time_is_the_last() -> None:
    script = Script(failing("timeout"), each_takes_s=5.0)
    with pytest.raises(UnansweredError, match="The time of this trial is up: trial_timeout_s is 5"):
        await script.run(trial_timeout_s=5.0)
    assert (len(script.allowed), script.waits) == (1, [])


@pytest.mark.asyncio
async def test_a_request_that_went_out_and_was_not_answered_is_marked() -> None:
    unheard = UnheardError("closed", kind="network", retryable=True)
    _, attempts = await Script(unheard, "fine").run()
    assert attempts == (Attempt(status=None, kind="network", wait_s=0.5, may_be_billed=True), Attempt(status=200))


@pytest.mark.asyncio
async def test_what_a_try_raises_ends_the_asking_even_when_it_looks_like_a_failure() -> None:
    error = failing("server_error", status=500)

    async def refuse(a_try: Try) -> str:
        raise error

    with pytest.raises(ModelError) as caught:
        await ask_with_retries(
            refuse, retries=3, max_retry_after_s=60.0, trial_timeout_s=600.0, rng=NoJitter(), sleep=Script().sleep
        )
    assert caught.value is error
