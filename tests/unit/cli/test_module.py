"""`python -m snellen` is the command line."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version


def test_the_package_runs_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "snellen", "--version"], capture_output=True, text=True, check=True)
    assert version("snellen") in done.stdout
