"""Commands about a project: its models, datasets and recordings, and how one begins."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from snellen.cli.commands.options import Models, Paths

__all__ = ["datasets_check", "init", "models", "offline_serve", "recordings_prune", "recordings_show"]


def init(folder: Annotated[Path, typer.Argument(help="The folder to make; it must be empty or new.")]) -> None:
    """Make a project that works at once: a dataset, two evals and their recordings."""
    from snellen.cli.init import init_command

    raise typer.Exit(init_command(folder))


def models(names: Annotated[list[str] | None, typer.Argument(help="Only these.")] = None) -> None:
    """List the models of this project, what they are sent, and whether they can be asked now."""
    from snellen.cli.models import models_command

    raise typer.Exit(models_command(tuple(names or ())))


def datasets_check(path: Annotated[Path, typer.Argument(help="A dataset's folder or file.")]) -> None:
    """Read every row and decode every picture; name everything that is wrong. Nothing is sent."""
    from snellen.cli.datasets import check_command

    raise typer.Exit(check_command(path))


def recordings_show(
    path: Annotated[Path | None, typer.Argument(help="Only entries below this recordings folder.")] = None,
    case: Annotated[str | None, typer.Option(help="Only this case.")] = None,
) -> None:
    """List recorded responses: case, model, when, and how the answer begins."""
    from snellen.cli.recordings import show_command

    raise typer.Exit(show_command(path, case=case))


def recordings_prune(
    paths: Paths,
    model: Models = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
) -> None:
    """Remove recordings of these evals that nothing asks for any more."""
    from snellen.cli.recordings import prune_command

    raise typer.Exit(prune_command(paths, models=tuple(model or ()), dry_run=dry_run))


def offline_serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1.")] = 8000,
) -> None:
    """Serve the offline models on this machine for any OpenAI client."""
    from snellen.cli.offline import serve_command

    raise typer.Exit(serve_command(port))
