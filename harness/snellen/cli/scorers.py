"""`snellen scorers`."""

from __future__ import annotations

import inspect
import json
import os
import re
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path

from snellen._text import printable
from snellen.errors import InputError
from snellen.runner.modules import load_own_scorers
from snellen.scorers.options import option_names, type_words
from snellen.scorers.registered import Registered, as_answer
from snellen.scorers.registry import find, scorer_names
from snellen.scorers.short_forms import SHORT_FORMS
from snellen.scorers.spec import parse_scorer

__all__ = ["scorers_command"]

_INDENT = "  "
_EXAMPLE = re.compile(", such as [0-9.]+")


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
    names = option_names(entry)
    where = " where one of its parts does" if "scorers" in names else ""
    asks = f", asks a model{where}" if entry.questions is not None else ""
    yield f"{entry.name}, version {entry.version}{asks}"
    yield ""
    yield from (inspect.getdoc(entry.judge) or "It says nothing of itself.").splitlines()
    options = list(_options(entry))
    yield ""
    yield "Options:" if options else "It has no options."
    yield from options
    yield ""
    yield from _written(entry)


def _written(entry: Registered) -> Iterator[str]:
    """How it is written: its short form by example, and the same by the names of its options."""
    short = SHORT_FORMS.get(entry.name) or (f"{entry.name}: TEXT" if entry.inline is as_answer else f"{entry.name}: x")
    try:
        options = parse_scorer(short).options
    except InputError as error:
        defaults = {one.name: one.default for one in _parameters(entry) if one.default not in (one.empty, None)}
        said = str(error).partition(" cannot be used: ")[2]
        yield f"Written: {_by_name(entry.name, defaults) if entry.inline is as_answer else said}"
        return
    yield f"Short form: {short}"
    if options:
        yield f"By name: {_by_name(short.partition(':')[0], options)}"


def _by_name(name: str, options: Mapping[str, object]) -> str:
    written = ", ".join(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in options.items())
    return f"{{{name}: {{{written}}}}}" if options else name


def _options(entry: Registered) -> Iterator[str]:
    hints = typing.get_type_hints(inspect.unwrap(entry.judge))
    for one in _parameters(entry):
        if one.default is inspect.Parameter.empty:
            default = ", needed"
        else:
            default = (
                f" = {json.dumps(one.default, ensure_ascii=False, default=str)}" if one.default is not None else ""
            )
        yield f"{_INDENT}{one.name}: {_EXAMPLE.sub('', type_words(hints.get(one.name, object)))}{default}"


def _parameters(entry: Registered) -> list[inspect.Parameter]:
    names = option_names(entry)
    return [one for one in inspect.signature(entry.judge).parameters.values() if one.name in names]


def _line_of(name: str) -> str:
    """The first line of what a scorer says of itself; of one that a package cannot give, why."""
    try:
        entry = find(name)
    except InputError as error:
        return f"cannot be used: {error.problems[0].message}"
    return (inspect.getdoc(entry.judge) or "").partition("\n")[0]
