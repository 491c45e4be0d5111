"""The names that people import."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys

import pytest

import snellen


def test_all_is_what_the_package_has() -> None:
    assert snellen.__all__ == sorted(snellen.__all__)
    assert dir(snellen) == snellen.__all__


@pytest.mark.parametrize("name", snellen.__all__)
def test_a_public_name_is_there_and_documented(name: str) -> None:
    value = getattr(snellen, name)
    assert value.__name__ == name
    assert inspect.getdoc(value)
    assert name in importlib.import_module(value.__module__).__all__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'snellen' has no attribute 'nonsense'"):
        _ = snellen.nonsense


def test_importing_it_loads_nothing_else() -> None:
    """pytest imports it in every project where it is installed."""
    code = "import sys, snellen; sys.exit(len([name for name in sys.modules if name.startswith('snellen.')]))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603  # a constant
