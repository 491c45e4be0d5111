"""Commands about runs that are kept: what is in them, and where they go."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from snellen.cli.commands.options import Gates, RunName

__all__ = ["export", "import_", "merge", "report", "runs", "show"]


def report(
    run_name: RunName = "latest",
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")] = Path("reports/report.html"),
    title: Annotated[str | None, typer.Option(help="Heading of the report.")] = None,
) -> None:
    """Write the HTML report of a run that was kept."""
    from snellen.cli.report import report_command

    raise typer.Exit(report_command(run_name, output, title=title))


def runs(
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="For other programs: all facts and counts.")] = False,
) -> None:
    """List the runs that are kept, the newest first."""
    from snellen.cli.runs import runs_command

    raise typer.Exit(runs_command(limit=limit, as_json=as_json))


def show(
    run_name: RunName = "latest",
    case: Annotated[str | None, typer.Argument(help="Id of a case; without one, the run is shown.")] = None,
    model: Annotated[str | None, typer.Option("--model", "-m", help="Only this model.")] = None,
    variant: Annotated[str | None, typer.Option(help="Only this prompt variant.")] = None,
    repeat: Annotated[int | None, typer.Option(min=0, help="Only this repeat; the first is 0.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For other programs: everything that is known.")] = False,
    no_image: Annotated[bool, typer.Option("--no-image", help="Show no picture, whatever the terminal can.")] = False,
) -> None:
    """Show a kept run, or all that was asked and answered in one of its cases."""
    from snellen.cli.show import Choice, show_command

    choice = Choice(model=model, variant=variant, repeat=repeat)
    raise typer.Exit(show_command(run_name, case, choice=choice, as_json=as_json, with_images=not no_image))


def export(
    run_name: RunName,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file: .jsonl or .parquet.", show_default=False)],
) -> None:
    """Write a kept run to a file, without its pictures."""
    from snellen.cli.exchange import export_command

    raise typer.Exit(export_command(run_name, output))


def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Exported runs.", show_default=False)],
) -> None:
    """Put exported runs into the run store."""
    from snellen.cli.exchange import import_command

    raise typer.Exit(import_command(files))


def merge(
    names: Annotated[list[str], typer.Argument(metavar="RUN_OR_FILE...", help="All shards.", show_default=False)],
    title: Annotated[str | None, typer.Option(help="Title of the new run.")] = None,
    gate: Gates = None,
) -> None:
    """Make one run of all its shards, kept here or exported elsewhere, and decide its gates."""
    from snellen.cli.exchange import merge_command

    raise typer.Exit(merge_command(names, title=title, gates=tuple(gate or ())))
