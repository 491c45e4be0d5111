"""One run from evals to trials, for callers that want it done: the command line and notebooks."""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Callable, Coroutine, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import Any, TypeVar

from snellen._clock import elapsed_since, iso_now, monotonic, run_id
from snellen.models.spec import ModelSpec
from snellen.runner.engine import Engine, Result
from snellen.runner.evals import Eval
from snellen.runner.judge import with_body_score
from snellen.runner.plan import Job, plan
from snellen.runner.settings import Settings
from snellen.trial import Run, RunFacts, Skipped, Trial

__all__ = ["facts_of", "run_evals"]

_T = TypeVar("_T")

_PACKAGES = ("snellen", "openai", "pillow", "pytest")
"""What decides a result besides the model: ourselves, the client, the decoder and the runner."""


def run_evals(
    evals: Sequence[Eval],
    settings: Settings,
    *,
    title: str = "",
    on_start: Callable[[int], None] = lambda _: None,
    on_result: Callable[[Result], None] = lambda _: None,
) -> tuple[Run, Engine]:
    """Plans, asks and judges these evals; gives the run and the engine that did it, closed.

    Args:
        evals: What to measure.
        settings: How.
        title: What the report is headed with, default the names of the eval files.
        on_start: Called once with the number of jobs, before anything is asked.
        on_result: Called with each result as it is settled, body assertions included.

    Raises:
        SnellenError: Nothing can be asked (bad input, a model that is not set up) or kept (disk full).
    """
    jobs = list(plan(evals, settings))
    started, clock = iso_now(), monotonic()
    engine = Engine(settings)
    engine.check_ready(jobs)
    on_start(sum(not job.eval.fixture for job in jobs))
    settled = _run(_settle_all(engine, [job for job in jobs if not job.eval.fixture], on_result))
    by_job = {id(job): result for job, result in settled}
    results = [by_job.get(id(job)) or _for_pytest(job) for job in jobs]
    facts = facts_of(
        settings,
        title=title or ", ".join(dict.fromkeys(one.recordings for one in evals)),
        models=_models(jobs),
        started_at=started,
        duration_s=elapsed_since(clock),
    )
    trials = tuple(result for result in results if isinstance(result, Trial))
    skipped = tuple(result for result in results if isinstance(result, Skipped))
    return Run(facts=facts, trials=trials, skipped=skipped), engine


def _run(work: Coroutine[Any, Any, _T]) -> _T:
    """What `work` gives in the end, on a loop of its own."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    # A notebook calls a cell from inside of its own loop, which cannot run another: that one gets a thread.
    running: list[asyncio.Task[Any] | None] = []

    async def noted() -> _T:
        running.append(asyncio.current_task())
        return await work

    with ThreadPoolExecutor(1, thread_name_prefix="snellen-run") as pool:
        done = pool.submit(asyncio.run, noted())
        try:
            return done.result()
        except KeyboardInterrupt:  # the notebook's stop button
            for task in filter(None, running):
                task.get_loop().call_soon_threadsafe(task.cancel)
            raise


async def _settle_all(
    engine: Engine, jobs: Sequence[Job], on_result: Callable[[Result], None]
) -> list[tuple[Job, Result]]:
    settled: list[tuple[Job, Result]] = []
    try:
        async for job, found in engine.stream(jobs):
            body = job.eval.body
            result = with_body_score(found, body) if isinstance(found, Trial) and body is not None else found
            settled.append((job, result))
            on_result(result)
    finally:
        await engine.aclose()
    return settled


def _for_pytest(job: Job) -> Skipped:
    reason = f"its function takes the fixture {job.eval.fixture!r}, which only pytest has: pytest {job.eval.file.name}"
    return Skipped(eval=job.eval.name, case_id=job.case.id, model=job.model.key, reason=reason)


def facts_of(
    settings: Settings, *, title: str, models: Iterable[ModelSpec], started_at: str, duration_s: float
) -> RunFacts:
    """What a reader must know about a run that was done with these settings."""
    return RunFacts(
        id=run_id(),
        title=title,
        started_at=started_at,
        duration_s=round(duration_s, 3),
        mode=settings.mode,
        versions={"python": platform.python_version()} | {name: version(name) for name in _PACKAGES},
        model_notes={spec.key: spec.note for spec in models if spec.note},
    )


def _models(jobs: Iterable[Job]) -> list[ModelSpec]:
    return list({job.model.key: job.model for job in jobs}.values())
