"""`snellen run`."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import replace
from pathlib import Path

from snellen._text import plural, printable
from snellen.cli.listing import flaky_lines, wrong_lines
from snellen.cli.progress import progress
from snellen.errors import InputError, Problem
from snellen.report.metrics import metric_lines
from snellen.report.terminal import gate_lines, mark_lines, summary_table
from snellen.runner.budget import Limits
from snellen.runner.load import load_evals
from snellen.runner.settings import load_settings
from snellen.session import RunResult, run_and_keep

__all__ = ["print_result", "run_command"]


def run_command(  # noqa: PLR0913  # a flag an argument
    paths: list[Path],
    *,
    models: tuple[str, ...],
    responses: str | None,
    concurrency: int | None,
    report: Path | None,
    limits: Limits,
    shard: str | None,
    fresh: bool,
    gates: tuple[str, ...] = (),
) -> int:
    """Runs evals, prints what came of them and gives the exit code."""
    if report is not None and report.is_dir():
        raise InputError(
            Problem(f"--report {report} is a folder", hint=f"Name a file: --report {report / 'report.html'}")
        )
    settings = load_settings(
        paths[0],
        environ=os.environ,
        mode=responses,
        models=models,
        concurrency=concurrency,
        limits=limits,
        shard=shard,
        fresh=fresh,
    )
    settings = replace(settings, more_gates=gates)
    evals = load_evals(paths, settings)
    command = ("snellen", *sys.argv[1:])
    with progress() as bar:

        def conclude(result: RunResult) -> None:
            bar.end()
            print_result(result, has_report=report is not None)
            if report is not None:
                _write_report(result, report)
            print(f"run: {result.facts.id}")
            if result.facts.state in ("interrupted", "stopped"):
                print(_how_to_go_on(result, command))

        result = run_and_keep(
            evals,
            settings,
            command=command,
            on_start=lambda total, engine: bar.start(total, lambda: engine.waits),
            on_result=bar.advance,
            on_interrupt=bar.say,
            conclude=conclude,
        )
    return result.exit_code


def _write_report(result: RunResult, file: Path) -> None:
    written = result.report(file)
    print(printable(f"report: {written.path} ({written.size_bytes / 1e6:.1f} MB)"))
    for note in written.notes:
        print(printable(f"  {note}"))


def _how_to_go_on(result: RunResult, command: tuple[str, ...]) -> str:
    if result.facts.mode == "recorded":
        return "The replay was interrupted."
    why = f"{result.facts.state}: {result.facts.stopped_because}"
    return printable(
        f"The run was {why}. What was answered is kept. To go on: {shlex.join(command)}, "
        f"or snellen resume {result.facts.id}"
    )


def print_result(result: RunResult, *, has_report: bool) -> None:
    """Prints what came of a run: what is wrong, the table, metrics, marks, gates and notes.

    Args:
        result: Of the run.
        has_report: Whether a report is written as well.
    """
    name, store, summary = result.facts.id, result.store, result.summary
    elsewhere = "the report shows all of them" if has_report else "snellen report shows all of them"
    for line in wrong_lines(store, name, elsewhere=elsewhere):
        print(line)
    for line in flaky_lines(summary):
        print(line)
    skipped = store.skipped(name)
    for skip in skipped:
        print(printable(f"SKIPPED  {skip.eval}[{skip.case_id}-{skip.model}]  {skip.reason}"))
    print(summary_table(summary, color=sys.stdout.isatty()))
    for line in (*metric_lines(result.metrics), *mark_lines(result.marks), *gate_lines(result.gates)):
        print(line)
    for note in result.notes:
        print(printable(note))
    totals = summary.overall
    if not totals.passed + totals.failed:
        print(f"Nothing was scored: {plural(totals.trials, 'trial')}, {plural(len(skipped), 'skipped case')}.")
