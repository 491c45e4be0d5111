"""Notes tell what a careful reader must know, and never two things that contradict each other."""

from __future__ import annotations

import pytest

from comparekit import repeats, rows
from snellen.analysis.compare import compare

NOTES = {
    "questions that stand alone": (rows("1111"), rows("1110"), ()),
    "one group": (
        rows("1111", groups="gggg"),
        rows("1100", groups="gggg"),
        (
            "All 4 questions are of one group and may be right and wrong together: they count as one, which shows "
            "nothing by itself.",
        ),
    ),
    "some groups": (
        rows("1" * 8, groups="aabbccdd"),
        rows("1" * 8, groups="aabbccdd"),
        (
            "The 8 questions are in 4 groups, each of which may be right and wrong together: intervals and tests go by "
            "groups; with fewer than 30, intervals may be a little too narrow.",
        ),
    ),
    "an interval that leaves out 0, and five that changed": (
        rows("1" * 50),
        rows("0" * 5 + "1" * 45),
        (
            "The interval leaves out 0, but the test that decides (exact McNemar) does not bear it out: 5 questions "
            "changed, and it takes 6 that all go one way.",
        ),
    ),
    "an interval that leaves out 0, and enough that changed": (
        rows("1" * 7 + "0" + "1" * 92),
        rows("0" * 7 + "1" + "1" * 92),
        (
            "The interval leaves out 0, but the test that decides (exact McNemar) does not bear it out: its p is not "
            "below 0.05.",
        ),
    ),
    "more repeats on one side": (
        repeats("11"),
        repeats("1"),
        ("The sides were asked 1 and 2 times; only repeats that all have are compared.",),
    ),
}


@pytest.mark.parametrize(("before", "after", "notes"), NOTES.values(), ids=NOTES)
def test_notes(before: list, after: list, notes: tuple[str, ...]) -> None:
    assert compare(before, after).notes == notes


def test_groups_whose_questions_cancel_out_have_not_moved() -> None:
    """The test flips signs of groups' sums; a sum of 0 has none. Of thirds, a sum of 0 is not exactly 0."""
    groups = ["a", "a", "b", "b", "c"]
    found = compare(rows("10111", groups=groups), rows("01101", groups=groups)).accuracy
    assert (found.gained, found.lost, found.moved, found.clusters) == (1, 2, 1, 3)
    thirds = [one._replace(group="g") for one in repeats("100", "110", "111")]
    mixed = [one._replace(group="g") for one in repeats("110", "100", "111")]
    assert compare(thirds, mixed).accuracy.moved == 0
