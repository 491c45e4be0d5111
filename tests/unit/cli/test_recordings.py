"""`snellen recordings` shows what is recorded and removes what nothing asks for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from batchkit import BatchServer
from clikit import Cli, entries
from evalkit import answering


@pytest.fixture
def recorded(project, snellen: Cli) -> Path:
    """A project of four recorded cases, of which its dataset has forgotten the first two."""
    with answering("It is red.\nVery much so.") as endpoint:
        root = project(url=endpoint.base_url, cases=4)
        assert snellen("run", "evals", "--responses", "missing").code == 0
    cases = root / "datasets/shapes/cases.jsonl"
    cases.write_text("\n".join(cases.read_text().splitlines()[2:]))
    return root


def files(root: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in (root / "evals/recordings").rglob("*") if file.is_file()}


def test_show_is_a_line_a_response(recorded: Path, snellen: Cli) -> None:
    result = snellen("recordings", "show")
    *lines, last = result.out.splitlines()
    stamp = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
    for number, line in enumerate(lines):
        start = rf"shapes/fake\.jsonl:{number + 1}  c{number}  fake-model-2026-01-01  {stamp}"
        assert re.fullmatch(rf"{start}  \d+\.\d\d s  It is red\. Very much so\.", line)
    assert (len(lines), last) == (4, "4 responses")


def test_show_can_be_of_one_case_or_folder(recorded: Path, snellen: Cli) -> None:
    assert snellen("recordings", "show", "--case", "c2").out.splitlines()[1:] == ["1 response"]
    assert snellen("recordings", "show", "evals/recordings/shapes").out.splitlines()[-1] == "4 responses"
    assert snellen("recordings", "show", "--case", "nobody").out == "0 responses\n"


def test_show_of_nothing_says_how_to_record(project, snellen: Cli) -> None:
    root = project()
    result = snellen("recordings", "show")
    assert (result.code, result.err) == (
        2,
        f"snellen: there is no recordings folder {root}/evals/recordings. "
        "Record responses: snellen run evals --responses missing\n",
    )


def test_a_dry_run_says_what_would_go_and_changes_nothing(recorded: Path, snellen: Cli) -> None:
    before = files(recorded)
    result = snellen("recordings", "prune", "evals", "--dry-run")
    lines = result.out.splitlines()
    assert [line.partition("  ")[0] for line in lines] == [
        "would remove shapes/fake.jsonl:1",
        "would remove shapes/fake.jsonl:2",
        "2 recordings would be removed",
    ]
    assert (result.code, files(recorded)) == (0, before)


def test_prune_removes_exactly_what_nothing_asks_for(recorded: Path, snellen: Cli) -> None:
    result = snellen("recordings", "prune", "evals")
    assert result.out.splitlines()[-1] == "2 recordings removed"
    assert [entry.case for entry in entries(recorded)] == ["c2", "c3"]
    assert snellen("run", "evals").code == 0
    assert snellen("recordings", "prune", "evals").out == "0 recordings removed\n"


def test_prune_leaves_other_models_and_other_evals(recorded: Path, snellen: Cli) -> None:
    """What was not looked at cannot be known to be unwanted."""
    folder = recorded / "evals/recordings"
    text = (folder / "shapes/fake.jsonl").read_text()
    (folder / "shapes/other.jsonl").write_text(text)
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere/fake.jsonl").write_text(text)
    assert snellen("recordings", "prune", "evals").out.splitlines()[-1] == "2 recordings removed"
    assert (folder / "shapes/other.jsonl").read_text() == text
    assert (folder / "elsewhere/fake.jsonl").read_text() == text


def test_prune_of_a_dataset_that_cannot_be_read_removes_nothing(recorded: Path, snellen: Cli) -> None:
    before = files(recorded)
    (recorded / "datasets/shapes/cases.jsonl").write_text('{"id": "c2", "promt": "x"}\n')
    assert snellen("recordings", "prune", "evals").code == 2
    assert files(recorded) == before


def test_prune_of_a_case_whose_picture_is_gone_removes_nothing(recorded: Path, snellen: Cli) -> None:
    before = files(recorded)
    (recorded / "datasets/shapes/images/2.png").unlink()
    assert snellen("recordings", "prune", "evals").code == 2
    assert files(recorded) == before


def test_prune_of_everything_removes_the_file(recorded: Path, snellen: Cli) -> None:
    cases = recorded / "datasets/shapes/cases.jsonl"
    cases.write_text(cases.read_text().replace("What", "Which"))
    assert snellen("recordings", "prune", "evals").out.splitlines()[-1] == "4 recordings removed"
    assert entries(recorded) == []
    assert not list((recorded / "evals/recordings").rglob("*.jsonl*"))


def test_a_recording_that_is_shared_with_another_eval_stays(recorded: Path, snellen: Cli) -> None:
    """An eval replays what another one recorded, so both must be looked at before either is pruned."""
    (recorded / "evals/again.eval.yaml").write_text("dataset: ../datasets/shapes\n")
    (recorded / "evals/shapes.eval.yaml").write_text("dataset: ../datasets/shapes\nonly: c2\n")
    assert snellen("recordings", "prune", "evals").out.splitlines()[-1] == "2 recordings removed"
    assert [entry.case for entry in entries(recorded)] == ["c2", "c3"]
    assert snellen("run", "evals").code == 0


def test_answers_of_the_responses_api_and_of_batches_are_shown(project, snellen: Cli) -> None:
    with BatchServer() as server:
        root = project(url=server.base_url, cases=1)
        file = root / "pyproject.toml"
        file.write_text(file.read_text().replace('name = "fake-vlm"\n', 'name = "fake-vlm"\napi = "responses"\n'))
        assert snellen("batch", "submit", "evals").code == 0
        assert snellen("batch", "collect").code == 0
    assert snellen("recordings", "show").out.splitlines() == [
        "shapes/fake.jsonl:1  c0  fake-vlm  2026-01-01T00:00:00Z  by batch  It is red.",
        "1 response",
    ]
