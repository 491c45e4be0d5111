"""`snellen report` writes the report of a run that was kept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from clikit import Cli
from evalkit import answering
from snellen.runs.store import RunStore


@pytest.fixture
def two_runs(project, snellen: Cli) -> Path:
    with answering() as endpoint:
        root = project(url=endpoint.base_url)
        snellen("run", "evals", "--responses", "live")
        (root / "datasets/shapes/cases.jsonl").write_text(
            (root / "datasets/shapes/cases.jsonl").read_text().replace("What", "Which")
        )
        snellen("run", "evals", "--responses", "live")
    return root


def ids(root: Path) -> list[str]:
    return RunStore(root / ".snellen/runs.db").ids()


def test_latest_is_what_it_takes_and_reports_is_where_it_goes(two_runs: Path, snellen: Cli) -> None:
    result = snellen("report")
    assert result.code == 0
    assert re.fullmatch(rf"report: reports/report\.html \(\d\.\d MB\), run {ids(two_runs)[0]}\n", result.out)
    assert "Which colour is number 1?" in (two_runs / "reports/report.html").read_text()


def test_an_older_run_into_a_named_file_under_another_heading(two_runs: Path, snellen: Cli) -> None:
    result = snellen("report", ids(two_runs)[1], "-o", "old.html", "--title", "Before <b>the</b> change")
    page = (two_runs / "old.html").read_text()
    assert result.code == 0
    assert "What colour is number 1?" in page
    assert "Before &lt;b&gt;the&lt;/b&gt; change" in page


def test_the_report_of_a_run_is_the_same_bytes_each_time(two_runs: Path, snellen: Cli) -> None:
    snellen("report", "latest", "-o", "a.html")
    snellen("report", "latest", "-o", "b.html")
    assert (two_runs / "a.html").read_bytes() == (two_runs / "b.html").read_bytes()


def test_the_report_of_a_kept_run_is_the_one_that_run_wrote(project, snellen: Cli) -> None:
    with answering() as endpoint:
        root = project(url=endpoint.base_url)
        snellen("run", "evals", "--responses", "live", "--report", "a.html")
    snellen("report", "latest", "-o", "b.html")
    assert (root / "a.html").read_bytes() == (root / "b.html").read_bytes()


def test_a_picture_that_is_gone_is_told_and_does_no_harm(two_runs: Path, snellen: Cli) -> None:
    (two_runs / "datasets/shapes/images/0.png").unlink()
    result = snellen("report", "latest", "-o", "r.html")
    assert result.code == 0
    assert "1 picture could not be embedded" in result.out
    assert "images/0.png" in (two_runs / "r.html").read_text()


def test_a_project_without_runs_says_how_to_make_one(project, snellen: Cli) -> None:
    project()
    result = snellen("report")
    assert (result.code, result.err) == (2, "snellen: there is no run in runs.db yet\n  Make one: snellen run evals\n")
