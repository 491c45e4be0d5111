"""What pytest loads wherever Snellen is installed; it stays light and loads the rest at the first eval."""

from __future__ import annotations

import fnmatch
from pathlib import Path

import pytest

__all__: list[str] = []

_PYTHON_EVAL = "eval_*.py"
_YAML_EVALS = ("*.eval.yaml", "*.eval.yml")
_REFUSABLE = ("eval_concurrency", "eval_gate", "eval_max_cost", "eval_max_calls", "eval_max_errors")
_MODES = ("recorded", "missing", "refresh", "live")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the flags; all begin with --eval-."""
    group = parser.getgroup("snellen", "evaluation of vision-language models (snellen)")
    group.addoption(
        "--eval-model",
        action="append",
        default=[],
        metavar="NAME",
        help="model to ask, may be given several times; default: what each eval names, then default_models",
    )
    group.addoption(
        "--eval-responses",
        choices=_MODES,
        default=None,
        help="recorded: replay only (default); missing: ask what is not recorded; refresh: ask all anew; "
        "live: ask all, keep apart",
    )
    group.addoption(
        "--eval-concurrency", type=int, default=None, metavar="N", help="most requests in flight for each model"
    )
    group.addoption(
        "--eval-max-cost", type=float, default=None, metavar="USD", help="ask nothing more beyond this cost"
    )
    group.addoption("--eval-max-calls", type=int, default=None, metavar="N", help="send no more requests than this")
    group.addoption(
        "--eval-max-errors",
        default=None,
        metavar="N|P%",
        help="ask nothing more after so many cases without a response",
    )
    group.addoption(
        "--eval-fresh",
        action="store_true",
        help="begin anew, also where a session was killed that could be gone on with",
    )
    group.addoption(
        "--eval-gate",
        action="append",
        default=None,
        metavar="GATE",
        help='condition on the whole session, such as "accuracy >= 0.9"; may be given several times',
    )
    group.addoption("--eval-report", type=Path, default=None, metavar="FILE", help="write the HTML report here")


def pytest_configure(config: pytest.Config) -> None:
    """Has pytest rewrite the assertions of eval files, and loads the rest where that cannot wait for the first eval.

    xdist's workers send their trials to a process that collects nothing, and what is wrong with a flag is said at once.
    """
    config.addinivalue_line("python_files", _PYTHON_EVAL)
    is_spread = getattr(config.option, "dist", "no") != "no" and not hasattr(config, "workerinput")
    if is_spread or any(getattr(config.option, name) is not None for name in _REFUSABLE):
        from snellen.plugin.register import register

        register(config)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leaves scripts alone that are named like an eval and hold none: importing them could run them."""
    if not fnmatch.fnmatch(collection_path.name, _PYTHON_EVAL) or not collection_path.is_file():
        return None
    own = [pattern for pattern in config.getini("python_files") if pattern != _PYTHON_EVAL]
    if any(fnmatch.fnmatch(collection_path.name, pattern) for pattern in own):
        return None
    return None if _is_eval(collection_path) else True


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collects *.eval.yaml."""
    if not any(fnmatch.fnmatch(file_path.name, pattern) for pattern in _YAML_EVALS):
        return None
    from snellen.plugin.collect import EvalFile

    _register(parent.config)
    return EvalFile.from_parent(parent, path=file_path)


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Collects eval_*.py."""
    if not fnmatch.fnmatch(module_path.name, _PYTHON_EVAL) or not _is_eval(module_path):
        return None
    from snellen.plugin.collect import EvalModule

    _register(parent.config)
    module: pytest.Module = EvalModule.from_parent(parent, path=module_path)
    return module


def _register(config: pytest.Config) -> None:
    """Loads the rest. What is wrong with the project's settings ends the collection with its message and no traceback.

    While files are collected, a usage error would be shown with one, and its message be cut off in the summary.
    """
    from snellen.plugin.register import register

    try:
        register(config)
    except pytest.UsageError as error:
        raise pytest.Collector.CollectError(str(error)) from error


def _is_eval(path: Path) -> bool:
    from snellen._files import is_python_eval

    return is_python_eval(path)
