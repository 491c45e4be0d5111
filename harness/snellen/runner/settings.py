"""What a run is told from outside: flags, environment and pyproject, read once and passed on as one frozen value."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast, get_args

from snellen._files import join_inside
from snellen._text import nearest
from snellen.errors import ConfigError, InputError, Problem
from snellen.models.spec import BUILT_INS, ModelSpec, resolve_model
from snellen.recordings.file import Mode
from snellen.runner.budget import Limits

__all__ = ["Settings", "find_root", "load_settings"]

MODES: tuple[str, ...] = get_args(Mode)

_DIGIT = re.compile(r"\d")
_SLIP = 0.74  # difflib's ratio: "faek" has 0.75 of "fake"
_MODE_ENV = "SNELLEN_RESPONSES"
_MODELS_ENV = "SNELLEN_MODELS"
_GRACE_ENV = "SNELLEN_GRACE_S"
_GRACE_S = 10.0
_SHARD = re.compile(r"(\d{1,4})/(\d{1,4})\Z")

_KEYS = ("default_models", "fetch_hosts", "gates", "models", "pinned", "recordings", "responses", "scorers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All that decides how a run is done.

    Attributes:
        root: The project's folder, absolute: pictures of eval files may come from anywhere below it.
        config_file: The pyproject.toml the settings came from, as shown in errors; "" when there is none.
        mode: What to do with recorded and missing responses.
        models: Models asked for by flag, in order; empty leaves the choice to each eval, then to `default_models`.
        default_models: Of pyproject; used by evals that name none.
        model_table: The raw [tool.snellen.models] table, resolved when a model is used.
        recordings: Folder of the recordings.
        state: Folder of the run store and the digest cache.
        pinned: Local stand-ins for picture addresses, for the offline model and for thumbnails.
        fetch_hosts: Hosts that pictures may be fetched from when a model wants them inline; none unless named.
        concurrency: Most requests in flight per model, None leaves it to the model.
        environ: The environment the run was started in; holds secrets, so it is never shown.
        limits: What the run may not overrun.
        shard: Which part of how many is done, 1-based; None does all of it.
        fresh: Begin anew, also where a run was killed that could be gone on with.
        grace_s: How long an interrupted run waits for what is under way.
        processes: How many processes share the work of this run, and so the limits of its models.
        gates: Of pyproject, as written: on all trials of a run, whichever evals it is of.
        more_gates: Of flags or of a call, as written, likewise.
        scorers: Python files that register the project's own scorers, absolute.
    """

    root: Path
    config_file: str = ""
    mode: Mode = "recorded"
    models: tuple[str, ...] = ()
    default_models: tuple[str, ...] = ()
    model_table: Mapping[str, object] = field(default_factory=dict)
    recordings: Path
    state: Path
    pinned: Mapping[str, Path] = field(default_factory=dict)
    fetch_hosts: tuple[str, ...] = ()
    concurrency: int | None = None
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    limits: Limits = field(default_factory=Limits)
    shard: tuple[int, int] | None = None
    fresh: bool = False
    grace_s: float = 10.0
    processes: int = 1
    gates: tuple[object, ...] = ()
    more_gates: tuple[object, ...] = ()
    scorers: tuple[Path, ...] = ()

    def model(self, key: str) -> ModelSpec:
        """The model that `key` means.

        Raises:
            ConfigError: Its table in pyproject cannot be used.
        """
        self._refuse_slip(key)
        return resolve_model(key, self.model_table, environ=self.environ, where=self.config_file or "pyproject.toml")

    def _refuse_slip(self, key: str) -> None:
        """Raises ConfigError for a name that is nearly a configured one: as a name to send it would go elsewhere.

        Names of versions differ by little on purpose (gpt-5.1, gpt-5.2), so a name with a digit is taken as it is.
        """
        known = (*self.model_table, *BUILT_INS)
        meant = None if key in known or _DIGIT.search(key) else nearest(key, known, cutoff=_SLIP)
        if meant is not None:
            hint = f"Did you mean {meant!r}? To send {key!r} as it is, give it a table [tool.snellen.models.{key}]."
            raise ConfigError(Problem(f"model {key!r} is not configured", hint=hint))

    def models_for(self, wanted: tuple[str, ...]) -> tuple[str, ...]:
        """The models an eval is asked of: the flag's, else its own, else the project's.

        Raises:
            ConfigError: Nobody named a model.
        """
        chosen = self.models or wanted or self.default_models
        if not chosen:
            raise ConfigError(
                Problem(
                    "no model was named",
                    hint="Name one: --model NAME (in pytest --eval-model NAME), `models:` in the eval, "
                    "or default_models = [...] under [tool.snellen] in pyproject.toml. "
                    "offline-describer needs no key and no network.",
                )
            )
        return tuple(dict.fromkeys(chosen))  # a model that is named twice is asked once


def find_root(start: Path) -> Path:
    """The nearest folder at or above `start` that holds a pyproject.toml; `start`'s own folder when none does."""
    folder = start.resolve()
    if not folder.is_dir():
        folder = folder.parent
    return next((place for place in (folder, *folder.parents) if (place / "pyproject.toml").is_file()), folder)


def load_settings(
    start: Path,
    *,
    environ: Mapping[str, str],
    mode: str | None = None,
    models: tuple[str, ...] = (),
    concurrency: int | None = None,
    limits: Limits | None = None,
    shard: str | None = None,
    fresh: bool = False,
) -> Settings:
    """The settings of the project that `start` lies in; arguments are flags and win over everything.

    Args:
        start: A file or folder of the project.
        environ: The environment.
        mode: What to do with recorded and missing responses.
        models: Names of models to ask.
        concurrency: Most requests in flight for each model.
        limits: What the run may not overrun.
        shard: Such as `2/8`.
        fresh: Do not go on with a run that was killed.

    Raises:
        ConfigError: A flag, environment variable or pyproject entry cannot be used; all of them are named.
    """
    root = find_root(start)
    file = root / "pyproject.toml"
    table = _read_table(file)
    problems = list(_table_problems(table, file.name))
    chosen = mode or environ.get(_MODE_ENV) or table.get("responses", "recorded")
    if chosen not in MODES:
        source = "responses mode" if mode else _MODE_ENV if environ.get(_MODE_ENV) else f"{file.name}: responses"
        problems.append(_bad_mode(source, chosen))
    if concurrency is not None and concurrency < 1:
        problems.append(Problem(f"concurrency {concurrency} is not a positive number"))
    part, shard_problems = _shard(shard)
    grace_s, grace_problems = _grace(environ)
    problems += [*shard_problems, *grace_problems]
    pinned, pin_problems = _pinned(table.get("pinned", {}), root, file.name)
    scorers, scorer_problems = _scorers(table.get("scorers", []), root, file.name)
    problems += [*pin_problems, *scorer_problems]
    if problems:
        raise ConfigError(problems)
    default_place = "evals/recordings" if (root / "evals").is_dir() else "recordings"
    return Settings(
        root=root,
        config_file=file.name if table else "",
        mode=cast("Mode", chosen),
        models=tuple(name for given in models for name in _words(given)) or _words(environ.get(_MODELS_ENV, "")),
        default_models=tuple(cast("list[str]", table.get("default_models", []))),
        model_table=cast("dict[str, object]", table.get("models", {})),
        recordings=root / str(table.get("recordings", default_place)),
        state=root / ".snellen",
        pinned=pinned,
        fetch_hosts=tuple(cast("list[str]", table.get("fetch_hosts", []))),
        concurrency=concurrency,
        environ=environ,
        limits=limits or Limits(),
        shard=part,
        fresh=fresh,
        grace_s=grace_s,
        gates=tuple(cast("list[object]", table.get("gates", []))),
        scorers=scorers,
    )


def _read_table(file: Path) -> dict[str, object]:
    if not file.is_file():
        return {}
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(Problem(f"is not TOML: {error}", file=file.name)) from error
    tool = data.get("tool", {})
    table = tool.get("snellen", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        raise ConfigError(Problem("[tool.snellen] is not a table", file=file.name))
    return table


def _table_problems(table: Mapping[str, object], file: str) -> list[Problem]:
    problems = []
    for key in table:
        if key not in _KEYS:
            meant = nearest(key, _KEYS)
            hint = f"Did you mean {meant!r}?" if meant else f"Known: {', '.join(_KEYS)}."
            problems.append(Problem(f"[tool.snellen] has no setting {key!r}", file=file, hint=hint))
    for key in ("default_models", "fetch_hosts"):
        chosen = table.get(key, [])
        if not isinstance(chosen, list) or not all(isinstance(name, str) and name for name in chosen):
            problems.append(Problem(f"{key} is {chosen!r}; right is a list of names", file=file))
    if not isinstance(table.get("gates", []), list):
        hint = 'Such as: gates = ["accuracy >= 0.9", "errors == 0"]'
        problems.append(Problem(f"gates is {table['gates']!r}; right is a list of gates", file=file, hint=hint))
    if not isinstance(table.get("models", {}), dict):
        hint = "The models a run uses by default are named in default_models."
        problems.append(Problem("[tool.snellen.models] holds a table for each model", file=file, hint=hint))
    if not isinstance(table.get("recordings", ""), str):
        problems.append(Problem(f"recordings is {table['recordings']!r}; right is a folder's name", file=file))
    return problems


def _bad_mode(source: str, found: object) -> Problem:
    meant = nearest(str(found), MODES)
    hint = f"Did you mean {meant!r}?" if meant else None
    return Problem(f"{source} {found!r} is none of {', '.join(MODES)}", hint=hint)


def _shard(text: str | None) -> tuple[tuple[int, int] | None, list[Problem]]:
    """Number and count of a shard such as `2/8`."""
    if text is None:
        return None, []
    found = _SHARD.match(text)
    if found is None or not 1 <= int(found[1]) <= int(found[2]):
        return None, [Problem(f"--shard {text!r} is no part of a run; right is 1/8, 2/8 and so on up to 8/8")]
    return (int(found[1]), int(found[2])), []


def _grace(environ: Mapping[str, str]) -> tuple[float, list[Problem]]:
    text = environ.get(_GRACE_ENV, "")
    try:
        seconds = float(text) if text else _GRACE_S
    except ValueError:
        seconds = -1.0
    if 0 <= seconds < math.inf:
        return seconds, []
    return _GRACE_S, [Problem(f"{_GRACE_ENV} is {text!r}; right is a number of seconds, such as 30")]


def _pinned(value: object, root: Path, file: str) -> tuple[dict[str, Path], list[Problem]]:
    if not isinstance(value, dict):
        return {}, [Problem("[tool.snellen.pinned] is a table of address = file", file=file)]
    pinned: dict[str, Path] = {}
    problems = []
    for url, name in value.items():
        try:
            pinned[url] = join_inside(root, str(name))
        except InputError as error:
            problems.append(Problem(f"[tool.snellen.pinned] {url!r}: {error}", file=file))
            continue
        if not pinned[url].is_file():
            problems.append(Problem(f"[tool.snellen.pinned] {url!r}: there is no file {name}", file=file))
    return pinned, problems


def _scorers(value: object, root: Path, file: str) -> tuple[tuple[Path, ...], list[Problem]]:
    """The files that register scorers of the project's own."""
    if not isinstance(value, list) or not all(isinstance(name, str) and name for name in value):
        hint = 'Such as: scorers = ["evals/scorers.py"]'
        return (), [Problem(f"scorers is {value!r}; right is a list of Python files", file=file, hint=hint)]
    found: list[Path] = []
    problems = []
    for name in value:
        try:
            path = join_inside(root, name)
        except InputError as error:
            problems.append(Problem(f"scorers: {error}", file=file))
            continue
        if path.suffix != ".py" or not path.is_file():
            problems.append(Problem(f"scorers: there is no Python file {name!r}", file=file))
        found.append(path)
    return tuple(found), problems


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())
