"""Eval files on disk, and the evals they hold."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from snellen._files import is_python_eval
from snellen._text import nearest
from snellen.case import Case, ScorerSpec
from snellen.datasets.dataset import parse_rows
from snellen.datasets.open import open_dataset
from snellen.datasets.row import RowParser
from snellen.datasets.template import check_template
from snellen.datasets.yaml import YamlDocument, load_yaml
from snellen.errors import InputError, Problem
from snellen.models.params import param_problems
from snellen.response import Response
from snellen.runner.evals import NO_SCORERS, Body, Declaration, Eval, declaration_of, eval_name, select, shown_path
from snellen.runner.modules import import_file, load_scorers
from snellen.runner.settings import Settings
from snellen.scorers.registry import option_problems
from snellen.scorers.spec import parse_scorer

__all__ = ["eval_files", "eval_of_function", "load_eval_file", "load_evals", "written_at"]

_YAML_ENDINGS = (".eval.yaml", ".eval.yml")
_KEYS = ("cases", "dataset", "gates", "metrics", "models", "only", "params", "prompts", "repeats", "scorers", "tags")
_MAX_REPEATS = 10_000


def eval_files(paths: Iterable[Path]) -> list[Path]:
    """The eval files among `paths` and in their folders, each once, in order of their names within a folder.

    Raises:
        InputError: A path does not exist, is no eval file, or a folder holds none.
    """
    found: dict[Path, Path] = {}  # by where they really lie: one file may be named in two ways
    for path in paths:
        if path.is_dir():
            inside = sorted(file for file in path.rglob("*") if _is_eval(file) and not _is_hidden(file, path))
            if not inside:
                raise InputError(
                    Problem(f"{path} holds no eval", hint="Evals are files named eval_*.py or *.eval.yaml.")
                )
            for file in inside:
                found.setdefault(file.resolve(), file)
        elif not path.exists():
            raise InputError(Problem(f"{path} does not exist", hint=_nearest_hint(path)))
        elif not _is_eval(path):
            hint = "Evals are files named eval_*.py that use snellen, or *.eval.yaml."
            raise InputError(Problem(f"{path} is no eval file", hint=hint))
        else:
            found.setdefault(path.resolve(), path)
    return list(found.values())


def load_evals(paths: Iterable[Path], settings: Settings) -> list[Eval]:
    """All evals of these files and folders.

    Raises:
        InputError: With the problems of all files together.
    """
    evals: list[Eval] = []
    problems: list[Problem] = []
    load_scorers(settings)
    for file in eval_files(paths):
        try:
            evals += load_eval_file(file, settings)
        except InputError as error:
            problems += error.problems
    problems += _clashes(evals)
    if problems:
        raise InputError(problems)
    return evals


def written_at(one: Eval, key: str, number: int) -> tuple[str, int | None]:
    """File and line where an entry of an eval is written; reads the file again, so it is for what is wrong.

    Args:
        one: The eval.
        key: `gates` or `metrics`.
        number: 0-based, among its entries.
    """
    name = str(shown_path(one.file))
    if not one.file.name.endswith(_YAML_ENDINGS):
        return f"{name}::eval_{one.name.rpartition('.')[2]}", None
    document = load_yaml(one.file, name=name)
    is_list = isinstance(document.value(key), list)
    return name, document.line(key, number) if is_list else document.line(key)


def _clashes(evals: Iterable[Eval]) -> Iterator[Problem]:
    named: dict[str, Eval] = {}
    for one in evals:
        first = named.setdefault(one.name, one)
        if first is not one:
            hint = "Rename one of them: a report tells evals apart by their names."
            yield Problem(f"makes an eval {one.name!r}, and so does {first.file.name}", file=one.file.name, hint=hint)


def load_eval_file(file: Path, settings: Settings) -> list[Eval]:
    """The evals of one file; a YAML file holds one, a Python file one for each function with `@snellen.cases`.

    Raises:
        InputError: The file cannot be read or says something that cannot be used.
    """
    if file.name.endswith(_YAML_ENDINGS):
        return [_yaml_eval(file.resolve(), settings)]
    return list(_python_evals(file.resolve(), settings))


def eval_of_function(function: Body, declared: Declaration, file: Path, settings: Settings) -> Eval:
    """The eval that `@snellen.cases` declared on a function of `file`.

    Raises:
        InputError: A prompt, scorer or parameter cannot be used.
    """
    name = eval_name(file, settings.root)
    where = f"{shown_path(file)}::{function.__name__}"
    problems = [*_template_problems(declared.prompts, where), *_scorer_problems(declared.scorers, where)]
    problems += [Problem(message, file=where) for message in param_problems(declared.params)]
    if inspect.iscoroutinefunction(function):
        problems.append(Problem("an eval function is not async", file=where, hint="Write def: the response is there."))
    if problems:
        raise InputError(problems)
    return Eval(
        name=f"{name}.{function.__name__.removeprefix('eval_')}",
        recordings=name,
        file=file,
        load=lambda: declared.load(file, settings.root),
        variants=dict(declared.prompts) or {"": None},
        models=declared.models,
        scorers=declared.scorers,
        gates=declared.gates,
        metrics=declared.metrics,
        repeats=declared.repeats,
        params=declared.params,
        body=_by_name(function) if _says_something(function) else None,
        fixture=_further_fixture(function),
    )


def _is_eval(path: Path) -> bool:
    if not path.is_file():
        return False
    if path.name.endswith(_YAML_ENDINGS):
        return True
    return is_python_eval(path)


def _nearest_hint(path: Path) -> str:
    near = nearest(path.name, (entry.name for entry in path.parent.iterdir())) if path.parent.is_dir() else None
    return f"Did you mean {path.parent / near}?" if near else "Give a file or folder: snellen run evals"


def _is_hidden(file: Path, below: Path) -> bool:
    return any(part.startswith((".", "__")) for part in file.relative_to(below).parts)


# Python.


def _python_evals(file: Path, settings: Settings) -> Iterator[Eval]:
    for function in vars(import_file(file)).values():
        declared = declaration_of(function)
        if declared is not None and inspect.isfunction(function) and function.__name__.startswith("eval_"):
            yield eval_of_function(function, declared, file, settings)


def _further_fixture(function: Callable[..., object]) -> str:
    """The first parameter that is neither `case` nor `response`, "" when there is none."""
    others = (name for name in inspect.signature(function).parameters if name not in ("case", "response"))
    return next(others, "")


def _by_name(function: Body) -> Body:
    """The function, called with `case` and `response` whichever of them it takes, in whatever order."""
    names = inspect.signature(function).parameters

    def call(case: Case, response: Response) -> object:
        given = {"case": case, "response": response}
        return function(**{name: value for name, value in given.items() if name in names})

    return call


def _says_something(function: Callable[..., object]) -> bool:
    """False for a body of `...`, `pass` or a docstring alone: it judges nothing, so it may not count as a judgement."""

    def nothing() -> None: ...
    def documented() -> None:
        """Nothing."""

    return function.__code__.co_code not in (nothing.__code__.co_code, documented.__code__.co_code)


# YAML.


def _yaml_eval(file: Path, settings: Settings) -> Eval:
    name = str(shown_path(file))
    document = load_yaml(file, name=name)
    content = document.value()
    if not isinstance(content, dict):
        hint = "It begins with `dataset: ../datasets/NAME` or `cases:` and a list."
        raise InputError(Problem("an eval file is a mapping of keys", file=name, line=1, hint=hint))
    reader = _EvalReader(document, file)
    title = eval_name(file, settings.root)
    one = Eval(
        name=title,
        recordings=title,
        file=file,
        load=reader.cases(settings.root),
        variants=reader.prompts() or {"": None},
        models=reader.names("models"),
        scorers=reader.scorers(),
        gates=reader.gates(),
        metrics=reader.names("metrics"),
        repeats=reader.repeats(),
        params=reader.params(),
    )
    reader.finish(content)
    return one


class _EvalReader:
    """Reads the keys of one eval file and gathers what is wrong with them."""

    def __init__(self, document: YamlDocument, file: Path) -> None:
        self._document = document
        self._file = file
        self._name = str(shown_path(file))
        self._problems = list(document.problems)

    def finish(self, content: dict[str, object]) -> None:
        """Raises InputError with all that was found, unknown keys included."""
        for key in content:
            if key not in _KEYS:
                meant = nearest(key, _KEYS)
                hint = f"Did you mean {meant!r}?" if meant else f"Known: {', '.join(_KEYS)}."
                self._add(f"unknown key {key!r}", key, hint=hint)
        if self._problems:
            raise InputError(sorted(self._problems, key=lambda problem: problem.line or 0))

    def cases(self, root: Path) -> Callable[[], Iterable[Case]]:
        """What gives the cases of `dataset:` or `cases:`, chosen by `only:` and `tags:`."""
        only, tags = self.names("only"), self.names("tags")
        source, inline = self._document.value("dataset"), self._document.value("cases")
        if (source is None) == (inline is None):
            self._add("has both `dataset` and `cases`" if source else "has neither `dataset` nor `cases`", "dataset")
            return list
        if source is None and isinstance(inline, list):
            found = self._inline(root)
            return lambda: select(found, only=only, tags=tags, where=self._name)
        place = source if source is not None else inline
        if not isinstance(place, str):
            self._add(f"names no file or folder, but {place!r}", "dataset")
            return list
        path = shown_path(self._file.parent / place)
        return lambda: select(open_dataset(path).cases(), only=only, tags=tags, where=self._name)

    def prompts(self) -> dict[str, str | None]:
        """The prompt variants."""
        value = self._document.value("prompts") or {}
        if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
            hint = 'Such as: prompts: {plain: "{{ prompt }}", terse: "{{ prompt }} One word."}'
            self._add("`prompts` is a mapping of name to template", "prompts", hint=hint)
            return {}
        line_of = {name: self._document.line("prompts", name) for name in value}
        self._problems += _template_problems(value, self._name, line_of)
        return dict(value)

    def names(self, key: str) -> tuple[str, ...]:
        """A name or a list of names."""
        value = self._document.value(key)
        given = [value] if isinstance(value, str) else value or []
        if not isinstance(given, list) or not all(isinstance(name, str | int) for name in given):
            self._add(f"`{key}` is a name or a list of names, not {value!r}", key)
            return ()
        return tuple(str(name) for name in given)

    def scorers(self) -> tuple[ScorerSpec, ...] | None:
        """The scorers with their options, None when the file names none."""
        value = self._document.scorers("scorers")
        if value is None:
            return None
        if value in ([], {}, ""):
            self._add("`scorers` is empty", "scorers", hint=NO_SCORERS)
        specs: list[ScorerSpec] = []
        for number, one in enumerate(value if isinstance(value, list) else [value]):
            line = self._document.line("scorers", number) if isinstance(value, list) else self._document.line("scorers")
            try:
                specs.append(parse_scorer(one))
            except InputError as error:
                self._problems += [Problem(one.message, self._name, line, hint=one.hint) for one in error.problems]
            else:
                self._problems += _scorer_problems(specs[-1:], self._name, line=line)
        return tuple(specs)

    def gates(self) -> tuple[object, ...]:
        """The gates as written; they are read where runs are looked at."""
        value = self._document.value("gates")
        if value is None:
            return ()
        return tuple(value) if isinstance(value, list) else (value,)

    def repeats(self) -> int:
        """How often each question is asked."""
        value = self._document.value("repeats")
        if value is None:
            return 1
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= _MAX_REPEATS:
            self._add(f"`repeats` is {value!r}; right is a whole number from 1 to {_MAX_REPEATS:,}", "repeats")
            return 1
        return value

    def params(self) -> dict[str, object]:
        """Parameters to send."""
        value = self._document.value("params") or {}
        if not isinstance(value, dict):
            self._add("`params` is a mapping, such as params: {max_tokens: 300}", "params")
            return {}
        for message in param_problems(value):
            self._add(message, "params")
        return value

    def _inline(self, root: Path) -> list[Case]:
        parser = RowParser(folder=self._file.parent, root=root)
        found: list[Case] = []
        for entry in parse_rows(self._document.rows("cases"), parser):
            if isinstance(entry, Case):
                found.append(entry)
            elif entry not in self._problems:  # the document knows those of its syntax too
                self._problems.append(entry)
        return found

    def _add(self, message: str, key: str, *, hint: str | None = None) -> None:
        self._problems.append(Problem(message, file=self._name, line=self._document.line(key), hint=hint))


def _template_problems(
    prompts: Mapping[str, str], where: str, line_of: Mapping[str, int] = MappingProxyType({})
) -> Iterator[Problem]:
    for name, template in prompts.items():
        try:
            check_template(template, where=Problem(f"prompt variant {name!r}", file=where, line=line_of.get(name)))
        except InputError as error:
            yield from error.problems


def _scorer_problems(specs: Sequence[ScorerSpec] | None, where: str, line: int | None = None) -> Iterator[Problem]:
    for spec in specs or ():
        yield from (Problem(message, where, line) for message in option_problems(spec))
