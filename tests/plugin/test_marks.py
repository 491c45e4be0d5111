"""Marked cases in pytest: xfail and xpass with the reason, until the mark ends; never hidden, never deciding."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from evalkit import make_project
from snellen.testing import FakeEndpoint, FakeRequest

Home = Callable[..., pytest.Pytester]
_SPREAD = pytest.mark.parametrize("spread", [(), ("-n", "2")], ids=["one-process", "xdist"])
_KNOWN = {"known_failing": {"reason": "reads red as blue", "until": "2999-12-31"}}
_ENDED = {"known_failing": {"reason": "reads red as blue", "until": "2020-01-31"}}
_FLAKY = {"flaky": "now so, now so"}


def _answer(request: FakeRequest) -> str:
    """Cases c0 and c1 are answered wrongly."""
    text = request.body.decode()
    return "It is blue." if "number 0?" in text or "number 1?" in text else "It is red."


@pytest.fixture
def home(pytester: pytest.Pytester) -> Home:
    """Makes a project of four cases whose answers are recorded, two of them wrong, with these fields in its rows."""

    def make(**fields: dict[str, object]) -> pytest.Pytester:
        with FakeEndpoint(answer=_answer) as endpoint:
            root = make_project(pytester.path, url=endpoint.base_url, cases=4)
            pytester.runpytest("evals", "--eval-responses=missing").assert_outcomes(passed=2, failed=2)
        file = root / "datasets/shapes/cases.jsonl"
        rows = [json.loads(line) for line in file.read_text().splitlines()]
        file.write_text("".join(json.dumps({**row, **fields.get(row["id"], {})}) + "\n" for row in rows))
        return pytester

    return make


@_SPREAD
def test_a_known_failure_is_an_xfail_and_a_flaky_one_too(home: Home, spread: tuple[str, ...]) -> None:
    result = home(c0=_KNOWN, c1=_FLAKY).runpytest_subprocess("evals", "-rxX", "--xfail-tb", *spread)
    result.assert_outcomes(passed=2, xfailed=2)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines_random(
        [
            "XFAIL *shapes[[]c0-fake] - known failing: reads red as blue (until 2999-12-31)",
            "XFAIL *shapes[[]c1-fake] - flaky: now so, now so",
            "*c0: failed*",  # what is wrong is shown all the same
            "fake *2*2*0*0*50%*",
            "known failing 1 trial: 1 wrong; counted in the table; gates on right and wrong leave them out",
            "flaky         1 trial: 1 wrong; counted in the table; gates on right and wrong leave them out",
        ]
    )


@_SPREAD
def test_a_known_failure_that_passes_is_an_xpass_that_says_what_to_do(home: Home, spread: tuple[str, ...]) -> None:
    made = home(c0=_KNOWN, c1=_KNOWN, c2=_KNOWN, c3=_FLAKY)
    result = made.runpytest_subprocess("evals", "-rxX", "--xfail-tb", *spread)
    result.assert_outcomes(passed=1, xfailed=2, xpassed=1)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines_random(
        [
            "XPASS *shapes[[]c2-fake] - it passes now, so remove the mark: known failing: reads red as blue *",
            "              right now, so remove the mark: shapes[[]c2-fake]",
        ]
    )


@_SPREAD
def test_a_mark_that_has_ended_is_a_failure_that_says_so(home: Home, spread: tuple[str, ...]) -> None:
    result = home(c0=_ENDED, c1=_FLAKY, c2=_ENDED).runpytest_subprocess("evals", "-rxX", "--xfail-tb", *spread)
    result.assert_outcomes(passed=2, xfailed=1, failed=1)
    result.stdout.fnmatch_lines_random(
        [
            "  mark     known failing: reads red as blue (until 2020-01-31), which has ended",
            "mark ended    2, which count like any other: *",
        ]
    )


def test_runxfail_runs_cases_as_if_they_had_no_mark(home: Home) -> None:
    home(c0=_KNOWN, c1=_FLAKY, c2=_KNOWN).runpytest("evals", "--runxfail").assert_outcomes(passed=2, failed=2)


def test_gates_leave_marked_cases_out_but_not_under_runxfail(home: Home) -> None:
    project = home(c0=_KNOWN, c1=_FLAKY)
    file = project.path / "evals/shapes.eval.yaml"
    file.write_text(file.read_text() + "gates: [accuracy >= 90%]\n")
    result = project.runpytest("evals")
    result.assert_outcomes(passed=3, xfailed=2)
    result.stdout.fnmatch_lines(["gate held * 100.0% of 2 cases (*); 2 marked cases left out (50.0% of 4 with them)"])
    result = project.runpytest("evals", "--runxfail")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["GATE FAILED   shapes: accuracy >= 90%  fake: 50.0% of 4 cases (*"])


def test_strict_xfail_of_a_project_is_about_its_own_tests(home: Home) -> None:
    """xfail_strict makes an xpass of @pytest.mark.xfail a failure; our marks are dated instead."""
    project = home(c0=_KNOWN, c1=_KNOWN, c2=_KNOWN)
    result = project.runpytest("evals", "-o", "xfail_strict=true")
    result.assert_outcomes(passed=1, xfailed=2, xpassed=1)


def test_a_missing_answer_is_an_error_whatever_the_mark(home: Home) -> None:
    project = home(c0=_KNOWN, c1=_KNOWN, c3=_KNOWN)
    file = project.path / "evals/recordings/shapes/fake.jsonl"
    file.write_text("".join(file.read_text().splitlines(keepends=True)[:-1]))
    project.runpytest("evals").assert_outcomes(passed=1, xfailed=2, errors=1)


def test_a_fixture_that_breaks_is_an_error_whatever_the_mark(home: Home) -> None:
    project = home(c0=_KNOWN, c1=_KNOWN)
    (project.path / "evals/shapes.eval.yaml").unlink()
    text = """import pytest
import snellen

@pytest.fixture
def broken():
    raise RuntimeError("no disk")

@snellen.cases("../datasets/shapes", gates="errors <= 9")
def eval_shapes(broken, case, response): ...
"""
    (project.path / "evals/eval_shapes.py").write_text(text)
    result = project.runpytest("evals")
    assert result.parseoutcomes()["errors"] == 4
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_an_assertion_of_a_function_is_excused_like_a_wrong_answer(home: Home) -> None:
    project = home(c2=_KNOWN)
    (project.path / "evals/shapes.eval.yaml").unlink()
    text = (
        "import snellen\n\n@snellen.cases('../datasets/shapes', only=['c2', 'c3'])\ndef eval_shapes(case, response):\n"
    )
    (project.path / "evals/eval_shapes.py").write_text(text + "    assert case.id == 'c3'\n")
    project.runpytest("evals").assert_outcomes(passed=1, xfailed=1)


def test_x_does_not_stop_at_a_marked_case(home: Home) -> None:
    home(c0=_KNOWN, c1=_FLAKY).runpytest("evals", "-x").assert_outcomes(passed=2, xfailed=2)


def test_a_reason_cannot_steer_the_terminal(home: Home) -> None:
    result = home(c0={"flaky": "so\x1b[2Jso"}, c1=_FLAKY).runpytest("evals", "-rx")
    assert "\x1b" not in result.stdout.str()
    assert r"flaky: so\x1b[2Jso" in result.stdout.str()
