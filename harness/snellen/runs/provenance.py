"""Where a run comes from: the project's commit, the machine and the versions of what decides a result."""

from __future__ import annotations

import platform
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

__all__ = ["git_facts", "versions"]

_PACKAGES = ("snellen", "openai", "pillow", "pytest")
"""What decides a result besides the model: ourselves, the client, the decoder and the runner."""

_GIT_TIMEOUT_S = 5.0  # a working tree on a slow network drive must not hold up a run


def git_facts(root: Path) -> tuple[str, bool | None]:
    """The commit of the project at `root`, and whether files that git knows were changed since.

    Returns:
        ("", None) without git, outside of a repository, before the first commit, or when git takes too long.
    """
    commit = _git(root, "rev-parse", "--verify", "HEAD")
    if not commit:
        return "", None
    changes = _git(root, "status", "--porcelain", "--untracked-files=no")
    return commit, None if changes is None else bool(changes)


def versions() -> dict[str, str]:
    """Versions of Python, of the packages that decide a result and of the platform, by name."""
    found = {"python": platform.python_version(), "platform": platform.platform(terse=True)}
    return found | {name: version(name) for name in _PACKAGES}


def _git(root: Path, *arguments: str) -> str | None:
    program = shutil.which("git")
    if program is None:
        return None
    # A project's own git configuration may name programs to run; what we ask for needs none of them.
    safe = ("-c", "core.fsmonitor=false", "--no-optional-locks")
    try:
        done = subprocess.run(  # noqa: S603  # a fixed command, no shell
            [program, *safe, *arguments],
            cwd=root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_GIT_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else None
