"""`snellen resume`."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from snellen._text import printable
from snellen.errors import InputError, Problem
from snellen.runner.journal import Unfinished, unfinished_runs
from snellen.runner.settings import load_settings
from snellen.runs.store import RunStore

__all__ = ["command_of"]


def command_of(name: str) -> list[str]:
    """The arguments of the command that began this run, without `--fresh`; says what it is.

    Raises:
        InputError: There is no such run, or none that can be gone on with.
    """
    settings = load_settings(Path.cwd(), environ=os.environ)
    left = unfinished_runs(settings.state)
    if name == "latest" and left and left[-1].is_running:
        known = ", ".join(run.run_id for run in left if not run.is_running)
        hint = f"To go on with an older one, name it: {known}." if known else "Wait for it, or end it by Ctrl-C."
        raise InputError(Problem(f"run {left[-1].run_id} is under way", hint=hint))
    left = [run for run in left if not run.is_running]
    found = left[-1:] if name == "latest" else [run for run in left if run.run_id.startswith(name)]
    if len(found) != 1:
        raise InputError(_no_such_run(name, left, RunStore(settings.state / "runs.db")))
    command = list(found[0].command)
    if Path(command[0] if command else "").name != "snellen":
        again = shlex.join(["pytest", *command[1:]])
        raise InputError(Problem(f"run {found[0].run_id} is a pytest session", hint=f"Go on with it: {again}"))
    if found[0].cwd != str(Path.cwd()):
        hint = f"Go there first: cd {shlex.quote(found[0].cwd)}"
        raise InputError(Problem(f"run {found[0].run_id} was begun in another folder", hint=hint))
    sys.stderr.write(printable(f"going on with run {found[0].run_id}: {shlex.join(command)}\n"))
    return [argument for argument in command[1:] if argument != "--fresh"]


def _no_such_run(name: str, left: list[Unfinished], store: RunStore) -> Problem:
    if name != "latest" and any(key.startswith(name) for key in store.ids()):
        return Problem(
            f"run {name} came to its end; there is nothing to go on with",
            hint=f"Its command, to run it anew: snellen show {name}",
        )
    known = ", ".join(run.run_id for run in left)
    what = f"{name!r} is no run that can be gone on with" if left else "no run can be gone on with"
    return Problem(what, hint=f"These can: {known}." if left else "All came to their end, or none was begun here.")
