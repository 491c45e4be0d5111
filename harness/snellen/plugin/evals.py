"""One pytest session's evals: settings, engine, trials, and what is written at the end."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Generator, Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from snellen._clock import today
from snellen._files import digest
from snellen._text import plural, printable
from snellen.analysis.totals import Summary
from snellen.analysis.verdict import MarkTally, tally_marks
from snellen.errors import SnellenError
from snellen.plugin.failures import reason_of, shown
from snellen.plugin.flags import in_pytests_words, settings_of
from snellen.plugin.gate_items import Kind, kind_of
from snellen.plugin.gates import Gates
from snellen.plugin.items import JudgedItem
from snellen.plugin.keeping import SessionRun
from snellen.plugin.marks import excuse
from snellen.plugin.metrics import SessionMetrics
from snellen.plugin.prefetch import Prefetch
from snellen.plugin.progress import Progress
from snellen.plugin.workers import Node, Spent, Worker, await_nodes, packed, unpacked
from snellen.runner.engine import Engine, Result
from snellen.runner.evals import shown_path
from snellen.runner.modules import load_scorers
from snellen.runner.plan import Job, Survey, plan_key, survey
from snellen.runner.settings import Settings
from snellen.trial import MetricResult, RunState

__all__ = ["RUN_KEY", "EvalRun", "eval_run"]

_PAYLOAD = "_snellen"
"""Attribute of a worker's test report; xdist carries attributes of plain values."""

_ENDED = "_snellen_ended"
"""Attribute of an item's last report, in a worker and without: its place, and what gates choose it by."""

_OUTPUT = "snellen"
"""What a worker tells the controller at its end, in xdist's `workeroutput`."""

# As pytest writes the items of an eval: `eval_signs.py::eval_reads[...]`, `signs.eval.yaml::signs[...]`.
_EVAL_ID = re.compile(r"\.eval\.ya?ml::|(?:^|/)eval_[^/]*\.py::eval_")

RUN_KEY = pytest.StashKey["EvalRun"]()


def eval_run(config: pytest.Config) -> EvalRun:
    """The session's evals; `register` was called."""
    return config.stash[RUN_KEY]


class EvalRun:
    """State of one session, in each of its processes."""

    def __init__(self, config: pytest.Config) -> None:
        option = config.option
        self._config = config
        self._worker = Worker.of(config)
        self.settings: Settings = settings_of(config, self._worker)
        load_scorers(self.settings)
        self.gates = Gates(config, self.settings, is_worker=self._worker is not None)
        self.metrics = SessionMetrics()
        self.report_file: Path | None = option.eval_report
        self.summary: Summary | None = None
        self.notes: list[str] = []
        self._nodes: list[Node] = []
        self._has_evals = False
        self._spent: dict[str, Spent] = {}
        self._planned = 0
        self._collected = 0
        self._is_whole = not any("::" in argument for argument in config.args)
        self._has_workers = getattr(option, "dist", "no") != "no" and self._worker is None
        self._is_interrupted = False
        self._is_good = True
        self._stopped_because = ""
        self._key = ""
        self._refusal: SnellenError | None = None
        self._engine = Engine(self.settings, record_command=_record_by_pytest, does_fixtures=True)
        is_replay = self.settings.mode == "recorded"
        self._prefetch = Prefetch(self._engine, grace_s=self.settings.grace_s, is_replay=is_replay)
        self._kept = SessionRun(self.settings, command=sys.argv)
        self.progress = Progress(config, mode=self.settings.mode)

    def result_of(self, job: Job) -> Result:
        """The job's result, waiting for it.

        Raises:
            SnellenError: Nothing can be asked.
        """
        if self._refusal is not None:
            raise self._refusal
        try:
            return self._prefetch.result_of(job, on_wait=self._on_wait)
        finally:
            self.progress.clear()

    def settle(self, job: Job) -> Result:
        """The result of a job that an eval function asks for on its own."""
        if self._refusal is not None:
            raise self._refusal
        return self._prefetch.settle(job)

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Gives an item its place, which does not depend on what else is selected or in which order it runs."""
        if isinstance(item, JudgedItem):
            item.place = self._collected
            self._collected += 1

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Hands all selected jobs to the engine; under xdist that is done by each worker."""
        if session.config.option.collectonly or self._has_workers:
            return
        items = [item for item in session.items if isinstance(item, JudgedItem)]
        self._planned = len(items)
        try:
            self._begin(items)
        except SnellenError as error:
            if self._worker is None:
                raise pytest.UsageError(in_pytests_words(str(error))) from error
            self._refusal = error  # in a worker a usage error would be called a crash
            return
        jobs = [item.job for item in items]
        if self._worker is None and jobs:
            self._kept.begin(self._engine.run_id, continues=self._engine.is_continued, jobs=jobs)
        if self.settings.mode != "recorded":
            self._prefetch.start(_lanes(jobs if self._worker is None else self._worker.rotated(jobs)))

    def _begin(self, items: list[JudgedItem]) -> None:
        found = survey(item.job for item in items)
        self.metrics.select(item.job for item in items)
        evals = {id(item.job.eval): item.job.eval for item in items}.values()
        selected = digest("\n".join(sorted(item.nodeid for item in items)).encode())
        key = plan_key(evals, self.settings, by=f"pytest {selected}")
        self._engine.begin(found, plan_key=key, header=self._header())
        self._key = key

    def _header(self) -> dict[str, object]:
        given: Mapping[str, object] = getattr(self._config, "workerinput", {})
        return {"command": given.get("mainargv", sys.argv), "cwd": str(Path.cwd()), "mode": self.settings.mode}

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Remembers how the session came to its end: what a person interrupted is gone on with by the next one."""
        is_stopped = type(excinfo.value).__name__ == "Interrupted"  # pytest's or xdist's, for -x and --maxfail
        if is_stopped:
            self._stopped_because = str(excinfo.value)
        else:
            self._is_interrupted = True

    def pytest_internalerror(self) -> None:
        """As for an interrupt."""
        self._is_interrupted = True

    def pytest_deselected(self) -> None:
        """Remembers that not everything runs, so that nothing is called unused."""
        self._is_whole = False

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Node) -> None:
        """Remembers xdist's workers, which tell at their end what they have spent."""
        self._nodes.append(node)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """Learns whether the workers have evals at all: in any other session we have nothing to say or to wait for."""
        self._has_evals = self._has_evals or any(map(_EVAL_ID.search, ids))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Says a failure in our words, and takes the trial with the item's last report, under xdist as a part of it."""
        report = yield
        if isinstance(item, JudgedItem):
            if call.excinfo is not None and (said := item.said(call.excinfo)) is not None:
                file, line, _ = item.location
                reason = in_pytests_words(reason_of(call.excinfo.value))
                report.longrepr = shown(in_pytests_words(said), reason=reason, file=file, line=(line or 0) + 1)
            excuse(
                report,
                item,
                gates=self.gates.deciding(item.job),
                today=today(),
                runs_xfail=self._config.option.runxfail,
            )
            if call.when == "teardown" and item.result is not None:
                report.__dict__[_ENDED] = [item.place, *kind_of(item.job)]
                self._take(item.place, item.result, report)
                item.result = None  # thousands of items live until the session ends
        if isinstance(item, JudgedItem) or "ask" in getattr(item, "fixturenames", ()):
            _make_harmless(report)
        return report

    def _take(self, place: int, result: Result, report: pytest.TestReport) -> None:
        if self._worker is not None:
            spent = Spent.of(self._engine.budget)
            report.__dict__[_PAYLOAD] = packed(place, result, worker=self._worker, spent=spent)
        else:
            self._kept.add(place, result)
            self.gates.take(place, result, kind=_kind(report), id=report.id)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keeps the trial that a worker's report brings."""
        payload = getattr(report, _PAYLOAD, None)
        if payload is not None and self._has_workers:
            place, result, worker, spent = unpacked(payload)
            self._spent[worker] = spent
            self._kept.begin(self._engine.run_id, continues=False)
            self._kept.add(place, result)
            self.gates.take(place, result, kind=_kind(report), id=report.id)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Folds recordings, keeps the run and writes the report.

        A session that scored nothing is not green, nor is one that could not write what it was to write.
        """
        try:
            self._end(session)
        except SnellenError as error:
            self.notes.append(str(error))
            self._is_good = False
        outcomes = self._kept.outcomes.values()
        is_good = (
            self._is_good
            and self.gates.is_good
            and self._kept.failure is None
            and (not outcomes or bool({"passed", "failed"} & {*outcomes}))
        )
        if not is_good and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _end(self, session: pytest.Session) -> None:
        if not self._is_interrupted:
            self._stopped_because = self._stopped_because or str(session.shouldfail or session.shouldstop or "")
        limit = self._engine.stop_reason
        try:
            self._await_workers()
            self._prefetch.close(on_wait=self._on_grace)
            outputs = self._outputs()
            limit = limit or next((str(one["limit"]) for one in outputs if one["limit"]), "")
            self._keep(outputs, limit)
        finally:
            self._engine.end(finished=not self._is_interrupted)
        if not self._is_interrupted and not limit:
            self._drop_journal()

    def _await_workers(self) -> None:
        if self._has_workers and self._has_evals and self._is_interrupted:
            try:
                await_nodes(self._nodes, timeout_s=self.settings.grace_s)
            except KeyboardInterrupt:
                return  # the second one: xdist ends them now

    def _outputs(self) -> list[Mapping[str, object]]:
        """What the workers told at their end; one that crashed has told nothing."""
        given = (getattr(node, "workeroutput", None) for node in self._nodes)
        outputs = [one[_OUTPUT] for one in given if one and _OUTPUT in one]
        for one in outputs:
            self._spent[one["worker"]] = Spent(**one["spent"])
            self._planned = max(self._planned, one["planned"])
            self._key = one["key"]
        return outputs

    def _keep(self, outputs: list[Mapping[str, object]], limit: str) -> None:
        asked = dict.fromkeys(map(in_pytests_words, (*self._engine.notes, *self._engine.store.notes)))
        asked |= {str(note): None for one in outputs for note in _strings(one["notes"])}
        spent = Spent.total([Spent.of(self._engine.budget), *self._spent.values()])
        if self._worker is not None:
            self._tell_controller(spent, notes=list(asked), limit=limit)
            return
        state: RunState = "interrupted" if self._is_interrupted else "finished"
        because = "" if self._is_interrupted else limit or self._stopped_because
        self._kept.finish(
            state="stopped" if because else state,
            because=because,
            calls=spent.calls,
            spent_usd=spent.known_usd,
            notes=tuple(asked),
        )
        self._decide(outputs, why=because or ("it was interrupted" if self._is_interrupted else ""))
        self.summary = self._kept.summary
        if self._is_interrupted and (self._planned or self._has_evals):
            self.notes.append(self._interrupted(spent))
        if limit:
            self.notes.append(f"Stopped: {in_pytests_words(limit)}. The same command goes on with what is left.")
        failure = self._kept.failure
        self.notes += [*self._kept.notes, *([str(failure)] if failure else []), *asked]
        self._write_report()
        self.notes += self._orphans()

    def _decide(self, outputs: list[Mapping[str, object]], *, why: str) -> None:
        """Settles gates and metrics and keeps what came of them; gates of workers are decided here, with all cases."""
        told = next((one["gates"] for one in outputs if one.get("gates")), None)
        if isinstance(told, list):
            is_whole = not why
            held = self.gates.report_those_of(told, trials=self._kept.trials(), is_whole=is_whole)
            self._is_good = self._is_good and held
        self.gates.leave(f"the session was stopped: {why}" if why else "it did not run")
        self.gates.run_again()
        for one in outputs:
            self.metrics.learn(one["metrics"])
        self._kept.amend(self.gates.results, self.metrics)

    @property
    def figures(self) -> tuple[MetricResult, ...]:
        """What the metrics of its evals came to, once it has ended."""
        return self._kept.figures

    @property
    def marks(self) -> MarkTally:
        """What became of marked cases."""
        return tally_marks(self.gates.rows, today=today())

    def _tell_controller(self, spent: Spent, *, notes: list[str], limit: str) -> None:
        assert self._worker is not None  # noqa: S101  # only a worker has somebody to tell
        output: dict[str, object] = getattr(self._config, "workeroutput", {})
        output[_OUTPUT] = {
            "worker": self._worker.name,
            "planned": self._planned,
            "key": self._key,
            "spent": asdict(spent),
            "notes": notes,
            "limit": limit,
            "gates": self.gates.packed(),
            "metrics": self.metrics.packed(),
        }

    def _write_report(self) -> None:
        run = None if self.report_file is None else self._kept.load()
        if run is not None and self.report_file is not None:
            from snellen.report.html import write_report

            written = write_report(run, self.report_file, pinned=self.settings.pinned)
            self.notes += [f"report: {written.path} ({written.size_bytes / 1e6:.1f} MB)", *written.notes]

    def _orphans(self) -> tuple[str, ...]:
        outcomes = self._kept.outcomes
        is_complete = len(outcomes) == self._planned and "error" not in outcomes.values()
        if self._has_workers or not self._is_whole or not is_complete:
            return ()
        return self._engine.orphan_notes()

    def _interrupted(self, spent: Spent) -> str:
        judged = f"{len(self._kept.outcomes):,} judged"
        if self.settings.mode == "recorded":
            return f"Interrupted: {judged} of {self._planned:,}."
        if self._has_workers:
            arrived = f"{plural(spent.answered, 'answer')} arrived that the workers could tell of, {judged}"
        else:
            arrived = f"{self._prefetch.fetched:,} of {self._planned:,} fetched, {judged}"
        where = "kept" if self.settings.mode == "live" else "recorded"
        return f"Interrupted: {arrived}. What arrived is {where}; the same command goes on from there."

    def _drop_journal(self) -> None:
        """Removes what a killed session would need, also what -x or the workers have left of it."""
        if self._key and self._worker is None and self.settings.mode != "recorded":
            last = Engine(replace(self.settings, fresh=False))
            last.begin(Survey(jobs=0, for_pytest=0, models=(), places=()), plan_key=self._key, header={})
            last.end(finished=True)

    def _on_wait(self) -> None:
        judged = len(self._kept.outcomes)
        self.progress.show(fetched=self._prefetch.fetched, planned=self._prefetch.planned, judged=judged)

    def _on_grace(self, in_flight: int) -> None:
        most = f"up to {self.settings.grace_s:g} s for {plural(in_flight, 'request')} under way"
        self.progress.say(f"snellen: waiting {most}; interrupt to end at once.")


def _lanes(jobs: Iterable[Job]) -> list[list[Job]]:
    """The jobs by model, so that none waits for another model's."""
    lanes: dict[str, list[Job]] = {}
    for job in jobs:
        lanes.setdefault(job.model.key, []).append(job)
    return list(lanes.values())


def _kind(report: pytest.TestReport) -> Kind:
    _, name, tags, model, variant = report.__dict__[_ENDED]
    return name, tuple(tags), model, variant


def _strings(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


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
