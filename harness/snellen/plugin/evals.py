"""One pytest session's evals: settings, engine, trials, and what is written at the end."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
from collections.abc import Generator, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from snellen._clock import elapsed_since, iso_now, monotonic
from snellen._text import printable
from snellen.errors import SnellenError
from snellen.plugin.items import JudgedItem
from snellen.plugin.prefetch import Prefetch
from snellen.runner.budget import Limits, parse_error_limit
from snellen.runner.engine import Engine, Result
from snellen.runner.evals import shown_path
from snellen.runner.plan import Job, survey
from snellen.runner.settings import Settings, load_settings
from snellen.runs.codec import trial_from_json
from snellen.session import check_limits, facts_of, keep, orphan_notes, plan_key
from snellen.trial import Run, Skipped, Trial

__all__ = ["RUN_KEY", "EvalRun", "eval_run"]

_PAYLOAD = "_snellen"
"""Attribute of a test report; xdist carries attributes of plain values."""

RUN_KEY = pytest.StashKey["EvalRun"]()


def eval_run(config: pytest.Config) -> EvalRun:
    """The session's evals; `register` was called."""
    return config.stash[RUN_KEY]


class EvalRun:
    """State of one session."""

    def __init__(self, config: pytest.Config) -> None:
        option = config.option
        self.settings: Settings = load_settings(
            _start(config),
            environ=os.environ,
            mode=option.eval_responses,
            models=tuple(option.eval_model),
            concurrency=option.eval_concurrency,
            limits=_limits(option),
            fresh=option.eval_fresh,
        )
        worker = getattr(config, "workerinput", {})
        self.settings = replace(self.settings, processes=worker.get("workercount", 1))
        self.report_file: Path | None = option.eval_report
        self.run: Run | None = None
        self.notes: list[str] = []
        self._trials: dict[int, Trial] = {}
        self._skipped: dict[int, Skipped] = {}
        self._planned = 0
        self._is_whole = not any("::" in argument for argument in config.args)
        self._is_worker = hasattr(config, "workerinput")
        self._has_workers = getattr(option, "dist", "no") != "no" and not self._is_worker
        self._started_at, self._clock = iso_now(), monotonic()
        self._is_interrupted = False
        self._engine = Engine(self.settings, record_command=_record_by_pytest, does_fixtures=True)
        self._prefetch = Prefetch(self._engine, grace_s=self.settings.grace_s)

    def result_of(self, job: Job) -> Result:
        """The job's result, waiting for it."""
        return self._prefetch.result_of(job)

    def settle(self, job: Job) -> Result:
        """The result of a job that an eval function asks for on its own."""
        return self._prefetch.settle(job)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Hands all selected jobs to the engine, unless another process decides which of them are ours."""
        if session.config.option.collectonly or self._has_workers:
            return
        jobs = []
        for place, item in enumerate(session.items):
            if isinstance(item, JudgedItem):
                item.place = place
                jobs.append(item.job)
        self._planned = len(jobs)
        try:
            found = survey(jobs)
            check_limits(self.settings, found.models)
            evals = {id(job.eval): job.eval for job in jobs}.values()
            key = plan_key(evals, self.settings, by="pytest")
            self._engine.begin(found, plan_key=key, header={"command": list(sys.argv), "mode": self.settings.mode})
        except SnellenError as error:
            raise pytest.UsageError(printable(str(error))) from error
        if not self._is_worker:
            self._prefetch.start(_lanes(jobs))
        elif self.settings.mode != "recorded":  # every worker asks what no other has asked yet
            self._prefetch.start(_lanes(_rotated(jobs, session.config)))

    def pytest_keyboard_interrupt(self) -> None:
        """Remembers that the session did not come to its end, so that the next one goes on with it."""
        self._is_interrupted = True

    def pytest_deselected(self) -> None:
        """Remembers that not everything runs, so that nothing is called unused."""
        self._is_whole = False

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Says a failure in our words, and puts the trial into the item's last report, which travels under xdist."""
        report = yield
        if isinstance(item, JudgedItem):
            if call.excinfo is not None and (said := item.said(call.excinfo)) is not None:
                report.longrepr = said
            if call.when == "teardown":
                report.__dict__[_PAYLOAD] = item.payload()
        if isinstance(item, JudgedItem) or "ask" in getattr(item, "fixturenames", ()):
            _make_harmless(report)
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keeps the trial of a report, wherever it was made."""
        payload = getattr(report, _PAYLOAD, None)
        if payload is None:
            return
        place, kind, text = payload
        if kind == "trial":
            self._trials[place] = trial_from_json(text.encode("utf-8"))
        else:
            self._skipped[place] = Skipped(**json.loads(text))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Folds recordings, keeps the run and writes the report.

        A session that scored nothing is not green, nor is one that could not write what it was to write.
        """
        try:
            self._prefetch.close()
            self._keep()
            self._engine.end(finished=not self._is_interrupted)
        except SnellenError as error:
            self.notes.append(str(error))
            is_good = False
        else:
            judged = any(trial.outcome in ("passed", "failed") for trial in self._trials.values())
            is_good = judged or self.run is None
        if not is_good and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _keep(self) -> None:
        if self._is_worker or not (self._trials or self._skipped):
            return
        self.run = self._make_run()
        self.notes += keep(self.run, self.settings)
        if self.report_file is not None:
            from snellen.report.html import write_report

            written = write_report(self.run, self.report_file, pinned=self.settings.pinned)
            self.notes += [f"report: {written.path} ({written.size_bytes / 1e6:.1f} MB)", *written.notes]
        self.notes += self._engine.store.notes
        self.notes += self._engine.notes
        is_complete = not any(trial.outcome == "error" for trial in self._trials.values())
        if self._is_whole and is_complete and len(self._trials) + len(self._skipped) == self._planned:
            self.notes += orphan_notes(self.settings.mode, self._engine)

    def _make_run(self) -> Run:
        trials = tuple(self._trials[place] for place in sorted(self._trials))
        facts = facts_of(
            self.settings,
            id=self._engine.run_id,
            title=", ".join(dict.fromkeys(trial.eval.partition(".")[0] for trial in trials)) or "no trials",
            models=[self.settings.model(key) for key in dict.fromkeys(trial.model for trial in trials)],
            started_at=self._started_at,
            duration_s=elapsed_since(self._clock),
        )
        budget = self._engine.budget
        facts = replace(
            facts,
            state="interrupted" if self._is_interrupted else "finished",
            command=tuple(sys.argv),
            calls=budget.calls,
            spent_usd=None if budget.unknown_costs else budget.spent_usd,
        )
        return Run(facts=facts, trials=trials, skipped=tuple(self._skipped[place] for place in sorted(self._skipped)))


def _limits(option: argparse.Namespace) -> Limits:
    most_errors = option.eval_max_errors
    return Limits(
        max_cost_usd=option.eval_max_cost,
        max_calls=option.eval_max_calls,
        max_errors=None if most_errors is None else parse_error_limit(most_errors),
    )


def _lanes(jobs: Iterable[Job]) -> list[list[Job]]:
    """The jobs by model, so that none waits for another model's."""
    lanes: dict[str, list[Job]] = {}
    for job in jobs:
        lanes.setdefault(job.model.key, []).append(job)
    return list(lanes.values())


def _rotated(jobs: list[Job], config: pytest.Config) -> list[Job]:
    """The jobs from another one on in each worker, so that they do not all begin with the same question."""
    worker = getattr(config, "workerinput", {})
    number = int(str(worker.get("workerid", "gw0")).removeprefix("gw"))
    start = len(jobs) * number // max(1, worker.get("workercount", 1))
    return jobs[start:] + jobs[:start]


def _record_by_pytest(job: Job) -> str:
    """The command that records the response of just this item, whatever characters its id has."""
    file, name = job.eval.file, job.eval.name
    if file.suffix != ".py":
        item = f"{name.rpartition('/')[2]}[{job.label}]"
    elif job.eval.recordings == f"{name}.ask":
        item = job.case.id  # asked by `ask`: the case is named after its test
    else:
        item = f"eval_{name.rpartition('.')[2]}[{job.label}]"
    chosen = shlex.quote(f"{shown_path(file)}::{item}")
    return f"pytest {chosen} --eval-model={job.model.key} --eval-responses=missing"


def _make_harmless(report: pytest.TestReport) -> None:
    """Takes out what could steer a terminal: pytest prints an assertion's message and captured output as they are."""
    if report.longrepr is not None and not isinstance(report.longrepr, tuple):
        said = str(report.longrepr)
        if (harmless := printable(said)) != said:
            report.longrepr = harmless
    report.sections = [(name, printable(text)) for name, text in report.sections]


def _start(config: pytest.Config) -> Path:
    """Where the project is looked for: at the first path on the command line, else where pytest was started."""
    named = [Path(argument.split("::")[0]) for argument in config.args]
    return next((path for path in named if path.exists()), config.invocation_params.dir)
