"""What can be compared: runs, baselines, models and prompt variants, and what the words for them mean."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from snellen._text import nearest, shorten
from snellen.errors import InputError, Problem
from snellen.runner.settings import load_settings
from snellen.runs.rows import TrialRow, row_of
from snellen.runs.store import RunStore
from snellen.trial import Run, RunFacts, Trial

if TYPE_CHECKING:
    from snellen.runs.baseline import BaselineFacts

__all__ = ["Comparable", "Side", "SideReader", "side_of"]

Kind = Literal["baseline", "run", "model", "variant", "trials"]
_KINDS: tuple[Kind, ...] = ("baseline", "run", "model", "variant")
_NARROWER = re.compile(r",(model|variant):")
_MAX_NAMED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """Trials that are compared with others.

    Attributes:
        name: As it was asked for.
        label: As it is shown.
        kind: What it is.
        run: Id of the run its trials are in; empty for trials that are in none.
        rows: The trials' measures, in the run's order.
        is_in_store: Whether the run is in the run store, so that answers can be read there.
        baseline: What a reader must know of the baseline that it is; None where it is none.
        notes: What a careful reader must know of it, a sentence each.
    """

    name: str
    label: str
    kind: Kind
    run: str = ""
    rows: Sequence[TrialRow] = field(repr=False)
    is_in_store: bool = False
    baseline: BaselineFacts | None = None
    notes: tuple[str, ...] = ()

    @property
    def models(self) -> tuple[str, ...]:
        """Names of its models, in the order of the trials."""
        return tuple(dict.fromkeys(row.model for row in self.rows))

    @property
    def variants(self) -> tuple[str, ...]:
        """Names of its prompt variants, "" for the cases' own prompt."""
        return tuple(dict.fromkeys(row.variant for row in self.rows))


@runtime_checkable
class _KeptRun(Protocol):
    """A run that is in a store, such as what `snellen.run` gives."""

    @property
    def facts(self) -> RunFacts:
        """Of the run."""

    @property
    def store(self) -> RunStore:
        """Where it is kept."""


Comparable = str | Side | Run | _KeptRun | Iterable[Trial] | Iterable[TrialRow]
"""A word as on the command line, a run, what `snellen.run` gave, or trials."""


class SideReader:
    """Reads sides by their names; a run of which several models or variants are named is read once."""

    def __init__(self, store: RunStore, root: Path, *, run: str = "latest") -> None:
        """Reads nothing yet.

        Args:
            store: Where runs are.
            root: The project's folder, for its baselines.
            run: The run whose models and prompt variants are meant by their names.
        """
        self._store, self._root, self._run = store, root, run
        self._rows: dict[str, tuple[TrialRow, ...]] = {}

    def side(self, word: str) -> Side:
        """What a word means: with a prefix what that says, else the one thing that is called so.

        Behind it may stand which of its models and prompt variants are meant: `baseline:main,model:gpt`.

        Raises:
            InputError: Nothing is called so, or several things are.
        """
        base, *narrower = _NARROWER.split(word)
        found = self._named(base)
        for what, name in zip(narrower[::2], narrower[1::2], strict=True):
            found = _narrowed(found, what, name, word)
        return found

    def _named(self, word: str) -> Side:
        prefix, colon, name = word.partition(":")
        if colon and prefix in _KINDS:
            return self._of_kind(prefix, name, word)
        is_run = word == "latest" or word in self._store.ids()  # no model is called so, and its run need not be read
        kinds: Sequence[Kind] = ("baseline", "run") if is_run else _KINDS
        meant = [kind for kind in kinds if self._is_named(kind, word)]
        if len(meant) > 1:
            names = " and ".join(f"a {self._called(kind)}" for kind in meant)
            forms = " or ".join(f"{kind}:{word}" for kind in meant)
            raise InputError(Problem(f"{word!r} is {names}", hint=f"Say which: {forms}"))
        if not meant:
            raise self._unknown(word)
        return self._of_kind(meant[0], word, word)

    def _is_named(self, kind: Kind, word: str) -> bool:
        match kind:
            case "baseline":
                return word in self._baselines()
            case "run":
                return word == "latest" or (bool(word) and any(key.startswith(word) for key in self._store.ids()))
            case "model":
                return any(row.model == word for row in self._chosen())
            case "variant":
                return bool(word) and any(row.variant == word for row in self._chosen())
            case "trials":
                return False

    def _called(self, kind: Kind) -> str:
        what = {"variant": "prompt variant", "run": "run's id or its beginning"}.get(kind, kind)
        return f"{what} of run {self._store.facts(self._run).id}" if kind in ("model", "variant") else what

    def _of_kind(self, kind: Kind, name: str, word: str) -> Side:
        if kind == "baseline":
            return self._baseline(name, word)
        if kind == "run":
            facts = self._store.facts(name)
            state = "" if facts.state == "finished" else f"{_cut(facts)}, so that it has not all of its trials."
            rows = self._read(facts.id)
            return Side(
                name=word,
                label=f"run {facts.id}",
                kind=kind,
                run=facts.id,
                rows=rows,
                is_in_store=True,
                notes=(state,) if state else (),
            )
        rows = tuple(row for row in self._chosen() if (row.model if kind == "model" else row.variant) == name)
        if not rows:
            raise self._unknown(name, kinds=(kind,))
        label = name if name else "own prompt"
        return Side(name=word, label=label, kind=kind, run=self._id(), rows=rows, is_in_store=True)

    def _baseline(self, name: str, word: str) -> Side:
        from snellen.runs.baseline import baseline_path, load_baseline

        found = load_baseline(baseline_path(self._root, name))
        return Side(name=word, label=f"baseline {name}", kind="baseline", rows=found.rows, baseline=found.facts)

    def _baselines(self) -> list[str]:
        from snellen.runs.baseline import baseline_names

        return baseline_names(self._root)

    def _id(self) -> str:
        return self._store.facts(self._run).id

    def _chosen(self) -> tuple[TrialRow, ...]:
        """The rows of the run whose models and variants are meant; none when the project has no run."""
        return self._read(self._id()) if self._store.ids() else ()

    def _read(self, run: str) -> tuple[TrialRow, ...]:
        if run not in self._rows:
            self._rows[run] = tuple(self._store.rows(run))
        return self._rows[run]

    def _unknown(self, word: str, *, kinds: Sequence[Kind] = _KINDS) -> InputError:
        rows = self._chosen()
        known: dict[Kind, list[str]] = {
            "baseline": self._baselines(),
            "run": self._store.ids(),
            "model": list(dict.fromkeys(row.model for row in rows)),
            "variant": [name for name in dict.fromkeys(row.variant for row in rows) if name],
        }
        meant = nearest(word, (name for kind in kinds for name in known[kind]))
        listed = [
            f"{self._plural(kind)}: {', '.join(map(_short, known[kind][:_MAX_NAMED]))}" for kind in kinds if known[kind]
        ]
        hint = [f"Did you mean {meant!r}?"] if meant else []
        hint += [f"There are {'; '.join(listed)}."] if listed else ["Make a run: snellen run evals"]
        *others, last = ({"variant": "prompt variant"}.get(kind, kind) for kind in kinds)
        what = f"{', '.join(others)} or {last}" if others else last
        return InputError(Problem(f"there is no {what} {word!r}", hint=" ".join(hint)))

    def _plural(self, kind: Kind) -> str:
        what = {"variant": "prompt variants"}.get(kind, f"{kind}s")
        return f"{what} of run {self._id()}" if kind in ("model", "variant") else what


def _narrowed(side: Side, what: str, name: str, word: str) -> Side:
    """The trials of one of its models or prompt variants."""
    rows = [row for row in side.rows if (row.model if what == "model" else row.variant) == name]
    if not rows:
        noun = "model" if what == "model" else "prompt variant"
        names = side.models if what == "model" else side.variants
        meant = nearest(name, names)
        hint = f"It has {', '.join(_short(own) or 'only the own prompts of its cases' for own in names[:_MAX_NAMED])}."
        hint += f" Did you mean {meant!r}?" if meant else ""
        raise InputError(Problem(f"{side.label} has no {noun} {name!r}", hint=hint))
    return replace(side, name=word, label=f"{side.label} ({name or 'own prompt'})", rows=rows)


def _cut(facts: RunFacts) -> str:
    return f"Run {facts.id} is {facts.state}" if facts.state == "running" else f"Run {facts.id} was {facts.state}"


def _short(name: str) -> str:
    return shorten(name, 60)


def side_of(given: Comparable, *, default: str, run: str = "latest") -> Side:
    """The side that a value stands for.

    Args:
        given: A word as on the command line, a run, what `snellen.run` gave, or trials of one run.
        default: What to call trials that have no name.
        run: The run whose models and prompt variants a word may mean.

    Raises:
        InputError: A word means nothing or several things, or the value is none of these.
    """
    if isinstance(given, Side):
        return given
    if isinstance(given, str):
        settings = load_settings(Path.cwd(), environ=os.environ)
        return SideReader(RunStore(settings.state / "runs.db"), settings.root, run=run).side(given)
    if isinstance(given, Run):
        name = given.facts.id
        rows = [row_of(place, trial) for place, trial in enumerate(given.trials)]
        return Side(name=name, label=f"run {name}", kind="run", run=name, rows=rows)
    if isinstance(given, _KeptRun):
        name = given.facts.id
        rows = list(given.store.rows(name))
        return Side(name=name, label=f"run {name}", kind="run", run=name, rows=rows)
    return Side(name=default, label=default, kind="trials", rows=list(_rows(given)))


def _rows(given: Iterable[Trial] | Iterable[TrialRow]) -> Iterator[TrialRow]:
    if not isinstance(given, Iterable):
        raise _no_side(given)
    for place, one in enumerate(given):
        if isinstance(one, TrialRow):
            yield one
        elif isinstance(one, Trial):
            yield row_of(place, one)
        else:
            raise _no_side(one)


def _no_side(given: object) -> InputError:
    hint = "Right is the name of a run, model, prompt variant or baseline, a run, or a list of trials."
    return InputError(Problem(f"a {type(given).__name__} cannot be compared", hint=hint))
