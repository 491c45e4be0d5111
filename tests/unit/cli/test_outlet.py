"""A reader who goes away, as in `snellen show | head -1`, is no fault: every command ends as it would have ended."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from clikit import SNELLEN

GATE_FAILS = ("gate", "latest", "--gate", "failed >= 1")

COMMANDS = {
    # arguments, the exit code that they have with a reader
    "version": (("--version",), 0),
    "help": (("show", "--help"), 0),
    "run": (("run", "evals"), 0),
    "run-fails": (("run", "evals", "--gate", "failed >= 1"), 1),
    "estimate": (("estimate", "evals"), 0),
    "runs": (("runs",), 0),
    "show": (("show",), 0),
    "show-json": (("show", "--json"), 0),
    "compare": (("compare", "latest", "latest"), 0),
    "gate-fails": (GATE_FAILS, 1),
    "rescore-flips": (("rescore", "-s", "exact: no such answer"), 1),
    "scorers": (("scorers",), 0),
    "models": (("models",), 0),
    "datasets": (("datasets", "check", "datasets/first_pictures"), 0),
    "recordings": (("recordings", "show"), 0),
    "baseline": (("baseline", "set", "main"), 0),
}

ERRORS = {
    "no-command": ((), 2),
    "slip": (("shwo",), 2),
    "no-run": (("show", "nope"), 2),
    "no-dataset": (("datasets", "check", "nope"), 2),
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project that `snellen init` makes, with a run."""
    found = tmp_path_factory.mktemp("outlet") / "project"
    for arguments, folder in ((("init", str(found)), found.parent), (("run", "evals"), found)):
        subprocess.run([SNELLEN, *arguments], cwd=folder, capture_output=True, check=True)  # noqa: S603  # our own
    return found


@contextmanager
def nobody_reads() -> Iterator[int]:
    """The end of a pipe that is written to, the other one being closed."""
    reads, writes = os.pipe()
    os.close(reads)
    try:
        yield writes
    finally:
        os.close(writes)


def ended(root: Path, *arguments: str, is_mute: bool = False) -> tuple[int, bytes | None]:
    """The exit code of a command that nobody reads, and what it says on standard error, where that is read."""
    with nobody_reads() as pipe:
        errors = pipe if is_mute else subprocess.PIPE
        done = subprocess.run([SNELLEN, *arguments], cwd=root, stdout=pipe, stderr=errors, check=False)  # noqa: S603  # our own
    return done.returncode, done.stderr


@pytest.mark.parametrize(("arguments", "code"), COMMANDS.values(), ids=COMMANDS)
def test_a_reader_who_goes_away_changes_no_exit_code(root: Path, arguments: tuple[str, ...], code: int) -> None:
    assert ended(root, *arguments) == (code, b"")


@pytest.mark.parametrize(("arguments", "code"), ERRORS.values(), ids=ERRORS)
def test_what_goes_wrong_has_its_code_though_nobody_reads_why(
    root: Path, arguments: tuple[str, ...], code: int
) -> None:
    """`snellen show RUN 2>&1 | head -1`."""
    assert ended(root, *arguments, is_mute=True) == (code, None)


def test_what_was_begun_is_brought_to_its_end(root: Path) -> None:
    assert ended(root, *GATE_FAILS, "--keep")[0] == 1
    shown = subprocess.run([SNELLEN, "show"], cwd=root, capture_output=True, text=True, check=True)  # noqa: S603  # our own
    assert "GATE FAILED   failed >= 1" in shown.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_told_all_the_same(root: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([SNELLEN, "--version"], cwd=root, stdout=full, stderr=subprocess.PIPE, check=False)  # noqa: S603  # our own
    assert (done.returncode, done.stderr) == (74, b"snellen: [Errno 28] No space left on device\n")


SAYS_AND_WAITS = """
import sys
from snellen.cli.outlet import patient_output
with patient_output():
    sys.{stream}.write("a line\\n")
    sys.{stream}.flush() if {flushes} else None
    sys.stdin.read()
"""


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(("stream", "flushes"), [("stderr", False), ("stdout", True)])
def test_what_is_said_arrives_while_the_command_goes_on(stream: str, flushes: bool, unbuffered: str) -> None:
    code = SAYS_AND_WAITS.format(stream=stream, flushes=flushes)
    with subprocess.Popen(  # noqa: S603  # our own
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        **{stream: subprocess.PIPE},
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
    ) as process:
        arrived, _, _ = select.select([getattr(process, stream)], [], [], 60)
        assert arrived, "nothing arrived within a minute"
        assert os.read(arrived[0].fileno(), 100) == b"a line\n"
        assert process.poll() is None
        process.communicate()
