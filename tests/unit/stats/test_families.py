"""Adjusted p-values."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from snellen.stats.families import benjamini_hochberg, holm

families = st.lists(st.floats(0, 1), min_size=1, max_size=20)


def test_adjusted_as_by_statsmodels():
    """statsmodels multipletests(p, method="holm") and method="fdr_bh"."""
    raw = [0.01, 0.04, 0.03, 0.005]
    assert holm(raw) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert benjamini_hochberg(raw) == pytest.approx([0.02, 0.04, 0.04, 0.02])


@given(families)
def test_benjamini_hochberg_is_scipys(raw: list[float]):
    assert benjamini_hochberg(raw) == pytest.approx(stats.false_discovery_control(raw).tolist(), abs=1e-15)


@given(families)
def test_holm_rejects_what_stepping_down_rejects(raw: list[float]):
    """Holm's own rule, at one level: go up from the smallest until one misses its share of the level."""
    level, rejected = 0.05, 0
    for rank, p in enumerate(sorted(raw)):
        if (len(raw) - rank) * p > level:
            break
        rejected += 1
    assert sum(p <= level for p in holm(raw)) == rejected


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
@given(raw=families)
def test_an_adjusted_p_is_never_smaller_and_keeps_the_order(adjust, raw: list[float]):
    adjusted = adjust(raw)
    assert all(before <= after <= 1 for before, after in zip(raw, adjusted, strict=True))
    places = sorted(range(len(raw)), key=raw.__getitem__)
    assert [adjusted[place] for place in places] == sorted(adjusted)


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
def test_small_families(adjust):
    assert adjust([]) == []
    assert adjust([0.03]) == [0.03]
    assert adjust([0.0, 1.0]) == [0.0, 1.0]


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
@pytest.mark.parametrize("bad", [-0.1, 1.1, math.nan, math.inf], ids=["below", "above", "nan", "infinite"])
def test_what_is_no_probability_is_named(adjust, bad):
    with pytest.raises(ValueError, match=r"p_values\[1\] is no probability from 0 to 1; got"):
        adjust([0.5, bad])
