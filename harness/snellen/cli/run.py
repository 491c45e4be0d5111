"""`snellen run`."""

from __future__ import annotations

import os
import shlex
import sys
from collections import Counter
from pathlib import Path

from snellen._text import plural, printable, shorten
from snellen.cli.progress import progress
from snellen.errors import InputError, Problem
from snellen.report.terminal import summary_table
from snellen.runner.budget import Limits
from snellen.runner.load import load_evals
from snellen.runner.settings import load_settings
from snellen.session import RunResult, run_and_keep
from snellen.trial import Trial

__all__ = ["run_command"]

_MAX_LISTED = 20
_MAX_NOT_ASKED = 3  # more of them are only counted


def run_command(
    paths: list[Path],
    *,
    models: tuple[str, ...],
    responses: str | None,
    concurrency: int | None,
    report: Path | None,
    limits: Limits,
    shard: str | None,
    fresh: bool,
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
    evals = load_evals(paths, settings)
    command = ("snellen", *sys.argv[1:])
    with progress() as bar:

        def conclude(result: RunResult) -> None:
            bar.end()
            _print(result)
            if report is not None:
                _write_report(result, report)
            print(f"run: {result.facts.id}")
            if result.facts.state in ("interrupted", "stopped"):
                print(_how_to_go_on(result, command))

        result = run_and_keep(
            evals,
            settings,
            command=command,
            on_start=bar.start,
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
    why = "interrupted" if result.facts.state == "interrupted" else f"stopped: {result.facts.stopped_because}"
    return printable(
        f"The run was {why}. What was answered is kept. To go on: {shlex.join(command)}, "
        f"or snellen resume {result.facts.id}"
    )


def _print(result: RunResult) -> None:
    name, store = result.facts.id, result.store
    rows = store.rows(name)
    counts = Counter("not asked" if row.failure == "not_asked" else row.outcome for row in rows)
    wrong = sum(count for outcome, count in counts.items() if outcome not in ("passed", "not asked"))
    shown = 0
    for _, trial in store.trials(name, outcomes=("failed", "unscored", "error")):
        if trial.failure is not None and trial.failure.kind == "not_asked" and counts["not asked"] > _MAX_NOT_ASKED:
            continue
        if shown == _MAX_LISTED:
            break
        shown += 1
        print(printable(f"{trial.outcome.upper():<8} {trial.eval}[{trial.label}]  {_reason(trial)}"))
    if wrong > shown:
        print(f"… and {wrong - shown:,} more; the report shows all of them")
    if counts["not asked"]:
        print(printable(f"NOT ASKED {plural(counts['not asked'], 'trial')}: {result.facts.stopped_because}"))
    skipped = store.skipped(name)
    for skip in skipped:
        print(printable(f"SKIPPED  {skip.eval}[{skip.case_id}-{skip.model}]  {skip.reason}"))
    is_terminal = sys.stdout.isatty()
    print(summary_table(result.summary, color=is_terminal))
    for note in result.notes:
        print(printable(note))
    if not counts["passed"] + counts["failed"]:
        print(f"Nothing was scored: {plural(counts.total(), 'trial')}, {plural(len(skipped), 'skipped case')}.")


def _reason(trial: Trial) -> str:
    if trial.failure is not None:  # whole: its last line says what to do
        return "\n         ".join(line.strip() for line in trial.failure.message.splitlines())
    response = trial.response
    said = [f"stop: {response.stop}"] if response is not None and response.stop != "stop" else []
    said += [f"{score.scorer}: {score.explanation}" for score in trial.scores if not score.passed]
    return shorten("; ".join(said) or "nothing judges this case: it expects nothing", 300)
