"""What stays of a session: its run in the run store, written while the session goes on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from snellen._clock import elapsed_since, iso_now, monotonic
from snellen.analysis.metric_results import metrics_of_run
from snellen.analysis.summarize import summarize_rows
from snellen.analysis.totals import Summary
from snellen.errors import StorageError
from snellen.models.spec import ModelSpec
from snellen.plugin.metrics import SessionMetrics
from snellen.runner.engine import Result
from snellen.runner.plan import Job
from snellen.runner.settings import Settings
from snellen.runs.store import RunStore
from snellen.runs.writer import RunWriter
from snellen.session import facts_of, open_store
from snellen.trial import GateResult, MetricResult, Run, RunFacts, RunState, Trial

__all__ = ["SessionRun"]


class SessionRun:
    """The run of one session. Each trial goes into the run store as it comes, so a killed session keeps its trials.

    Attributes:
        outcomes: How each place ended, "skipped" for a case that was not asked on purpose.
        failure: Why results could not be kept, None while they can.
        notes: What a reader must know of where the run is.
        figures: What the metrics of its evals came to, once it is amended.
    """

    def __init__(self, settings: Settings, *, command: Sequence[str]) -> None:
        """Writes nothing before it is begun.

        Args:
            settings: Of the session.
            command: What was typed.
        """
        self.outcomes: dict[int, str] = {}
        self.failure: StorageError | None = None
        self.notes: tuple[str, ...] = ()
        self.figures: tuple[MetricResult, ...] = ()
        self._settings = settings
        self._command = tuple(command)
        self._started_at, self._clock = iso_now(), monotonic()
        self._store: RunStore | None = None
        self._writer: RunWriter | None = None
        self._evals: dict[str, None] = {}
        self._models: dict[str, ModelSpec] = {}
        self._served: dict[str, dict[str, None]] = {}
        self._is_broken = False

    def begin(self, run_id: str, *, continues: bool, jobs: Iterable[Job] = ()) -> None:
        """Adds the run to the run store, unless that was done.

        Args:
            run_id: Of the run.
            continues: Whether it goes on with a run of this id.
            jobs: What it is about, as far as that is known.
        """
        if self._writer is not None:
            return
        for job in jobs:
            self._evals[job.eval.name] = None
            self._models.setdefault(job.model.key, job.model)
        facts = self._facts(run_id)
        try:
            self._store, self._writer, self.notes = open_store(self._settings, facts, continues=continues)
        except StorageError as error:
            self.failure = error
            # The totals and the report are still wanted: kept for as long as the session lasts, like a replay's.
            shortlived = replace(self._settings, mode="recorded")
            self._store, self._writer, _ = open_store(shortlived, facts, continues=False)

    def add(self, place: int, result: Result) -> None:
        """Keeps a result of a run that was begun.

        Args:
            place: Of its item, the order of the report.
            result: What became of it.
        """
        self.outcomes[place] = result.outcome if isinstance(result, Trial) else "skipped"
        self._note(result)
        if self._writer is not None and not self._is_broken:
            try:
                self._writer.add(place, result)
            except StorageError as error:
                self.failure, self._is_broken = error, True

    def finish(
        self, *, state: RunState, because: str, calls: int, spent_usd: float | None, notes: Iterable[str]
    ) -> None:
        """Writes what is left and the last facts; nothing when it was not begun.

        Args:
            state: How it ended.
            because: Why it was stopped, empty when it was not.
            calls: Requests that were sent.
            spent_usd: What they cost, None when that is not known.
            notes: What to know of how the run was asked.
        """
        if self._writer is None:
            return
        facts = replace(
            self._facts(self._writer.run_id),
            state=state,
            stopped_because=because,
            served_models={model: tuple(names) for model, names in self._served.items()},
            calls=calls,
            spent_usd=spent_usd,
            notes=tuple(notes),
        )
        try:
            self._writer.finish(facts)
        except StorageError as error:
            self.failure = self.failure or error

    def amend(self, gates: tuple[GateResult, ...], metrics: SessionMetrics) -> None:
        """Adds what came of gates and metrics to a run that is finished; nothing without any."""
        if not (gates or metrics.named) or self._store is None or self._writer is None:
            return
        try:
            facts = self._store.facts(self._writer.run_id)
            self.figures = metrics_of_run(metrics.named, self._store, facts, left_out=metrics.left_out)
            self._store.amend(replace(facts, gates=gates, metrics=self.figures))
        except StorageError as error:
            self.failure = self.failure or error

    def trials(self) -> Iterator[Trial]:
        """All trials by place, once it is finished."""
        if self._store is not None and self._writer is not None and self.outcomes:
            yield from (trial for _, trial in self._store.trials(self._writer.run_id))

    @property
    def summary(self) -> Summary | None:
        """Totals by model and by eval, once it is finished; None when there was no result."""
        if self._store is None or self._writer is None or not self.outcomes:
            return None
        run = self._writer.run_id
        return summarize_rows(self._store.rows(run), skipped=self._store.skipped(run))

    def load(self) -> Run | None:
        """The whole run, once it is finished; None when there was no result."""
        if self._store is None or self._writer is None or not self.outcomes:
            return None
        return self._store.load(self._writer.run_id)

    def _note(self, result: Result) -> None:
        self._evals[result.eval] = None
        if result.model not in self._models:
            self._models[result.model] = self._settings.model(result.model)
        served = result.response.served_model if isinstance(result, Trial) and result.response is not None else ""
        if served:
            self._served.setdefault(result.model, {})[served] = None

    def _facts(self, run_id: str) -> RunFacts:
        facts = facts_of(
            self._settings,
            id=run_id,
            title=", ".join(dict.fromkeys(name.partition(".")[0] for name in self._evals)),
            models=self._models.values(),
            started_at=self._started_at,
            duration_s=elapsed_since(self._clock),
        )
        return replace(facts, state="running", command=self._command, evals=tuple(self._evals))
