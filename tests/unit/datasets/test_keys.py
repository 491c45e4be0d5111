"""Which key was probably meant by another."""

from __future__ import annotations

import pytest

from snellen.datasets.keys import meant_key


@pytest.mark.parametrize("key", ["all", "any", "none", "regex", "expect_scorers", "scorers"])
def test_a_group_beside_expect_is_no_metadata(key: str) -> None:
    """Left as metadata it would be checked by nobody, and the case would pass whatever is forbidden."""
    assert meant_key(key) == "expect"
