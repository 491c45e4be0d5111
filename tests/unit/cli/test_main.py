"""The command line itself: help, errors, and what it leaves unloaded."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version

import pytest

from clikit import Cli
from snellen.errors import ConfigError, ModelError, Problem, StorageError

_COMMANDS = {
    (): ("datasets", "init", "models", "offline", "recordings", "report", "run"),
    ("datasets",): ("check",),
    ("recordings",): ("prune", "show"),
    ("offline",): ("serve",),
}


@pytest.mark.parametrize(("group", "commands"), _COMMANDS.items(), ids="-".join)
def test_help_names_every_command(snellen: Cli, group: tuple[str, ...], commands: tuple[str, ...]) -> None:
    result = snellen(*group, "--help")
    assert result.code == 0
    for name in commands:
        assert f"  {name} " in result.out


def test_without_a_command_it_shows_its_help(snellen: Cli) -> None:
    result = snellen()
    assert (result.code, result.out) == (2, "")
    assert "datasets    Look at datasets." in result.err


@pytest.mark.parametrize("command", [("run",), ("init",), ("datasets", "check"), ("recordings", "prune")])
def test_a_command_that_lacks_its_argument_is_2(snellen: Cli, command: tuple[str, ...]) -> None:
    result = snellen(*command)
    assert (result.code, "Missing argument" in result.err) == (2, True)


ERRORS = {
    "input": (ConfigError(Problem("bad", file="a.yaml", line=3, hint="Do x.")), 2, "snellen: a.yaml:3: bad\n  Do x.\n"),
    "storage": (StorageError("cannot write a"), 74, "snellen: cannot write a\n"),
    "model": (ModelError("gone", kind="network"), 3, "snellen: gone\n"),
    "system": (OSError(28, "No space left on device"), 74, "snellen: [Errno 28] No space left on device\n"),
    "interrupt": (KeyboardInterrupt(), 130, "snellen: interrupted\n"),
    "escapes": (ConfigError("bad \x1b[2J"), 2, "snellen: bad \\x1b[2J\n"),
}


@pytest.mark.parametrize(("error", "code", "said"), ERRORS.values(), ids=ERRORS)
def test_an_error_is_a_message_and_a_code(
    monkeypatch, snellen: Cli, error: BaseException, code: int, said: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("snellen.cli.models.models_command", fail)
    result = snellen("models")
    assert (result.code, result.err, result.out) == (code, said, "")


def test_help_loads_nothing_heavy() -> None:
    """Start-up is felt."""
    code = """
import json, sys
sys.argv = ["snellen", "--help"]
from snellen.cli.main import main
try:
    main()
except SystemExit:
    print(json.dumps(list(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    heavy = {"PIL", "cv2", "httpx2", "jinja2", "numpy", "onnxruntime", "openai", "orjson", "pydantic", "pytest", "yaml"}
    assert loaded & heavy == set()


def test_the_version_is_told(snellen: Cli) -> None:
    result = snellen("--version")
    assert (result.code, result.out) == (0, f"snellen {version('snellen')}\n")
