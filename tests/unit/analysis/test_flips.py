"""A question broke or was fixed when both sides agree with themselves and not with each other."""

from __future__ import annotations

import pytest

from comparekit import repeats, row, rows
from snellen.analysis.compare import compare
from snellen.analysis.comparison import Verdicts

KINDS = {
    "stays right": ("11", "11", None),
    "stays wrong": ("00", "0u", None),
    "broke": ("11", "00", "broke"),
    "broke into what cannot be read": ("11", "uu", "broke"),
    "fixed": ("00", "11", "fixed"),
    "flaky before": ("10", "11", "flaky"),
    "flaky after": ("00", "01", "flaky"),
    "flaky on both sides": ("10", "01", "flaky"),
}


@pytest.mark.parametrize(("before", "after", "kind"), KINDS.values(), ids=KINDS)
def test_repeats_that_disagree_have_no_verdict_to_change(before: str, after: str, kind: str | None) -> None:
    assert [flip.kind for flip in compare(repeats(before), repeats(after)).flips] == ([kind] if kind else [])


def test_flips_come_as_broke_fixed_flaky_each_in_the_runs_order() -> None:
    found = compare(repeats("00", "10", "11", "00", "11"), repeats("11", "10", "00", "11", "00"))
    assert [(flip.kind, flip.case) for flip in found.flips] == [
        ("broke", "c2"),
        ("broke", "c4"),
        ("fixed", "c0"),
        ("fixed", "c3"),
        ("flaky", "c1"),
    ]


def test_a_flip_shows_a_trial_that_passed_beside_one_that_did_not() -> None:
    flip = compare(repeats("111", model="a"), repeats("1u0", model="b", variant="terse")).flips[0]
    assert (flip.before.passed, flip.before.asked, flip.after.passed, flip.after.asked) == (3, 3, 1, 3)
    assert (flip.after.outcome, flip.after.repeat, flip.after.place) == ("unscored", 1, 1)
    broke = compare(rows("1"), rows("0")).flips[0]
    assert broke.before == Verdicts(
        passed=1,
        asked=1,
        outcome="passed",
        model="m",
        variant="",
        repeat=0,
        place=0,
        digest=rows("1")[0].digest,
        score=1.0,
    )


def test_tags_and_groups_are_those_of_the_later_side() -> None:
    flip = compare([row("c", tags=("old",), group="g")], [row("c", "0", tags=("new",), group="h")]).flips[0]
    assert (flip.tags, flip.group) == (("new",), "h")
