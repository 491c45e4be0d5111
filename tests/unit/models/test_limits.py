"""Room for requests, against simulated servers in a time that passes as fast as it can be computed."""

from __future__ import annotations

import asyncio
import itertools
import math
import random
import selectors
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import pytest

from snellen.errors import ModelError
from snellen.models.limits import Limiter, go_duration_s, limiter_of
from snellen.models.retry import Try, UnansweredError, ask_with_retries
from snellen.models.spec import ModelSpec

T = TypeVar("T")


class _Clock(selectors.DefaultSelector):
    """Instead of waiting, the clock is moved on."""

    time_s = 0.0

    def select(self, timeout: float | None = None) -> Any:
        assert timeout is not None, "everything waits for something that never comes"
        self.time_s += max(0.0, timeout)
        return super().select(0)


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._clock = _Clock()
        self._clock_resolution = 1e-9
        super().__init__(self._clock)

    def time(self) -> float:
        return self._clock.time_s


def play(scene: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """What `scene` gives, in a time of its own."""
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(scene())


def now() -> float:
    return asyncio.get_running_loop().time()


def limiter(most: int = 64, **settings: Any) -> Limiter:
    return Limiter(most, now=now, **settings)


class Server:
    """A token bucket, as most providers have."""

    def __init__(self, rate: float, *, bucket: float, latency_s: float, retry_after: str = "fraction") -> None:
        self.rate = rate
        self.served: list[float] = []
        self.refused: list[float] = []
        self._bucket = self._tokens = bucket
        self._latency_s = latency_s
        self._retry_after = retry_after
        self._at = 0.0

    async def ask(self) -> float | None:
        """None for an answer, else the seconds of Retry-After."""
        await asyncio.sleep(self._latency_s * 0.1)
        self._tokens = min(self._bucket, self._tokens + (now() - self._at) * self.rate)
        self._at = now()
        is_served = self._tokens >= 1 - 1e-9
        self._tokens -= is_served
        (self.served if is_served else self.refused).append(now())
        wait_s = (1 - self._tokens) / self.rate
        await asyncio.sleep(self._latency_s * 0.9)
        return None if is_served else self._told(wait_s)

    def _told(self, wait_s: float) -> float:
        forms = {
            "fraction": wait_s,
            "whole-seconds": math.ceil(wait_s),
            "milliseconds": math.ceil(wait_s * 1000) / 1000,
        }
        return float(forms[self._retry_after])


async def one_trial(room: Limiter, server: Server, rng: random.Random) -> None:
    async def attempt(a_try: Try) -> str | ModelError:
        async with room.slot() as slot:
            wait_s = await server.ask()
            if wait_s is None:
                room.succeeded(slot=slot)
                return "fine"
            room.limited(wait_s, slot=slot)
            return ModelError("429", kind="rate_limited", status=429, retry_after_s=wait_s, retryable=True)

    await ask_with_retries(
        attempt, retries=3, max_retry_after_s=60.0, trial_timeout_s=600.0, rng=rng, sleep=asyncio.sleep
    )


async def keep_asking(room: Limiter, server: Server, *, trials: int, until_s: float) -> int:
    """Asks with so many trials under way at any time; how many of them failed."""
    rng = random.Random(7)  # noqa: S311  # jitter guards nothing
    failed = 0

    async def asker() -> None:
        nonlocal failed
        while now() < until_s:
            try:
                await one_trial(room, server, rng)
            except UnansweredError:
                failed += 1

    await asyncio.gather(*(asker() for _ in range(trials)))
    return failed


# A server that refuses what is too much.


@pytest.mark.parametrize("trials", [64, 256])
@pytest.mark.parametrize("retry_after", ["fraction", "whole-seconds", "milliseconds"])
@pytest.mark.parametrize(
    ("latency_s", "rate", "bucket"),
    [(0.2, 224, 1), (0.2, 224, 224), (0.05, 900, 1), (0.05, 900, 900)],
    ids=["200-ms-bucket-of-one", "200-ms-bucket-of-a-second", "50-ms-bucket-of-one", "50-ms-bucket-of-a-second"],
)
def test_a_server_that_refuses_a_third_is_asked_at_its_own_rate(
    *, latency_s: float, rate: float, bucket: float, retry_after: str, trials: int
) -> None:
    """64 in flight are 1.43 times its rate, so that 30 in 100 would be refused for ever."""
    warm_s, end_s = 5.0, 35.0

    async def scene() -> tuple[Server, int]:
        server = Server(rate, bucket=bucket, latency_s=latency_s, retry_after=retry_after)
        return server, await keep_asking(limiter(), server, trials=trials, until_s=end_s)

    server, failed = play(scene)
    served = sum(warm_s <= at < end_s for at in server.served)
    refused = sum(warm_s <= at < end_s for at in server.refused)
    assert served / (end_s - warm_s) == pytest.approx(rate, rel=0.1)
    assert refused / (served + refused) < 0.05
    assert failed == 0


class FailingServer(Server):
    """Refuses everything from second 10 to second 25, quickly."""

    async def ask(self) -> float | None:
        if not 10 < now() < 25:
            return await super().ask()
        self.refused.append(now())
        await asyncio.sleep(0.01)
        return 5.0


def test_an_outage_is_waited_out_with_few_requests_and_is_soon_made_up_for() -> None:
    async def scene() -> tuple[Server, int]:
        server = FailingServer(224, bucket=224, latency_s=0.2)
        return server, await keep_asking(limiter(), server, trials=256, until_s=60.0)

    server, failed = play(scene)
    assert failed == 0
    assert sum(10 < at < 25 for at in server.refused) < 200
    assert sum(at >= 35 for at in server.served) / 25 == pytest.approx(224, rel=0.1)


def test_a_server_that_never_refuses_is_asked_with_all_that_was_wished_and_no_more() -> None:
    async def scene() -> tuple[Limiter, Counter[int], int]:
        room, server = limiter(64), Server(1e9, bucket=1e9, latency_s=0.1)
        seen: Counter[int] = Counter()

        async def watch() -> None:
            for _ in range(100):
                await asyncio.sleep(0.0937)
                seen[room.in_flight] += 1

        watching = asyncio.create_task(watch())
        await keep_asking(room, server, trials=200, until_s=10.0)
        await watching
        return room, seen, len(server.served)

    room, seen, served = play(scene)
    assert (room.limit, max(seen)) == (64, 64)
    assert served == pytest.approx(64 * 10.0 / 0.1, rel=0.05)


def rounds(count: int, *, most: int, refused: Callable[[int, int], bool], told_s: float | None = None) -> list[int]:
    """The limits after rounds of as many requests as fit, of which some are refused."""

    async def scene() -> list[int]:
        room = limiter(most, max_retry_after_s=5.0)
        limits = []
        for number in range(count):
            await one_round(room, lambda place, number=number: refused(number, place), told_s)
            limits.append(room.limit)
        return limits

    return play(scene)


async def one_round(room: Limiter, is_refused: Callable[[int], bool], told_s: float | None = None) -> None:
    async def ask(place: int) -> None:
        async with room.slot() as slot:
            await asyncio.sleep(1.0 + place * 1e-6)  # replies come in this order
            if is_refused(place):
                room.limited(told_s, slot=slot)
            else:
                room.succeeded(slot=slot)

    await asyncio.gather(*(ask(place) for place in range(room.limit)))


@pytest.mark.parametrize(("share", "limit"), [(0.0, 64), (0.125, 56), (0.25, 48), (0.5, 32), (0.75, 32)], ids=str)
def test_the_limit_shrinks_by_the_share_that_was_refused_and_at_most_by_half(share: float, limit: int) -> None:
    assert rounds(1, most=64, refused=lambda _, place: place < 64 * share) == [limit]


def test_the_limit_never_falls_below_one() -> None:
    assert rounds(12, most=8, refused=lambda *_: True, told_s=0.1)[-1] == 1


def test_a_limit_that_was_fine_is_gone_back_to_and_not_halved() -> None:
    assert rounds(2, most=64, refused=lambda number, _: number == 1) == [64, 64]


def test_after_a_refusal_the_limit_grows_back_to_what_was_wished() -> None:
    limits = rounds(400, most=16, refused=lambda number, _: number == 0)
    assert limits[0] == 8
    assert limits == sorted(limits)
    assert limits[-1] == 16


def test_failures_that_are_no_refusals_shrink_nothing_and_let_nothing_grow() -> None:
    async def scene() -> list[int]:
        room, limits = limiter(16), []
        await one_round(room, lambda place: place < 8)
        for _ in range(50):

            async def ask() -> None:
                async with room.slot():
                    await asyncio.sleep(1.0)
                    room.failed()

            await asyncio.gather(*(ask() for _ in range(room.limit * 2)))
            limits.append(room.limit)
        return limits

    assert play(scene) == [8] * 50


def test_two_limiters_do_not_touch_each_other() -> None:
    async def scene() -> tuple[int, int, float, float]:
        one, other = limiter(), limiter()
        await asyncio.gather(
            one_round(one, lambda _: True, 3.0),
            one_round(other, lambda _: False),
        )
        return one.limit, other.limit, one.waiting_s, other.waiting_s

    assert play(scene) == (32, 64, pytest.approx(3.0, abs=1e-3), 0.0)


# Pauses.


@pytest.mark.parametrize(
    ("told_s", "paused_s"), [(3.0, 3.0), (120.0, 0.0), (None, 0.5)], ids=["told", "over-the-cap", "not-told"]
)
def test_a_model_that_refuses_everything_is_paused_for_the_shortest_time_it_names(
    told_s: float | None, paused_s: float
) -> None:
    async def scene() -> tuple[float, float]:
        room = limiter(4, max_retry_after_s=5.0)
        await one_round(room, lambda _: True, told_s)
        waiting_s, start = room.waiting_s, now()
        async with room.slot():
            return waiting_s, now() - start

    assert play(scene) == (pytest.approx(paused_s), pytest.approx(paused_s, abs=0.05))


@pytest.mark.parametrize(
    ("headers", "paused_s"),
    [
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1.5s"}, 1.5),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "20ms"}, 0.02),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s"}, 60.0),
        ({"x-ratelimit-remaining-requests": "1", "x-ratelimit-reset-requests": "6m0s"}, 0.0),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "soon"}, 0.0),
        ({"x-ratelimit-remaining-requests": "0"}, 0.0),
        ({}, 0.0),
    ],
    ids=["requests", "tokens", "over-the-cap", "one-left", "garbage", "no-reset", "nothing"],
)
def test_a_server_with_nothing_left_is_not_asked_until_it_has(headers: dict[str, str], paused_s: float) -> None:
    async def scene() -> float:
        room = limiter()
        async with room.slot() as slot:
            room.succeeded(headers, slot=slot)
        async with room.slot():
            return now()

    assert play(scene) == pytest.approx(paused_s)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1s", 1.0),
        ("6m0s", 360.0),
        ("20ms", 0.02),
        ("1h2m3.5s", 3723.5),
        ("0s", 0.0),
        ("0", 0.0),
        ("1.5h", 5400.0),
        ("250us", 0.00025),
        ("7µs", 7e-6),
        (" 2s ", 2.0),
        ("", None),
        ("5", None),
        ("s", None),
        ("1x", None),
        ("-1s", None),
        ("1 s", None),
        ("1s soon", None),
    ],
)
def test_a_duration_is_read_as_go_writes_it(text: str, seconds: float | None) -> None:
    assert go_duration_s(text) == (None if seconds is None else pytest.approx(seconds))


# Rates the user sets.


async def starts(room: Limiter, count: int, *, tokens: int = 0, used: int | None = None) -> list[float]:
    """When so many requests start that are all asked for at once and take a tenth of a second."""
    at: list[float] = []

    async def ask() -> None:
        async with room.slot(tokens=tokens) as slot:
            at.append(now())
            await asyncio.sleep(0.1)
            room.succeeded(slot=slot)
        if used is not None:
            room.used(used)

    await asyncio.gather(*(ask() for _ in range(count)))
    return at


async def starts_of(
    count: int, *, most: int = 64, tokens: int = 0, used: int | None = None, **settings: float
) -> list[float]:
    return await starts(limiter(most, **settings), count, tokens=tokens, used=used)


@pytest.mark.parametrize("rate", [30, 600, 3000.5])
def test_requests_per_minute_start_evenly_and_no_minute_has_more(rate: float) -> None:
    at = play(lambda: starts_of(int(rate * 1.5), requests_per_minute=rate))
    busiest = max(sum(start <= other < start + 60 for other in at) for start in at[:: max(1, len(at) // 50)])
    assert busiest == pytest.approx(rate, abs=1)
    assert at[-1] == pytest.approx((len(at) - 1) * 60 / rate)
    gaps = [later - earlier for earlier, later in itertools.pairwise(at)]
    assert min(gaps) == pytest.approx(60 / rate)


def test_time_that_nothing_was_asked_in_is_not_saved_up() -> None:
    async def scene() -> list[float]:
        room = limiter(requests_per_minute=60)
        await asyncio.sleep(30)
        return await starts(room, 3)

    assert play(scene) == [30.0, pytest.approx(30.75), pytest.approx(31.75)]


def test_tokens_per_minute_are_kept_to_by_the_estimate_while_nothing_better_is_known() -> None:
    at = play(lambda: starts_of(10, tokens=500, tokens_per_minute=60_000))
    assert at == [pytest.approx(number * 0.5) for number in range(10)]


@pytest.mark.parametrize("used", [250, 500, 2000])
def test_tokens_per_minute_are_kept_to_by_what_was_used(used: int) -> None:
    at = play(lambda: starts_of(200, tokens=500, used=used, tokens_per_minute=60_000))
    assert at[-1] == pytest.approx(200 * used / 1000, rel=0.05)


def test_without_an_estimate_the_mean_of_what_was_used_is_taken() -> None:
    at = play(lambda: starts_of(100, most=4, used=1000, tokens_per_minute=60_000))
    assert at[-1] == pytest.approx(100, rel=0.05)


def test_a_refused_request_uses_no_tokens() -> None:
    async def scene() -> float:
        room = limiter(tokens_per_minute=60)
        async with room.slot(tokens=60) as slot:
            room.limited(None, slot=slot)
        async with room.slot(tokens=60):
            return now()

    assert play(scene) == 0.0


# Turns.


def test_who_came_first_goes_first() -> None:
    async def scene() -> list[int]:
        room, order = limiter(2), []

        async def ask(number: int) -> None:
            async with room.slot():
                order.append(number)
                await asyncio.sleep(1.0 + number % 3)

        await asyncio.gather(*(ask(number) for number in range(30)))
        return order

    assert play(scene) == list(range(30))


@pytest.mark.parametrize("cancelled", [0, 1, 2], ids=["in-flight", "first-in-line", "further-back"])
def test_a_cancelled_request_leaves_its_room_to_the_next(cancelled: int) -> None:
    async def scene() -> tuple[list[int], int, float]:
        room, done = limiter(1), []

        async def ask(number: int) -> None:
            async with room.slot() as slot:
                await asyncio.sleep(1.0)
                room.succeeded(slot=slot)
                done.append(number)

        tasks = [asyncio.create_task(ask(number)) for number in range(4)]
        await asyncio.sleep(0.5)
        tasks[cancelled].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return done, room.in_flight, now()

    done, in_flight, ended = play(scene)
    assert (done, in_flight) == ([number for number in range(4) if number != cancelled], 0)
    assert ended == pytest.approx(3.5 if cancelled == 0 else 3.0)


def test_a_request_cancelled_in_a_pause_leaves_its_turn_to_the_next() -> None:
    async def scene() -> tuple[int, float]:
        room = limiter(requests_per_minute=1)
        async with room.slot():
            pass
        waiting = [asyncio.create_task(starts(room, 1)) for _ in range(2)]
        await asyncio.sleep(10)
        waiting[0].cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return room.in_flight, waiting[1].result()[0]

    assert play(scene) == (0, pytest.approx(60.0))


@pytest.mark.parametrize(("most", "limit"), [(None, 5), (64, 64)])
def test_a_limiter_takes_the_settings_of_its_model(most: int | None, limit: int) -> None:
    spec = ModelSpec(key="m", name="m", concurrency=5, requests_per_minute=60, tokens_per_minute=60_000)
    assert limiter_of(spec, most=most).limit == limit
