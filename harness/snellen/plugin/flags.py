"""What a session is told by pytest's flags, as settings; and our messages in the words of those flags."""

from __future__ import annotations

import argparse
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from snellen._text import printable
from snellen.errors import ConfigError, Problem
from snellen.plugin.workers import Worker, limits_share
from snellen.runner.budget import Limits, parse_error_limit
from snellen.runner.settings import Settings, load_settings

__all__ = ["in_pytests_words", "settings_of"]

_FLAG = re.compile(r"(?<![\w-])--(?=(?:fresh|gate|max-calls|max-cost|max-errors|model|responses)\b)")


def in_pytests_words(text: str) -> str:
    """A message with the flags of `snellen run` called what pytest calls them, and nothing that steers a terminal."""
    return printable(_FLAG.sub("--eval-", text))


def settings_of(config: pytest.Config, worker: Worker | None) -> Settings:
    """The settings of a session; a worker of xdist has its share of the limits.

    Raises:
        ConfigError: A flag, environment variable or pyproject entry cannot be used.
    """
    option = config.option
    settings = load_settings(
        _start(config),
        environ=os.environ,
        mode=option.eval_responses,
        models=tuple(option.eval_model),
        concurrency=option.eval_concurrency,
        limits=_limits(option),
        fresh=option.eval_fresh,
    )
    settings = replace(settings, more_gates=tuple(option.eval_gate or ()))
    if worker is None:
        return settings
    return replace(settings, processes=worker.count, limits=limits_share(settings.limits, worker))


def _limits(option: argparse.Namespace) -> Limits:
    cost, calls, errors = option.eval_max_cost, option.eval_max_calls, option.eval_max_errors
    problems = []
    if cost is not None and not cost >= 0:  # which a NaN is neither
        problems.append(Problem(f"--max-cost {cost:g} is no amount of USD; right is 2.50"))
    if calls is not None and calls < 0:
        problems.append(Problem(f"--max-calls {calls} is less than none; right is 100"))
    if problems:
        raise ConfigError(problems)
    most_errors = None if errors is None else parse_error_limit(errors)
    return Limits(max_cost_usd=cost, max_calls=calls, max_errors=most_errors)


def _start(config: pytest.Config) -> Path:
    """Where the project is looked for: at the first path on the command line, else where pytest was started."""
    named = [Path(argument.split("::")[0]) for argument in config.args]
    return next((path for path in named if path.exists()), config.invocation_params.dir)
