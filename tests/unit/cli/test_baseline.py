"""Baselines and gates from file to exit code, as people use them on a command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clikit import Cli, kept_run
from snellen.runs.store import RunStore
from snellen.session import run
from snellen.testing import FakeEndpoint, FakeRequest

_PLAIN = "dataset: ../datasets/shapes\n"


def answer(request: FakeRequest) -> str:
    """Cases c0 and c1 are answered wrongly."""
    text = request.body.decode()
    return "It is blue." if "number 0?" in text or "number 1?" in text else "It is red."


def rewrite(root: Path, **changes: dict[str, object]) -> None:
    """Adds fields to rows of the dataset, by case id."""
    file = root / "datasets/shapes/cases.jsonl"
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    file.write_text("".join(json.dumps({**row, **changes.get(row["id"], {})}) + "\n" for row in rows))


@pytest.fixture
def recorded(project, snellen: Cli) -> Path:
    """A project of ten cases whose answers are recorded; two are wrong."""
    with FakeEndpoint(answer=answer) as endpoint:
        root: Path = project(url=endpoint.base_url, cases=10)
        assert snellen("run", "evals", "--responses", "missing").code == 1
    return root


def gates_in(root: Path, text: str) -> None:
    (root / "evals/shapes.eval.yaml").write_text(f"{_PLAIN}{text}")


# Baselines.


def test_a_baseline_is_set_listed_and_set_again(recorded: Path, snellen: Cli) -> None:
    assert snellen("baseline", "list").out == (
        "There is no baseline yet. Make one of a run: snellen baseline set main RUN\n"
    )
    key = kept_run(recorded).facts.id
    first = snellen("baseline", "set", "main")
    assert (first.code, first.out) == (
        0,
        f"evals/baselines/main.jsonl: run {key}, 10 trials: 8 passed, 2 failed\n"
        "Commit it: later runs are held to it by gates, or compared with it by snellen compare\n",
    )
    before = (recorded / "evals/baselines/main.jsonl").read_bytes()
    assert snellen("baseline", "set", "main", key[:15]).out.endswith(f"It was run {key}: nothing changed\n")
    assert (recorded / "evals/baselines/main.jsonl").read_bytes() == before
    rewrite(recorded, c2={"expect": ["green"]}, c0={"expect": ["blue"]})
    snellen("run", "evals")
    assert snellen("baseline", "set", "main").out.endswith(f"It was run {key}: 1 broke, 1 fixed\n")
    assert "8 passed, 2 failed" in snellen("baseline", "list").out


def test_a_baseline_of_a_replay_is_that_of_the_run_which_asked(recorded: Path, snellen: Cli) -> None:
    snellen("baseline", "set", "main")
    snellen("run", "evals")
    snellen("baseline", "set", "again")
    first, second = (
        (recorded / f"evals/baselines/{name}.jsonl").read_text().splitlines()[1:] for name in ("main", "again")
    )
    assert first == second


def test_a_damaged_baseline_stops_a_run_before_anything_is_asked(recorded: Path, snellen: Cli) -> None:
    snellen("baseline", "set", "main")
    file = recorded / "evals/baselines/main.jsonl"
    file.write_text(file.read_text() + "{\n")
    runs = len(RunStore(recorded / ".snellen/runs.db").ids())
    result = snellen("run", "evals", "--responses", "live", "--gate", "no_broken")
    assert (result.code, len(RunStore(recorded / ".snellen/runs.db").ids())) == (2, runs)
    assert "evals/baselines/main.jsonl:12: this line is no JSON" in result.err
    assert snellen("baseline", "list").code == 2
    refused = snellen("baseline", "set", "main")
    assert refused.code == 2
    assert (
        "Take the file from version control, or remove it and set it anew: snellen baseline set main RUN" in refused.err
    )
    assert file.read_text().endswith("{\n")


def test_a_name_that_leaves_the_folder_is_refused(recorded: Path, snellen: Cli) -> None:
    result = snellen("baseline", "set", "../main")
    assert result.code == 2
    assert "'../main' is no name for a baseline" in result.err


def test_a_run_that_was_stopped_is_refused_with_the_command_that_finishes_it(project, snellen: Cli) -> None:
    with FakeEndpoint("It is red.") as endpoint:
        root = project(url=endpoint.base_url, cases=4)
        snellen("run", "evals", "--responses", "missing", "--max-calls", "2")
    result = snellen("baseline", "set", "main")
    assert result.code == 2
    assert f"Finish it first: snellen resume {kept_run(root).facts.id}" in result.err
    assert not (root / "evals/baselines").exists()


def test_trials_without_a_response_are_told(recorded: Path, snellen: Cli) -> None:
    file = recorded / "evals/recordings/shapes/fake.jsonl"
    file.write_text("".join(file.read_text().splitlines(keepends=True)[:-1]))
    snellen("run", "evals")
    assert "1 trial has no response, and can be compared with nothing" in snellen("baseline", "set", "main").out


# Gates.


CODES = {
    # gates, exit code, a line that is printed
    "held": ("accuracy >= 80%", 0, "gate held     accuracy >= 80%  fake: 80.0% of 10 cases"),
    "failed": ("accuracy >= 81%", 1, "GATE FAILED   accuracy >= 81%  fake: 80.0% of 10 cases"),
    "cases": ("failed <= 1", 1, "              shapes[c0], shapes[c1]\n"),
    "blind": ("errors == 0", 0, "No gate looks at whether answers are right, so wrong ones decide nothing."),
    "unknown-cost": ("cost <= 1", 1, "fake: what 10 responses cost is not known"),
    "nothing": ("accuracy >= 0 tags till", 1, "there is no trial that it is about: none has tag 'till'"),
}


@pytest.mark.parametrize(("gate", "code", "line"), CODES.values(), ids=CODES)
def test_gates_decide_the_exit_code(recorded: Path, snellen: Cli, gate: str, code: int, line: str) -> None:
    result = snellen("run", "evals", "--gate", gate)
    assert result.code == code
    assert line in result.out


def test_gates_come_from_eval_files_pyproject_and_flags(recorded: Path, snellen: Cli) -> None:
    gates_in(recorded, "gates:\n  - accuracy >= 0.8\n  - no_broken: {tags: [none]}\n")
    table = (recorded / "pyproject.toml").read_text()
    gates = 'gates = ["errors == 0", { gate = "failed <= 2", model = "fake" }]\n'
    (recorded / "pyproject.toml").write_text(table.replace("[tool.snellen]\n", f"[tool.snellen]\n{gates}"))
    result = snellen("run", "evals", "--gate", "unscored <= 2%", "--gate", "errors == 0")
    assert [(one.eval, one.text, one.state) for one in kept_run(recorded).facts.gates] == [
        ("shapes", "accuracy >= 0.8", "held"),
        ("shapes", "no_broken main tags none", "failed"),
        ("", "errors == 0", "held"),
        ("", "failed <= 2 model fake", "held"),
        ("", "unscored <= 2%", "held"),
    ]
    assert result.code == 1
    assert "gate held     failed <= 2 model fake  fake: 2 of 10 responses" in snellen("show").out
    assert json.loads(snellen("show", "--json").out)["facts"]["gates"][0]["measured"] == 0.8


def test_a_gate_that_means_nothing_is_told_with_file_and_line_before_anything_is_asked(
    recorded: Path, snellen: Cli
) -> None:
    gates_in(recorded, "gates:\n  - accuracy >= 0.8\n  - acuracy >= 0.8\nmetrics: [f3]\n")
    table = (recorded / "pyproject.toml").read_text()
    (recorded / "pyproject.toml").write_text(table.replace("[tool.snellen]\n", '[tool.snellen]\ngates = ["cost"]\n'))
    result = snellen("run", "evals", "--responses", "live", "--gate", "errors = 0")
    assert result.code == 2
    assert "evals/shapes.eval.yaml:4: gate 'acuracy >= 0.8' measures 'acuracy'" in result.err
    assert "evals/shapes.eval.yaml:5: there is no metric 'f3'" in result.err
    assert "pyproject.toml: gate 'cost' is no condition" in result.err
    assert "gate 'errors = 0' compares by '='" in result.err


def test_a_gate_of_a_decorator_is_told_with_its_function(recorded: Path, snellen: Cli) -> None:
    text = "import snellen\n\n@snellen.cases('../datasets/shapes', gates='nothing')\ndef eval_it(case, response): ...\n"
    (recorded / "evals/eval_more.py").write_text(text)
    assert "evals/eval_more.py::eval_it: gate 'nothing' is no condition" in snellen("run", "evals").err


def test_a_baseline_is_held_from_setting_it_to_breaking_it(recorded: Path, snellen: Cli) -> None:
    gate = ("run", "evals", "--gate", "no_broken")
    unset = snellen(*gate)
    assert unset.code == 1
    assert "there is no baseline 'main' yet" in unset.out
    assert "Once a run is as it should be: snellen baseline set main RUN" in unset.out
    snellen("baseline", "set", "main")
    assert snellen(*gate).code == 0
    rewrite(recorded, c5={"expect": ["green"]})
    broken = snellen(*gate)
    assert broken.code == 1
    assert "fake: 1 of 8 cases that passed in main fails now\n              shapes[c5]\n" in broken.out
    worse = snellen("run", "evals", "--gate", "no_worse_than main margin 2%")
    assert worse.code == 1
    assert "10.0 points worse than main over 10 cases" in worse.out


def test_a_baseline_that_another_version_judged_is_told(recorded: Path, snellen: Cli) -> None:
    snellen("baseline", "set", "main")
    file = recorded / "evals/baselines/main.jsonl"
    header, rest = file.read_text().split("\n", 1)
    told = json.loads(header)
    told["scorers"][0]["version"] = "0"
    file.write_text(json.dumps(told) + "\n" + rest)
    for words in (("run", "evals", "--gate", "no_broken"), ("gate", "latest", "--gate", "no_broken")):
        result = snellen(*words)
        assert result.code == 0
        assert "Baseline 'main' was judged otherwise: keywords is version " in result.out
        assert " now and was version 0. What changed may be the scorer's doing" in result.out


def test_errors_are_allowed_by_a_gate_on_them_alone(recorded: Path, snellen: Cli) -> None:
    file = recorded / "evals/recordings/shapes/fake.jsonl"
    file.write_text("".join(file.read_text().splitlines(keepends=True)[:-2]))
    assert snellen("run", "evals", "--gate", "accuracy >= 50%").code == 3
    assert snellen("run", "evals", "--gate", "accuracy >= 50%", "--gate", "errors <= 1").code == 3
    assert snellen("run", "evals", "--gate", "accuracy >= 50%", "--gate", "errors <= 2").code == 0


def test_a_shard_decides_no_gate(recorded: Path, snellen: Cli) -> None:
    result = snellen("run", "evals", "--shard", "1/2", "--gate", "accuracy >= 99%")
    assert result.code == 0
    assert "gate skipped  accuracy >= 99%  this is only shard 1/2 of the run" in result.out


def test_a_run_that_was_stopped_decides_no_gate(project, snellen: Cli) -> None:
    with FakeEndpoint("It is red.") as endpoint:
        project(url=endpoint.base_url, cases=4)
        result = snellen("run", "evals", "--responses", "live", "--max-calls", "2", "--gate", "accuracy >= 1%")
    assert result.code == 3
    assert "gate skipped  accuracy >= 1%  the run was stopped" in result.out


def test_gates_are_values_in_python(recorded: Path) -> None:
    result = run("evals", gates=["accuracy >= 0.8", {"gate": "failed == 0"}])
    assert [(one.text, one.model, one.state, one.measured, one.n) for one in result.gates] == [
        ("accuracy >= 0.8", "fake", "held", 0.8, 10),
        ("failed == 0", "fake", "failed", 2.0, 10),
    ]
    assert result.gates[1].cases == ("shapes[c0]", "shapes[c1]")
    assert (result.exit_code, result.run.facts.gates) == (1, result.gates)
    assert run("evals", gates="accuracy >= 0.8").exit_code == 0


# Marks.


def mark(until: str = "", **more: str) -> dict[str, object]:
    return {"known_failing": {"reason": "reads red as blue", "until": until or "2999-12-31", **more}}


def test_marked_cases_decide_nothing_and_are_listed_apart(recorded: Path, snellen: Cli) -> None:
    rewrite(recorded, c0=mark(), c1={"flaky": "now so, now so"}, c2=mark(), c3={"flaky": "likewise"})
    result = snellen("run", "evals")
    assert result.code == 0
    lines = result.out.splitlines()
    assert lines[0].startswith("KNOWN    shapes[c0-fake]  keywords: ")
    assert lines[0].endswith("(known failing: reads red as blue; until 2999-12-31)")
    assert lines[1].startswith("FLAKY    shapes[c1-fake]  keywords: ")
    assert lines[1].endswith("(flaky: now so, now so)")
    assert lines[3].split()[:4] == ["fake", "8", "2", "0"]
    assert lines[4:8] == [
        "known failing 2 trials: 1 wrong, 1 right; counted in the table; gates on right and wrong leave them out",
        "              right now, so remove the mark: shapes[c2-fake]",
        "flaky         2 trials: 1 wrong, 1 right; counted in the table; gates on right and wrong leave them out",
        "              wrong now: shapes[c1-fake]",
    ]


def test_a_kept_run_shows_its_marked_cases_apart(recorded: Path, snellen: Cli) -> None:
    rewrite(recorded, c0=mark(), c1={"flaky": "now so, now so"})
    snellen("run", "evals")
    shown = snellen("show").out
    assert "known failing 1 trial: 1 wrong; counted in the table; gates on right and wrong leave them out\n" in shown
    assert "flaky         1 trial: 1 wrong; " in shown


def test_a_mark_that_has_ended_excuses_nothing_and_says_so(recorded: Path, snellen: Cli) -> None:
    rewrite(recorded, c0=mark("2020-01-31"), c1={"flaky": "likewise"})
    result = snellen("run", "evals")
    assert result.code == 1
    assert result.out.splitlines()[0].startswith("FAILED   shapes[c0-fake]")
    assert result.out.splitlines()[0].endswith("(it was marked known failing, which ended on 2020-01-31)")
    assert "mark ended    1, which count like any other: shapes[c0-fake] (on 2020-01-31)" in result.out


def test_gates_leave_marked_cases_out_and_say_so(recorded: Path, snellen: Cli) -> None:
    rewrite(recorded, c0=mark(), c1=mark())
    result = snellen("run", "evals", "--gate", "accuracy >= 81%")
    assert result.code == 0
    assert "; 2 marked cases left out (80.0% of 10 with them)\n" in result.out


# Scorers of the project's own.


def test_scorers_of_pyproject_are_there_for_eval_files(recorded: Path, snellen: Cli) -> None:
    text = "import snellen\n\n@snellen.scorer\ndef brief_answer(case, response):\n    return len(response.text) < 99\n"
    (recorded / "evals/scorers.py").write_text(text)
    table = (recorded / "pyproject.toml").read_text()
    own = 'scorers = ["evals/scorers.py"]\n'
    (recorded / "pyproject.toml").write_text(table.replace("[tool.snellen]\n", f"[tool.snellen]\n{own}"))
    gates_in(recorded, "scorers: brief-answer\n")
    result = snellen("run", "evals")
    assert (result.code, result.err) == (0, "")
    assert {score.scorer for trial in kept_run(recorded).trials for score in trial.scores} == {"brief-answer"}
