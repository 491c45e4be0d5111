"""Stored responses, judged again by scorers that may ask models: nothing is asked of the model that gave them.

jobs = [stored_job(trial, one) for trial in trials]
rejudge(jobs, engine=Engine(settings), on_trial=keep)
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from snellen.models.spec import ModelSpec
from snellen.runner.engine import Engine
from snellen.runner.evals import Eval
from snellen.runner.plan import Job
from snellen.trial import Trial

__all__ = ["rejudge", "stored_job"]


def stored_job(trial: Trial, one: Eval, *, place: int = 0) -> Job:
    """A job that judges the response of an earlier trial again; nothing is asked of the trial's model.

    Args:
        trial: As it was kept.
        one: What it is of: with the scorers that judge it now, and the recordings that hold what they ask.
        place: Of its result.
    """
    model = ModelSpec(key=trial.model, name=trial.model)
    return Job(
        eval=one, case=trial.case, variant=trial.variant, model=model, repeat=trial.repeat, place=place, stored=trial
    )


def rejudge(jobs: Iterable[Job], *, engine: Engine, on_trial: Callable[[Job, Trial], None]) -> None:
    """Judges stored responses again: what scorers ask is replayed or asked, as the engine's mode says.

    Trials come in the order they are settled, which for replays is that of the jobs. The verdict of an eval function
    stays as it was; a trial without a response comes back as it is. The engine is closed afterwards.

    Args:
        jobs: As `stored_job` makes them.
        engine: With `engine.begin` called when something may be asked; it tells people its `record_command`.
        on_trial: Called with each job and its trial.

    Raises:
        SnellenError: What ends the whole run: damaged recordings, a full disk, a model that is not set up.
    """

    async def settle() -> None:
        try:
            async for job, result in engine.stream(jobs):
                if isinstance(result, Trial):
                    on_trial(job, result)
        finally:
            await engine.aclose()

    asyncio.run(settle())
