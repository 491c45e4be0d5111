"""`snellen scorers`."""

from __future__ import annotations

import inspect
import os
import typing
from collections.abc import Iterator
from pathlib import Path

from snellen._text import printable
from snellen.errors import InputError
from snellen.runner.modules import load_own_scorers
from snellen.scorers.registered import Registered
from snellen.scorers.registry import find, scorer_names

__all__ = ["scorers_command"]

_INDENT = "  "


def scorers_command(name: str | None) -> int:
    """Prints a line for each scorer, or all about one."""
    load_own_scorers(Path.cwd(), environ=os.environ)
    if name is not None:
        print(printable("\n".join(_about(find(name)))))
        return 0
    names = scorer_names()
    width = max(map(len, names))
    for one in names:
        print(printable(f"{one:<{width}}  {_line_of(one)}"))
    print("\nAll about one: snellen scorers NAME. Turned round: not-NAME.")
    return 0


def _about(entry: Registered) -> Iterator[str]:
    asks = ", asks a model" if entry.questions is not None else ""
    yield f"{entry.name}, version {entry.version}{asks}"
    yield ""
    yield from (inspect.getdoc(entry.judge) or "It says nothing of itself.").splitlines()
    options = list(_options(entry))
    yield ""
    yield "Options:" if options else "It has no options."
    yield from options


def _options(entry: Registered) -> Iterator[str]:
    hints = typing.get_type_hints(inspect.unwrap(entry.judge))
    for one in inspect.signature(entry.judge).parameters.values():
        if one.kind is not inspect.Parameter.KEYWORD_ONLY or one.name == "replies":
            continue
        default = "" if one.default is inspect.Parameter.empty else f" = {one.default!r}"
        yield f"{_INDENT}{one.name}: {_shown_type(hints.get(one.name, object))}{default}"


def _shown_type(hint: object) -> str:
    if typing.get_origin(hint) is typing.Literal:
        return " | ".join(repr(choice) for choice in typing.get_args(hint))
    name = hint.__name__ if isinstance(hint, type) and not typing.get_args(hint) else str(hint)
    return {"object": "any value", "str": "text", "bool": "true or false"}.get(name, name).replace("typing.", "")


def _line_of(name: str) -> str:
    """The first line of what a scorer says of itself; of one that a package cannot give, why."""
    try:
        entry = find(name)
    except InputError as error:
        return f"cannot be used: {error.problems[0].message}"
    return (inspect.getdoc(entry.judge) or "").partition("\n")[0]
