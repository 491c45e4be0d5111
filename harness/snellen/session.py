"""One invocation from paths to a kept run: what `snellen run` does on a terminal and `snellen.run()` in a notebook."""

from __future__ import annotations

import asyncio
import atexit
import os
import shutil
import signal
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from snellen._clock import elapsed_since, iso_now, monotonic, today
from snellen.analysis.gate_parts import undecidable
from snellen.analysis.gate_sources import baselines_of, blind_notes, decide, gates_of
from snellen.analysis.metric_results import metrics_of_evals, metrics_of_run
from snellen.analysis.summarize import summarize_rows
from snellen.analysis.totals import Summary
from snellen.analysis.verdict import Decided, MarkTally, exit_code_of, tally_marks
from snellen.errors import StorageError
from snellen.models.spec import ModelSpec
from snellen.report.metrics import metric_lines
from snellen.report.terminal import gate_lines, mark_lines, summary_table
from snellen.runner.budget import ErrorLimit, Limits, parse_error_limit
from snellen.runner.engine import Engine, Result
from snellen.runner.evals import Eval
from snellen.runner.load import load_evals
from snellen.runner.plan import Job, Survey, plan, plan_key, survey
from snellen.runner.run import run_evals
from snellen.runner.settings import Settings, load_settings
from snellen.runs.provenance import git_facts, versions
from snellen.runs.store import RunStore
from snellen.runs.writer import RunWriter
from snellen.trial import GateResult, MetricResult, Run, RunFacts, Trial

if TYPE_CHECKING:
    from snellen.report.html import ReportFile

__all__ = [
    "RunResult",
    "facts_of",
    "open_store",
    "run",
    "run_and_keep",
]

_NO_RESULT = 3
_SIGNALLED = 128  # and the signal's number, as shells report it
_MAX_SERVED = 20  # a gateway may name another model with every answer


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """A run that has ended. In a notebook it shows every picture beside the answers.

    Attributes:
        facts: What a reader must know of it.
        store: Where its trials are kept.
        exit_code: What `snellen run` would exit with.
        notes: What a careful reader wants to know: recordings that nothing asked for, a journal that was cut short.
        signal: Of the signal that ended it early, None when none did.
        pinned: The project's local copies of picture addresses, for reports.
    """

    facts: RunFacts
    store: RunStore = field(repr=False)
    exit_code: int
    notes: tuple[str, ...] = ()
    signal: int | None = None
    pinned: Mapping[str, Path] = field(default_factory=dict, repr=False)

    @property
    def gates(self) -> tuple[GateResult, ...]:
        """Whether each gate held, for each model; empty without gates."""
        return self.facts.gates

    @property
    def metrics(self) -> tuple[MetricResult, ...]:
        """The figures that the evals name under `metrics`, for each prompt variant and model; empty without."""
        return self.facts.metrics

    @property
    def marks(self) -> MarkTally:
        """What became of cases that are marked as known to fail or as flaky."""
        return tally_marks(self.store.rows(self.facts.id), today=today())

    @property
    def run(self) -> Run:
        """Facts, trials and skipped cases, read from the run store."""
        return self.store.load(self.facts.id)

    @property
    def summary(self) -> Summary:
        """Totals by model and by eval."""
        return summarize_rows(self.store.rows(self.facts.id), skipped=self.store.skipped(self.facts.id))

    def report(self, path: str | Path) -> ReportFile:
        """Writes the HTML report.

        Raises:
            StorageError: It cannot be written.
        """
        from snellen.report.html import write_report

        return write_report(self.run, Path(path), pinned=self.pinned)

    def __str__(self) -> str:
        lines = (*metric_lines(self.metrics), *mark_lines(self.marks), *gate_lines(self.gates))
        return "\n".join([summary_table(self.summary), *lines])

    def _repr_html_(self) -> str:
        from snellen.report.notebook import notebook_html

        return notebook_html(self.run, pinned=self.pinned)


def run(  # noqa: PLR0913  # one keyword a subject; all have a default
    *paths: str | Path,
    models: str | Iterable[str] = (),
    responses: str | None = None,
    concurrency: int | None = None,
    report: str | Path | None = None,
    max_cost: float | None = None,
    max_calls: int | None = None,
    max_errors: int | str | None = None,
    fresh: bool = False,
    gates: str | Mapping[str, object] | Iterable[str | Mapping[str, object]] = (),
) -> RunResult:
    """Runs evals and keeps the run: `snellen.run("evals", models="gpt", responses="missing")`.

    Args:
        paths: Eval files and folders.
        models: Names of the models to ask, over those of the evals.
        responses: recorded, missing, refresh or live; default: recorded, or what pyproject says.
        concurrency: Most requests in flight for each model.
        report: Where to write the HTML report; None writes none.
        max_cost: USD that may be spent; what is left then is not asked.
        max_calls: Requests that may be sent, likewise.
        max_errors: Trials without a response that are borne, a number or a share such as "5%", likewise.
        fresh: Begin anew, also where a run of the same plan was killed that could be gone on with.
        gates: Conditions on the run, such as "accuracy >= 0.9", besides those of the evals and of pyproject; what came
            of them is in the result's `gates`, and in its `exit_code`.

    Raises:
        SnellenError: Nothing can be asked (bad input, a model that is not set up) or kept (disk full).
        KeyboardInterrupt: It was interrupted; what was answered is kept, and the same call goes on from there.
    """
    found = [Path(path) for path in paths] or [Path("evals")]
    names = (models,) if isinstance(models, str) else tuple(models)
    most_errors: ErrorLimit | None = None if max_errors is None else parse_error_limit(str(max_errors))
    settings = load_settings(
        found[0],
        environ=os.environ,
        mode=responses,
        models=names,
        concurrency=concurrency,
        limits=Limits(max_cost_usd=max_cost, max_calls=max_calls, max_errors=most_errors),
        fresh=fresh,
    )
    more_gates = (gates,) if isinstance(gates, str | Mapping) else tuple(gates)
    settings = replace(settings, more_gates=more_gates)

    def conclude(result: RunResult) -> None:
        if report is not None:
            result.report(report)

    result = run_and_keep(load_evals(found, settings), settings, conclude=conclude)
    if result.signal is not None:  # all is kept; what the caller meant to do next is not to happen
        raise KeyboardInterrupt if result.signal == signal.SIGINT else SystemExit(result.exit_code)
    return result


def run_and_keep(
    evals: Sequence[Eval],
    settings: Settings,
    *,
    command: Sequence[str] = (),
    on_start: Callable[[int, Engine], None] = lambda *_: None,
    on_result: Callable[[Result], None] = lambda _: None,
    on_interrupt: Callable[[str], None] = lambda _: None,
    conclude: Callable[[RunResult], None] = lambda _: None,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> RunResult:
    """Runs evals, puts each trial into the run store as it is settled, and says what a careful reader wants to know.

    Args:
        evals: What to measure.
        settings: How.
        command: What was typed, for the run's facts and for `snellen resume`.
        on_start: Called once with the number of jobs and the engine, before anything is asked.
        on_result: Called with each result as it is settled.
        on_interrupt: Called with a sentence when a signal ends the run early.
        conclude: Called with the result before the run counts as ended: what is killed in here is gone on with.
        sleep: Waits so many seconds before something is asked again.

    Raises:
        SnellenError: Nothing can be asked or kept.
    """
    started, clock = iso_now(), monotonic()
    gates = gates_of(evals, settings)
    baselines = baselines_of(gates, settings)
    found = survey(plan(evals, settings))
    engine = Engine(settings, sleep=sleep)
    header: dict[str, object] = {"command": list(command), "cwd": str(Path.cwd()), "mode": settings.mode}
    engine.begin(found, plan_key=plan_key(evals, settings), header=header)
    facts = _first_facts(evals, settings, engine, found, started_at=started, command=command)
    served: dict[str, dict[str, None]] = {}
    settled = 0
    is_concluded = False
    try:
        store, writer, notes = open_store(settings, facts, continues=engine.is_continued)
        with writer:
            on_start(found.jobs, engine)

            def take(job: Job, result: Result) -> None:
                nonlocal settled
                settled += not job.eval.fixture
                writer.add(job.place, result)
                _note_served(served, result)
                if not job.eval.fixture:
                    on_result(result)

            number = run_evals(evals, settings, engine=engine, found=found, on_result=take, on_interrupt=on_interrupt)
            facts = _last_facts(facts, engine, served, duration_s=elapsed_since(clock))
            if number is not None:
                facts = replace(
                    facts, state="interrupted", stopped_because=f"{settled:,} of {found.jobs:,} trials done"
                )
            writer.finish(facts)
        part = undecidable(settings, baselines, facts.evals)
        decided = decide(gates, store, facts, baselines=baselines, undecidable=part)
        metrics = metrics_of_run(metrics_of_evals(evals), store, facts)
        if decided or metrics:
            gated = tuple(result for one in decided for result in one.results)
            facts = replace(facts, gates=gated, metrics=metrics)
            store.amend(facts)
        result = _result(facts, settings, engine=engine, store=store, notes=notes, number=number, decided=decided)
        conclude(result)
        is_concluded = True
    finally:
        # Where nothing was sent, nothing is left to go on with.
        engine.end(finished=is_concluded or not (engine.budget.calls or engine.is_continued))
    return result


def _result(
    facts: RunFacts,
    settings: Settings,
    *,
    engine: Engine,
    store: RunStore,
    notes: tuple[str, ...],
    number: int | None,
    decided: Sequence[Decided],
) -> RunResult:
    code = exit_code_of(store.rows(facts.id), decided=decided, today=today(), is_stopped=facts.state == "stopped")
    notes += (*engine.notes, *engine.store.notes, *blind_notes(decided, store.rows(facts.id)))
    if number is None and code != _NO_RESULT:
        notes += engine.orphan_notes()
    return RunResult(
        facts=facts,
        store=store,
        exit_code=code if number is None else _SIGNALLED + number,
        notes=notes,
        signal=number,
        pinned=settings.pinned,
    )


def facts_of(
    settings: Settings,
    *,
    id: str,  # noqa: A002  # the value's own word
    title: str,
    models: Iterable[ModelSpec],
    started_at: str,
    duration_s: float,
) -> RunFacts:
    """What a reader must know about a run that was done with these settings."""
    specs = list(models)
    commit, is_dirty = git_facts(settings.root)
    return RunFacts(
        id=id,
        title=title,
        started_at=started_at,
        duration_s=round(duration_s, 3),
        mode=settings.mode,
        versions=versions(),
        model_notes={spec.key: spec.note for spec in specs if spec.note},
        models={
            spec.key: {"name": spec.name, "api": spec.api, "host": spec.host, "params": dict(spec.params)}
            for spec in specs
        },
        cwd=str(Path.cwd()),
        git_commit=commit,
        git_dirty=is_dirty,
        shard="{}/{}".format(*settings.shard) if settings.shard else "",
    )


def _first_facts(
    evals: Sequence[Eval],
    settings: Settings,
    engine: Engine,
    found: Survey,
    *,
    started_at: str,
    command: Sequence[str],
) -> RunFacts:
    title = ", ".join(dict.fromkeys(one.recordings for one in evals))
    facts = facts_of(
        settings,
        id=engine.run_id,
        title=title,
        models=(*found.models, *engine.judges),
        started_at=started_at,
        duration_s=0.0,
    )
    names = tuple(dict.fromkeys(one.name for one in evals))
    return replace(facts, state="running", command=tuple(command), evals=names)


def _last_facts(facts: RunFacts, engine: Engine, served: Mapping[str, Iterable[str]], *, duration_s: float) -> RunFacts:
    budget = engine.budget
    return replace(
        facts,
        duration_s=round(duration_s, 3),
        state="stopped" if engine.stop_reason else "finished",
        stopped_because=engine.stop_reason,
        served_models={model: tuple(names) for model, names in served.items()},
        calls=budget.calls,
        spent_usd=None if budget.unknown_costs else round(budget.spent_usd, 10),
        notes=engine.notes,
    )


def _note_served(served: dict[str, dict[str, None]], result: Result) -> None:
    if isinstance(result, Trial) and result.response is not None and result.response.served_model:
        names = served.setdefault(result.model, {})
        if len(names) < _MAX_SERVED:
            names[result.response.served_model] = None


def open_store(settings: Settings, facts: RunFacts, *, continues: bool) -> tuple[RunStore, RunWriter, tuple[str, ...]]:
    """The run store with the run begun, and a note when it is one that does not last.

    A replay can be had again at any time, so a read-only checkout in CI does not spoil it.

    Args:
        settings: Of the run.
        facts: What is known of it by now.
        continues: Go on with the run of this id when there is one.

    Raises:
        StorageError: Answers of a run that asks cannot be kept.
    """
    store = RunStore(settings.state / "runs.db")
    try:
        return store, store.begin(facts, replace=continues), ()
    except StorageError as error:
        if settings.mode != "recorded":
            raise
        note = f"This replay is not in the run store: {error}"
    elsewhere = RunStore(Path(tempfile.mkdtemp(prefix="snellen-")) / "runs.db")
    atexit.register(shutil.rmtree, elsewhere.path.parent, ignore_errors=True)
    return elsewhere, elsewhere.begin(facts), (note,)
