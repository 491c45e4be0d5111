"""A run says which commit it was made from, and never fails over it."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest

from snellen.runs.provenance import git_facts, versions


def git(root: Path, *arguments: str) -> str:
    who = {f"GIT_{role}_{what}": "a@b.c" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environ = {**os.environ, **who, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
    done = subprocess.run(["git", *arguments], cwd=root, env=environ, capture_output=True, text=True, check=True)  # noqa: S603, S607  # a repository of the test
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    (tmp_path / "a").write_text("1")
    git(tmp_path, "add", "a")
    git(tmp_path, "commit", "-qm", "one")
    return tmp_path


def test_the_commit_and_whether_known_files_were_changed(repository: Path) -> None:
    commit = git(repository, "rev-parse", "HEAD")
    assert git_facts(repository) == (commit, False)
    (repository / "untracked").touch()
    assert git_facts(repository) == (commit, False)
    (repository / "a").write_text("2")
    assert git_facts(repository) == (commit, True)


def test_before_the_first_commit_nothing_is_known(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    assert git_facts(tmp_path) == ("", None)


def test_outside_of_a_repository_nothing_is_known(tmp_path: Path) -> None:
    assert git_facts(tmp_path) == ("", None)


def test_without_git_or_with_one_that_hangs_nothing_is_known(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    monkeypatch.setenv("PATH", str(tools))
    assert git_facts(repository) == ("", None)
    (tools / "git").write_text("#!/bin/sh\nexec /bin/sleep 60\n")
    (tools / "git").chmod(0o755)
    monkeypatch.setattr("snellen.runs.provenance._GIT_TIMEOUT_S", 0.05)
    assert git_facts(repository) == ("", None)


def test_a_repository_cannot_make_git_run_a_program_of_its_own(repository: Path, tmp_path: Path) -> None:
    git(repository, "config", "core.fsmonitor", f"touch {tmp_path / 'ran'}; false")
    git_facts(repository)
    assert not (tmp_path / "ran").exists()


def test_versions_name_what_decides_a_result() -> None:
    found = versions()
    assert list(found) == ["python", "platform", "snellen", "openai", "pillow", "pytest"]
    assert (found["python"], found["pillow"]) == (platform.python_version(), version("pillow"))
