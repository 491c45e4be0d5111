"""Loads the rest of the plugin, once, when a session turns out to have an eval."""

from __future__ import annotations

import pytest

from snellen.errors import SnellenError
from snellen.plugin import fixtures
from snellen.plugin.evals import RUN_KEY, EvalRun
from snellen.plugin.flags import in_pytests_words
from snellen.plugin.summary import Summary

__all__ = ["register"]


def register(config: pytest.Config) -> None:
    """Gives the session its engine, its fixtures and its summary, unless it has them.

    Raises:
        UsageError: The project's settings cannot be used.
    """
    if RUN_KEY in config.stash:
        return
    try:
        run = EvalRun(config)
    except SnellenError as error:
        raise pytest.UsageError(in_pytests_words(str(error))) from error
    config.stash[RUN_KEY] = run
    config.pluginmanager.register(run.gates, "snellen-gates")
    config.pluginmanager.register(run, "snellen-evals")
    config.pluginmanager.register(run.progress, "snellen-progress")
    config.pluginmanager.register(fixtures, "snellen-fixtures")
    config.pluginmanager.register(Summary(run), "snellen-summary")
