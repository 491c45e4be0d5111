"""Snellen, the eye chart for vision models: evaluates and benchmarks them, in pytest and beside it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from snellen.case import Case, Expectation, ImageRef
    from snellen.datasets.python import make_case
    from snellen.errors import SnellenError
    from snellen.recordings.client import recorded_async_client, recorded_client
    from snellen.response import Response, Usage
    from snellen.runner.evals import cases
    from snellen.score import Evidence, Score
    from snellen.session import RunResult, run
    from snellen.trial import Run, Trial

# Looked up when first asked for: pytest imports this package in every project where it is installed.
_HOMES = {
    "Case": "snellen.case",
    "Evidence": "snellen.score",
    "Expectation": "snellen.case",
    "ImageRef": "snellen.case",
    "Response": "snellen.response",
    "Run": "snellen.trial",
    "RunResult": "snellen.session",
    "Score": "snellen.score",
    "SnellenError": "snellen.errors",
    "Trial": "snellen.trial",
    "Usage": "snellen.response",
    "cases": "snellen.runner.evals",
    "make_case": "snellen.datasets.python",
    "recorded_async_client": "snellen.recordings.client",
    "recorded_client": "snellen.recordings.client",
    "run": "snellen.session",
}

__all__ = [
    "Case",
    "Evidence",
    "Expectation",
    "ImageRef",
    "Response",
    "Run",
    "RunResult",
    "Score",
    "SnellenError",
    "Trial",
    "Usage",
    "cases",
    "make_case",
    "recorded_async_client",
    "recorded_client",
    "run",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'snellen' has no attribute {name!r}")
    return getattr(importlib.import_module(home), name)


def __dir__() -> list[str]:
    return sorted(__all__)
