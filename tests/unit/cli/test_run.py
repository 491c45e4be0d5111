"""What `snellen run` prints."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from clikit import Cli, kept_run
from evalkit import answering
from snellen.testing import FakeEndpoint, FakeReply, FakeRequest

_RUN_LINE = re.compile(r"^run: \d{8}-\d{6}-[0-9a-f]{6}$", re.MULTILINE)


def test_a_good_run_is_a_table_and_a_name(project, snellen: Cli) -> None:
    with answering() as endpoint:
        root = project(url=endpoint.base_url)
        result = snellen("run", "evals", "--responses", "live")
    heading, row, last = result.out.splitlines()
    assert heading.split() == ["model", "passed", "failed", "unscored", "error", "accuracy", "(95", "%)", "latency"]
    assert row.split()[:6] == ["fake", "2", "0", "0", "0", "100%"]
    assert last == f"run: {kept_run(root).facts.id}"
    assert result.err == ""


def test_what_is_wrong_is_listed_with_its_reason_before_the_table(project, snellen: Cli) -> None:
    def answer(request: FakeRequest) -> FakeReply | str:
        if "number 1" in request.body.decode():
            return FakeReply(status=400, body={"error": {"message": "no such picture"}})
        return "It is blue." if "number 0" in request.body.decode() else "It is red."

    with FakeEndpoint(answer=answer) as endpoint:
        project(url=endpoint.base_url, cases=3)
        result = snellen("run", "evals", "--responses", "live")
    lines = result.out.splitlines()
    assert lines[0].startswith("FAILED   shapes[c0-fake]  keywords: ")
    assert lines[1].startswith("ERROR    shapes[c1-fake]  fake-vlm at 127.0.0.1:")
    assert "no such picture" in lines[1]
    assert "c2" not in result.out


def test_a_long_list_is_cut_and_says_so(project, snellen: Cli) -> None:
    with FakeEndpoint("It is blue.") as endpoint:
        project(url=endpoint.base_url, cases=25)
        result = snellen("run", "evals", "--responses", "live")
    assert result.out.count("FAILED ") == 20
    assert "… and 5 more; snellen report shows all of them" in result.out


def test_a_report_is_written_where_it_is_wanted_and_named(project, snellen: Cli) -> None:
    with answering() as endpoint:
        root = project(url=endpoint.base_url)
        result = snellen("run", "evals", "--responses", "live", "--report", "deep/er/r.html")
    assert re.search(r"^report: deep/er/r\.html \(\d\.\d MB\)$", result.out, re.MULTILINE)
    assert "What colour is number 1?" in (root / "deep/er/r.html").read_text()


def test_a_journal_that_was_cut_short_is_told(project, snellen: Cli) -> None:
    with answering() as endpoint:
        root = project(url=endpoint.base_url)
        snellen("run", "evals", "--responses", "missing")
    journal = root / "evals/recordings/shapes/fake.jsonl.journal"
    journal.write_text('{"fingerprint":"0123')
    result = snellen("run", "evals")
    assert result.code == 0
    assert "evals/recordings/shapes/fake.jsonl.journal: the last line was not finished" in result.out


def test_several_models_stand_in_one_table(project, snellen: Cli) -> None:
    with answering() as endpoint:
        project(url=endpoint.base_url)
        environ_model = ("-m", "fake", "-m", "fake", "-m", "other")
        pyproject = Path("pyproject.toml")
        table = f'[tool.snellen.models.other]\nbase_url = "{endpoint.base_url}"\n'
        pyproject.write_text(pyproject.read_text() + table)
        result = snellen("run", "evals", "--responses", "live", *environ_model)
        assert [line.split()[:2] for line in result.out.splitlines()[1:3]] == [["fake", "2"], ["other", "2"]]
        assert len(endpoint.requests) == 4


def test_files_and_folders_may_be_named_together(project, snellen: Cli) -> None:
    with answering() as endpoint:
        root = project(url=endpoint.base_url)
        (root / "more").mkdir()
        (root / "more/other.eval.yaml").write_text("dataset: ../datasets/shapes\nonly: c1\n")
        result = snellen("run", "evals/shapes.eval.yaml", "more", "--responses", "missing")
        assert result.code == 0
        assert [trial.eval for trial in kept_run(root).trials] == ["shapes", "shapes", "more/other"]
        assert len(endpoint.requests) == 2


def test_a_file_without_evals_scores_nothing_and_says_so(project, snellen: Cli) -> None:
    root = project()
    (root / "evals/eval_free.py").write_text("import snellen\n\ndef eval_free(ask): ...\n")
    result = snellen("run", "evals/eval_free.py")
    assert result.code == 3
    assert "Nothing was scored" in result.out


@pytest.mark.parametrize("where", ["project", "above", "elsewhere"])
def test_the_project_is_found_from_anywhere(project, snellen: Cli, monkeypatch, tmp_path: Path, where: str) -> None:
    with answering() as endpoint:
        root = project(url=endpoint.base_url)
        snellen("run", "evals", "--responses", "missing")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    folder, path = {
        "project": (root, "evals"),
        "above": (root.parent, "project/evals/shapes.eval.yaml"),
        "elsewhere": (elsewhere, str(root / "evals")),
    }[where]
    monkeypatch.chdir(folder)
    assert snellen("run", path).code == 0
    assert not list(elsewhere.iterdir())


def test_a_row_of_any_kind_is_kept(project, snellen: Cli) -> None:
    """Fields of one's own hold what JSON cannot, and never cost a run that was paid for."""
    text = """import datetime, decimal, snellen

ROW = {"id": "a", "prompt": "?", "images": "../datasets/shapes/images/0.png", "expect": ["red"]}
ODD = {"when": datetime.timedelta(1), "price": decimal.Decimal("1.50"), "huge": 2**80, "half": "\\ud83d", "set": {1}}

@snellen.cases({**ROW, **ODD})
def eval_it(case, response):
    assert case.metadata["huge"] == 2**80
"""
    with answering() as endpoint:
        root = project(url=endpoint.base_url)
        (root / "evals/eval_odd.py").write_text(text)
        result = snellen("run", "evals/eval_odd.py", "--responses", "missing", "--report", "r.html")
    assert (result.code, result.err) == (0, "")
    (trial,) = kept_run(root).trials
    assert (trial.case.metadata["price"], trial.case.metadata["huge"]) == ("1.50", str(2**80))


def test_a_run_of_one_case_says_so_in_json_too(project, snellen: Cli) -> None:
    """What is kept can be read by anything that reads JSON, once it is exported."""
    with answering() as endpoint:
        root = project(url=endpoint.base_url, cases=1)
        snellen("run", "evals", "--responses", "live")
    snellen("export", "latest", "-o", "run.jsonl")
    trial = json.loads((root / "run.jsonl").read_text().splitlines()[1])["trial"]
    assert (trial["outcome"], trial["response"]["text"]) == ("passed", "It is red.")


def test_metrics_that_an_eval_names_stand_below_the_table(project, snellen: Cli) -> None:
    def answer(request: FakeRequest) -> str:
        return "It is blue." if "number 0?" in request.body.decode() else "It is red."

    with FakeEndpoint(answer=answer) as endpoint:
        root = project(url=endpoint.base_url, cases=4)
        file = root / "evals" / "shapes.eval.yaml"
        file.write_text(f"{file.read_text()}metrics: [accuracy, f1]\n")
        result = snellen("run", "evals", "--responses", "live")
    lines = result.out.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("metric "))
    table = [line.split() for line in lines[at : at + 3]]
    assert (lines[at - 1], table) == (
        "",
        [
            ["metric", "model", "value", "(95", "%)", "interval", "n", "unscored", "errors"],
            ["accuracy", "fake", "75.0", "%", "(30.1-95.4)", "Wilson", "4", "cases", "0", "0"],
            ["f1", "fake", "not", "defined", "0", "cases", "0", "0"],
        ],
    )
    assert lines[at + 3] == "  f1: no response was judged by 'yesno'"
    assert [(one.name, one.value) for one in kept_run(root).facts.metrics] == [("accuracy", 0.75), ("f1", None)]
    assert "\n".join(lines[at : at + 4]) in snellen("show").out
    kept = json.loads(snellen("show", "--json").out)
    (listed,) = json.loads(snellen("runs", "--json").out)
    assert kept["facts"]["metrics"] == listed["facts"]["metrics"]
    assert [one["name"] for one in listed["facts"]["metrics"]] == ["accuracy", "f1"]


def test_a_metric_that_is_none_is_told_with_its_line_before_anything_is_asked(project, snellen: Cli) -> None:
    with answering() as endpoint:
        root = project(url=endpoint.base_url)
        (root / "evals" / "shapes.eval.yaml").write_text("dataset: ../datasets/shapes\nmetrics: [f2]\n")
        result = snellen("run", "evals", "--responses", "live")
        assert endpoint.requests == []
    assert result.code == 2
    assert "evals/shapes.eval.yaml:2: there is no metric 'f2'" in result.err


def test_a_shard_says_that_its_figures_are_of_a_part_and_merging_finds_them_anew(project, snellen: Cli) -> None:
    with answering() as endpoint:
        root = project(url=endpoint.base_url, cases=4)
        (root / "evals" / "shapes.eval.yaml").write_text("dataset: ../datasets/shapes\nmetrics: accuracy\n")
        names = []
        for shard in ("1/2", "2/2"):
            result = snellen("run", "evals", "--responses", "live", "--shard", shard)
            assert f"  accuracy: this is only shard {shard} of the run" in result.out.splitlines()
            names.append(kept_run(root).facts.id)
        assert snellen("merge", *names).code == 0
    (merged,) = kept_run(root).facts.metrics
    assert (merged.value, merged.n, merged.note) == (1.0, 4, "")
