"""Metrics in pytest: what an eval names is shown below the totals and kept with the run, with and without workers."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalkit import two_wrong
from snellen.runs.store import RunStore
from snellen.testing import FakeEndpoint
from snellen.trial import MetricResult

_SPREAD = pytest.mark.parametrize("spread", [(), ("-n", "2")], ids=["one-process", "xdist"])
_YAML = "dataset: ../datasets/shapes\nmetrics: [accuracy, f1]\n"
_PYTHON = """
import snellen

@snellen.cases("../datasets/shapes", metrics="accuracy")
def eval_red(case, response):
    ...
"""


@pytest.fixture
def home(home: pytest.Pytester) -> pytest.Pytester:
    """The same, whose eval names metrics."""
    (home.path / "evals" / "shapes.eval.yaml").write_text(_YAML)
    return home


def _kept(root: Path) -> tuple[MetricResult, ...]:
    return RunStore(root / ".snellen" / "runs.db").facts("latest").metrics


@_SPREAD
def test_they_stand_in_the_summary_and_with_the_run(home: pytest.Pytester, spread: tuple[str, ...]) -> None:
    result = home.runpytest_subprocess("evals", *spread, "--eval-report=report.html")
    result.assert_outcomes(passed=6, failed=2)
    result.stdout.fnmatch_lines(
        [
            "fake * 6 * 2 * 75% (*",
            "metric * model * value (95 %) * interval * n * unscored * errors",
            "accuracy * fake * 75.0 % (40.9-92.9) * Wilson * 8 cases * 0 * 0",
            "f1 * fake * not defined * 0 cases * 0 * 0",
            "  f1: no response was judged by 'yesno'",
        ]
    )
    assert [(one.name, one.eval, one.model, one.value, one.note) for one in _kept(home.path)] == [
        ("accuracy", "shapes", "fake", 0.75, ""),
        ("f1", "shapes", "fake", None, "no response was judged by 'yesno'"),
    ]
    assert '<h2 id="snl-metrics">' in (home.path / "report.html").read_text(encoding="utf-8")


@_SPREAD
def test_of_selected_cases_they_say_that_they_are_of_a_part(home: pytest.Pytester, spread: tuple[str, ...]) -> None:
    result = home.runpytest_subprocess("evals", "-k", "c1 or c2 or c3", *spread)
    result.assert_outcomes(passed=2, failed=1, deselected=0 if spread else 5)
    result.stdout.fnmatch_lines(["  accuracy: 5 of its 8 trials were not selected"])
    found = _kept(home.path)[0]
    assert (found.value, found.n, found.note) == (
        pytest.approx(2 / 3),
        3,
        "5 of its 8 trials were not selected",
    )


def test_those_of_another_eval_are_whole_though_this_one_is_not(home: pytest.Pytester) -> None:
    (home.path / "evals" / "more.eval.yaml").write_text("dataset: ../datasets/shapes\nmetrics: accuracy\n")
    with FakeEndpoint(answer=two_wrong) as endpoint:
        text = (home.path / "pyproject.toml").read_text()
        start = text.index('base_url = "')
        end = text.index("\n", start)
        (home.path / "pyproject.toml").write_text(f'{text[:start]}base_url = "{endpoint.base_url}"{text[end:]}')
        home.runpytest_subprocess("evals", "-k", "shapes or c2", "--eval-responses=missing")
    notes = {one.eval: (one.n, one.note) for one in _kept(home.path) if one.name == "accuracy"}
    assert notes == {"shapes": (8, ""), "more": (1, "7 of its 8 trials were not selected")}


def test_a_decorated_function_names_them_too(home: pytest.Pytester) -> None:
    (home.path / "evals" / "shapes.eval.yaml").unlink()
    (home.path / "evals" / "eval_shapes.py").write_text(_PYTHON)
    home.runpytest_subprocess("evals").assert_outcomes(passed=6, failed=2)
    assert [(one.name, one.eval, one.value) for one in _kept(home.path)] == [("accuracy", "shapes.red", 0.75)]


def test_a_session_that_is_stopped_says_so_of_its_figures(home: pytest.Pytester) -> None:
    home.runpytest_subprocess("evals", "-x")
    (accuracy, _) = _kept(home.path)
    assert (accuracy.n, accuracy.note) == (1, "the run was stopped")


@_SPREAD
def test_without_any_no_trial_is_read_and_nothing_is_shown(home: pytest.Pytester, spread: tuple[str, ...]) -> None:
    (home.path / "evals" / "shapes.eval.yaml").write_text("dataset: ../datasets/shapes\n")
    result = home.runpytest_subprocess("evals", *spread)
    result.stdout.no_fnmatch_line("metric *")
    assert _kept(home.path) == ()


def test_one_that_is_none_is_an_error_of_collection_with_its_line(home: pytest.Pytester) -> None:
    (home.path / "evals" / "shapes.eval.yaml").write_text("dataset: ../datasets/shapes\nmetrics: [f2]\n")
    result = home.runpytest_subprocess("evals")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["*shapes.eval.yaml:2: there is no metric 'f2'*"])
