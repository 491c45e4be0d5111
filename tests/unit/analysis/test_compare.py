"""Two sides are compared question by question, with the statistics that such data want, and nothing is dropped."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from comparekit import graded, repeats, row, rows, side
from report_samples import every_state
from snellen.analysis.compare import compare, rank
from snellen.analysis.comparison import Left
from snellen.analysis.summarize import totals_of
from snellen.errors import InputError
from snellen.runs.rows import row_of
from snellen.runs.store import RunStore
from snellen.stats.bootstrap import paired_bootstrap, permutation_p
from snellen.stats.paired import NonInferiority, paired_difference, tango_interval
from snellen.stats.proportions import Interval, wilson

# Passes and fails of cases that stand alone.


def split(*, broke: int, fixed: int, n: int) -> tuple[list, list]:
    """Two sides of so many cases, of which so many changed; half of the others pass."""
    same = n - broke - fixed
    rest = "1" * (same // 2) + "0" * (same - same // 2)
    return rows("1" * broke + "0" * fixed + rest), rows("0" * broke + "1" * fixed + rest)


@pytest.mark.parametrize(  # FACTS: McNemar exact and mid-p by statsmodels and scipy, Tango's intervals by hand
    ("broke", "fixed", "n", "p", "mid_p", "low", "high"),
    [
        (2, 12, 50, 0.012939, 0.007385, 0.0611, 0.3447),
        (8, 6, 200, 0.790527, 0.607239, -0.0514, 0.0298),
        (0, 6, 50, 0.03125, 0.015625, None, None),
        (5, 1, 50, 0.21875, 0.125, None, None),
    ],
)
def test_passes_and_fails_have_tangos_interval_and_mcnemars_p(broke, fixed, n, p, mid_p, low, high) -> None:
    found = compare(*split(broke=broke, fixed=fixed, n=n)).accuracy
    assert (found.formula, found.p_test, found.p_beside_test) == ("Tango", "exact McNemar", "mid-p")
    assert (found.p_value, found.p_beside) == (pytest.approx(p, abs=1e-6), pytest.approx(mid_p, abs=1e-6))
    assert (found.lost, found.gained, found.n, found.clusters) == (broke, fixed, n, n)
    assert found.value == pytest.approx((fixed - broke) / n)
    if low is not None:
        assert found.interval is not None
        assert (round(found.interval.low, 4), round(found.interval.high, 4)) == (low, high)


def test_each_side_has_wilsons_interval_over_the_questions_both_answered() -> None:
    found = compare(rows("1110e"), rows("11000")).accuracy
    assert (found.before, found.before_interval, found.n) == (0.75, wilson(3, 4), 4)
    assert (found.after, found.after_interval) == (0.5, wilson(2, 4))


@pytest.mark.parametrize(
    "trials",
    [repeats("111", "110", "000", "100"), rows("110100", groups="aabbcd")],
    ids=["repeats", "groups"],
)
def test_each_side_has_the_interval_that_the_table_of_its_run_has(trials) -> None:
    found, table = compare(trials, trials).accuracy, totals_of(trials).accuracy
    assert table is not None
    assert found.before_interval is not None
    assert (found.before_interval.low, found.before_interval.high) == (
        pytest.approx(table.interval.low),
        pytest.approx(table.interval.high),
    )


def test_an_unscored_answer_is_wrong_and_an_error_is_no_answer() -> None:
    found = compare(rows("11e1e"), rows("1u1ee"))
    assert (found.accuracy.before, found.accuracy.after, found.accuracy.n) == (1.0, 0.5, 2)
    assert (found.errors_before, found.errors_after) == (
        Left(count=2, first=("e[c2-m]", "e[c4-m]")),
        Left(count=2, first=("e[c3-m]", "e[c4-m]")),
    )


# Verdicts.


VERDICTS = {
    "better": (0, 12, 50, "better"),
    "worse": (12, 0, 50, "worse"),
    "worse than the margin allows": (60, 20, 400, "worse"),
    "lower by less than the margin": (60, 30, 10_000, "no_worse"),
    "no change of many": (0, 0, 200, "no_worse"),
    "no change of few": (0, 0, 20, "cannot_tell"),
    "five that all broke": (5, 0, 50, "cannot_tell"),
    "six that all broke": (6, 0, 50, "worse"),
}


@pytest.mark.parametrize(("broke", "fixed", "n", "verdict"), VERDICTS.values(), ids=VERDICTS)
def test_the_verdict_says_what_was_shown(broke: int, fixed: int, n: int, verdict: str) -> None:
    assert compare(*split(broke=broke, fixed=fixed, n=n)).verdict == verdict


def test_no_worse_is_tangos_lower_bound_above_the_margin() -> None:
    found = compare(*split(broke=8, fixed=6, n=200), margin=0.06).accuracy
    bound = tango_interval(6, 8, 200, confidence=0.9).low
    assert found.non_inferior == NonInferiority(holds=True, bound=bound, margin=0.06, confidence=0.95)
    assert (found.verdict, compare(*split(broke=8, fixed=6, n=200), margin=0.04).verdict) == ("no_worse", "cannot_tell")


def test_what_cannot_be_told_says_how_many_questions_it_would_need() -> None:
    """FACTS: discordants (.10, .05), alpha .05, power .8: 469 pairs."""
    found = compare(*split(broke=10, fixed=5, n=100)).accuracy
    assert (found.verdict, found.needed, found.needed_for) == ("cannot_tell", 469, pytest.approx(0.05))


def test_a_change_smaller_than_the_margin_is_sized_by_the_margin() -> None:
    """Nobody wants to know how many questions would show a change of 0.1 points."""
    found = compare(*split(broke=5, fixed=5, n=100), margin=0.02).accuracy
    assert found.needed_for == 0.02
    assert found.needed == math.ceil((1.959964 + 0.841621) ** 2 * 0.1 / 0.02**2)


def test_without_any_change_the_least_that_could_be_seen_is_six_that_go_one_way() -> None:
    found = compare(*split(broke=0, fixed=0, n=60)).accuracy
    assert (found.needed, found.visible) == (None, pytest.approx(6 / 60))
    assert compare(rows("11111"), rows("11111")).accuracy.visible is None


# Repeats, groups and scores.


def test_repeats_are_averaged_and_n_counts_questions() -> None:
    before, after = repeats("111", "110", "000"), repeats("110", "000", "000")
    found = compare(before, after)
    expected = paired_difference([1, 2 / 3, 0], [2 / 3, 0, 0])
    assert (found.accuracy.n, found.pairs, found.accuracy.formula) == (3, 9, "t")
    assert found.accuracy.value == expected.value
    assert found.accuracy.interval is not None
    assert expected.interval is not None
    assert found.accuracy.interval == Interval(max(-1.0, expected.interval.low), expected.interval.high)
    assert (found.accuracy.p_beside_test, found.accuracy.p_beside) == ("Student's t", expected.p_value)


def test_groups_make_it_the_clustered_paired_difference() -> None:
    groups = ["a", "a", "b", "b", "c", "d", "e", "f"]
    before, after = rows("11110000", groups=groups), rows("00111000", groups=groups)
    found = compare(before, after).accuracy
    change = [[1, 1, 1, 1, 0, 0, 0, 0], [0, 0, 1, 1, 1, 0, 0, 0]]
    expected = paired_difference(*change, clusters=groups)
    assert (found.formula, found.n, found.clusters, found.interval) == ("t, clustered", 8, 6, expected.interval)
    assert (found.p_test, found.p_value) == ("sign flips", permutation_p(*change, clusters=groups))
    assert found.bootstrap == paired_bootstrap(*change, clusters=groups)


def test_groups_of_one_case_are_none() -> None:
    before, after = split(broke=2, fixed=12, n=50)
    alone = [[one._replace(group=one.case) for one in own] for own in (before, after)]
    assert compare(*alone).accuracy == compare(before, after).accuracy


def test_groups_of_one_name_in_two_evals_are_two() -> None:
    """Many datasets number their pictures from 1."""
    before = [row("a", group="1"), row("a", group="1", eval="f"), row("b", group="2")]
    found = compare(before, [one._replace(outcome="failed", score=0.0) for one in before]).accuracy
    assert (found.clusters, found.formula) == (3, "Tango")


def test_graded_scores_are_compared_beside_accuracy() -> None:
    before, after = [0.5, 0.25, 1.0, 0.75, 0.0], [0.75, 0.5, 1.0, 1.0, 0.25]
    found = compare(graded(*before), graded(*after))
    assert found.score is not None
    assert (found.score.measure, found.score.value) == ("score", pytest.approx(0.2))
    assert found.score.interval == paired_difference(before, after).interval
    assert found.score.bootstrap == paired_bootstrap(before, after)
    assert (found.accuracy.formula, found.accuracy.value) == ("Tango", pytest.approx(0.2))


def test_scores_that_say_what_the_verdict_says_are_no_second_measure() -> None:
    assert compare(rows("110u"), rows("100u")).score is None


def test_a_change_that_is_the_same_everywhere_is_not_certain() -> None:
    """Student's t has no width then; two questions that both moved are no proof."""
    few, many = (
        compare(graded(*[0.0] * 2), graded(*[0.5] * 2)).score,
        compare(graded(*[0.0] * 40), graded(*[0.5] * 40)).score,
    )
    assert few is not None
    assert many is not None
    assert (few.formula, few.verdict, many.verdict) == ("Tango, no spread", "cannot_tell", "better")
    assert few.p_value == 0.5  # of four ways to swap two pairs, two are as far apart
    room = tango_interval(0, 0, 40)
    assert many.interval == Interval(0.5 + room.low, 0.5 + room.high)


def test_the_bootstrap_of_very_many_grades_is_that_of_the_grades() -> None:
    """They are put on a grid for speed; the interval moves by less than a thousandth of its width."""
    before = [(n * 7919 % 9973) / 9973 for n in range(20_001)]
    after = [(n * 104729 % 9967) / 9967 for n in range(20_001)]
    found = compare(graded(*before), graded(*after), resamples=2_000).score
    assert found is not None
    assert found.bootstrap is not None
    assert found.interval is not None
    width = found.interval.high - found.interval.low
    assert found.bootstrap.interval.low == pytest.approx(found.interval.low, abs=width / 20)
    assert found.bootstrap.interval.high == pytest.approx(found.interval.high, abs=width / 20)


def test_same_input_and_seed_is_the_same_comparison() -> None:
    before, after = graded(0.1, 0.4, 0.9, 0.3), graded(0.3, 0.2, 0.8, 0.9)
    assert compare(before, after, today="2026-11-22") == compare(before, after, today="2026-11-22")
    assert compare(before, after, seed=1).score != compare(before, after, seed=2).score


# Matching.


def test_what_is_on_one_side_only_is_listed() -> None:
    found = compare(rows("1" * 9), rows("1" * 3))
    assert (found.only_before, found.only_after) == (
        Left(count=6, first=("e[c3-m]", "e[c4-m]", "e[c5-m]", "e[c6-m]", "e[c7-m]")),
        Left(count=0),
    )
    assert found.accuracy.n == 3


def test_the_order_of_the_trials_does_not_matter() -> None:
    before, after = split(broke=3, fixed=9, n=40)
    assert (
        compare(before, after[::-1]).accuracy
        == compare(before[::-1], after).accuracy
        == compare(before, after).accuracy
    )


def test_two_models_are_matched_by_variant_and_two_variants_by_model() -> None:
    def of(model: str, variant: str, signs: str) -> list:
        return rows(signs, model=model, variant=variant)

    by_model = compare(of("a", "x", "11") + of("a", "y", "00"), of("b", "x", "11") + of("b", "y", "00"))
    assert (by_model.accuracy.n, by_model.accuracy.value) == (4, 0.0)
    by_variant = compare(of("a", "x", "11") + of("b", "x", "00"), of("a", "y", "11") + of("b", "y", "00"))
    assert (by_variant.accuracy.n, by_variant.accuracy.value) == (4, 0.0)


def test_runs_of_several_models_are_matched_model_by_model_and_cases_are_the_clusters() -> None:
    before = rows("1111", model="a") + rows("1100", model="b")
    after = rows("1101", model="a") + rows("1100", model="b") + rows("0000", model="c")
    found = compare(before, after)
    assert (found.accuracy.n, found.accuracy.clusters, found.only_after.count) == (8, 4, 4)


def test_a_model_is_compared_with_its_successor_of_another_name() -> None:
    assert compare(rows("1100", model="gpt-5"), rows("1110", model="gpt-5.1")).accuracy.gained == 1


def test_only_repeats_that_both_have_are_compared_and_it_is_said() -> None:
    found = compare(repeats("111", "000"), repeats("1", "1"))
    assert (found.accuracy.n, found.pairs, found.only_before.count) == (2, 2, 4)
    assert "The sides were asked 1 and 3 times; only repeats that all have are compared." in found.notes


# Flips and steadiness.


def test_flips_are_told_apart_and_those_of_marked_cases_are_marked() -> None:
    before = rows("1100")
    after = rows("0111")
    after[3] = after[3]._replace(mark="known_failing", mark_until="2026-12-31")
    found = compare(before, after, today="2026-11-22")
    assert [(flip.kind, flip.case, flip.mark) for flip in found.flips] == [
        ("broke", "c0", ""),
        ("fixed", "c2", ""),
        ("fixed", "c3", "known_failing"),
    ]
    assert "1 case marked known_failing passed: c3." in found.notes
    assert (found.accuracy.gained, found.accuracy.lost) == (2, 1)  # marked cases stay in the figures


def test_a_mark_that_has_run_out_does_not_count() -> None:
    after = [row("c0", "0", mark="flaky", mark_until="2026-11-21")]
    assert [flip.mark for flip in compare([row("c0")], after, today="2026-11-22").flips] == [""]
    assert [flip.mark for flip in compare([row("c0")], after, today="2026-11-21").flips] == ["flaky"]


def test_how_often_a_side_differs_from_itself_is_the_floor_of_any_change() -> None:
    found = compare(repeats("111", "110", "000"), repeats("111", "110", "100"))
    assert found.before.disagreement == pytest.approx((0 + 2 / 3 + 0) / 3)
    assert found.floor == found.after.disagreement == pytest.approx((0 + 2 / 3 + 2 / 3) / 3)
    two_thirds = 2 / 3 * 1 / 3 * 2
    assert found.changed == pytest.approx((0 + two_thirds + 1 / 3) / 3)
    assert compare(rows("10"), rows("01")).floor is None


def test_answers_that_are_equal_to_the_letter_are_counted() -> None:
    assert compare(rows("110"), rows("100")).same_answers == 2
    assert compare([row("c", digest="")], [row("c")]).same_answers is None


# What cannot be compared, and what nearly cannot.


def test_one_case_shows_nothing() -> None:
    found = compare(rows("1"), rows("0")).accuracy
    assert (found.value, found.p_value, found.verdict, found.visible) == (-1.0, 1.0, "cannot_tell", None)
    assert found.interval == tango_interval(0, 1, 1)
    one_grade = compare(graded(0.5), graded(0.75)).score
    assert one_grade is not None
    assert (one_grade.interval, one_grade.p_beside, one_grade.verdict) == (None, None, "cannot_tell")


def test_one_group_shows_nothing() -> None:
    found = compare(rows("1111", groups="gggg"), rows("0000", groups="gggg")).accuracy
    assert (found.value, found.interval, found.formula, found.verdict) == (-1.0, None, "", "cannot_tell")


def test_all_right_on_both_sides_is_a_defined_result() -> None:
    found = compare(graded(*[1.0] * 8, groups="aabbccdd"), graded(*[1.0] * 8, groups="aabbccdd"))
    assert (found.accuracy.value, found.accuracy.p_value) == (0.0, 1.0)
    assert found.accuracy.before_interval == wilson(4, 4)
    numbers = [found.accuracy.interval, found.accuracy.bootstrap and found.accuracy.bootstrap.interval]
    assert all(one is not None and math.isfinite(one.low) and math.isfinite(one.high) for one in numbers)


def test_the_same_trials_twice_are_no_worse_and_that_is_said(tmp_path) -> None:
    same = side(rows("10" * 100), run="r")
    found = compare(same, same)
    assert (found.verdict, found.flips, found.same_answers) == ("no_worse", (), 200)
    assert found.notes == ("Both sides are the same trials.",)


def test_a_side_without_trials_is_an_error_that_names_it() -> None:
    with pytest.raises(InputError, match="there is nothing to compare: B has no trials"):
        compare(rows("1"), [])


def test_no_overlap_is_an_error_with_the_first_of_both_sides() -> None:
    with pytest.raises(InputError) as caught:
        compare([row("a"), row("b")], [row("x"), row("y", variant="terse")])
    assert str(caught.value) == ("no question is asked on all sides:\n  A: e[a-m], e[b-m]\n  B: e[x-m], e[y-terse-m]")


def test_only_errors_is_an_error_that_counts_them() -> None:
    with pytest.raises(InputError) as caught:
        compare(rows("ee1"), rows("11e"))
    assert str(caught.value) == (
        "there is nothing to compare: A has 2 errors and B has 1 error, and no question has a response on all sides"
    )


@pytest.mark.parametrize("score", [math.nan, math.inf, -0.1, 1.5], ids=str)
def test_a_score_that_is_no_score_is_refused(score: float) -> None:
    with pytest.raises(InputError, match=rf"B: e\[c0-m\] has score {score}; a score is 0 to 1"):
        compare(rows("1"), [row("c0", score=score)])


def test_a_side_that_asks_twice_is_refused() -> None:
    with pytest.raises(InputError, match=r"A has e\[c0-m\] twice, so that it cannot be matched"):
        compare([row("c0"), row("c0", "0")], rows("1"))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"margin": -0.1}, "margin is -0.1; right is a share from 0 to 1"),
        ({"margin": math.nan}, "margin is nan"),
        ({"confidence": 0.5}, "confidence is 0.5; right is above 0.5 and below 1"),
        ({"confidence": 95}, "confidence is 95"),
        ({"resamples": 0}, "resamples is 0"),
        ({"seed": -1}, "seed is -1"),
        (
            {"by": "tags"},
            "cases are not sliced by 'tags'\n  Right is one of tag, group, eval, model, variant. Did you mean 'tag'?",
        ),
    ],
    ids=str,
)
def test_an_option_out_of_range_is_refused(wrong: dict, said: str) -> None:
    with pytest.raises(InputError) as caught:
        compare(rows("1"), rows("1"), **wrong)
    assert str(caught.value).startswith(said)


# What may be compared.


def test_runs_results_and_lists_of_trials_are_the_same_comparison(tmp_path) -> None:
    run = every_state(tmp_path)
    store = RunStore(tmp_path / "runs.db")
    store.save(run)

    class Result:
        facts = run.facts

    Result.store = store
    models = [[trial for trial in run.trials if trial.model == name] for name in ("gpt-5.1", "offline-describer")]
    by_trials = compare(*models)
    by_rows = compare(*([row_of(0, trial) for trial in own] for own in models))
    assert by_trials.accuracy == by_rows.accuracy
    assert compare(run, Result()).accuracy == compare(list(run.trials), list(run.trials)).accuracy
    assert (by_trials.before.label, by_trials.after.label) == ("A", "B")
    assert compare(run, run).before.label == "run 20261122-170500-a1b2c3"


@pytest.mark.parametrize("wrong", [1, [1], None], ids=repr)
def test_what_is_no_side_is_refused(wrong: object) -> None:
    with pytest.raises(InputError, match="cannot be compared"):
        compare(rows("1"), wrong)


def test_a_run_that_broke_off_is_said(tmp_path) -> None:
    found = compare(side(rows("1"), notes=("Run r was interrupted.",)), rows("1"))
    assert found.notes == ("Run r was interrupted.",)


# Many sides.


def test_sides_are_ranked_over_what_all_answered() -> None:
    best, middle, worst = "1" * 40, "1" * 25 + "0" * 15, "1" * 24 + "0" * 16
    found = rank(side(rows(worst), "worst"), side(rows(best), "best"), side(rows(middle + "1"), "middle"))
    assert [(one.side.label, one.rank, one.best, one.worst, one.tied_with) for one in found.ranks] == [
        ("best", 1, 1, 1, ()),
        ("middle", 2, 2, 3, ("worst",)),
        ("worst", 3, 2, 3, ("middle",)),
    ]
    assert (found.n, [left.count for left in found.left]) == (40, [0, 0, 1])
    assert found.ranks[0].interval == wilson(40, 40)


def test_equal_sides_share_the_better_rank() -> None:
    found = rank(side(rows("10"), "a"), side(rows("01"), "b"), side(rows("00"), "c"))
    assert [(one.side.label, one.rank) for one in found.ranks] == [("a", 1), ("b", 1), ("c", 3)]


def test_the_p_of_all_pairs_are_adjusted_together() -> None:
    """Holm: 3 times the smallest, 2 times the next, the last as it is."""
    base, six, nine = "1" * 40, "0" * 6 + "1" * 34, "0" * 9 + "1" * 31
    found = rank(side(rows(base), "a"), side(rows(six), "b"), side(rows(nine), "c"))
    raw = {(pair.before, pair.after): pair.difference.p_value for pair in found.pairs}
    assert raw == {("a", "b"): 0.03125, ("a", "c"): 0.00390625, ("b", "c"): 0.25}
    assert [pair.p_holm for pair in found.pairs] == [0.0625, 0.01171875, 0.25]
    assert [pair.verdict for pair in found.pairs] == ["cannot_tell", "worse", "cannot_tell"]
    assert [(one.side.label, one.best, one.worst) for one in found.ranks] == [("a", 1, 2), ("b", 1, 3), ("c", 2, 3)]


def test_errors_of_one_side_are_left_out_for_all() -> None:
    found = rank(side(rows("11e"), "a"), side(rows("1e1"), "b"), side(rows("111"), "c"))
    assert (found.n, [left.count for left in found.left]) == (1, [1, 1, 0])


@pytest.mark.parametrize("count", [0, 1, 51])
def test_a_ranking_takes_two_to_fifty_sides(count: int) -> None:
    with pytest.raises(InputError, match=f"a ranking takes 2 to 50 sides; got {count}"):
        rank(*[rows("1")] * count)


def test_costs_and_latencies_stand_beside() -> None:
    dear = [replace_costs(one, 0.25, 0.5) for one in rows("11e")]
    found = compare(dear, rows("110")).before
    assert (found.totals.cost.total_usd, found.totals.cost.unknown, found.judging_usd) == (0.5, 0, 1.0)
    assert found.totals.latency is not None
    assert found.totals.latency.median_s == 1.0
    assert compare(rows("1"), rows("1")).before.totals.cost.total_usd is None


def replace_costs(one, cost, judging):
    return one if one.outcome == "error" else one._replace(cost_usd=cost, judging_usd=judging)


def test_a_comparison_is_a_value() -> None:
    found = compare(rows("10"), rows("11"), today="2026-11-22")
    assert replace(found) == found
    assert (found.broke, [flip.case for flip in found.fixed], found.flaky) == ((), ["c1"], ())
