"""Slices are compared like the whole, and their p corrected for their number."""

from __future__ import annotations

import pytest

from comparekit import graded, row, rows
from snellen.analysis.compare import compare
from snellen.errors import InputError
from snellen.stats.families import benjamini_hochberg, holm
from snellen.stats.paired import tango_interval


def tagged(signs: str, *tags: str) -> list:
    return [one._replace(case=f"{'-'.join(tags)}-{one.case}", tags=tags) for one in rows(signs)]


BEFORE = tagged("1" * 20, "ocr") + tagged("1" * 12, "count") + tagged("10", "sign")
AFTER = tagged("0" * 12 + "1" * 8, "ocr") + tagged("0" * 6 + "1" * 6, "count") + tagged("10", "sign")


def test_each_slice_has_n_interval_and_both_adjusted_p() -> None:
    slices = compare(BEFORE, AFTER, by="tag").slices
    raw = [0.00048828125, 0.03125, 1.0]
    assert [(one.name, one.accuracy.n, one.accuracy.p_value) for one in slices] == [
        ("ocr", 20, pytest.approx(raw[0])),
        ("count", 12, pytest.approx(raw[1])),
        ("sign", 2, 1.0),
    ]
    assert [one.p_holm for one in slices] == pytest.approx(holm(raw))
    assert [one.p_bh for one in slices] == pytest.approx(benjamini_hochberg(raw))
    assert slices[0].accuracy.interval == tango_interval(0, 12, 20)
    assert slices[0].accuracy.bootstrap is None


def test_a_slice_is_worse_by_its_adjusted_p() -> None:
    """Alone, `count` would be: six broke and none was fixed."""
    slices = {one.name: one for one in compare(BEFORE, AFTER, by="tag").slices}
    assert {name: one.verdict for name, one in slices.items()} == {
        "ocr": "worse",
        "count": "cannot_tell",
        "sign": "cannot_tell",
    }
    assert slices["count"].accuracy.verdict == "worse"


def test_a_case_counts_in_each_of_its_tags_and_one_without_in_its_own_slice() -> None:
    before = [row("a", tags=("x", "y", "x")), row("b", tags=("x",)), row("c")]
    slices = compare(before, [one._replace(outcome="failed") for one in before], by="tag").slices
    assert {one.name: one.accuracy.n for one in slices} == {"x": 2, "y": 1, None: 1}


def test_within_one_group_questions_stand_alone() -> None:
    """There is nothing else to tell of a single picture."""
    found = compare(rows("11110000", groups="aaaabbbb"), rows("00000000", groups="aaaabbbb"), by="group")
    assert found.accuracy.clusters == 2
    assert [(one.name, one.accuracy.formula, one.accuracy.p_value) for one in found.slices] == [
        ("a", "Tango", 0.125),
        ("b", "Tango", 1.0),
    ]


def test_slices_by_eval() -> None:
    before = [row("a", eval="e"), row("b", eval="e"), row("a", eval="f")]
    after = [one._replace(outcome="failed" if one.case == "b" else "passed") for one in before]
    assert {one.name: one.accuracy.value for one in compare(before, after, by="eval").slices} == {"e": -0.5, "f": 0.0}


def test_two_models_have_no_slices_by_model() -> None:
    with pytest.raises(InputError) as caught:
        compare(rows("1", model="a"), rows("1", model="b"), by="model")
    assert str(caught.value) == (
        "the sides are two models, so that there are no slices by model\n  Right is one of tag, group, eval, variant."
    )


def test_graded_scores_have_slices_too() -> None:
    before, after = graded(0.5, 0.5, 0.25), graded(0.75, 1.0, 0.25)
    (one,) = compare(before, after, by="eval").slices
    assert one.score is not None
    assert one.score.value == pytest.approx(0.25)
