"""`snellen compare`: two or more runs, baselines, models or prompt variants against each other."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, cast, get_args

import orjson

from snellen._text import printable, shorten
from snellen.analysis.compare import compare, rank
from snellen.analysis.comparison import Comparison, Flip, Verdicts
from snellen.analysis.comparison_text import comparison_text
from snellen.analysis.comparison_words import Shown
from snellen.analysis.ranking import Ranking
from snellen.analysis.ranking_text import ranking_text
from snellen.analysis.sides import Side, SideReader
from snellen.analysis.slices import SliceBy
from snellen.cli.listing import reason
from snellen.errors import InputError, Problem
from snellen.report.markdown import comparison_markdown, ranking_markdown
from snellen.runner.settings import load_settings
from snellen.runs.codec import dump
from snellen.runs.store import Kept, RunStore
from snellen.trial import Trial

__all__ = ["Settings", "compare_command"]

_WORSE = 1
_PAIR = 2
_NAME_WIDTH = 60
_PLAIN_WIDTH = 120  # of a log, where nobody says how wide it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to compare.

    Attributes:
        run: The run whose models and prompt variants are meant by their names.
        by: What to slice by, None for no slices.
        margin: How much worse still counts as no worse, 0..1.
        confidence: Of intervals.
        resamples: Of the bootstrap.
        seed: Of the bootstrap.
        form: For people, for programs, or for a pull request.
        fail_if_worse: Whether to exit with 1 when the second side is worse.
        fail_if_slice_worse: Whether to when it is worse in a slice, by its adjusted p.
    """

    run: str = "latest"
    by: str | None = None
    margin: float = 0.02
    confidence: float = 0.95
    resamples: int = 10_000
    seed: int = 0
    form: Literal["text", "json", "markdown"] = "text"
    fail_if_worse: bool = False
    fail_if_slice_worse: bool = False


def compare_command(words: Sequence[str], settings: Settings) -> int:
    """Compares two sides, or ranks more of them.

    Raises:
        InputError: A word means nothing or several things, or the sides cannot be compared.
    """
    _check(words, settings)
    project = load_settings(Path.cwd(), environ=os.environ)
    store = RunStore(project.state / "runs.db")
    reader = SideReader(store, project.root, run=settings.run)
    sides = [reader.side(word) for word in words]
    if len(sides) > _PAIR:
        ranking = rank(
            *sides,
            margin=settings.margin,
            confidence=settings.confidence,
            resamples=settings.resamples,
            seed=settings.seed,
        )
        print(_ranking(ranking, settings.form))
        return 0
    found = compare(
        *sides,
        by=settings.by,
        margin=settings.margin,
        confidence=settings.confidence,
        resamples=settings.resamples,
        seed=settings.seed,
    )
    with ExitStack() as stack:
        text = _comparison(found, _AnswerReader(store, sides, stack), settings.form)
    print(text)
    return _code(found, settings)


def _code(found: Comparison, settings: Settings) -> int:
    """1 where what was asked to fail is worse; a word to people on what was not asked about."""
    worse = _worse_slices(found)
    if settings.fail_if_slice_worse and worse:
        return _WORSE
    if settings.fail_if_worse and found.verdict == "worse":
        return _WORSE
    if settings.fail_if_worse and worse:
        names = ", ".join(shorten(name, _NAME_WIDTH) for name in worse)
        said = f"worse by {found.by} in {names}; --fail-if-worse goes by the whole: --fail-if-slice-worse ends with 1"
        sys.stderr.write(f"snellen: {printable(said)}\n")
    return 0


def _worse_slices(found: Comparison) -> list[str]:
    """The names of the slices in which the second side is worse, with the model where there are several."""
    own = [part.name or f"(no {found.by})" for part in found.slices if part.verdict == "worse"]
    return own + [f"{name} ({part.name})" for part in found.parts for name in _worse_slices(part.comparison)]


def _check(words: Sequence[str], settings: Settings) -> None:
    if len(words) < _PAIR:
        hint = "Such as: snellen compare baseline:main latest, or two models of one run: snellen compare gpt qwen"
        raise InputError(Problem(f"a comparison takes two sides or more; got {', '.join(words) or 'none'}", hint=hint))
    if len(words) > _PAIR and settings.by is not None:
        raise InputError(Problem("--by takes two sides", hint="Name the two to be compared."))
    if len(words) > _PAIR and (settings.fail_if_worse or settings.fail_if_slice_worse):
        flag = "--fail-if-worse" if settings.fail_if_worse else "--fail-if-slice-worse"
        raise InputError(Problem(f"{flag} takes two sides", hint="Name the two to be compared."))
    if settings.fail_if_slice_worse and settings.by not in get_args(SliceBy):
        raise InputError(
            Problem("--fail-if-slice-worse needs slices", hint="Such as: --by tag. --fail-if-worse goes by models.")
        )


class _AnswerReader:
    """Reads the answers of single trials from the run store; each run is opened once."""

    def __init__(self, store: RunStore, sides: Sequence[Side], stack: ExitStack) -> None:
        self._store, self._sides, self._stack = store, sides, stack
        self._open: dict[str, Kept] = {}

    def __call__(self, side: int, verdicts: Verdicts) -> Shown:
        """The answer and why it is wrong, as the listing of a run says it."""
        trial = self.trial(side, verdicts)
        if trial is None:
            kept = f" (digest {verdicts.digest})" if verdicts.digest else ""
            return f"the answer is not kept in a baseline{kept}", ""
        text = "" if trial.response is None else trial.response.text
        return text, reason(trial) if verdicts.outcome != "passed" else ""

    def trial(self, side: int, verdicts: Verdicts) -> Trial | None:
        """The trial that shows these verdicts; None where only a baseline knows of it."""
        own = self._sides[side]
        if not own.is_in_store:
            return None
        if own.run not in self._open:
            self._open[own.run] = self._stack.enter_context(self._store.open(own.run))
        found = self._open[own.run].at(verdicts.place)
        return found if isinstance(found, Trial) else None


def _comparison(found: Comparison, answers: _AnswerReader, form: str) -> str:
    if form == "json":
        return _as_json({"kind": "comparison", **_comparison_values(found, answers)})
    if form == "markdown":
        return comparison_markdown(found, answers=answers).rstrip("\n")
    return comparison_text(found, answers=answers, width=_width(), color=sys.stdout.isatty())


def _ranking(ranking: Ranking, form: str) -> str:
    if form == "json":
        return _as_json({"kind": "ranking", **asdict(ranking)})
    if form == "markdown":
        return ranking_markdown(ranking).rstrip("\n")
    return ranking_text(ranking, width=_width(), color=sys.stdout.isatty())


def _width() -> int:
    return shutil.get_terminal_size((_PLAIN_WIDTH, 24)).columns


def _comparison_values(found: Comparison, answers: _AnswerReader) -> dict[str, object]:
    """The attributes of `Comparison` under their own names, and each flip with the answers of both sides."""
    values: dict[str, object] = {"verdict": found.verdict, **asdict(found)}
    values["flips"] = [_flip_values(flip, answers) for flip in found.flips]
    values["parts"] = [
        {**part, "comparison": _comparison_values(one.comparison, answers)}
        for part, one in zip(cast("list[dict[str, object]]", values["parts"]), found.parts, strict=True)
    ]
    return values


def _flip_values(flip: Flip, answers: _AnswerReader) -> dict[str, object]:
    values = asdict(flip)
    for place, (name, verdicts) in enumerate((("before", flip.before), ("after", flip.after))):
        trial = answers.trial(place, verdicts)
        text = None if trial is None or trial.response is None else trial.response.text
        why = None if trial is None or verdicts.outcome == "passed" else reason(trial)
        values[name] = {**values[name], "answer": text, "why": why}
    return values


def _as_json(value: dict[str, object]) -> str:
    """Indented; what is not a number is null, and half a surrogate pair is written out."""
    return orjson.dumps(
        orjson.loads(dump({"format": "snellen compare", "version": 1, **value})), option=orjson.OPT_INDENT_2
    ).decode()
