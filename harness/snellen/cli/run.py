"""`snellen run`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from snellen._text import plural, printable, shorten
from snellen.cli.progress import progress
from snellen.errors import InputError, Problem
from snellen.report.terminal import summary_table
from snellen.runner.load import load_evals
from snellen.runner.settings import load_settings
from snellen.session import RunResult, run_and_keep
from snellen.trial import Trial

__all__ = ["run_command"]

_MAX_LISTED = 20


def run_command(
    paths: list[Path],
    *,
    models: tuple[str, ...],
    responses: str | None,
    concurrency: int | None,
    report: Path | None,
) -> int:
    """Runs evals, prints what came of them and gives the exit code."""
    if report is not None and report.is_dir():
        raise InputError(
            Problem(f"--report {report} is a folder", hint=f"Name a file: --report {report / 'report.html'}")
        )
    settings = load_settings(paths[0], environ=os.environ, mode=responses, models=models, concurrency=concurrency)
    evals = load_evals(paths, settings)
    with progress() as bar:
        result = run_and_keep(evals, settings, on_start=bar.start, on_result=bar.advance)
    _print(result)
    if report is not None:
        written = result.report(report)
        print(printable(f"report: {written.path} ({written.size_bytes / 1e6:.1f} MB)"))
        for note in written.notes:
            print(printable(f"  {note}"))
    print(f"run: {result.run.facts.id}")
    return result.exit_code


def _print(result: RunResult) -> None:
    wrong = [trial for trial in result.run.trials if trial.outcome != "passed"]
    for trial in wrong[:_MAX_LISTED]:
        print(printable(f"{trial.outcome.upper():<8} {trial.eval}[{trial.label}]  {_reason(trial)}"))
    if len(wrong) > _MAX_LISTED:
        print(f"… and {len(wrong) - _MAX_LISTED:,} more; the report shows all of them")
    for skip in result.run.skipped:
        print(printable(f"SKIPPED  {skip.eval}[{skip.case_id}-{skip.model}]  {skip.reason}"))
    is_terminal = sys.stdout.isatty()
    print(summary_table(result.summary, color=is_terminal))
    for note in result.notes:
        print(printable(note))
    if not any(trial.outcome in ("passed", "failed") for trial in result.run.trials):
        print(f"Nothing was scored: {plural(len(wrong), 'trial')}, {plural(len(result.run.skipped), 'skipped case')}.")


def _reason(trial: Trial) -> str:
    if trial.failure is not None:  # whole: its last line says what to do
        return "\n         ".join(line.strip() for line in trial.failure.message.splitlines())
    response = trial.response
    said = [f"stop: {response.stop}"] if response is not None and response.stop != "stop" else []
    said += [f"{score.scorer}: {score.explanation}" for score in trial.scores if not score.passed]
    return shorten("; ".join(said) or "nothing judges this case: it expects nothing", 300)
