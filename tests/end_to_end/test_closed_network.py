"""Replaying opens no connection at all: not to a model, not to a picture, not even to this machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from clikit import Finished, finish, start
from evalkit import answering

# Loaded by every Python that is started below. It notes each attempt, so that one that is caught is seen as well.
_HOOK = """
import sys

def _refuse(event, arguments):
    if event in ("socket.connect", "socket.connect_ex", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        with open({log!r}, "a") as log:
            log.write(f"{{event}} {{arguments[-1] if event != 'socket.getaddrinfo' else arguments[0]}}\\n")
        raise OSError(101, "the network is closed")

sys.addaudithook(_refuse)
"""


def _without_network() -> tuple[str, ...]:
    """What starts a process in a network of its own that leads nowhere, where this machine lets us make one."""
    for command in (("unshare", "--net"), ("unshare", "--map-root-user", "--net")):
        if subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0:  # noqa: S603  # fixed
            return command
    return ()  # the hook alone still sees and refuses every attempt


class Closed:
    """Runs a command with the network closed."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder, self._log = folder, folder / "attempts.log"
        (folder / "sitecustomize.py").write_text(_HOOK.format(log=str(self._log)))

    def __call__(self, *arguments: str, cwd: Path) -> Finished:
        environ = {"PYTHONPATH": str(self._folder)}
        return finish(start(*arguments, cwd=cwd, environ=environ, before=_without_network()))

    @property
    def attempts(self) -> list[str]:
        """Every connection and look-up that was tried."""
        return self._log.read_text().splitlines() if self._log.exists() else []


@pytest.fixture
def closed(tmp_path: Path) -> Closed:
    return Closed(tmp_path / "closed")


@pytest.fixture
def recorded(project, snellen) -> Path:
    with answering() as endpoint:
        root = project(url=endpoint.base_url, cases=5)
        assert snellen("run", "evals", "--responses", "missing").code == 0
    return root


def test_a_recorded_run_passes_and_tries_to_reach_nobody(recorded: Path, closed: Closed) -> None:
    result = closed("run", "evals", "--report", "report.html", cwd=recorded)
    assert (result.code, result.err, closed.attempts) == (0, "", [])


def test_pytest_replays_and_tries_to_reach_nobody(recorded: Path, closed: Closed, monkeypatch) -> None:
    monkeypatch.setattr("clikit.SNELLEN", sys.executable)
    result = closed("-m", "pytest", "evals", "--eval-report", "report.html", cwd=recorded)
    assert (result.code, "5 passed" in result.out, closed.attempts) == (0, True, [])


def test_a_live_run_is_refused_and_noticed(recorded: Path, closed: Closed) -> None:
    """The proof that the two tests above can fail."""
    pyproject = recorded / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace("name =", "retries = 0\nname =", 1))
    result = closed("run", "evals", "--responses", "live", cwd=recorded)
    assert result.code == 3
    assert "could not be reached" in result.out
    assert len(closed.attempts) == 5


def test_the_bundled_evals_replay_and_try_to_reach_nobody(bundled: Path, closed: Closed) -> None:
    result = closed("run", "evals", "--report", "reports/demo.html", cwd=bundled)
    assert (result.code in (0, 1), result.err, closed.attempts) == (True, "", [])
