"""Outlines that cannot be measured."""

from __future__ import annotations

import numpy as np

from snellen.offline.outlines import _notched


def test_an_outline_that_crosses_itself_is_of_no_known_kind() -> None:
    """opencv refuses its dents ("indices are not monotonous"); found on a Korean sign."""
    crossing = [[72, 97], [8, 32], [15, 63], [97, 57], [60, 83], [48, 100]]
    contour = np.array(crossing, dtype=np.int32).reshape(-1, 1, 2)
    assert _notched(contour, solidity=0.5, longest=100) == "other"
