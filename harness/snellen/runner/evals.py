"""What is measured: an eval, and the decorator that declares one on a Python function."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from snellen._text import nearest
from snellen.case import Case, ScorerSpec, Source
from snellen.datasets.open import open_dataset
from snellen.datasets.row import parse_row
from snellen.errors import InputError, Problem
from snellen.scorers.spec import parse_scorer

__all__ = ["NO_SCORERS", "Declaration", "Eval", "cases", "declaration_of", "eval_name", "select", "shown_path"]

NO_SCORERS = "Leave it out for what each case expects; or name a scorer, such as `exact`."
"""What to write where an eval's list of scorers is empty, which might mean nothing, or what each case expects."""

_ATTRIBUTE = "__snellen_eval__"

Body = Callable[..., object]
ScorerSource = str | ScorerSpec | Mapping[str, object] | Callable[..., object]
CaseSource = str | Path | Case | Mapping[str, object] | Iterable[Case | Mapping[str, object]]
_F = TypeVar("_F", bound=Body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Eval:
    """Cases x prompt variants x models, with how they are judged.

    Attributes:
        name: As shown: the file's stem without `eval_` or `.eval`, with `.function` for a Python eval.
        recordings: Folder name of its recordings below the recordings folder.
        file: Where it is written.
        load: Gives its cases, lazily, each time anew.
        variants: Prompt templates by name; {"": None} asks each case's own prompt.
        models: Names; empty leaves the choice to the project.
        scorers: With their options; None takes what each case's expectation needs.
        gates: Conditions on the run that decide the exit code, as written; without any, every case must pass.
        metrics: Names of group metrics to show beside accuracy.
        repeats: How often each is asked.
        params: Parameters that are sent, over those of the model.
        body: The function that adds what `expect` cannot say; None has nothing to add.
        fixture: A fixture that the function takes besides `case` and `response`, so that only pytest can call it.
    """

    name: str
    recordings: str
    file: Path
    load: Callable[[], Iterable[Case]]
    variants: Mapping[str, str | None] = field(default_factory=lambda: {"": None})
    models: tuple[str, ...] = ()
    scorers: tuple[ScorerSpec, ...] | None = None
    gates: tuple[object, ...] = ()
    metrics: tuple[str, ...] = ()
    repeats: int = 1
    params: Mapping[str, object] = field(default_factory=dict)
    body: Body | None = None
    fixture: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What `@snellen.cases` was given, before it is known which file it stands in."""

    source: CaseSource
    only: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    prompts: Mapping[str, str] = field(default_factory=dict)
    scorers: tuple[ScorerSpec, ...] | None = None
    gates: tuple[object, ...] = ()
    metrics: tuple[str, ...] = ()
    repeats: int = 1
    params: Mapping[str, object] = field(default_factory=dict)

    def load(self, file: Path, root: Path) -> Iterator[Case]:
        """The cases, with paths relative to `file`.

        Raises:
            InputError: The source cannot be read, or `only` or `tags` select nothing.
        """
        yield from select(self._all(file, root), only=self.only, tags=self.tags, where=str(shown_path(file)))

    def _all(self, file: Path, root: Path) -> Iterable[Case]:
        if isinstance(self.source, str | Path):
            return open_dataset(shown_path(file.parent / self.source)).cases()
        given = [self.source] if isinstance(self.source, Case | Mapping) else self.source
        source = Source(file=str(shown_path(file)))
        return [
            item if isinstance(item, Case) else parse_row(item, source=source, folder=file.parent, root=root)
            for item in given
        ]


def cases(  # noqa: PLR0913  # one keyword a subject; all but the first have a default
    source: CaseSource,
    *,
    only: str | Iterable[str] = (),
    tags: str | Iterable[str] = (),
    models: str | Iterable[str] = (),
    prompts: Mapping[str, str] | None = None,
    scorers: ScorerSource | Iterable[ScorerSource] | None = None,
    gates: str | Mapping[str, object] | Iterable[str | Mapping[str, object]] = (),
    metrics: str | Iterable[str] = (),
    repeats: int = 1,
    params: Mapping[str, object] | None = None,
) -> Callable[[_F], _F]:
    """Makes an eval of a function named `eval_*` in a file named `eval_*.py`.

    The function is called with `case` and `response` for every answer, once what the case expects has been scored;
    its assertions add what an expectation cannot say. A body of `...` adds nothing.

    Args:
        source: A dataset's folder or file, relative to the file of the function; or a case, a row as in a dataset
            file, or several of them.
        only: Ids of the cases to take; default all.
        tags: Takes the cases that have at least one of these tags; default all.
        models: Names of the models to ask; default those of pyproject.
        prompts: Prompt variants, name to Jinja template over the case's fields; default each case's own prompt.
        scorers: By name ("choice"), with a text ("contains: cat"), with options ({"number": {"tolerance": 1}}), or as
            functions made by `@snellen.scorer`; default what each case's expectation needs.
        gates: Conditions that decide in place of "every case must pass": "accuracy >= 0.9", "errors == 0".
        metrics: Group metrics to show: "f1", "macro", "pass@3".
        repeats: How often each question is asked.
        params: Parameters to send, over those of the model; `max_tokens` becomes what the model wants.

    Raises:
        InputError: `repeats` is not positive, or a scorer cannot be used.
    """
    if repeats < 1:
        raise InputError(f"repeats is {repeats!r}; right is a whole number from 1")
    declared = Declaration(
        source=source,
        only=_names(only),
        tags=_names(tags),
        models=_names(models),
        prompts=dict(prompts or {}),
        scorers=None if scorers is None else _scorers(scorers),
        gates=(gates,) if isinstance(gates, str | Mapping) else tuple(gates),
        metrics=_names(metrics),
        repeats=repeats,
        params=dict(params or {}),
    )

    def declare(function: _F) -> _F:
        if not function.__name__.startswith("eval_"):
            where = function.__code__
            hint = f"Rename it: eval_{function.__name__}. Only functions named eval_* are collected."
            message = f"{function.__name__} has @snellen.cases and would never run"
            raise InputError(Problem(message, Path(where.co_filename).name, where.co_firstlineno, hint=hint))
        setattr(function, _ATTRIBUTE, declared)
        return function

    return declare


def declaration_of(function: object) -> Declaration | None:
    """What `@snellen.cases` said of a function, None when it was not used."""
    while isinstance(function, functools.partial):
        function = function.func
    found = getattr(function, _ATTRIBUTE, None)
    return found if isinstance(found, Declaration) else None


def eval_name(file: Path, root: Path) -> str:
    """The name a file gives its evals: `eval_signs.py` and `signs.eval.yaml` are both `signs`.

    Files of one name in different folders are told apart by their folder below `evals/`, else below `root`:
    `till/signs`.
    """
    name = file.name
    for ending in (".eval.yaml", ".eval.yml", ".py"):
        name = name.removesuffix(ending)
    name = name.removeprefix("eval_") or name
    homes = [home for home in (root / "evals", root) if file.is_relative_to(home)]
    folder = file.parent.relative_to(homes[0]) if homes else Path()
    # The name of a file need not be Unicode; that of an eval is shown and kept.
    return os.fsencode((folder / name).as_posix()).decode("utf-8", "replace")


def shown_path(path: Path) -> Path:
    """The path as people write it: without `..` in the middle, and from the current folder where it lies below."""
    plain = Path(os.path.normpath(path.absolute()))
    return plain.relative_to(Path.cwd()) if plain.is_relative_to(Path.cwd()) else plain


def select(found: Iterable[Case], *, only: tuple[str, ...], tags: tuple[str, ...], where: str) -> Iterator[Case]:
    """The cases with one of these ids and one of these tags; no ids or no tags means all.

    Raises:
        InputError: An id is of no case, or nothing is left.
    """
    seen: list[str] = []  # only for saying what was meant: it grows with the cases
    missing = dict.fromkeys(only)
    is_any_there, left = False, 0
    for case in found:
        is_any_there = True
        if only:
            seen.append(case.id)
            missing.pop(case.id, None)
        if (not only or case.id in only) and (not tags or set(tags) & set(case.tags)):
            left += 1
            yield case
    for wanted in missing:
        meant = nearest(wanted, seen)
        hint = f"Did you mean {meant!r}?" if meant else None
        raise InputError(Problem(f"only={wanted!r}, but no case has that id", file=where, hint=hint))
    if not left:
        what = f"no case has a tag of {', '.join(tags)}" if tags and is_any_there else "there is no case"
        raise InputError(Problem(what, file=where))


def _scorers(given: ScorerSource | Iterable[ScorerSource]) -> tuple[ScorerSpec, ...]:
    is_one = isinstance(given, str | ScorerSpec | Mapping) or callable(given)
    specs = tuple(parse_scorer(one) for one in ([given] if is_one else given))  # type: ignore[union-attr]  # not one
    if not specs:
        raise InputError(Problem("scorers is empty", hint=NO_SCORERS))
    return specs


def _names(value: str | Iterable[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
