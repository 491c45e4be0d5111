"""Our scorers against published verdicts on real model answers: equal, or on a list that says why ours is right."""

from __future__ import annotations

import pytest

from conformance.packs import PACKS, documented, figures, folder, judge_pack, said

pytestmark = pytest.mark.skipif(
    not folder().is_dir(),
    reason=f"the packs of real answers are not there ({folder()}); SNELLEN_CONFORMANCE names them",
)

_POINTS = 0.1

packs = pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.label)


@packs
def test_every_difference_is_on_the_list(pack):
    listed = documented(pack.name)
    unlisted = {str(one.row["id"]): (said(one), one.theirs) for one in judge_pack(pack.label) if one.differs}
    assert {key: verdicts for key, verdicts in unlisted.items() if key not in listed} == {}


@packs
def test_every_entry_of_the_list_is_a_difference_with_the_verdicts_it_names(pack):
    judged = {str(one.row["id"]): one for one in judge_pack(pack.label)}
    for entry in documented(pack.name).values():
        if entry.id in judged:
            one = judged[entry.id]
            assert one.differs, entry
            assert (said(one), f"{one.theirs:.4g}") == (entry.ours, entry.theirs), entry
            assert entry.why
            assert entry.kind


@packs
def test_the_published_figure_comes_out_but_for_the_documented_differences(pack):
    theirs, _, mixed = figures(pack)
    assert mixed == pytest.approx(theirs, abs=_POINTS)
    if pack.published is not None:
        assert mixed == pytest.approx(pack.published, abs=_POINTS)


@pytest.mark.parametrize("name", sorted({pack.name for pack in PACKS}))
def test_no_list_names_what_is_not_in_its_pack(name):
    ids = {str(one.row["id"]) for pack in PACKS if pack.name == name for one in judge_pack(pack.label)}
    assert set(documented(name)) <= ids
