"""The `snellen` command: its subcommands, and how errors reach the shell."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from snellen._text import printable
from snellen.errors import SnellenError, StorageError

__all__ = ["app", "main"]

app = typer.Typer(
    name="snellen",
    help="The eye chart for vision models: evaluates and benchmarks vision-language models.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
datasets = typer.Typer(help="Look at datasets.", no_args_is_help=True)
recordings = typer.Typer(help="Look at recorded responses and tidy them.", no_args_is_help=True)
offline = typer.Typer(help="The offline model: no key, no network.", no_args_is_help=True)
app.add_typer(datasets, name="datasets")
app.add_typer(recordings, name="recordings")
app.add_typer(offline, name="offline")

Paths = Annotated[list[Path], typer.Argument(metavar="PATH...", help="Eval files and folders.", show_default=False)]
Models = Annotated[list[str] | None, typer.Option("--model", "-m", help="Model to ask; may be given several times.")]
_INTERRUPTED = 130  # 128 + SIGINT, as shells expect


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


@app.command()
def run(
    paths: Paths,
    model: Models = None,
    responses: Annotated[
        str | None,
        typer.Option(help="recorded: replay only (default); missing: ask what is not recorded; refresh; live."),
    ] = None,
    concurrency: Annotated[int | None, typer.Option(min=1, help="Most requests in flight for each model.")] = None,
    report: Annotated[Path | None, typer.Option("--report", "-o", help="Write the HTML report here.")] = None,
) -> None:
    """Run evals: ask or replay, judge, and print what came of it."""
    from snellen.cli.run import run_command

    raise typer.Exit(
        run_command(paths, models=tuple(model or ()), responses=responses, concurrency=concurrency, report=report)
    )


@app.command()
def estimate(
    paths: Paths,
    model: Models = None,
    responses: Annotated[
        str,
        typer.Option(help="As for `run`; missing: what is recorded is free (default); refresh and live: ask all."),
    ] = "missing",
) -> None:
    """Say what a run will ask and cost, before anything is sent."""
    from snellen.cli.estimate import estimate_command

    raise typer.Exit(estimate_command(paths, models=tuple(model or ()), responses=responses))


@app.command()
def report(
    run_name: Annotated[str, typer.Argument(metavar="RUN", help="A run's id, its beginning, or `latest`.")] = "latest",
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")] = Path("reports/report.html"),
    title: Annotated[str | None, typer.Option(help="Heading of the report.")] = None,
) -> None:
    """Write the HTML report of a run that was kept."""
    from snellen.cli.report import report_command

    raise typer.Exit(report_command(run_name, output, title=title))


@app.command()
def init(folder: Annotated[Path, typer.Argument(help="The folder to make; it must be empty or new.")]) -> None:
    """Make a project that works at once: a dataset, two evals and their recordings."""
    from snellen.cli.init import init_command

    raise typer.Exit(init_command(folder))


@app.command()
def models(names: Annotated[list[str] | None, typer.Argument(help="Only these.")] = None) -> None:
    """List the models of this project, what they are sent, and whether they can be asked now."""
    from snellen.cli.models import models_command

    raise typer.Exit(models_command(tuple(names or ())))


@datasets.command("check")
def datasets_check(path: Annotated[Path, typer.Argument(help="A dataset's folder or file.")]) -> None:
    """Read every row and decode every picture; name everything that is wrong. Nothing is sent."""
    from snellen.cli.datasets import check_command

    raise typer.Exit(check_command(path))


@recordings.command("show")
def recordings_show(
    path: Annotated[Path | None, typer.Argument(help="Only entries below this recordings folder.")] = None,
    case: Annotated[str | None, typer.Option(help="Only this case.")] = None,
) -> None:
    """List recorded responses: case, model, when, and how the answer begins."""
    from snellen.cli.recordings import show_command

    raise typer.Exit(show_command(path, case=case))


@recordings.command("prune")
def recordings_prune(
    paths: Paths,
    model: Models = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
) -> None:
    """Remove recordings of these evals that nothing asks for any more."""
    from snellen.cli.recordings import prune_command

    raise typer.Exit(prune_command(paths, models=tuple(model or ()), dry_run=dry_run))


@offline.command("serve")
def offline_serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1.")] = 8000,
) -> None:
    """Serve the offline models on this machine for any OpenAI client."""
    from snellen.cli.offline import serve_command

    raise typer.Exit(serve_command(port))


def main() -> None:
    """Runs the command line; errors become a message and an exit code, never a traceback."""
    try:
        app()
    except SnellenError as error:
        sys.stderr.write(f"snellen: {printable(str(error))}\n")
        sys.exit(error.exit_code)
    except OSError as error:  # such as standard output on a full disk
        sys.stderr.write(f"snellen: {printable(str(error))}\n")
        sys.exit(StorageError.exit_code)
    except SystemExit as end:
        if end.code == _INTERRUPTED:  # typer's word for Ctrl+C
            sys.stderr.write("snellen: interrupted; what was answered is recorded\n")
        raise
