"""A session whose results cannot be kept says so after everything else, and is not green."""

from __future__ import annotations

import pytest

from evalkit import answering, make_project

_CALL = ("evals", "--eval-responses", "missing")


def test_a_run_store_that_cannot_be_written(pytester: pytest.Pytester) -> None:
    with answering() as endpoint:
        root = make_project(pytester.path, url=endpoint.base_url)
        (root / ".snellen/runs.db").mkdir(parents=True)
        result = pytester.runpytest(*_CALL)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*= snellen =*", "*fake*2*0*", "cannot write */.snellen/runs.db: *"])
    result.stderr.no_fnmatch_line("*Traceback*")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert (root / "evals/recordings/shapes/fake.jsonl").read_text().count("\n") == 2


def test_a_place_for_the_session_that_cannot_be_written_costs_nothing(pytester: pytest.Pytester) -> None:
    with answering() as endpoint:
        root = make_project(pytester.path, url=endpoint.base_url)
        (root / ".snellen").write_text("in the way")
        result = pytester.runpytest(*_CALL)
        assert endpoint.requests == []
    result.stderr.fnmatch_lines(["ERROR: cannot write */.snellen/journals/*"])
    assert result.ret == pytest.ExitCode.USAGE_ERROR


def test_a_replay_in_a_checkout_that_cannot_be_written_is_green_and_says_that_it_was_not_kept(
    pytester: pytest.Pytester,
) -> None:
    with answering() as endpoint:
        root = make_project(pytester.path, url=endpoint.base_url)
        pytester.runpytest(*_CALL).assert_outcomes(passed=2)
    for path in (root / ".snellen").iterdir():
        path.unlink() if path.is_file() else path.rmdir()
    (root / ".snellen").rmdir()
    (root / ".snellen").write_text("in the way")
    result = pytester.runpytest("evals", "--eval-report", "report.html")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*fake*2*0*", "This replay is not in the run store: *", "report: report.html (*"])
    assert result.ret == pytest.ExitCode.OK


def test_a_report_that_cannot_be_written(pytester: pytest.Pytester) -> None:
    with answering() as endpoint:
        make_project(pytester.path, url=endpoint.base_url)
        result = pytester.runpytest(*_CALL, "--eval-report", "pyproject.toml/report.html")
    result.stdout.fnmatch_lines(["*= snellen =*", "*fake*2*0*", "cannot write pyproject.toml/report.html: *"])
    result.stderr.no_fnmatch_line("*Traceback*")
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_recordings_that_cannot_be_written_cost_nothing(pytester: pytest.Pytester) -> None:
    with answering() as endpoint:
        root = make_project(pytester.path, url=endpoint.base_url)
        (root / "evals/recordings").write_text("in the way")
        result = pytester.runpytest(*_CALL)
        assert endpoint.requests == []
    result.stderr.fnmatch_lines(["ERROR: cannot write */evals/recordings/shapes/fake.jsonl.journal: *"])
    assert result.ret == pytest.ExitCode.USAGE_ERROR


@pytest.mark.parametrize("extra", [(), ("-n", "2")], ids=["one-process", "xdist"])
def test_a_damaged_recording_is_an_error_that_names_the_line(pytester: pytest.Pytester, extra: tuple[str, ...]) -> None:
    with answering() as endpoint:
        root = make_project(pytester.path, url=endpoint.base_url)
        pytester.runpytest(*_CALL).assert_outcomes(passed=2)
        file = root / "evals/recordings/shapes/fake.jsonl"
        file.write_text("{torn\n" + file.read_text())
        result = pytester.runpytest_subprocess("evals", *extra)
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["evals/recordings/shapes/fake.jsonl:1: this line is not a recorded entry*"])
    result.stdout.no_fnmatch_line("*Traceback*")
