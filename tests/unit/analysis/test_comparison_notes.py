"""Notes tell what a careful reader must know, and never two things that contradict each other."""

from __future__ import annotations

import pytest

from comparekit import repeats, rows, side
from snellen.analysis.compare import compare, rank
from snellen.runs.baseline import BaselineFacts
from snellen.runs.rows import JudgedBy

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


ONE, TWO = JudgedBy("number", "1", "ab"), JudgedBy("number", "2", "ab")
OTHER, EXACT, OLD = JudgedBy("number", "1", "cd"), JudgedBy("exact", "1"), JudgedBy("number")

APART = {
    # who judged the first side, who judged the second, what is said of it
    "alike": ((ONE,), (ONE,), None),
    "not known of one": ((), (TWO,), None),
    "no version": ((OLD,), (TWO,), None),
    "version": ((ONE,), (TWO,), "number is version 1 in A and version 2 in B"),
    "back": ((TWO,), (ONE,), "number is version 2 in A and version 1 in B"),
    "options": ((ONE,), (OTHER,), "number has other options in B than in A"),
    "another": ((ONE,), (EXACT,), "exact judged B and not A, number judged A and not B"),
    "one more": ((ONE,), (EXACT, ONE), "exact judged B and not A"),
    "one less": ((EXACT, ONE), (ONE,), "exact judged A and not B"),
}


@pytest.mark.parametrize(("then", "now", "said"), APART.values(), ids=APART)
def test_sides_that_were_not_judged_alike_are_told(then: tuple, now: tuple, said: str | None) -> None:
    first = side(rows("111", judges=then), "A", label="run old", run="old")
    last = side(rows("111", judges=now), "B", label="run new", run="new")
    start, end = "A (run old) was judged otherwise than B (run new): ", ". What differs may be the scorer's doing; "
    way_out = "judge both with today's scorers, and compare what that gives: snellen rescore old --keep and snellen "
    notes = () if said is None else (f"{start}{said}{end}{way_out}rescore new --keep",)
    assert compare(first, last).notes == notes


def test_only_what_is_compared_must_have_been_judged_alike() -> None:
    """Trials without a match, or without a response, are in no figure; each of the others has its own scorers."""
    first = [*rows("11", judges=(ONE,)), *rows("11", eval="f", judges=(EXACT,)), *rows("1", eval="g", judges=(ONE,))]
    last = [*rows("11", judges=(ONE,)), *rows("1e", eval="f", judges=(EXACT,)), *rows("1", eval="h", judges=(TWO,))]
    assert compare(first, last).notes == ()


HELD = {
    # the scorers of baseline main, those of the run, what is said with the baseline first, and with it second
    "alike": ((ONE, EXACT), (ONE,), None, None),
    "no scorers": ((), (TWO,), None, None),
    "no version": ((OLD,), (TWO,), None, None),
    "version": (
        (ONE, EXACT),
        (TWO,),
        "number is version 1 in A and version 2 in B",
        "number is version 2 in A and version 1 in B",
    ),
    "options": (
        (ONE, EXACT),
        (OTHER,),
        "number has other options in B than in A",
        "number has other options in B than in A",
    ),
    "another": ((ONE,), (ONE, EXACT), "exact judged B and not A", "exact judged A and not B"),
}


@pytest.mark.parametrize(("then", "now", "said", "back"), HELD.values(), ids=HELD)
def test_a_baseline_tells_which_scorers_judged_it_and_not_what_each(
    then: tuple, now: tuple, said: str | None, back: str | None
) -> None:
    """Those that it has beyond the run's may have judged cases that the run does not hold."""
    facts = BaselineFacts(name="main", run="r", made_at="2026-11-01", trials=2, scorers=then)
    held = side(rows("11"), "baseline:main", label="baseline main", kind="baseline", baseline=facts)
    run = side(rows("11", judges=now), "run:new", label="run new", kind="run", run="new")
    end = (
        ". What differs may be the scorer's doing; judge the run with today's scorers: snellen rescore new --keep; or "
        "set the baseline anew of a run judged alike: snellen baseline set main RUN"
    )
    start = "A (baseline main) was judged otherwise than B (run new): "
    assert compare(held, run).notes == (() if said is None else (f"{start}{said}{end}",))
    start = "A (run new) was judged otherwise than B (baseline main): "
    assert compare(run, held).notes == (() if back is None else (f"{start}{back}{end}",))


def test_two_baselines_are_told_where_none_of_their_scorers_can_have_been_the_same() -> None:
    def held(name: str, *scorers: JudgedBy) -> object:
        facts = BaselineFacts(name=name, run="r", made_at="2026-11-01", trials=1, scorers=scorers)
        return side(rows("11"), name, label=f"baseline {name}", kind="baseline", baseline=facts)

    assert compare(held("a", ONE, OTHER), held("b", ONE, EXACT)).notes == ()
    assert compare(held("a", ONE, EXACT), held("b", TWO)).notes == (
        "A (baseline a) was judged otherwise than B (baseline b): number is version 1 in A and version 2 in B. What "
        "differs may be the scorer's doing; set both anew of runs judged alike: snellen baseline set a RUN "
        "and snellen baseline set b RUN",
    )


def test_a_ranking_tells_which_sides_were_not_judged_as_the_first() -> None:
    """Names with braces are names like any other."""
    found = rank(
        side(rows("111", judges=(ONE,)), label="{gpt}"),
        side(rows("111", judges=(ONE,)), label="qwen"),
        side(rows("111", judges=(TWO,)), label="opus"),
    )
    assert found.notes == (
        "{gpt} was judged otherwise than opus: number is version 1 in {gpt} and version 2 in opus. What differs may be "
        "the scorer's doing; judge both with the same scorers, and compare again",
    )


def test_it_is_said_once_of_several_models_and_not_of_each_again() -> None:
    before = [row for model in ("m", "n") for row in rows("1" * 8, model=model, judges=(ONE,))]
    after = [row._replace(judges=(TWO,)) for row in before]
    found = compare(before, after)
    assert [note.partition(":")[0] for note in found.notes] == ["A was judged otherwise than B"]
    assert [part.comparison.notes for part in found.parts] == [(), ()]
