"""Eval files as pytest sees them: an item for each case, prompt variant and model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from snellen._text import printable
from snellen.analysis.gate_sources import gates_of_eval
from snellen.errors import SnellenError
from snellen.plugin.evals import EvalRun, eval_run
from snellen.plugin.items import JudgedItem
from snellen.runner.evals import Declaration, Eval, declaration_of
from snellen.runner.judge import with_body_score
from snellen.runner.load import eval_of_function, load_eval_file
from snellen.runner.plan import Job, plan
from snellen.trial import Trial

__all__ = ["EvalFile", "EvalFunction", "EvalItem", "EvalModule"]


class EvalItem(JudgedItem):
    """One job of a *.eval.yaml file."""

    def __init__(self, *, job: Job, **kwargs: Any) -> None:  # pytest's own constructor arguments
        super().__init__(**kwargs)
        self.job = job
        self.extra_keyword_matches.update(job.case.tags)

    def setup(self) -> None:
        """Waits for the response."""
        self.await_trial(eval_run(self.config).result_of(self.job))

    def runtest(self) -> None:
        """Fails when the answer is wrong."""
        if isinstance(self.result, Trial):
            self.check(self.result)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the case is written."""
        line = self.job.case.source.line if self.job.case.source else None
        return self.path, line - 1 if line else None, self.name


class EvalFile(pytest.File):
    """A *.eval.yaml file."""

    def collect(self) -> Iterator[pytest.Item]:
        """An item for each job, then one for each gate."""
        run = eval_run(self.config)
        jobs = _jobs(lambda: load_eval_file(self.path, run.settings), run, place=self.nodeid)
        for job in jobs:
            name = f"{job.eval.name.rpartition('/')[2]}[{job.label}]"
            item = EvalItem.from_parent(self, name=name, nodeid=f"{self.nodeid}::{name}", job=job)
            run.gates.knows(item)
            yield item
        for one in dict.fromkeys(job.eval.name for job in jobs):
            yield from run.gates.items(self, one)


class EvalFunction(JudgedItem, pytest.Function):
    """One job of an eval function."""

    def __init__(self, *, job: Job, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.job = job
        self.extra_keyword_matches.update(job.case.tags)
        # pytest makes a function's id of what @parametrize gave it; ours is the name that people see and select by.
        self._id = self._id.parse(f"{self.parent.nodeid}::{self.name}") if self.parent else self._id

    def setup(self) -> None:
        """Waits for the response before any fixture runs."""
        self.await_trial(eval_run(self.config).result_of(self.job))
        super().setup()

    def runtest(self) -> None:
        """Fails when the expectation or the function's own assertions say that the answer is wrong.

        When the expectation is met and only an assertion fails, pytest shows that assertion as it shows any other.
        """
        assert isinstance(self.result, Trial)  # noqa: S101  # setup ran
        expected, raised = self.result, []

        def body(*_: object) -> None:
            try:
                super(EvalFunction, self).runtest()
            except BaseException as error:
                raised.append(error)
                raise

        self.result = with_body_score(expected, body) if self.job.eval.body is not None else expected
        if raised and not any(not score.passed for score in expected.scores):
            raise raised[0]
        self.check(self.result)


class EvalModule(pytest.Module):
    """An eval_*.py file: functions named eval_* are collected, with `@snellen.cases` one item a job."""

    def istestfunction(self, obj: object, name: str) -> bool:
        """True for eval_* functions."""
        return name.startswith("eval_") and callable(obj)

    def istestclass(self, obj: object, name: str) -> bool:  # pytest's signature
        """False: an eval is a function."""
        return False

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """Eval functions with `@snellen.cases` as an item for each job and each gate, others as they are."""
        run = eval_run(self.config)
        evals: dict[str, str] = {}
        for item in super().collect():
            declared = declaration_of(item.obj) if isinstance(item, pytest.Function) else None
            if declared is None or not isinstance(item, pytest.Function):
                yield item
                continue
            for one in self._items(item, declared):
                evals[one.job.eval.name] = f"{item.originalname}-"
                run.gates.knows(one)
                yield one
        for name, prefix in evals.items():
            yield from run.gates.items(self, name, prefix=prefix)

    def _items(self, function: pytest.Function, declared: Declaration) -> Iterator[EvalFunction]:
        run = eval_run(self.config)
        params = getattr(function, "callspec", None)
        place = f"{self.nodeid}::{function.name}"
        for job in _jobs(lambda: [eval_of_function(function.obj, declared, self.path, run.settings)], run, place=place):
            label = f"{job.label}-{params.id}" if params else job.label
            yield EvalFunction.from_parent(
                self,
                name=f"{function.originalname}[{label}]",
                callspec=params,
                callobj=function.obj,
                originalname=function.originalname,
                fixtureinfo=function._fixtureinfo,  # noqa: SLF001  # else resolved anew for each of thousands of items
                job=job,
            )


def _jobs(load: Callable[[], list[Eval]], run: EvalRun, *, place: str) -> list[Job]:
    """The jobs of the evals that stand at a place; the session's gates and metrics learn of them."""
    try:
        evals = load()
        gates = {one.name: gates_of_eval(one) for one in evals}
        jobs = list(plan(evals, run.settings))
        run.gates.collected(place, jobs, gates)
        run.metrics.collected(place, jobs)
    except SnellenError as error:
        raise pytest.Collector.CollectError(printable(str(error))) from error
    return jobs
