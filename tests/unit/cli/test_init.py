"""`snellen init` makes a project that works at once."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from clikit import Cli, kept_run
from snellen.errors import InputError


@pytest.fixture
def made(tmp_path: Path, snellen: Cli, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert snellen("init", "my-evals").code == 0
    root = tmp_path / "my-evals"
    monkeypatch.chdir(root)
    return root


def test_what_it_makes(made: Path) -> None:
    files = {str(file.relative_to(made)) for file in made.rglob("*") if file.is_file()}
    assert files >= {
        ".gitignore",
        "README.md",
        "datasets/first_pictures/cases.yaml",
        "datasets/first_pictures/dataset.yaml",
        "evals/eval_pictures.py",
        "evals/signs.eval.yaml",
        "pyproject.toml",
    }
    assert any(file.startswith("evals/recordings/") for file in files)
    assert not any("__pycache__" in file for file in files)
    assert ".snellen/" in (made / ".gitignore").read_text().splitlines()


def test_it_says_what_to_do_next(tmp_path: Path, snellen: Cli) -> None:
    result = snellen("init", tmp_path / "new")
    count = sum(file.is_file() for file in (tmp_path / "new").rglob("*"))
    assert result.out == (
        f"{tmp_path}/new: {count} files. Now:\n"
        f"  cd {tmp_path}/new\n"
        "  snellen run evals --report reports/first.html\n"
        "  pytest evals\n"
    )


def test_the_project_replays_at_once(made: Path, snellen: Cli) -> None:
    result = snellen("run", "evals", "--report", "reports/first.html")
    run = kept_run(made)
    assert (result.code in (0, 1), result.err) == (True, "")
    assert {trial.outcome for trial in run.trials} <= {"passed", "failed"}
    assert all(trial.response is not None and trial.response.recorded for trial in run.trials)
    assert "nothing asked for" not in result.out
    assert (made / "reports/first.html").stat().st_size > 1000


def test_the_commands_of_its_readme_are_ours(made: Path, snellen: Cli) -> None:
    """The last would ask a model that is only a comment in pyproject.toml, and says what it lacks."""
    commands = re.findall(r"^    snellen (.+?)(?:  +#.*)?$", (made / "README.md").read_text(), re.MULTILINE)
    assert commands == ["run evals --report reports/first.html", "run evals --model gpt --responses missing"]
    result = snellen(*commands[1].split())
    assert "OPENAI_API_KEY is not set" in result.out + result.err


def test_its_dataset_is_good(made: Path, snellen: Cli) -> None:
    result = snellen("datasets", "check", "datasets/first_pictures")
    assert (result.code, result.out) == (
        0,
        "first pictures: 2 good cases, 2 pictures decoded, 0 problems, 0 notes\n",
    )


def test_an_empty_folder_is_taken(tmp_path: Path, snellen: Cli) -> None:
    (tmp_path / "empty").mkdir()
    assert snellen("init", tmp_path / "empty").code == 0


def test_what_is_not_empty_stays_as_it_is(made: Path, snellen: Cli) -> None:
    before = {file: file.read_bytes() for file in made.rglob("*") if file.is_file()}
    (made / "README.md").write_text("mine")
    result = snellen("init", ".")
    assert result.code == 2
    assert result.err.startswith("snellen: . is not empty: .gitignore, README.md, datasets, evals, pyproject.toml")
    assert "Name a new folder: snellen init my-evals. Nothing was written." in result.err
    assert (made / "README.md").read_text() == "mine"
    assert {file for file in made.rglob("*") if file.is_file()} == set(before)


def test_a_file_is_no_folder(tmp_path: Path, snellen: Cli) -> None:
    (tmp_path / "file").write_text("mine")
    result = snellen("init", tmp_path / "file")
    assert (result.code, (tmp_path / "file").read_text()) == (2, "mine")
    assert InputError.exit_code == 2


def test_the_project_passes_in_pytest_as_well(made: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "pytest", "evals"], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1)
    assert " error" not in done.stdout.splitlines()[-1]
    assert "recorded" in str(kept_run(made).facts)
