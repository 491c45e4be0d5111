"""The `snellen` command: its subcommands, and how errors reach the shell."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from snellen._text import printable
from snellen.cli.outlet import patient_output
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
batch = typer.Typer(help="Ask by the Batch API: half the price, answers within a day.", no_args_is_help=True)
app.add_typer(batch, name="batch")
baseline = typer.Typer(help="Keep a run's verdicts to compare later runs with.", no_args_is_help=True)
app.add_typer(baseline, name="baseline")

Paths = Annotated[list[Path], typer.Argument(metavar="PATH...", help="Eval files and folders.", show_default=False)]
Models = Annotated[list[str] | None, typer.Option("--model", "-m", help="Model to ask; may be given several times.")]
Gates = Annotated[
    list[str] | None,
    typer.Option("--gate", metavar="GATE", help='Such as "accuracy >= 0.9"; may be given several times.'),
]
BatchName = Annotated[
    str | None, typer.Argument(metavar="ID", help="A batch's id, its beginning, or `latest`; default all.")
]
_MANY_OBJECTS = 20_000
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


@app.command()
def resume(
    run_name: Annotated[str, typer.Argument(metavar="RUN", help="A run's id, its beginning, or `latest`.")] = "latest",
) -> None:
    """Go on with a run that was interrupted, stopped or killed; what it had received is not asked again."""
    from snellen.cli.resume import command_of

    arguments = command_of(run_name)
    sys.argv = ["snellen", *arguments]  # what the run's facts say was typed
    app(args=arguments, prog_name="snellen")


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
def runs(
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="For other programs: all facts and counts.")] = False,
) -> None:
    """List the runs that are kept, the newest first."""
    from snellen.cli.runs import runs_command

    raise typer.Exit(runs_command(limit=limit, as_json=as_json))


@app.command()
def show(
    run_name: Annotated[str, typer.Argument(metavar="RUN", help="A run's id, its beginning, or `latest`.")] = "latest",
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


@app.command()
def compare(  # noqa: PLR0913, PLR0917  # a flag an argument
    sides: Annotated[
        list[str],
        typer.Argument(
            metavar="A B...",
            help="Runs, baselines, or models or prompt variants of one run; part of one: latest,model:gpt.",
            show_default=False,
        ),
    ],
    run_name: Annotated[
        str, typer.Option("--run", metavar="RUN", help="The run whose models or prompt variants are compared.")
    ] = "latest",
    by: Annotated[
        str | None,
        typer.Option(
            metavar="tag|group|eval|model|variant", help="The same for each of them, corrected for their number."
        ),
    ] = None,
    margin: Annotated[
        str, typer.Option(metavar="SHARE", help="How much worse still counts as no worse: 2% or 0.02.")
    ] = "2%",
    confidence: Annotated[
        str,
        typer.Option(metavar="SHARE", help="Of intervals (two-sided) and of the bound of a loss (one-sided)."),
    ] = "95%",
    resamples: Annotated[int, typer.Option(min=100, help="Bootstrap resamples of graded scores.")] = 10_000,
    seed: Annotated[int, typer.Option(help="Of the resamples.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="For other programs: every figure and case.")] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="For a pull request.")] = False,
    fail_if_worse: Annotated[
        bool,
        typer.Option("--fail-if-worse", help="Exit 1 when B is worse than A, in any model; slices decide nothing."),
    ] = False,
    fail_if_slice_worse: Annotated[
        bool,
        typer.Option("--fail-if-slice-worse", help="Exit 1 when a slice of --by is worse, by its p corrected by Holm."),
    ] = False,
) -> None:
    """Compare answers case by case: which is better, how sure that is, and which cases flipped."""
    from snellen.analysis.gate_quantities import share_of_flag
    from snellen.cli.compare import Settings, compare_command

    chosen = Settings(
        run=run_name,
        by=by,
        margin=share_of_flag("--margin", margin),
        confidence=share_of_flag("--confidence", confidence),
        resamples=resamples,
        seed=seed,
        form="json" if as_json else "markdown" if as_markdown else "text",
        fail_if_worse=fail_if_worse,
        fail_if_slice_worse=fail_if_slice_worse,
    )
    raise typer.Exit(compare_command(sides, chosen))


@app.command()
def score(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.jsonl", help="Rows of id, response, answer, choices, question, group.")
    ],
    scorer: Annotated[
        list[str] | None,
        typer.Option("--scorer", "-s", help="Such as choice; several must all pass. Default: what each row needs."),
    ] = None,
    option: Annotated[list[str] | None, typer.Option("--option", metavar="K=V", help="Of the scorer.")] = None,
    metric: Annotated[list[str] | None, typer.Option("--metric", help="Group metric to add, such as f1.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the rows with their scores here.")
    ] = None,
) -> None:
    """Score predictions that you bring: no model, no pictures."""
    from snellen.cli.score import score_command

    raise typer.Exit(
        score_command(file, scorers=scorer or (), options=option or (), metrics=tuple(metric or ()), output=output)
    )


@app.command()
def rescore(
    run_name: Annotated[str, typer.Argument(metavar="RUN", help="A run's id, its beginning, or `latest`.")] = "latest",
    scorer: Annotated[
        list[str] | None, typer.Option("--scorer", "-s", help="Judge by these in place of the run's own scorers.")
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the new verdicts as a run of their own.")] = False,
) -> None:
    """Judge stored responses again with the scorers of today, and list the verdicts that flipped."""
    from snellen.cli.rescore import rescore_command

    raise typer.Exit(rescore_command(run_name, scorers=tuple(scorer or ()), keep=keep))


@app.command()
def gate(
    run_name: Annotated[str, typer.Argument(metavar="RUN", help="A run's id, its beginning, or `latest`.")] = "latest",
    gate: Annotated[
        list[str] | None,
        typer.Option("--gate", metavar="GATE", help="In place of the run's own gates; may be given several times."),
    ] = None,
    evals: Annotated[
        list[Path] | None,
        typer.Option("--evals", metavar="PATH", help="Take the gates that stand in these evals and pyproject now."),
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Have the run keep this, for show and reports.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For other programs: every gate with its figures.")] = False,
) -> None:
    """Hold a kept run to gates, without asking anything; exit like `run`."""
    from snellen.cli.gate import gate_command

    raise typer.Exit(
        gate_command(run_name, gates=tuple(gate or ()), evals=tuple(evals or ()), keep=keep, as_json=as_json)
    )


@app.command()
def scorers(name: Annotated[str | None, typer.Argument(help="Say all about this one.")] = None) -> None:
    """List the scorers and their options."""
    from snellen.cli.scorers import scorers_command

    raise typer.Exit(scorers_command(name))


@baseline.command("set")
def baseline_set(
    name: Annotated[str, typer.Argument(help="What to call it, such as main.")],
    run_name: Annotated[str, typer.Argument(metavar="RUN", help="A run's id, its beginning, or `latest`.")] = "latest",
) -> None:
    """Write a run's verdicts to evals/baselines/NAME.jsonl, to be committed."""
    from snellen.cli.baseline import set_command

    raise typer.Exit(set_command(name, run_name))


@baseline.command("list")
def baseline_list() -> None:
    """List the baselines of this project."""
    from snellen.cli.baseline import list_command

    raise typer.Exit(list_command())


@app.command()
def export(
    run_name: Annotated[str, typer.Argument(metavar="RUN", help="A run's id, its beginning, or `latest`.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file: .jsonl or .parquet.", show_default=False)],
) -> None:
    """Write a kept run to a file, without its pictures."""
    from snellen.cli.exchange import export_command

    raise typer.Exit(export_command(run_name, output))


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Exported runs.", show_default=False)],
) -> None:
    """Put exported runs into the run store."""
    from snellen.cli.exchange import import_command

    raise typer.Exit(import_command(files))


@app.command()
def merge(
    names: Annotated[list[str], typer.Argument(metavar="RUN_OR_FILE...", help="All shards.", show_default=False)],
    title: Annotated[str | None, typer.Option(help="Title of the new run.")] = None,
    gate: Gates = None,
) -> None:
    """Make one run of all its shards, kept here or exported elsewhere, and decide its gates."""
    from snellen.cli.exchange import merge_command

    raise typer.Exit(merge_command(names, title=title, gates=tuple(gate or ())))


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


@batch.command("submit")
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


@batch.command("list")
@batch.command("status")
def batch_status(
    name: BatchName = None,
    wait: Annotated[bool, typer.Option("--wait", help="Look again until all have ended.")] = False,
    interval: Annotated[float, typer.Option(min=0, help="Seconds between looks.")] = 60,
) -> None:
    """Say how batches stand, and what is wrong with those that were refused."""
    from snellen.cli.batch import status_command

    raise typer.Exit(status_command(name, wait=wait, interval_s=interval))


@batch.command("collect")
def batch_collect(name: BatchName = None) -> None:
    """Put the answers of batches that have ended into the recordings."""
    from snellen.cli.batch import collect_command

    raise typer.Exit(collect_command(name))


@batch.command("cancel")
def batch_cancel(
    name: Annotated[str, typer.Argument(metavar="ID", help="A batch's id, its beginning, or `latest`.")],
    forget: Annotated[
        bool, typer.Option("--forget", help="Give up answers that were not collected, so that all can be asked again.")
    ] = False,
) -> None:
    """Cancel a batch; what is answered already can still be collected."""
    from snellen.cli.batch import cancel_command

    raise typer.Exit(cancel_command(name, forget=forget))


@offline.command("serve")
def offline_serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1.")] = 8000,
) -> None:
    """Serve the offline models on this machine for any OpenAI client."""
    from snellen.cli.offline import serve_command

    raise typer.Exit(serve_command(port))


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
