"""What tests of scorers share."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import pytest

from snellen.scorers import registry
from snellen.scorers.registered import OWN


@pytest.fixture
def own_scorers() -> Iterator[None]:
    """Forgets the scorers that a test registers; Snellen's own are loaded before, for a module registers but once."""
    for module in set(registry.NAMES.values()):
        importlib.import_module(f"snellen.scorers.{module}")
    before = dict(OWN)
    yield
    OWN.clear()
    OWN.update(before)
    registry._denied.cache_clear()
