"""Gates in pytest: an item each, decided when all their cases have ended, and never on a part of them."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from evalkit import make_project
from snellen.runs.store import RunStore
from snellen.testing import FakeEndpoint

_SPREAD = pytest.mark.parametrize("spread", [(), ("-n", "2")], ids=["one-process", "xdist"])
_YAML = "dataset: ../datasets/shapes\ngates:\n"


def _gates(root: Path, *gates: str) -> None:
    lines = "".join(f"  - {gate}\n" for gate in gates)
    (root / "evals" / "shapes.eval.yaml").write_text(_YAML + lines)


def _tagged(root: Path) -> None:
    """Gives a wrong case and a right one the tag `till`."""
    file = root / "datasets/shapes/cases.jsonl"
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    file.write_text(
        "".join(json.dumps({**row, "tags": ["till"] if row["id"] in "c0 c2" else []}) + "\n" for row in rows)
    )


def _kept(root: Path) -> list[tuple[str, str]]:
    facts = RunStore(root / ".snellen" / "runs.db").facts("latest")
    return [(one.text, one.state) for one in facts.gates]


@_SPREAD
def test_gates_decide_and_cases_report(home: pytest.Pytester, spread: tuple[str, ...]) -> None:
    _gates(home.path, "accuracy >= 75%", "errors == 0")
    result = home.runpytest_subprocess("evals", "-rx", *spread)
    result.assert_outcomes(passed=8, xfailed=2)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(
        [
            "gate held     shapes: accuracy >= 75%  fake: 75.0% of 8 cases (*",
            "gate held     shapes: errors == 0  fake: 0 of 8 trials",
            "XFAIL *::shapes[[]c?-fake] - failed; its gates decide: accuracy >= 75%, errors == 0",
        ]
    )
    assert _kept(home.path) == [("accuracy >= 75%", "held"), ("errors == 0", "held")]


@_SPREAD
def test_a_gate_that_does_not_hold_is_a_failed_item_with_its_cases(
    home: pytest.Pytester, spread: tuple[str, ...]
) -> None:
    _gates(home.path, "accuracy >= 75%", "accuracy >= 0.8 confidence 95%")
    result = home.runpytest_subprocess("evals", *spread)
    result.assert_outcomes(passed=7, xfailed=2, failed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "GATE FAILED   shapes: accuracy >= 0.8 confidence 95%  fake: 75.0% of 8 cases (*; the lower end counts)",
            "              c0, c1",
            "FAILED evals/shapes.eval.yaml::gate[[]accuracy >= 0.8 confidence 95%]*",
        ]
    )
    assert _kept(home.path) == [("accuracy >= 75%", "held"), ("accuracy >= 0.8 confidence 95%", "failed")]


@_SPREAD
def test_junitxml_has_a_testcase_for_each_gate(home: pytest.Pytester, spread: tuple[str, ...]) -> None:
    _gates(home.path, "accuracy >= 75%", "failed == 0")
    home.runpytest_subprocess("evals", "--junitxml=out.xml", *spread)
    suite = ET.parse(home.path / "out.xml").getroot()[0]  # noqa: S314  # ours
    names = {case.attrib["name"]: [child.tag for child in case] for case in suite.iter("testcase")}
    assert names.pop("gate[accuracy >= 75%]") == []
    assert names.pop("gate[failed == 0]") == ["failure"]
    assert len(names) == 8
    counts = {name: suite.attrib[name] for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "10", "failures": "1", "errors": "0", "skipped": "2"}


@_SPREAD
def test_gates_of_pyproject_and_of_the_flag_are_about_the_whole_session(
    home: pytest.Pytester, spread: tuple[str, ...]
) -> None:
    table = (home.path / "pyproject.toml").read_text()
    (home.path / "pyproject.toml").write_text(
        table.replace("[tool.snellen]\n", '[tool.snellen]\ngates = ["accuracy >= 50%"]\n')
    )
    (home.path / "evals" / "more.eval.yaml").write_text("dataset: ../datasets/shapes\nonly: [c2, c3]\n")
    text = (home.path / "evals/recordings/shapes/fake.jsonl").read_text()
    (home.path / "evals/recordings/more").mkdir()
    (home.path / "evals/recordings/more/fake.jsonl").write_text(text)
    result = home.runpytest_subprocess("evals", "--eval-gate", "failed <= 1", *spread)
    result.assert_outcomes(passed=9, xfailed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            "gate held     accuracy >= 50%  fake: 80.0% of 10 cases (*",
            "GATE FAILED   failed <= 1  fake: 2 of 10 responses",
            "              shapes[[]c0], shapes[[]c1]",
            "FAILED snellen::gate[[]failed <= 1]*",
        ]
    )
    assert _kept(home.path) == [("accuracy >= 50%", "held"), ("failed <= 1", "failed")]


def test_a_function_has_gates_of_its_own(home: pytest.Pytester) -> None:
    text = """import pytest
import snellen

@snellen.cases("../datasets/shapes", gates="failed <= 2")
def eval_one(case, response): ...

@pytest.mark.parametrize("most", [5, 999])
@snellen.cases("../datasets/shapes", only=["c2", "c3"], gates=["accuracy >= 50%", "failed == 0"])
def eval_two(case, response, most):
    assert len(response.text) < most
"""
    (home.path / "evals" / "shapes.eval.yaml").unlink()
    (home.path / "evals" / "eval_shapes.py").write_text(text)
    result = home.runpytest("evals", "-v")
    result.assert_outcomes(passed=6 + 2 + 2, xfailed=2 + 2, failed=1)
    result.stdout.fnmatch_lines(
        [
            "evals/eval_shapes.py::eval_one-gate[[]failed <= 2] PASSED*",
            "evals/eval_shapes.py::eval_two-gate[[]accuracy >= 50%] PASSED*",
            "evals/eval_shapes.py::eval_two-gate[[]failed == 0] FAILED*",
        ]
    )


def test_gates_run_behind_all_cases_whatever_sorts_the_items(home: pytest.Pytester) -> None:
    _gates(home.path, "accuracy >= 75%")
    home.makeconftest("def pytest_collection_modifyitems(items):\n    items.reverse()\n")
    result = home.runpytest("evals", "--collect-only", "-q")
    assert [line for line in result.outlines if "::" in line][-1] == "evals/shapes.eval.yaml::gate[accuracy >= 75%]"
    home.runpytest("evals").assert_outcomes(passed=7, xfailed=2)


# Parts of a session.


@_SPREAD
def test_a_gate_says_nothing_of_a_part_of_its_cases_which_then_count_themselves(
    home: pytest.Pytester, spread: tuple[str, ...]
) -> None:
    _gates(home.path, "accuracy >= 10%")
    result = home.runpytest_subprocess("evals", "-k", "c0 or c2 or gate", "-rs", *spread)
    result.assert_outcomes(passed=1, failed=1, skipped=1, deselected=0 if spread else 6)
    result.stdout.fnmatch_lines(["SKIPPED * 6 of its 8 cases are not selected"])
    assert _kept(home.path) == [("accuracy >= 10%", "skipped")]


def test_cases_count_themselves_where_no_gate_is_selected_which_is_said(home: pytest.Pytester) -> None:
    _gates(home.path, "accuracy >= 10%")
    result = home.runpytest("evals", "-k", "c0 or c2")
    result.assert_outcomes(passed=1, failed=1, deselected=7)
    result.stdout.fnmatch_lines(["gate skipped  shapes: accuracy >= 10%  it is not selected, so it decides nothing"])
    assert _kept(home.path) == [("accuracy >= 10%", "skipped")]
    home.runpytest("evals/shapes.eval.yaml::shapes[c0-fake]").assert_outcomes(failed=1)


@_SPREAD
def test_a_gate_alone_runs_the_cases_that_it_is_about(home: pytest.Pytester, spread: tuple[str, ...]) -> None:
    """Which is how an editor runs again what failed; the other gate of the eval has no say then."""
    _gates(home.path, "accuracy >= 80%", "errors == 0")
    result = home.runpytest_subprocess("evals/shapes.eval.yaml::gate[accuracy >= 80%]", *spread)
    result.assert_outcomes(passed=6, xfailed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            "GATE FAILED   shapes: accuracy >= 80%  fake: 75.0% of 8 cases (*",
            "gate skipped  shapes: errors == 0  it is not selected, so it decides nothing",
        ]
    )
    assert home.runpytest_subprocess("evals/shapes.eval.yaml::gate[errors == 0]", *spread).ret == pytest.ExitCode.OK


def test_a_gate_alone_on_a_tag_runs_only_the_cases_that_have_it(home: pytest.Pytester) -> None:
    _tagged(home.path)
    _gates(home.path, "accuracy >= 50% tags till")
    gate = "evals/shapes.eval.yaml::gate[accuracy >= 50% tags till]"
    home.runpytest(gate).assert_outcomes(passed=2, xfailed=1)
    home.runpytest(gate, "evals/shapes.eval.yaml::shapes[c0-fake]").assert_outcomes(failed=1, skipped=1)


def test_a_gate_on_a_tag_needs_only_the_cases_that_have_it(home: pytest.Pytester) -> None:
    _tagged(home.path)
    _gates(home.path, "accuracy >= 50% tags till")
    home.runpytest("evals", "-k", "till or gate").assert_outcomes(passed=2, xfailed=1, deselected=6)


@_SPREAD
def test_last_failed_takes_all_that_a_failed_gate_is_about(home: pytest.Pytester, spread: tuple[str, ...]) -> None:
    _gates(home.path, "accuracy >= 80%", "errors == 0")
    home.runpytest_subprocess("evals", *spread).assert_outcomes(passed=7, xfailed=2, failed=1)
    home.runpytest_subprocess("evals", "--lf", *spread).assert_outcomes(passed=7, xfailed=2, failed=1)
    home.runpytest_subprocess("evals", "--ff", *spread).assert_outcomes(passed=7, xfailed=2, failed=1)


def test_x_stops_at_a_gate_and_not_at_a_case_that_it_decides_about(home: pytest.Pytester) -> None:
    _gates(home.path, "accuracy >= 80%", "errors == 0")
    result = home.runpytest("evals", "-x")
    result.assert_outcomes(passed=6, xfailed=2, failed=1)
    result.stdout.fnmatch_lines(["*stopping after 1 failures*"])
    assert _kept(home.path) == [("accuracy >= 80%", "failed"), ("errors == 0", "skipped")]


@_SPREAD
def test_a_session_that_was_stopped_decides_no_gate(home: pytest.Pytester, spread: tuple[str, ...]) -> None:
    _gates(home.path, "accuracy >= 1%")
    (home.path / "evals" / "test_a.py").write_text("def test_it():\n    assert False\n")
    result = home.runpytest_subprocess("evals/test_a.py", "evals/shapes.eval.yaml", "-x", *spread)
    assert result.ret in (pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED)
    result.stdout.no_fnmatch_line("gate held*")


def test_a_limit_that_leaves_cases_unasked_holds_no_gate(home: pytest.Pytester) -> None:
    with FakeEndpoint("It is red.") as endpoint:
        table = (home.path / "pyproject.toml").read_text().splitlines()
        lines = [f'base_url = "{endpoint.base_url}"' if line.startswith("base_url") else line for line in table]
        (home.path / "pyproject.toml").write_text("\n".join(lines))
        _gates(home.path, "accuracy >= 1%", "errors <= 99")
        result = home.runpytest("evals", "--eval-responses=live", "--eval-max-calls=3")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["GATE FAILED   shapes: accuracy >= 1%  fake: 5 of 8 trials were not asked, so it *"])


def test_a_worker_that_crashes_leaves_its_gate_unheld(home: pytest.Pytester) -> None:
    text = "import os\nimport snellen\n\n@snellen.cases('../datasets/shapes', gates='accuracy >= 1%')\n"
    body = "def eval_shapes(case, response):\n    if case.id == 'c3':\n        os._exit(1)\n"
    (home.path / "evals" / "shapes.eval.yaml").unlink()
    (home.path / "evals" / "eval_shapes.py").write_text(text + body)
    result = home.runpytest_subprocess("evals", "-n", "2")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["GATE FAILED   shapes.shapes: accuracy >= 1%  only 7 of its 8 cases have ended"])


# What gates need.


@_SPREAD
def test_errors_are_allowed_by_a_gate_on_them_alone(home: pytest.Pytester, spread: tuple[str, ...]) -> None:
    file = home.path / "evals/recordings/shapes/fake.jsonl"
    file.write_text("".join(file.read_text().splitlines(keepends=True)[:-1]))
    _gates(home.path, "accuracy >= 50%")
    home.runpytest_subprocess("evals", *spread).assert_outcomes(passed=6, xfailed=2, errors=1)
    _gates(home.path, "accuracy >= 50%", "errors <= 1")
    result = home.runpytest_subprocess("evals", "-rx", *spread)
    result.assert_outcomes(passed=7, xfailed=3)
    result.stdout.fnmatch_lines(["XFAIL *c7-fake] - no response; its gate decides: errors <= 1"])
    _gates(home.path, "accuracy >= 50%", "errors == 0")
    assert home.runpytest_subprocess("evals", *spread).ret == pytest.ExitCode.TESTS_FAILED


@_SPREAD
def test_metrics_and_baselines_are_measured_as_on_the_command_line(
    home: pytest.Pytester, spread: tuple[str, ...]
) -> None:
    from snellen.runs.baseline import write_baseline
    from snellen.runs.baseline_run import baseline_of

    store = RunStore(home.path / ".snellen" / "runs.db")
    write_baseline(home.path / "evals" / "baselines" / "main.jsonl", baseline_of(store, "latest", name="main"))
    _gates(home.path, "no_broken", "no_worse_than main margin 40%", "pass@1 >= 75%", "no_broken other")
    result = home.runpytest_subprocess("evals", *spread)
    result.assert_outcomes(passed=9, xfailed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            "gate held     shapes: no_broken main  fake: 0 of 6 cases that passed in main fail now",
            "gate held     shapes: no_worse_than main margin 40%  fake: no better or worse than main over 8 cases*",
            "gate held     shapes: pass@1 >= 75%  fake: 75.0%, n=8*",
            "GATE FAILED   shapes: no_broken other  fake: there is no baseline 'other' yet",
        ]
    )


def test_a_gate_of_the_project_says_nothing_of_one_file_of_several(home: pytest.Pytester) -> None:
    from snellen.runs.baseline import write_baseline
    from snellen.runs.baseline_run import baseline_of

    text = (home.path / "evals/recordings/shapes/fake.jsonl").read_text()
    (home.path / "evals/recordings/more").mkdir()
    (home.path / "evals/recordings/more/fake.jsonl").write_text(text)
    (home.path / "evals/more.eval.yaml").write_text("dataset: ../datasets/shapes\nonly: [c2, c3]\n")
    home.runpytest("evals").assert_outcomes(passed=8, failed=2)
    store = RunStore(home.path / ".snellen" / "runs.db")
    write_baseline(home.path / "evals" / "baselines" / "main.jsonl", baseline_of(store, "latest", name="main"))
    table = (home.path / "pyproject.toml").read_text()
    own = 'gates = ["no_worse_than main margin 40%"]\n'
    (home.path / "pyproject.toml").write_text(table.replace("[tool.snellen]\n", f"[tool.snellen]\n{own}"))
    home.runpytest("evals").assert_outcomes(passed=9, xfailed=2)
    result = home.runpytest("evals/shapes.eval.yaml", "-rs")
    result.assert_outcomes(passed=6, failed=2, skipped=1)  # no gate decides, so each case counts
    result.stdout.fnmatch_lines(["SKIPPED * it is about the whole project, and this run leaves out 1 eval *: more"])


def test_a_gate_that_means_nothing_is_an_error_with_its_line(home: pytest.Pytester) -> None:
    _gates(home.path, "accuracy >= 75%", "accurcy >= 75%")
    result = home.runpytest("evals")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*evals/shapes.eval.yaml:4: gate 'accurcy >= 75%' measures 'accurcy'*"])
    result.stdout.no_fnmatch_line("*Traceback*")


@_SPREAD
def test_a_flag_that_means_nothing_is_a_usage_error(home: pytest.Pytester, spread: tuple[str, ...]) -> None:
    result = home.runpytest_subprocess("evals", "--eval-gate", "accuracy => 0.9", *spread)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*gate 'accuracy => 0.9' compares by '=>'"])


@_SPREAD
def test_a_damaged_baseline_is_an_error_before_anything_is_asked(
    home: pytest.Pytester, spread: tuple[str, ...]
) -> None:
    (home.path / "evals" / "baselines").mkdir()
    (home.path / "evals" / "baselines" / "main.jsonl").write_text("{}\n")
    _gates(home.path, "no_broken")
    result = home.runpytest_subprocess("evals", *spread)
    assert result.ret != pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["*evals/baselines/main.jsonl:1: this line is damaged: this file is no baseline*"])


def test_a_slip_in_pyproject_is_told_in_full_and_without_a_traceback(home: pytest.Pytester) -> None:
    table = (home.path / "pyproject.toml").read_text()
    (home.path / "pyproject.toml").write_text(
        table.replace("[tool.snellen]\n", '[tool.snellen]\ngates = ["accurcy >= 50%", {accuracy = 0.9}]\n')
    )
    result = home.runpytest("evals")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(
        [
            "pyproject.toml: gate 'accurcy >= 50%' measures 'accurcy', and nothing is called so",
            "  Did you mean 'accuracy'?*",
            "pyproject.toml: gate {accuracy: 0.9} is a mapping",
            "  Did you mean 'accuracy >= 0.9'?",
        ]
    )
    result.stdout.no_fnmatch_line("*raise *")


def test_sessions_without_evals_have_no_gates(pytester: pytest.Pytester) -> None:
    """pyproject names gates, and this session runs plain tests: nothing is added to it."""
    make_project(pytester.path)
    table = (pytester.path / "pyproject.toml").read_text()
    (pytester.path / "pyproject.toml").write_text(
        table.replace("[tool.snellen]\n", '[tool.snellen]\ngates = ["accuracy >= 50%"]\n')
    )
    pytester.makepyfile("def test_it(): pass")
    pytester.runpytest("test_sessions_without_evals_have_no_gates.py").assert_outcomes(passed=1)
