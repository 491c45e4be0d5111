"""Snellen, the eye chart for vision models: evaluates and benchmarks them, in pytest and beside it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from snellen.analysis.compare import compare, rank
    from snellen.case import Case, Expectation, ImageRef, ScorerSpec
    from snellen.datasets.python import make_case
    from snellen.errors import SnellenError
    from snellen.gating import gate
    from snellen.recordings.client import recorded_async_client, recorded_client
    from snellen.response import Response, Usage
    from snellen.runner.evals import cases
    from snellen.runner.predictions import score_predictions
    from snellen.score import Evidence, Score, Shape
    from snellen.scorers.registered import scorer
    from snellen.scorers.registry import get_scorer
    from snellen.scorers.text import score_text
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
    "ScorerSpec": "snellen.case",
    "Shape": "snellen.score",
    "SnellenError": "snellen.errors",
    "Trial": "snellen.trial",
    "Usage": "snellen.response",
    "cases": "snellen.runner.evals",
    "compare": "snellen.analysis.compare",
    "gate": "snellen.gating",
    "get_scorer": "snellen.scorers.registry",
    "make_case": "snellen.datasets.python",
    "rank": "snellen.analysis.compare",
    "recorded_async_client": "snellen.recordings.client",
    "recorded_client": "snellen.recordings.client",
    "run": "snellen.session",
    "score_predictions": "snellen.runner.predictions",
    "score_text": "snellen.scorers.text",
    "scorer": "snellen.scorers.registered",
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
    "ScorerSpec",
    "Shape",
    "SnellenError",
    "Trial",
    "Usage",
    "cases",
    "compare",
    "gate",
    "get_scorer",
    "make_case",
    "rank",
    "recorded_async_client",
    "recorded_client",
    "run",
    "score_predictions",
    "score_text",
    "scorer",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'snellen' has no attribute {name!r}")
    return getattr(importlib.import_module(home), name)


def __dir__() -> list[str]:
    return sorted(__all__)
