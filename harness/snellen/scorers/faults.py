"""Where a scorer broke: the line of its own that its author looks for, not the one deep below where it ended."""

from __future__ import annotations

import inspect
import os
import sysconfig
import traceback
from collections.abc import Callable
from pathlib import Path

from snellen._text import shorten

__all__ = ["fault_of"]

_SNELLEN = str(Path(__file__).parent.parent)
_SHOWN_CHARS = 300


def fault_of(error: Exception, function: Callable[..., object]) -> str:
    """What broke and where, on one line: `evals/scorers.py:12: KeyError: 'gone'`.

    Args:
        error: As it was caught.
        function: The one that was called; of what it called, the deepest line in its own file is named, and the line
            where it begins when none is.
    """
    code = getattr(inspect.unwrap(function), "__code__", None)
    home = code.co_filename if code is not None else ""
    frames = [(one.filename, one.lineno) for one in traceback.extract_tb(error.__traceback__)]
    foreign = [one for one in frames if not one[0].startswith(_SNELLEN)]
    mine = [one for one in foreign if one[0] == home] or [one for one in foreign if not _is_library(one[0])]
    file, line = mine[-1] if mine else (home, code.co_firstlineno if code is not None else None)
    said = shorten(f"{type(error).__name__}: {error}".rstrip(": "), _SHOWN_CHARS)
    return f"{_shown(file)}:{line}: {said}" if file else said


def _is_library(file: str) -> bool:
    return "site-packages" in file or file.startswith((sysconfig.get_path("stdlib"), "<"))


def _shown(file: str) -> str:
    below = os.path.relpath(file) if Path(file).is_absolute() else file
    return file if below.startswith(os.pardir) else below
