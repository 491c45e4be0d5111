"""The `snellen` command as people call it: in this process where that is quick, as one of its own where it matters."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from evalkit import make_project
from snellen.cli.main import main
from snellen.recordings.entry import Entry
from snellen.recordings.file import RecordingStore
from snellen.runs.store import RunStore
from snellen.trial import Run, Trial

__all__ = [
    "Cli",
    "Finished",
    "MakeProject",
    "entries",
    "finish",
    "kept_run",
    "missed",
    "outcomes",
    "project",
    "snellen",
    "start",
]

SNELLEN = str(Path(sysconfig.get_path("scripts")) / "snellen")


@dataclass(frozen=True, slots=True)
class Finished:
    """What a call of the command left behind."""

    code: int
    out: str
    err: str


class Cli:
    """Calls the command in this process: `snellen("run", "evals")`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *arguments: str | Path) -> Finished:
        self._monkeypatch.setattr(sys, "argv", ["snellen", *map(str, arguments)])
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = self._capsys.readouterr()
        return Finished(int(ended.value.code or 0), said.out, said.err)


@pytest.fixture
def snellen(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """The `snellen` command, in this process."""
    return Cli(monkeypatch, capsys)


MakeProject = Callable[..., Path]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakeProject:
    """Makes a project, and stands in its folder."""

    def make(**given: object) -> Path:
        root = tmp_path / "project"
        root.mkdir()
        monkeypatch.chdir(root)
        return make_project(root, **given)  # type: ignore[arg-type]  # as make_project takes them

    return make


def start(
    *arguments: str | Path,
    cwd: Path,
    environ: Mapping[str, str] | None = None,
    before: tuple[str, ...] = (),
    before_exec: Callable[[], object] | None = None,
) -> subprocess.Popen[str]:
    """The command as a process of its own, started as `before` says (`unshare -n`)."""
    return subprocess.Popen(  # noqa: S603  # our own command
        [*before, SNELLEN, *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "NO_COLOR": "1", **(environ or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=before_exec,  # noqa: PLW1509  # no thread of ours holds a lock when it forks
    )


def finish(process: subprocess.Popen[str], *, timeout_s: float = 60) -> Finished:
    """What the process left behind, once it has ended."""
    try:
        out, err = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:  # it must not outlive its test, whose failure would then be others' too
        process.kill()
        process.communicate()
        raise
    return Finished(process.returncode, out, err)


def kept_run(root: Path) -> Run:
    """The newest run of the project's run store."""
    return RunStore(root / ".snellen" / "runs.db").load("latest")


def outcomes(root: Path) -> dict[str, str]:
    """What became of each trial of the newest run."""
    return {trial.label: trial.outcome for trial in kept_run(root).trials}


def missed(root: Path) -> dict[str, str]:
    """The message of each trial of the newest run that had no recording."""
    return {trial.label: _message(trial) for trial in kept_run(root).trials if trial.outcome == "error"}


def _message(trial: Trial) -> str:
    return trial.failure.message if trial.failure else ""


def entries(root: Path) -> list[Entry]:
    """All recorded responses of the project, journals included."""
    return [stored.entry for stored in RecordingStore(root / "evals" / "recordings").entries()]
