"""Commands that ask models: run, resume, estimate, batch."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from snellen.cli.commands.options import BatchName, Gates, Models, Paths, RunName

__all__ = ["batch_cancel", "batch_collect", "batch_status", "batch_submit", "estimate", "resume", "run"]


def run(  # noqa: PLR0913, PLR0917  # a flag an argument
    paths: Paths,
    model: Models = None,
    responses: Annotated[
        str | None,
        typer.Option(help="recorded: replay only (default); missing: ask what is not recorded; refresh; live."),
    ] = None,
    concurrency: Annotated[int | None, typer.Option(min=1, help="Most requests in flight for each model.")] = None,
    report: Annotated[Path | None, typer.Option("--report", "-o", help="Write the HTML report here.")] = None,
    max_cost: Annotated[float | None, typer.Option(min=0, metavar="USD", help="Ask nothing more beyond this.")] = None,
    max_calls: Annotated[int | None, typer.Option(min=0, metavar="N", help="Send no more requests than this.")] = None,
    max_errors: Annotated[
        str | None, typer.Option(metavar="N|P%", help="Ask nothing more after so many cases without a response.")
    ] = None,
    shard: Annotated[str | None, typer.Option(metavar="I/N", help="Only this part of the cases, such as 2/8.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Do not go on with a run that was killed.")] = False,
    gate: Gates = None,
) -> None:
    """Run evals: ask or replay, judge, and print what came of it."""
    from snellen.cli.run import run_command
    from snellen.runner.budget import Limits, parse_error_limit

    most_errors = None if max_errors is None else parse_error_limit(max_errors)
    raise typer.Exit(
        run_command(
            paths,
            models=tuple(model or ()),
            responses=responses,
            concurrency=concurrency,
            report=report,
            limits=Limits(max_cost_usd=max_cost, max_calls=max_calls, max_errors=most_errors),
            shard=shard,
            fresh=fresh,
            gates=tuple(gate or ()),
        )
    )


def resume(run_name: RunName = "latest") -> None:
    """Go on with a run that was interrupted, stopped or killed; what it had received is not asked again."""
    from snellen.cli.main import app
    from snellen.cli.resume import command_of

    arguments = command_of(run_name)
    sys.argv = ["snellen", *arguments]  # what the run's facts say was typed
    app(args=arguments, prog_name="snellen")


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


def batch_submit(
    paths: Paths,
    model: Models = None,
    responses: Annotated[
        str, typer.Option(help="missing: ask what is not recorded (default); refresh: ask all.")
    ] = "missing",
    max_cost: Annotated[
        float | None, typer.Option("--max-cost", min=0, metavar="USD", help="Send nothing that may cost more.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write the input files and send nothing.")] = False,
) -> None:
    """Leave what these evals ask with the models' servers; go on with what was broken off."""
    from snellen.cli.batch import submit_command

    raise typer.Exit(
        submit_command(paths, models=tuple(model or ()), responses=responses, max_cost_usd=max_cost, dry_run=dry_run)
    )


def batch_status(
    name: BatchName = None,
    wait: Annotated[bool, typer.Option("--wait", help="Look again until all have ended.")] = False,
    interval: Annotated[float, typer.Option(min=0, help="Seconds between looks.")] = 60,
) -> None:
    """Say how batches stand, and what is wrong with those that were refused."""
    from snellen.cli.batch import status_command

    raise typer.Exit(status_command(name, wait=wait, interval_s=interval))


def batch_collect(name: BatchName = None) -> None:
    """Put the answers of batches that have ended into the recordings."""
    from snellen.cli.batch import collect_command

    raise typer.Exit(collect_command(name))


def batch_cancel(
    name: Annotated[str, typer.Argument(metavar="ID", help="A batch's id, its beginning, or `latest`.")],
    forget: Annotated[
        bool, typer.Option("--forget", help="Give up answers that were not collected, so that all can be asked again.")
    ] = False,
) -> None:
    """Cancel a batch; what is answered already can still be collected."""
    from snellen.cli.batch import cancel_command

    raise typer.Exit(cancel_command(name, forget=forget))
