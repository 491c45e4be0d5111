"""Eval files on disk, and the evals they hold."""

from __future__ import annotations

import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, ModuleType

from snellen._files import digest, is_python_eval
from snellen._text import nearest
from snellen.case import Case
from snellen.datasets.dataset import parse_rows
from snellen.datasets.open import open_dataset
from snellen.datasets.row import RowParser
from snellen.datasets.template import check_template
from snellen.datasets.yaml import YamlDocument, load_yaml
from snellen.errors import InputError, Problem
from snellen.models.params import param_problems
from snellen.response import Response
from snellen.runner.evals import Body, Declaration, Eval, declaration_of, eval_name, select, shown_path
from snellen.runner.settings import Settings
from snellen.scorers.registry import get_scorer

__all__ = ["eval_files", "eval_of_function", "load_eval_file", "load_evals"]

_YAML_ENDINGS = (".eval.yaml", ".eval.yml")
_KEYS = ("cases", "dataset", "models", "only", "params", "prompts", "repeats", "scorers", "tags")
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
    for file in eval_files(paths):
        try:
            evals += load_eval_file(file, settings)
        except InputError as error:
            problems += error.problems
    problems += _clashes(evals)
    if problems:
        raise InputError(problems)
    return evals


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
    for function in vars(_import(file)).values():
        declared = declaration_of(function)
        if declared is not None and inspect.isfunction(function) and function.__name__.startswith("eval_"):
            yield eval_of_function(function, declared, file, settings)


def _import(file: Path) -> ModuleType:
    # A name of its own: two folders may each have an eval_signs.py.
    name = f"_snellen_evals_{digest(str(file).encode())[:12]}_{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise InputError(f"{file} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except InputError:
        raise
    except Exception as error:
        line = error.lineno if isinstance(error, SyntaxError) else _line_in(error, file)
        raise InputError(Problem(f"{type(error).__name__}: {error}", file=str(shown_path(file)), line=line)) from error
    return module


def _line_in(error: Exception, file: Path) -> int | None:
    trace, line = error.__traceback__, None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(file):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


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
                if key == "gates":
                    hint = "Gates are not part of this version: without them every case must pass."
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

    def scorers(self) -> tuple[str, ...] | None:
        """Names of scorers, None when the file names none."""
        if self._document.value("scorers") is None:
            return None
        names = self.names("scorers")
        self._problems += _scorer_problems(names, self._name, line=self._document.line("scorers"))
        return names

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


def _scorer_problems(names: Sequence[str] | None, where: str, line: int | None = None) -> Iterator[Problem]:
    for name in names or ():
        try:
            get_scorer(name)
        except InputError as error:
            yield from (Problem(problem.message, where, line, hint=problem.hint) for problem in error.problems)
