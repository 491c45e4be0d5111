"""Python files of a project as modules: those that hold evals, and those that register its own scorers."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from snellen._files import digest
from snellen.errors import InputError, Problem
from snellen.runner.evals import shown_path
from snellen.runner.settings import Settings, load_settings

__all__ = ["import_file", "load_own_scorers", "load_scorers"]


def load_scorers(settings: Settings) -> None:
    """Imports the files that register the project's own scorers, each once in this process.

    Raises:
        InputError: One cannot be imported.
    """
    for file in settings.scorers:
        if _module_name(file) not in sys.modules:
            import_file(file)


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
