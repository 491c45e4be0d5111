"""What several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["BatchName", "Gates", "Models", "Paths", "RunName"]

Paths = Annotated[list[Path], typer.Argument(metavar="PATH...", help="Eval files and folders.", show_default=False)]
Models = Annotated[list[str] | None, typer.Option("--model", "-m", help="Model to ask; may be given several times.")]
Gates = Annotated[
    list[str] | None,
    typer.Option("--gate", metavar="GATE", help='Such as "accuracy >= 0.9"; may be given several times.'),
]
RunName = Annotated[str, typer.Argument(metavar="RUN", help="A run's id, its beginning, or `latest`.")]
BatchName = Annotated[
    str | None, typer.Argument(metavar="ID", help="A batch's id, its beginning, or `latest`; default all.")
]
