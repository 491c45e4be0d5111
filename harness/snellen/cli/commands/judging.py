"""Commands about what is right: scorers, comparisons, baselines, gates."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from snellen.cli.commands.options import RunName

__all__ = ["baseline_list", "baseline_set", "compare", "gate", "rescore", "score", "scorers"]


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


def rescore(
    run_name: RunName = "latest",
    scorer: Annotated[
        list[str] | None, typer.Option("--scorer", "-s", help="Judge by these in place of the run's own scorers.")
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the new verdicts as a run of their own.")] = False,
) -> None:
    """Judge stored responses again with the scorers of today, and list the verdicts that flipped."""
    from snellen.cli.rescore import rescore_command

    raise typer.Exit(rescore_command(run_name, scorers=tuple(scorer or ()), keep=keep))


def gate(
    run_name: RunName = "latest",
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


def scorers(name: Annotated[str | None, typer.Argument(help="Say all about this one.")] = None) -> None:
    """List the scorers and their options."""
    from snellen.cli.scorers import scorers_command

    raise typer.Exit(scorers_command(name))


def baseline_set(
    name: Annotated[str, typer.Argument(help="What to call it, such as main.")],
    run_name: RunName = "latest",
) -> None:
    """Write a run's verdicts to evals/baselines/NAME.jsonl, to be committed."""
    from snellen.cli.baseline import set_command

    raise typer.Exit(set_command(name, run_name))


def baseline_list() -> None:
    """List the baselines of this project."""
    from snellen.cli.baseline import list_command

    raise typer.Exit(list_command())
