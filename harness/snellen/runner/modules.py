"""Python files of a project as modules: those that hold evals, and those that register its own scorers."""

from __future__ import annotations

import importlib.util
import inspect
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from snellen._files import digest
from snellen.errors import InputError, Problem
from snellen.runner.evals import shown_path
from snellen.runner.settings import Settings, load_settings
from snellen.scorers.registered import OWN, Registered
from snellen.scorers.registry import offered_by

__all__ = ["import_file", "load_own_scorers", "load_scorers"]


def load_scorers(settings: Settings) -> None:
    """Imports the files that register the project's own scorers, each once in this process.

    Raises:
        InputError: One cannot be imported, or gives a scorer a name that another has.
    """
    for file in settings.scorers:
        if _module_name(file) not in sys.modules:
            before = dict(OWN)
            module = import_file(file)
            try:
                _check_names(before, file, settings)
            except InputError:
                del sys.modules[module.__name__]
                OWN.update(before)
                raise


def _check_names(before: Mapping[str, Registered], file: Path, settings: Settings) -> None:
    """Raises InputError when this file gave a scorer the name of one of another file or of an installed package."""
    others = {str(other) for other in settings.scorers if other != file}
    for name, entry in OWN.items():
        earlier = before.get(name)
        if earlier is entry or _home(entry) != str(file):
            continue
        other = shown_path(Path(_home(earlier))) if earlier is not None and _home(earlier) in others else None
        owner = str(other) if other is not None else offered_by(name)
        if owner:
            message = f"scorer {name!r} is in {owner} already"
            hint = "Give one of the two another name: evals would be judged by whichever is loaded last."
            raise InputError(Problem(message, file=str(shown_path(file)), line=_begins(entry), hint=hint))


def _home(entry: Registered) -> str:
    return str(inspect.unwrap(entry.judge).__code__.co_filename)


def _begins(entry: Registered) -> int:
    return int(inspect.unwrap(entry.judge).__code__.co_firstlineno)


def load_own_scorers(start: Path, *, environ: Mapping[str, str]) -> None:
    """Imports the scorers of the project that `start` lies in.

    Args:
        start: A file or folder of the project.
        environ: The environment.

    Raises:
        InputError: The project's settings cannot be used, or a file of scorers cannot be imported.
    """
    load_scorers(load_settings(start, environ=environ))


def import_file(file: Path) -> ModuleType:
    """The module that a Python file makes.

    Raises:
        InputError: It cannot be imported; the line is named.
    """
    name = _module_name(file)
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise InputError(f"{file} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except InputError as error:
        del sys.modules[name]
        name, line = str(shown_path(file)), _line_in(error, file)
        raise InputError(one if one.file else replace(one, file=name, line=line) for one in error.problems) from error
    except Exception as error:
        del sys.modules[name]
        line = error.lineno if isinstance(error, SyntaxError) else _line_in(error, file)
        raise InputError(Problem(f"{type(error).__name__}: {error}", file=str(shown_path(file)), line=line)) from error
    return module


def _module_name(file: Path) -> str:
    """A name of its own: two folders may each have an eval_signs.py."""
    return f"_snellen_evals_{digest(str(file).encode())[:12]}_{file.stem}"


def _line_in(error: Exception, file: Path) -> int | None:
    trace, line = error.__traceback__, None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(file):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
