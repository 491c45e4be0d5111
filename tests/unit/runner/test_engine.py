"""The engine: what it asks, what it replays, what it keeps when it is stopped."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from evalkit import answering
from snellen._files import locked
from snellen.errors import ConfigError, StorageError
from snellen.recordings.file import RecordingStore
from snellen.runner.engine import Engine, Result
from snellen.runner.load import load_evals
from snellen.runner.plan import Job, plan, survey
from snellen.runner.settings import Settings
from snellen.testing import FakeEndpoint, FakeReply, FakeRequest, chat_reply
from snellen.trial import Trial

pytestmark = pytest.mark.asyncio


async def settle_all(engine: Engine, jobs: list[Job]) -> list[Result]:
    """The results of `jobs` in their own order; the engine is closed."""
    found = {id(job): result async for job, result in engine.stream(jobs)}
    await engine.aclose()
    engine.end(finished=True)
    return [found[id(job)] for job in jobs]


@contextlib.contextmanager
def append_lock(settings: Settings, job: Job) -> Iterator[None]:
    """Nobody can append to the recordings of this job's model meanwhile."""
    file = RecordingStore(settings.recordings).file(eval=job.eval.recordings, model=job.model.key)
    with locked(file.with_name(f"{file.name}.journal")):
        yield


def recorded_cases(settings: Settings) -> list[str]:
    return [stored.entry.case for stored in RecordingStore(settings.recordings).entries()]


# mode -> requests when nothing is recorded, requests when everything is, whether that is then replayed
MODES = {"recorded": (0, 0, True), "missing": (3, 0, True), "refresh": (3, 3, False), "live": (3, 3, False)}


@pytest.mark.parametrize(("mode", "expected"), MODES.items(), ids=MODES)
async def test_a_mode_asks_and_replays(make_jobs, mode: str, expected: tuple[int, int, bool]) -> None:
    with answering() as endpoint:
        settings, jobs = make_jobs(endpoint.base_url, mode=mode, cases=3)
        first = await settle_all(Engine(settings), jobs)
        when_nothing = len(endpoint.requests)
        await settle_all(Engine(replace(settings, mode="missing")), jobs)
        before = len(endpoint.requests)
        second = await settle_all(Engine(settings), jobs)
        when_everything = len(endpoint.requests) - before
    replayed = {result.response.recorded for result in second if isinstance(result, Trial) and result.response}
    assert (when_nothing, when_everything, *replayed) == expected
    outcomes = {result.outcome for result in first if isinstance(result, Trial)}
    assert outcomes == ({"error"} if mode == "recorded" else {"passed"})


async def test_a_live_run_leaves_no_recording(make_jobs) -> None:
    with answering() as endpoint:
        settings, jobs = make_jobs(endpoint.base_url, mode="live")
        await settle_all(Engine(settings), jobs)
    assert not settings.recordings.exists()


async def test_refresh_replaces_what_was_recorded(make_jobs) -> None:
    with FakeEndpoint("It is red.", "It is red.", "It is blue.") as endpoint:
        settings, jobs = make_jobs(endpoint.base_url, mode="missing")
        await settle_all(Engine(settings), jobs)
        await settle_all(Engine(replace(settings, mode="refresh")), jobs)
    results = await settle_all(Engine(replace(settings, mode="recorded")), jobs)
    said = [result.response.text for result in results if isinstance(result, Trial) and result.response]
    assert said == ["It is blue."] * 2
    assert recorded_cases(settings) == ["c0", "c1"]


async def test_failures_are_never_recorded(make_jobs) -> None:
    replies = {
        0: FakeReply(status=400),
        1: FakeReply(body="<html>"),
        2: FakeReply(body={**chat_reply(""), "choices": []}),
    }

    def answer(request: FakeRequest) -> FakeReply | str:
        return next((reply for number, reply in replies.items() if f"number {number}" in request.body.decode()), "red")

    with FakeEndpoint(answer=answer) as endpoint:
        settings, jobs = make_jobs(endpoint.base_url, cases=4)
        results = await settle_all(Engine(settings), jobs)
    assert [result.outcome for result in results if isinstance(result, Trial)] == ["error"] * 3 + ["passed"]
    assert recorded_cases(settings) == ["c3"]


@pytest.mark.parametrize("limit", [1, 3])
async def test_no_more_requests_are_in_flight_than_allowed(make_jobs, limit: int) -> None:
    lock, now, most = threading.Lock(), 0, 0

    class Counting(FakeEndpoint):
        async def _talk(self, reader, writer) -> None:
            nonlocal now, most
            with lock:
                now += 1
                most = max(most, now)
            try:
                await super()._talk(reader, writer)
            finally:
                with lock:
                    now -= 1

    with Counting(FakeReply(body=chat_reply("red"), delay_s=0.03)) as endpoint:
        settings, jobs = make_jobs(endpoint.base_url, cases=10, concurrency=limit)
        await settle_all(Engine(settings), jobs)
        assert (len(endpoint.requests), most) == (10, limit)


async def test_jobs_are_taken_only_as_they_are_needed(make_jobs) -> None:
    """A million cases need no more memory than a thousand: what is not asked yet is not even planned."""
    taken = 0

    def counted(jobs: list[Job]):
        nonlocal taken
        for job in jobs:
            taken += 1
            yield job

    with answering() as endpoint:
        settings, jobs = make_jobs(endpoint.base_url, cases=200, concurrency=2)
        engine = Engine(settings)
        stream = engine.stream(counted(jobs))
        await anext(stream)
        assert taken <= 2 * 2 + 1 + 64
        await stream.aclose()
        await engine.aclose()


async def test_an_answer_that_arrived_is_recorded_although_the_run_is_stopped(make_jobs) -> None:
    """The thread that writes is busy when the run is cancelled: the answer waits for it, and is not dropped."""
    with answering() as endpoint:
        settings, jobs = make_jobs(endpoint.base_url, cases=1)
        engine = Engine(settings)
        with append_lock(settings, jobs[0]):
            task = asyncio.create_task(settle_all(engine, jobs))
            while not engine._asker._appenders and not task.done():  # noqa: ASYNC110  # of another task
                await asyncio.sleep(0.01)
            task.cancel()
            await asyncio.sleep(0.05)
        await asyncio.gather(task, return_exceptions=True)
        await engine.aclose()
    assert recorded_cases(settings) == ["c0"]


async def test_a_model_without_key_is_refused_before_a_live_run(make_jobs) -> None:
    settings, jobs = make_jobs("http://127.0.0.1:9/v1", mode="live")
    pyproject = settings.root / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace("name =", 'api_key_env = "NO_SUCH_KEY"\nname ='))
    settings, jobs = make_jobs("", mode="live")
    with pytest.raises(ConfigError, match="NO_SUCH_KEY is not set"):
        Engine(settings).begin(survey(jobs), plan_key="k", header={})
    for mode in ("recorded", "missing"):
        settings, jobs = make_jobs("", mode=mode)
        engine = Engine(settings)
        engine.begin(survey(jobs), plan_key="k", header={})  # perhaps everything is recorded
        engine.end(finished=True)


async def test_one_question_of_two_evals_is_asked_once(make_jobs) -> None:
    with answering() as endpoint:
        for mode, before in (("live", 0), ("missing", 3), ("refresh", 6)):
            settings, _ = make_jobs(endpoint.base_url, mode=mode, cases=3)
            shapes = settings.root / "evals/shapes.eval.yaml"
            shapes.with_name("again.eval.yaml").write_text(shapes.read_text())
            jobs = list(plan(load_evals([settings.root / "evals"], settings), settings))
            results = await settle_all(Engine(settings), jobs)
            assert (len(jobs), len(endpoint.requests) - before) == (6, 3)
            assert [result.outcome for result in results if isinstance(result, Trial)] == ["passed"] * 6
            paid = [r.response.recorded for r in results if isinstance(r, Trial) and r.response is not None]
            assert paid.count(False) == 3


async def test_a_slow_model_holds_up_no_other(make_jobs) -> None:
    """The fast model's cases are all settled while the slow one, which answers two at a time, is at its first."""

    def answer(request: FakeRequest) -> FakeReply:
        is_slow = request.json["model"] == "slow-vlm"
        return FakeReply(body=chat_reply("red"), delay_s=0.6 if is_slow else 0)

    with FakeEndpoint(answer=answer) as endpoint:
        settings, _ = make_jobs(endpoint.base_url, mode="live", cases=40, concurrency=2)
        slow = {"name": "slow-vlm", "base_url": endpoint.base_url}
        settings = replace(settings, model_table={**settings.model_table, "slow": slow}, models=("slow", "fake"))
        jobs = list(plan(load_evals([settings.root / "evals"], settings), settings))
        lanes = [[job for job in jobs if job.model.key == key] for key in ("slow", "fake")]
        engine, order = Engine(settings), []
        stream = engine.stream(*lanes)
        async for job, _ in stream:
            order.append(job.model.key)
            if order.count("fake") == 40:
                break
        await stream.aclose()
        await engine.aclose()
        engine.end(finished=True)
    assert order.count("slow") < 20  # as many as fast ones, if one waited for the other


async def test_a_write_that_fails_ends_the_run(make_jobs) -> None:
    with answering() as endpoint:
        settings, jobs = make_jobs(endpoint.base_url, mode="refresh", cases=20, concurrency=1)
        settings.recordings.write_text("in the way")
        engine = Engine(settings)
        with pytest.raises(StorageError):
            engine.begin(survey(jobs), plan_key="k", header={})
        assert endpoint.requests == []
        with pytest.raises(StorageError):
            await settle_all(engine, jobs)
        await engine.aclose()
        assert len(endpoint.requests) == 1


async def test_a_picture_that_vanished_after_planning_is_an_error_of_its_case(make_jobs) -> None:
    with answering() as endpoint:
        settings, jobs = make_jobs(endpoint.base_url)
        (settings.root / "datasets/shapes/images/0.png").unlink()
        first, second = await settle_all(Engine(settings), jobs)
        assert len(endpoint.requests) == 1
    assert isinstance(first, Trial)
    assert isinstance(second, Trial)
    assert (first.outcome, second.outcome) == ("error", "passed")
    assert first.failure is not None
    assert first.failure.kind == "bad_input"


async def test_a_picture_that_is_broken_costs_nothing(make_jobs) -> None:
    with answering() as endpoint:
        settings, jobs = make_jobs(endpoint.base_url)
        file = settings.root / "datasets/shapes/images/0.png"
        file.write_bytes(file.read_bytes()[:40])
        results = await settle_all(Engine(settings), jobs)
        assert len(endpoint.requests) == 1
    assert [result.outcome for result in results if isinstance(result, Trial)] == ["error", "passed"]
