"""What tests of scorers share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from snellen.scorers import registry
from snellen.scorers.registered import OWN


@pytest.fixture
def own_scorers() -> Iterator[None]:
    """Forgets the scorers that a test registers."""
    before = dict(OWN)
    yield
    OWN.clear()
    OWN.update(before)
    registry._denied.cache_clear()
