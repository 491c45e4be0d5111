"""Figures are rounded once, and verdicts are sentences that say what would be needed."""

from __future__ import annotations

import pytest

from comparekit import graded, repeats, rows
from snellen.analysis.compare import compare
from snellen.analysis.comparison_numbers import in_p, in_points, in_share
from snellen.analysis.comparison_words import (
    both_rows,
    bound_line,
    difference_line,
    flip_name,
    flip_ways,
    left_lines,
    steadiness_line,
    tally_line,
    verdict_sentence,
)


@pytest.mark.parametrize(
    ("value", "shown"), [(0.0, "+0.0"), (-0.0001, "0.0"), (0.0004, "+0.0"), (-0.2857, "-28.6"), (0.05, "+5.0")]
)
def test_points_have_a_sign_where_they_have_a_size(value: float, shown: str) -> None:
    assert in_points(value).replace("+0.0", "0.0") == shown.replace("+0.0", "0.0")


def test_shares_and_p_are_rounded_once() -> None:
    assert (in_share(0.71449), in_share(1.0)) == ("71.4 %", "100.0 %")
    assert [in_p(p) for p in (1.0, 0.0384, 0.001, 0.00099, 0.0)] == [
        "p = 1.000",
        "p = 0.038",
        "p = 0.001",
        "p < 0.001",
        "p < 0.001",
    ]


SENTENCES = {
    "better": ("0" * 8 + "1" * 20, "1" * 28, "B is better than A."),
    "worse": ("1" * 28, "0" * 8 + "1" * 20, "B is worse than A."),
    "no worse": (
        "1" * 300,
        "1" * 300,
        "B is no worse than A by more than the margin of 2 points: with 95 % confidence at most 0.9 points worse.",
    ),
    "lower, but no worse": (
        "1" * 20 + "0" * 3 + "1" * 4977,
        "0" * 20 + "1" * 3 + "1" * 4977,
        "B is lower than A, but by less than the margin of 2 points: with 95 % confidence at most 0.5 points worse.",
    ),
    "higher, but not surely": (
        "0" * 5 + "1" * 45,
        "1" * 50,
        "B is no worse than A; whether it is better cannot be told.",
    ),
    "cannot tell": (
        "1" * 10 + "0" * 5 + "1" * 85,
        "0" * 10 + "1" * 5 + "1" * 85,
        "Cannot tell whether B is better or worse than A: it would take about 469 questions to show a difference of "
        "5.0 points with 80 % power.",
    ),
    "no change": (
        "1" * 60,
        "1" * 60,
        "Cannot tell whether B is better or worse than A: no question changed, and it takes at least 6 of 60 "
        "questions (10.0 points), all one way, to show anything.",
    ),
    "one case": (
        "1",
        "0",
        "Cannot tell whether B is better or worse than A: 1 question can show no difference at all; it takes 6 at "
        "the least.",
    ),
}


@pytest.mark.parametrize(("before", "after", "said"), SENTENCES.values(), ids=SENTENCES)
def test_a_verdict_is_a_sentence(before: str, after: str, said: str) -> None:
    assert verdict_sentence(compare(rows(before), rows(after)).accuracy, before="A", after="B") == said


GROUPED = {
    "one group": (
        ("11110000", "00001111", "gggggggg"),
        "8 questions of one group can show no difference at all; it takes 6 groups at the least.",
    ),
    "five groups": (
        ("1111111111", "0000000000", "aabbccddee"),
        "10 questions of 5 groups can show no difference at all; it takes 6 groups at the least.",
    ),
    "no change": (
        ("1" * 16, "1" * 16, "aabbccddeeffgghh"),
        "no group changed, and it takes at least 6 of 8 groups (75.0 points), all one way, to show anything.",
    ),
    "too few changed": (
        ("1" * 16, "00" + "1" * 14, "aabbccddeeffgghh"),
        "it would take about 63 groups such as these (126 questions) to show a difference of 12.5 points with 80 % "
        "power.",
    ),
}


@pytest.mark.parametrize(("sides", "said"), GROUPED.values(), ids=GROUPED)
def test_where_questions_have_groups_it_is_groups_that_are_lacking(sides: tuple[str, str, str], said: str) -> None:
    before, after, groups = sides
    found = compare(rows(before, groups=groups), rows(after, groups=groups)).accuracy
    assert found.verdict == "cannot_tell"
    assert verdict_sentence(found, before="A", after="B") == (
        f"Cannot tell whether B is better or worse than A: {said}"
    )


def test_a_uniform_change_does_not_show_how_such_changes_vary() -> None:
    """Student's t would be infinite, and ten grades that all rose by a tenth may be luck of the ten."""
    found = compare(graded(*[0.5] * 10), graded(*[0.6] * 10)).score
    assert found is not None
    assert verdict_sentence(found, before="A", after="B") == (
        "Cannot tell whether B is better or worse than A: all questions moved by the same, which does not show how "
        "much such changes vary."
    )


@pytest.mark.parametrize(
    ("broke", "fixed", "said"),
    [
        (0, 0, "at most 2.6 points worse (95 %, one-sided; the margin is 2 points)"),
        (5, 0, "at most 9.9 points worse (95 %, one-sided; the margin is 2 points)"),
        (0, 9, "not worse at all (95 %, one-sided; the margin is 2 points)"),
    ],
)
def test_how_much_worse_it_may_be_is_said_with_its_confidence(broke: int, fixed: int, said: str) -> None:
    """Tango's lower end at 90 % two-sided, which is 95 % one-sided; nothing changed: z^2 / (n + z^2)."""
    same = "1" * (100 - broke - fixed)
    found = compare(rows("1" * broke + "0" * fixed + same), rows("0" * broke + "1" * fixed + same)).accuracy
    assert bound_line(found) == said


def test_a_difference_has_its_interval_test_and_n_in_one_line() -> None:
    """FACTS: b=12, c=2, n=50 has Tango's [.0611, .3447] and an exact p of 0.0129."""
    found = compare(rows("1" * 2 + "0" * 12 + "1" * 36), rows("0" * 2 + "1" * 12 + "1" * 36)).accuracy
    assert difference_line(found, confidence=0.95) == (
        "76.0 % → 96.0 %, +20.0 points (95 %: +6.1 to +34.5, Tango), p = 0.013 (exact McNemar; mid-p 0.007), n = 50"
    )


def test_groups_and_the_bootstrap_are_said_where_there_are_some() -> None:
    found = compare(rows("1111", groups="aabb"), rows("1000", groups="aabb")).accuracy
    assert difference_line(found, confidence=0.95).endswith("n = 4 in 2 groups, bootstrap -100.0 to -50.0")
    alone = compare(rows("11", groups="aa"), rows("10", groups="aa")).accuracy
    assert "(no interval: one group only), p = 1.000 (sign flips), n = 2 in 1 group" in (
        difference_line(alone, confidence=0.95)
    )
    once = compare(repeats("11"), repeats("10")).accuracy
    assert "(no interval: one question only)" in difference_line(once, confidence=0.95)


def test_cases_are_tallied_and_marked_ones_apart() -> None:
    after = rows("0011")
    after[1] = after[1]._replace(mark="known_failing")
    found = compare(rows("1101"), after)
    assert tally_line(found) == (
        "1 broke, 1 fixed; marked, and counted apart: 1 broke (known_failing); "
        "1 of 4 answers are the same to the letter"
    )
    assert tally_line(compare(repeats("10"), repeats("11"))).startswith("0 broke, 0 fixed, 1 flaky; ")


def test_what_was_not_compared_is_a_line_each() -> None:
    found = compare(rows("1e1111111"), rows("11e"))
    assert list(left_lines(found)) == [
        "6 trials only in A, not compared: e[c3-m], e[c4-m], e[c5-m], e[c6-m], e[c7-m] and 1 more",
        "1 trial without a response in A, not compared: e[c1-m]",
        "1 trial without a response in B, not compared: e[c2-m]",
    ]


def test_a_change_within_the_floor_is_said_to_be_none() -> None:
    assert steadiness_line(compare(repeats("10", "11"), repeats("11", "11"))) == (
        "Verdicts on two answers to the same question differ in 50.0 % within A and 0.0 % within B, and in 25.0 % "
        "between A and B: no more than within one of them."
    )
    assert steadiness_line(compare(repeats("11"), repeats("00"))).endswith("100.0 % between A and B.")
    assert steadiness_line(compare(rows("1"), rows("0"))) == ""


def test_sides_stand_beside_each_other() -> None:
    before = [one._replace(cost_usd=0.25, latency_s=2.0, judging_usd=0.5) for one in rows("11")]
    before.append(before[0]._replace(case="c9", cost_usd=None, judging_usd=None))
    found = compare(before, rows("1e"))
    assert dict(both_rows(found)) == {
        "accuracy (95 %)": ["100.0 % (20.7 to 100.0)", "100.0 % (20.7 to 100.0)"],
        "passed": ["3", "1"],
        "failed": ["0", "0"],
        "error": ["0", "1"],
        "latency, median": ["2.00 s", "1.00 s"],
        "latency, 95 in 100": ["2.00 s", "1.00 s"],
        "cost": ["$0.5000 + 1 answer not known", "not known"],
        "cost of judging": ["$1.0000", ""],
    }


def test_a_flip_is_called_by_what_both_sides_share() -> None:
    (same,) = compare(rows("1", variant="terse"), rows("0", variant="terse")).flips
    (other,) = compare(rows("1", model="a"), rows("0", model="b")).flips
    assert (flip_name(same), flip_name(other)) == ("e[c0-terse-m]", "e[c0]")


def test_repeats_say_how_often_they_passed() -> None:
    (flip,) = compare(repeats("110"), repeats("111")).flips
    assert (flip_ways(flip.before), flip_ways(flip.after)) == ("passed 2 of 3", "passed 3 of 3")
    assert flip_ways(compare(graded(1.0), graded(0.5)).flips[0].after) == "failed"
