"""One invocation from paths to a kept run: what `snellen run` does on a terminal and `snellen.run()` in a notebook."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from snellen._text import plural
from snellen.analysis.summarize import Summary, summarize
from snellen.analysis.verdict import exit_code_of
from snellen.errors import StorageError
from snellen.report.terminal import summary_table
from snellen.runner.engine import Engine, Result
from snellen.runner.evals import Eval
from snellen.runner.load import load_evals
from snellen.runner.run import run_evals
from snellen.runner.settings import Settings, load_settings
from snellen.runs.store import RunStore
from snellen.trial import Run

if TYPE_CHECKING:
    from snellen.report.html import ReportFile

__all__ = ["RunResult", "keep", "orphan_notes", "run", "run_and_keep"]

_MAX_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """A finished run. In a notebook it shows every picture beside the answers.

    Attributes:
        run: Facts, trials and skipped cases.
        exit_code: What `snellen run` would exit with.
        notes: What a careful reader wants to know: recordings that nothing asked for, a journal that was cut short.
        pinned: The project's local copies of picture addresses, for reports.
    """

    run: Run
    exit_code: int
    notes: tuple[str, ...] = ()
    pinned: Mapping[str, Path] = field(default_factory=dict, repr=False)

    @property
    def summary(self) -> Summary:
        """Totals by model and by eval."""
        return summarize(self.run)

    def report(self, path: str | Path) -> ReportFile:
        """Writes the HTML report.

        Raises:
            StorageError: It cannot be written.
        """
        from snellen.report.html import write_report

        return write_report(self.run, Path(path), pinned=self.pinned)

    def __str__(self) -> str:
        return summary_table(self.summary)

    def _repr_html_(self) -> str:
        from snellen.report.notebook import notebook_html

        return notebook_html(self.run, pinned=self.pinned)


def run(
    *paths: str | Path,
    models: str | Iterable[str] = (),
    responses: str | None = None,
    concurrency: int | None = None,
    report: str | Path | None = None,
) -> RunResult:
    """Runs evals and keeps the run: `snellen.run("evals", models="gpt", responses="missing")`.

    Args:
        paths: Eval files and folders.
        models: Names of the models to ask, over those of the evals.
        responses: recorded, missing, refresh or live; default: recorded, or what pyproject says.
        concurrency: Most requests in flight for each model.
        report: Where to write the HTML report; None writes none.

    Raises:
        SnellenError: Nothing can be asked (bad input, a model that is not set up) or kept (disk full).
    """
    found = [Path(path) for path in paths] or [Path("evals")]
    names = (models,) if isinstance(models, str) else tuple(models)
    settings = load_settings(found[0], environ=os.environ, mode=responses, models=names, concurrency=concurrency)
    result = run_and_keep(load_evals(found, settings), settings)
    if report is not None:
        result.report(report)
    return result


def run_and_keep(
    evals: Sequence[Eval],
    settings: Settings,
    *,
    on_start: Callable[[int], None] = lambda _: None,
    on_result: Callable[[Result], None] = lambda _: None,
) -> RunResult:
    """Runs evals, puts the run into the run store, and says what a careful reader wants to know.

    Raises:
        SnellenError: Nothing can be asked or kept.
    """
    done, engine = run_evals(evals, settings, on_start=on_start, on_result=on_result)
    notes = (*keep(done, settings), *engine.store.notes, *orphan_notes(done, engine))
    return RunResult(run=done, exit_code=exit_code_of(done), notes=notes, pinned=settings.pinned)


def keep(done: Run, settings: Settings) -> tuple[str, ...]:
    """Puts a run into the run store, and gives a note when a replay could not be kept.

    A replay can be had again at any time, so a read-only checkout in CI does not spoil it.

    Raises:
        StorageError: Answers of a run that asked cannot be kept.
    """
    try:
        RunStore(settings.state / "runs.db").save(done)
    except StorageError as error:
        if settings.mode != "recorded":
            raise
        return (f"This replay is not in the run store: {error}",)
    return ()


def orphan_notes(done: Run, engine: Engine) -> tuple[str, ...]:
    """What to say of recordings that nothing asked for; only a replay of whole evals that missed nothing can tell."""
    if done.facts.mode != "recorded" or any(trial.outcome == "error" for trial in done.trials):
        return ()
    files = {engine.store.file(eval=name, model=model) for name, model in engine.places}
    evals = {name for name, _ in engine.places}
    left = [stored for stored in engine.store.orphans(engine.used, evals=evals) if stored.file in files]
    if not left:
        return ()
    cases = ", ".join(sorted({stored.entry.case for stored in left})[:_MAX_NAMED])
    return (
        f"{plural(len(left), 'recording')} that nothing asked for: {cases}. "
        "If they are not needed any more: snellen recordings prune evals",
    )
