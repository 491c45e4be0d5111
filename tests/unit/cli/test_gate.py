"""Gates of runs that are kept: decided when shards are merged, and again at any time by `snellen gate`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import snellen as package
from clikit import Cli, kept_run
from evalkit import make_project
from snellen.testing import FakeEndpoint, FakeRequest

_YAML = "dataset: ../datasets/shapes\n"


def _answer(request: FakeRequest) -> str:
    """Cases c0 and c1 are answered wrongly."""
    text = request.body.decode()
    return "It is blue." if "number 0?" in text or "number 1?" in text else "It is red."


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, snellen: Cli) -> Path:
    """A project of eight cases whose answers are recorded; two are wrong."""
    monkeypatch.chdir(tmp_path)
    with FakeEndpoint(answer=_answer) as endpoint:
        make_project(tmp_path, url=endpoint.base_url, cases=8)
        snellen("run", "evals", "--responses", "missing")
    return tmp_path


def _write(root: Path, *gates: str) -> None:
    lines = "".join(f"  - {gate}\n" for gate in gates)
    (root / "evals" / "shapes.eval.yaml").write_text(f"{_YAML}gates:\n{lines}" if gates else _YAML)


def _shards(snellen: Cli, *flags: str) -> list[str]:
    names = []
    for number in (1, 2):
        result = snellen("run", "evals", "--shard", f"{number}/2", *flags)
        assert result.code == 0
        names.append(result.out.split()[-1])
    return names


def _kept(root: Path) -> list[tuple[str, str, str]]:
    return [(one.eval, one.text, one.state) for one in kept_run(root).facts.gates]


def test_merge_decides_the_gates_that_shards_left_open(home: Path, snellen: Cli) -> None:
    _write(home, "accuracy >= 75%", "failed <= 1")
    shard = snellen("run", "evals", "--shard", "1/2", "--gate", "errors == 0")
    assert shard.code == 0
    assert "gate skipped  shapes: accuracy >= 75%  this is only shard 1/2 of the run\n" in shard.out
    assert "snellen merge decides it, once all shards are there." in shard.out
    names = [shard.out.split()[-1], snellen("run", "evals", "--shard", "2/2").out.split()[-1]]
    whole = snellen("run", "evals", "--gate", "errors == 0")
    merged = snellen("merge", *names)
    assert merged.code == whole.code == 1
    assert merged.out.splitlines()[:-1] == whole.out.splitlines()[:-1]
    assert merged.out.splitlines()[-1].startswith(f"run: {kept_run(home).facts.id}, made of 2 shards: ")
    assert "gate held     shapes: accuracy >= 75%  fake: 75.0% of 8 cases (" in merged.out
    assert "GATE FAILED   shapes: failed <= 1  fake: 2 of 8 responses\n              c0, c1\n" in merged.out
    assert _kept(home) == [
        ("shapes", "accuracy >= 75%", "held"),
        ("shapes", "failed <= 1", "failed"),
        ("", "errors == 0", "held"),
    ]
    assert "GATE FAILED   shapes: failed <= 1" in snellen("show").out
    snellen("report", "-o", "r.html")
    assert "failed &lt;= 1" in (home / "r.html").read_text()


def test_merge_exits_with_0_where_all_gates_hold_and_takes_gates_by_flag(home: Path, snellen: Cli) -> None:
    _write(home, "accuracy >= 75%")
    names = _shards(snellen)
    snellen("export", names[0], "-o", "one.jsonl")  # as it comes from another machine
    names[0] = "one.jsonl"
    assert snellen("merge", *names).code == 0
    result = snellen("merge", *names, "--gate", "failed == 0")
    assert (result.code, "gate held     shapes: accuracy >= 75%" in result.out) == (1, True)
    assert "GATE FAILED   failed == 0" in result.out


def test_merge_without_gates_wants_every_case_to_pass_as_run_does(home: Path, snellen: Cli) -> None:
    first, second = (snellen("run", "evals", "--shard", f"{n}/2").out.split()[-1] for n in (1, 2))
    assert snellen("merge", first, second).code == 1


def test_merge_refuses_a_gate_that_means_nothing_before_anything_is_kept(home: Path, snellen: Cli) -> None:
    _write(home, "accuracy >= 75%")
    names = _shards(snellen)
    result = snellen("merge", *names, "--gate", "accurcy >= 1%")
    assert (result.code, "Did you mean 'accuracy'?" in result.err) == (2, True)
    assert kept_run(home).facts.id == names[-1]


def test_shards_of_which_one_was_stopped_decide_no_gate_and_are_not_green(home: Path, snellen: Cli) -> None:
    _write(home, "accuracy >= 1%", "errors <= 99")
    with FakeEndpoint("It is red.") as endpoint:
        file = home / "pyproject.toml"
        lines = [
            f'base_url = "{endpoint.base_url}"' if "base_url" in one else one for one in file.read_text().split("\n")
        ]
        file.write_text("\n".join(lines))
        snellen("run", "evals", "--shard", "1/2", "--responses", "live", "--max-calls", "1")
        first = kept_run(home).facts.id
        snellen("run", "evals", "--shard", "2/2", "--responses", "live")
    result = snellen("merge", first, kept_run(home).facts.id)
    assert result.code == 3
    assert "gate skipped  shapes: accuracy >= 1%  the run was stopped" in result.out
    assert "Not all shards came to their end, so no gate is decided: the run was stopped" in result.out


# Any run, at any time.


def test_gate_holds_a_run_to_the_gates_it_was_made_with(home: Path, snellen: Cli) -> None:
    _write(home, "accuracy >= 75%")
    run = snellen("run", "evals")
    _write(home)  # what stands in the file now does not matter
    result = snellen("gate")
    assert result.code == run.code == 0
    assert "gate held     shapes: accuracy >= 75%  fake: 75.0% of 8 cases (" in result.out
    assert result.out.splitlines()[-1] == f"run: {kept_run(home).facts.id}"


def test_gates_of_a_flag_stand_in_place_of_its_own_and_are_kept_when_wanted(home: Path, snellen: Cli) -> None:
    _write(home, "accuracy >= 75%")
    snellen("run", "evals")
    assert snellen("gate", "latest", "--gate", "accuracy >= 76%").code == 1
    assert _kept(home) == [("shapes", "accuracy >= 75%", "held")]
    result = snellen("gate", "latest", "--gate", "accuracy >= 76%", "--keep")
    assert result.out.endswith("which keeps this\n")
    assert "accuracy >= 75%" not in result.out
    assert _kept(home) == [("", "accuracy >= 76%", "failed")]
    assert "GATE FAILED   accuracy >= 76%" in snellen("show").out


def test_gates_as_they_are_written_today_are_taken_from_eval_files(home: Path, snellen: Cli) -> None:
    snellen("run", "evals")
    _write(home, "failed == 0")
    (home / "evals" / "other.eval.yaml").write_text(f"{_YAML}gates: [errors == 0]\n")
    result = snellen("gate", "latest", "--evals", "evals", "--gate", "errors == 0")
    assert result.code == 1
    assert "GATE FAILED   shapes: failed == 0" in result.out
    assert "gate held     errors == 0" in result.out
    assert "other" not in result.out


def test_gates_are_values_for_other_programs(home: Path, snellen: Cli) -> None:
    _write(home, "accuracy >= 76%")
    run = snellen("run", "evals")
    value = json.loads(snellen("gate", "--json").out)
    assert (value["run"], value["exit_code"]) == (run.out.split()[-1], 1)
    (one,) = value["gates"]
    assert (one["text"], one["state"], one["measured"], one["cases"]) == (
        "accuracy >= 76%",
        "failed",
        0.75,
        ["c0", "c1"],
    )


def test_python_holds_a_run_to_gates_too(home: Path, snellen: Cli) -> None:
    _write(home, "accuracy >= 76%")
    snellen("run", "evals")
    assert [one.passed for one in package.gate().gates] == [False]
    result = package.gate("latest", gates=["accuracy >= 75%", {"gate": "errors == 0"}])
    assert (result.exit_code, [one.passed for one in result.gates]) == (0, [True, True])
    assert package.gate(result, evals="evals", keep=True).exit_code == 1
    assert _kept(home) == [("shapes", "accuracy >= 76%", "failed")]


WRONG = {
    "no-gates": (("gate",), "was made without gates\n  Name some: --gate"),
    "a-slip": (("gate", "latest", "--gate", "accurcy >= 1"), "Did you mean 'accuracy'?"),
    "no-run": (("gate", "2031"), "there is no run '2031'"),
    "other-evals": (("gate", "latest", "--evals", "other.eval.yaml"), "none of the evals of run "),
    "evals-without": (("gate", "latest", "--evals", "evals"), "neither these evals nor pyproject have gates"),
}


@pytest.mark.parametrize(("words", "said"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_decided_is_said(home: Path, snellen: Cli, words: tuple[str, ...], said: str) -> None:
    (home / "other.eval.yaml").write_text("dataset: datasets/shapes\n")
    result = snellen(*words)
    assert (result.code, said in result.err) == (2, True), result.err


def test_a_part_of_a_run_is_held_to_nothing(home: Path, snellen: Cli) -> None:
    _write(home, "accuracy >= 1%")
    _shards(snellen)
    result = snellen("gate")
    assert result.code == 3
    assert "gate skipped  shapes: accuracy >= 1%  this is only shard 2/2 of the run" in result.out


def test_a_run_that_was_judged_again_has_the_gates_of_the_first(home: Path, snellen: Cli) -> None:
    _write(home, "accuracy >= 76%")
    snellen("run", "evals")
    snellen("rescore", "latest", "-s", "contains: It is", "--keep")
    result = snellen("gate")
    assert (result.code, "gate held     shapes: accuracy >= 76%  fake: 100.0% of 8 cases" in result.out) == (0, True)


# A project's gate, and a part of the project.


@pytest.fixture
def two(home: Path, snellen: Cli) -> Path:
    """Two evals, whose verdicts are the baseline of a gate of pyproject."""
    (home / "evals/recordings/more").mkdir()
    text = (home / "evals/recordings/shapes/fake.jsonl").read_text()
    (home / "evals/recordings/more/fake.jsonl").write_text(text)
    (home / "evals/more.eval.yaml").write_text(_YAML)
    snellen("run", "evals")
    snellen("baseline", "set", "main")
    table = (home / "pyproject.toml").read_text()
    own = 'gates = ["no_worse_than main margin 20%", "errors == 0"]\n'
    (home / "pyproject.toml").write_text(table.replace("[tool.snellen]\n", f"[tool.snellen]\n{own}"))
    return home


_PART = (
    "gate skipped  no_worse_than main margin 20%  it is about the whole project, "
    "and this run leaves out 1 eval of baseline 'main' that the project has: shapes\n"
)


def test_a_gate_of_the_project_is_skipped_where_evals_of_its_baseline_are_left_out(two: Path, snellen: Cli) -> None:
    assert (
        "no_worse_than main margin 20%  fake: no better or worse than main over 16 cases" in snellen("run", "evals").out
    )
    result = snellen("run", "evals/more.eval.yaml")
    assert (result.code, _PART in result.out, "gate held     errors == 0" in result.out) == (0, True, True)
    assert "No gate on whether answers are right was decided, so wrong ones decide nothing.\n" in result.out
    assert _PART in snellen("gate").out
    assert _PART in snellen("gate", "latest", "--evals", "evals").out
    names = [snellen("run", "evals/more.eval.yaml", "--shard", f"{n}/2").out.split()[-1] for n in (1, 2)]
    assert _PART in snellen("merge", *names).out


def test_a_flag_holds_a_part_of_the_project_to_it_all_the_same(two: Path, snellen: Cli) -> None:
    result = snellen("run", "evals/more.eval.yaml", "--gate", "no_worse_than main margin 20%")
    assert "no_worse_than main margin 20%  fake: no better or worse than main over 8 cases" in result.out


def test_an_eval_that_is_gone_is_not_waited_for(two: Path, snellen: Cli) -> None:
    (two / "evals/shapes.eval.yaml").unlink()
    result = snellen("run", "evals")
    assert "no_worse_than main margin 20%  fake: no better or worse than main over 8 cases" in result.out
    assert "Not asked of fake in this run: 1 eval of the baseline, shapes." in result.out
