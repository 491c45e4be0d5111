"""The `snellen` command: its subcommands, and how errors reach the shell."""

from __future__ import annotations

import gc
import sys
from typing import Annotated, NoReturn

import typer

from snellen._text import printable
from snellen.cli.commands import asking, judging, kept, project
from snellen.cli.outlet import patient_output
from snellen.errors import SnellenError, StorageError

__all__ = ["app", "main"]

_MANY_OBJECTS = 20_000
_INTERRUPTED = 130  # 128 + SIGINT, as shells expect

app = typer.Typer(
    name="snellen",
    help="The eye chart for vision models: evaluates and benchmarks vision-language models.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def snellen(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.")] = False,
) -> None:
    """The eye chart for vision models: evaluates and benchmarks vision-language models."""
    if version:
        from importlib.metadata import version as version_of

        print(f"snellen {version_of('snellen')}")
    elif context.invoked_subcommand is None:
        sys.stderr.write(f"{context.get_help()}\n")
        raise typer.Exit(2)


# In the order of `snellen --help`.

app.command("run")(asking.run)
app.command("resume")(asking.resume)
app.command("estimate")(asking.estimate)
app.command("report")(kept.report)
app.command("runs")(kept.runs)
app.command("show")(kept.show)
app.command("compare")(judging.compare)
app.command("score")(judging.score)
app.command("rescore")(judging.rescore)
app.command("gate")(judging.gate)
app.command("scorers")(judging.scorers)
app.command("export")(kept.export)
app.command("import")(kept.import_)
app.command("merge")(kept.merge)
app.command("init")(project.init)
app.command("models")(project.models)


def _group(name: str, said: str) -> typer.Typer:
    group = typer.Typer(help=said, no_args_is_help=True)
    app.add_typer(group, name=name)
    return group


_datasets = _group("datasets", "Look at datasets.")
_datasets.command("check")(project.datasets_check)

_recordings = _group("recordings", "Look at recorded responses and tidy them.")
_recordings.command("show")(project.recordings_show)
_recordings.command("prune")(project.recordings_prune)

_offline = _group("offline", "The offline model: no key, no network.")
_offline.command("serve")(project.offline_serve)

_batch = _group("batch", "Ask by the Batch API: half the price, answers within a day.")
_batch.command("submit")(asking.batch_submit)
_batch.command("status")(asking.batch_status)
_batch.command("list")(asking.batch_status)
_batch.command("collect")(asking.batch_collect)
_batch.command("cancel")(asking.batch_cancel)

_baseline = _group("baseline", "Keep a run's verdicts to compare later runs with.")
_baseline.command("set")(judging.baseline_set)
_baseline.command("list")(judging.baseline_list)


def main() -> None:
    """Runs the command line; errors become a message and an exit code, never a traceback."""
    # Loading openai makes some hundred thousand objects that stay; looking through them again and again takes 30 ms.
    gc.set_threshold(_MANY_OBJECTS, 20, 20)
    try:
        with patient_output():
            _run_app()
    except OSError as error:  # such as standard output on a full disk
        _end(error, StorageError.exit_code)


def _run_app() -> None:
    try:
        app()
    except SnellenError as error:
        _end(error, error.exit_code)
    except OSError as error:
        _end(error, StorageError.exit_code)
    except SystemExit as end:
        if end.code == _INTERRUPTED:  # typer's word for Ctrl+C
            sys.stderr.write("snellen: interrupted\n")
        raise


def _end(error: Exception, code: int) -> NoReturn:
    sys.stderr.write(f"snellen: {printable(str(error))}\n")
    sys.exit(code)
