"""Numbers checked once, and clusters as whole numbers."""

from __future__ import annotations

import numpy as np
import pytest

from snellen.stats._samples import changes, cluster_codes, finite, without_noise


def test_equal_steps_come_out_equal():
    """0.3 - 0.2 is 0.09999999999999998 and 0.2 - 0.1 is 0.1."""
    assert changes([0.2, 0.1, 0.8], [0.3, 0.2, 0.9]).tolist() == [0.1, 0.1, 0.1]


def test_no_difference_is_never_minus_zero():
    assert str(changes([0.1 + 0.2], [0.3]).tolist()[0]) == "0.0"


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e6], ids=["small", "shares", "large"])
def test_noise_is_told_by_the_size_of_the_numbers(scale):
    before, after = [0.2 * scale, 0.1 * scale], [0.3 * scale, 0.2 * scale]
    assert len(set(changes(before, after).tolist())) == 1


@pytest.mark.parametrize("scale", [0.0, 1e-300, 1e300], ids=["nothing", "tiny", "huge"])
def test_numbers_that_cannot_be_rounded_stay(scale):
    values = np.array([1.1, 2.2]) * scale
    assert without_noise(values, scale=scale).tolist() == values.tolist()


def test_none_is_a_cluster_of_its_own():
    codes, count = cluster_codes(["a", None, "a", None, 7], n=5)
    assert (codes.tolist(), count) == ([0, 1, 0, 2, 3], 4)


def test_without_clusters_every_value_stands_alone():
    codes, count = cluster_codes(None, n=3)
    assert (codes.tolist(), count) == ([0, 1, 2], 3)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([], r"values: at least one number is needed.*got shape \(0,\)"),
        ([[1.0, 2.0]], r"in one row; got shape \(1, 2\)"),
        ([0.0, float("nan")], r"values\[1\] is no finite number; got nan"),
        ([float("-inf")], r"values\[0\] is no finite number; got -inf"),
    ],
    ids=["none", "table", "nan", "infinite"],
)
def test_what_is_no_sample_is_named(values, message):
    with pytest.raises(ValueError, match=message):
        finite(values, what="values")


def test_a_pair_has_two_sides():
    with pytest.raises(ValueError, match="as many values before as after; got 2 and 1"):
        changes([0.0, 1.0], [1.0])


def test_every_value_has_a_cluster():
    with pytest.raises(ValueError, match="got 1 clusters for 2 values"):
        cluster_codes(["a"], n=2)
