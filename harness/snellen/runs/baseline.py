"""Baselines: a run's verdicts as a small sorted file, kept in the project's repository for later runs to be held to.

JSONL: a header that says which run it was, then a line a trial, in an order that does not depend on how it was asked.
No answer is in it, only a digest of each, so that a diff shows which verdicts changed and which answers did.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar, get_args

import orjson

from snellen._files import read_regular, write_atomic
from snellen._text import nearest, shorten
from snellen.errors import ErrorKind, InputError, Problem
from snellen.runs.codec import dump
from snellen.runs.rows import JudgedBy, TrialRow
from snellen.trial import Outcome

__all__ = [
    "UNMEASURED_S",
    "Baseline",
    "BaselineFacts",
    "Key",
    "baseline_names",
    "baseline_path",
    "check_name",
    "key_of_row",
    "load_baseline",
    "write_baseline",
]

FORMAT_VERSION = 1
_FORMAT = "snellen baseline"
_NAME = re.compile(r"\w[\w.-]{0,99}")  # no separator of folders, no hidden file
_MAX_BYTES = 1024 * 1024 * 1024
_CONFLICT = (b"<<<<<<<", b"=======", b">>>>>>>", b"|||||||")
_FOUND_WIDTH = 60
_OUTCOMES: frozenset[str] = frozenset(get_args(Outcome))
_KINDS: frozenset[str] = frozenset(get_args(ErrorKind))

UNMEASURED_S = 0.0
"""What a row says of a response whose time is not known; None would say that there is no response."""


Key = tuple[str, str, str, str, int]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineFacts:
    """What a reader must know of a baseline to compare with it.

    Attributes:
        name: Its own.
        run: Id of the run it was made of.
        made_at: ISO date of that run.
        trials: How many there are.
        models: `name` as it was sent, `served`: what the server said had answered, and `median_latency_s` where it was
            measured, by the model's name in the configuration.
        versions: Of Snellen.
        scorers: That judged, sorted.
    """

    name: str
    run: str
    made_at: str
    trials: int
    models: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    scorers: tuple[JudgedBy, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """A run's verdicts.

    Attributes:
        facts: Where they come from.
        rows: One a trial, sorted by eval, case, variant, model and repeat; latencies and tokens are not kept.
    """

    facts: BaselineFacts
    rows: tuple[TrialRow, ...] = field(repr=False)


def baseline_path(root: Path, name: str) -> Path:
    """The file of a baseline: beside the evals where the project has a folder for them.

    Args:
        root: The project's folder.
        name: Of the baseline.

    Raises:
        InputError: It is no name for a baseline.
    """
    check_name(name)
    return _folder(root) / f"{name}.jsonl"


def baseline_names(root: Path) -> list[str]:
    """The names of the project's baselines, sorted."""
    return sorted(file.stem for file in _folder(root).glob("*.jsonl") if _NAME.fullmatch(file.stem))


def check_name(name: str) -> None:
    """Nothing, for a text that can name a baseline.

    Raises:
        InputError: It cannot.
    """
    if not _NAME.fullmatch(name):
        hint = "Right are letters, digits, '-', '_' and '.', such as 'main' or 'release-2'."
        raise InputError(Problem(f"{shorten(name, _FOUND_WIDTH)!r} is no name for a baseline", hint=hint))
    if name == "latest":
        raise InputError(Problem("no baseline can be called 'latest': that is the newest run", hint="Call it 'main'."))


def _folder(root: Path) -> Path:
    return root / "evals" / "baselines" if (root / "evals").is_dir() else root / "baselines"


def key_of_row(row: TrialRow) -> Key:
    """What tells a trial from all others of its run; baselines are sorted by it."""
    return row.eval, row.case, row.variant, row.model, row.repeat


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Writes a baseline, in the place of the one that is there.

    Raises:
        InputError: What is there is damaged or no baseline: somebody may want to mend it.
        StorageError: It cannot be written; what was there stays.
    """
    if path.exists():
        try:
            load_baseline(path)
        except InputError as error:
            hint = f"Mend it, or remove it and set it anew: {_shown(path)}"
            wrong = (Problem(one.message, one.file, one.line, hint=hint) for one in error.problems)
            raise InputError(wrong) from error
    header = {"format": _FORMAT, "version": FORMAT_VERSION, **asdict(baseline.facts)}
    write_atomic(path, (dump(line) + b"\n" for line in (header, *map(_line, baseline.rows))))


def _line(row: TrialRow) -> dict[str, object]:
    """What is kept of a trial; what says nothing is left out."""
    line: dict[str, object] = {"eval": row.eval, "case": row.case}
    if row.variant:
        line["variant"] = row.variant
    line["model"] = row.model
    if row.repeat:
        line["repeat"] = row.repeat
    line["outcome"] = row.outcome
    further = {
        "failure": row.failure,
        "score": row.score,
        "digest": row.digest or None,
        "group": row.group,
        "tags": list(row.tags) or None,
        "mark": row.mark or None,
        "mark_until": row.mark_until or None,
        "cost_usd": row.cost_usd,
        "judging_usd": row.judging_usd,
    }
    return line | {name: value for name, value in further.items() if value is not None}


def load_baseline(path: Path) -> Baseline:
    """The baseline in this file; keys that nobody knows here are left alone, a newer Snellen may have written them.

    Raises:
        InputError: There is none, or the file is damaged; the line is named.
    """
    if not path.exists():
        raise _missing(path)
    lines = read_regular(path, limit=_MAX_BYTES).splitlines()
    facts = _read(path, 1, lines[0].removeprefix(b"\xef\xbb\xbf") if lines else b"", _facts)
    names: dict[str, str] = {}  # each name once, however many lines bring it
    seen: dict[Key, int] = {}
    rows: list[TrialRow] = []
    for number, line in enumerate(lines[1:], 2):
        row = _read(path, number, line, lambda value: _row(value, len(rows), names))
        first = seen.setdefault(key_of_row(row), number)
        if first != number:
            raise _wrong(path, number, f"this trial stands in line {first} already", line)
        rows.append(row)
    if len(rows) != facts.trials:
        said = f"holds {len(rows):,} trials; its header says {facts.trials:,}"
        raise InputError(Problem(said, file=_shown(path), hint="Take it from version control, or set it anew."))
    return Baseline(facts=facts, rows=tuple(rows))


def _missing(path: Path) -> InputError:
    known = sorted(file.stem for file in path.parent.glob("*.jsonl"))
    meant = nearest(path.stem, known)
    there = f"Did you mean {meant!r}?" if meant else f"There are: {', '.join(known)}." if known else ""
    hint = f"{there} Make it of a run: snellen baseline set {path.stem} RUN".strip()
    return InputError(Problem(f"there is no baseline {path.stem!r}: {_shown(path)} does not exist", hint=hint))


def _read(path: Path, number: int, line: bytes, make: Callable[[Mapping[str, Any]], _T]) -> _T:
    try:
        value = orjson.loads(line)
        if not isinstance(value, dict):
            raise TypeError("it is no JSON object")  # noqa: TRY301  # told below like all that is wrong
        return make(value)
    except orjson.JSONDecodeError:
        said = "a merge left its marks here" if line.startswith(_CONFLICT) else "this line is no JSON"
        raise _wrong(path, number, said, line) from None
    except (KeyError, TypeError, ValueError) as error:
        said = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
        raise _wrong(path, number, f"this line is damaged: {said}", line) from None


def _wrong(path: Path, number: int, said: str, line: bytes) -> InputError:
    found = shorten(line.decode("utf-8", "replace"), _FOUND_WIDTH)
    hint = f"Take the file from version control, or remove it and set it anew: snellen baseline set {path.stem} RUN"
    return InputError(Problem(f"{said}: {found!r}", _shown(path), number, hint=hint))


def _facts(value: Mapping[str, Any]) -> BaselineFacts:
    if value.get("format") != _FORMAT:
        raise ValueError("this file is no baseline")
    if value.get("version") != FORMAT_VERSION:
        raise ValueError(f"version {value.get('version')!r}; this Snellen reads {FORMAT_VERSION}")
    judges = (JudgedBy(str(one["name"]), str(one["version"]), str(one["options"])) for one in value.get("scorers", []))
    return BaselineFacts(
        name=_text(value, "name"),
        run=_text(value, "run"),
        made_at=_text(value, "made_at"),
        trials=int(value["trials"]),
        models={str(key): dict(about) for key, about in value.get("models", {}).items()},
        versions={str(key): str(version) for key, version in value.get("versions", {}).items()},
        scorers=tuple(judges),
    )


def _row(value: Mapping[str, Any], place: int, names: dict[str, str]) -> TrialRow:
    outcome, failure, repeat = _text(value, "outcome"), value.get("failure"), value.get("repeat", 0)
    if outcome not in _OUTCOMES:
        raise ValueError(f"outcome {outcome!r} is none of {', '.join(sorted(_OUTCOMES))}")
    if not isinstance(repeat, int) or repeat < 0:
        raise ValueError(f"repeat {repeat!r} is no number from 0")
    score = _number(value, "score")
    if score is not None and score > 1:
        raise ValueError(f"score {score!r} is not from 0 to 1")
    if outcome == "error" and failure not in _KINDS:  # a newer Snellen may tell more kinds apart
        failure = "internal"
    own = {name: names.setdefault(text, text) for name in ("eval", "variant", "model") if (text := _text(value, name))}
    group = value.get("group")
    return TrialRow(
        place=place,
        eval=own.get("eval", ""),
        case=sys.intern(_text(value, "case")),  # as it is called in every other baseline and run that is read
        variant=own.get("variant", ""),
        model=own.get("model", ""),
        repeat=repeat,
        outcome=outcome,  # type: ignore[arg-type]  # was looked up
        failure=failure if outcome == "error" else None,
        latency_s=None if outcome == "error" else UNMEASURED_S,
        recorded=False,
        input_tokens=None,
        output_tokens=None,
        cost_usd=_number(value, "cost_usd"),
        score=score,
        group=None if group is None else str(group),
        tags=tuple(map(str, value.get("tags", ()))),
        mark=_text(value, "mark"),
        mark_until=_text(value, "mark_until"),
        digest=_text(value, "digest"),
        judging_usd=_number(value, "judging_usd"),
    )


_NEEDED = frozenset({"case", "eval", "made_at", "model", "name", "outcome", "run"})


def _text(value: Mapping[str, Any], name: str) -> str:
    found = value[name] if name in _NEEDED else value.get(name, "")
    if not isinstance(found, str):
        raise TypeError(f"{name} is {found!r}, and no text")
    return found


def _number(value: Mapping[str, Any], name: str) -> float | None:
    found = value.get(name)
    if found is None:
        return None
    if not isinstance(found, int | float) or isinstance(found, bool) or not found >= 0:
        raise TypeError(f"{name} is {found!r}, and no number from 0")
    return float(found)


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
