"""Whether gates hold: each measure on rows whose figures one can count, and every way of not being able to tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snellen.analysis.gate_figures import shown
from snellen.analysis.gates import hold, hold_all, needs_trials, parse_gate, skip
from snellen.case import Case, ImageRef, Mark
from snellen.response import Response
from snellen.runs.rows import TrialRow
from snellen.score import Score
from snellen.stats.proportions import wilson
from snellen.trial import GateResult, Outcome, Trial

TODAY = "2026-11-22"


def row(case: str = "c", outcome: Outcome = "passed", **given: object) -> TrialRow:
    own: dict[str, object] = {
        "place": 0,
        "eval": "signs",
        "case": case,
        "variant": "",
        "model": "gpt",
        "repeat": 0,
        "outcome": outcome,
        "failure": "timeout" if outcome == "error" else None,
        "latency_s": None if outcome == "error" else 1.0,
        "recorded": False,
        "input_tokens": None,
        "output_tokens": None,
        "cost_usd": None if outcome == "error" else 0.25,
        "score": {"passed": 1.0, "failed": 0.0, "unscored": 0.0}.get(outcome),
    }
    return TrialRow(**(own | given))  # type: ignore[arg-type]  # its fields


def rows(passed: int = 0, failed: int = 0, unscored: int = 0, error: int = 0, **given: object) -> list[TrialRow]:
    outcomes: list[Outcome] = ["passed"] * passed + ["failed"] * failed  # type: ignore[assignment]  # two of them
    outcomes += ["unscored"] * unscored + ["error"] * error  # type: ignore[operator]  # likewise
    return [row(f"c{at}", outcome, place=at, **given) for at, outcome in enumerate(outcomes)]


def held(gate: object, given: Sequence[TrialRow], **more: object) -> GateResult:
    (result,) = hold(parse_gate(gate), given, today=TODAY, **more)  # type: ignore[arg-type]  # as hold takes them
    return result


TABLE = {
    # gate, rows, holds, what is said
    "accuracy-equal": ("accuracy >= 0.9", rows(9, 1), True, "90.0% of 10 cases"),
    "accuracy-less": ("accuracy >= 0.9", rows(8, 2), False, "80.0% of 10 cases"),
    "unscored-counts-as-wrong": ("accuracy >= 0.9", rows(9, 0, 1), True, "90.0% of 10 cases"),
    "errors-are-no-answers": ("accuracy >= 0.9", rows(9, 1, 0, 5), True, "90.0% of 10 cases"),
    "strictly": ("accuracy > 90%", rows(9, 1), False, "90.0% of 10 cases"),
    "lower-end-of-wilson": ("accuracy >= 55% confidence 95%", rows(9, 1), True, "the lower end counts"),
    "lower-end-too-low": (
        "accuracy >= 60% confidence 95%",
        rows(9, 1),
        False,
        "95% interval 59.6 to 98.2%; the lower end counts",
    ),
    "upper-end": ("unscored <= 20% confidence 95%", rows(9, 0, 1), False, "the upper end counts"),
    "errors-none": ("errors == 0", rows(3), True, "0 of 3 trials"),
    "errors-some": ("errors == 0", rows(3, error=1), False, "1 of 4 trials"),
    "errors-allowed": ("errors <= 2", rows(3, error=2), True, "2 of 5 trials"),
    "errors-as-share": ("errors <= 25%", rows(3, error=1), True, "25.0% of 4 cases"),
    "failed-as-count": ("failed <= 1", rows(3, 2), False, "2 of 5 responses"),
    "failed-as-share": ("failed <= 40%", rows(3, 2), True, "40.0% of 5 cases"),
    "passed-as-count": ("passed >= 4", rows(3, 2), False, "3 of 5 responses"),
    "unscored-as-share": ("unscored <= 2%", rows(98, 0, 2), True, "2.0% of 100 cases"),
    "unscored-too-many": ("unscored <= 2%", rows(97, 0, 3), False, "3.0% of 100 cases"),
    "cost": ("cost <= 0.75", rows(3), True, "$0.7500 for 3 responses"),
    "cost-too-much": ("cost <= 0.74", rows(3), False, "$0.7500 for 3 responses"),
    "score": ("score >= 0.5", [row("a", score=0.25), row("b", score=0.75)], True, "50.0% in 2 cases"),
    "score-of-an-unscored": ("score >= 0.5", [row("a", score=0.75), row("b", "unscored")], False, "37.5% in 2 cases"),
}


@pytest.mark.parametrize(("gate", "given", "holds", "said"), TABLE.values(), ids=TABLE)
def test_a_measure(gate: str, given: list[TrialRow], holds: bool, said: str) -> None:
    result = held(gate, given)
    assert result.passed is holds
    assert said in result.because


def test_a_result_says_what_was_measured_how_sure_it_is_and_who_is_responsible() -> None:
    result = held("accuracy >= 90%", rows(8, 2))
    interval = wilson(8, 10)
    assert result == GateResult(
        text="accuracy >= 90%",
        model="gpt",
        state="failed",
        measured=0.8,
        threshold=0.9,
        unit="share",
        low=interval.low,
        high=interval.high,
        confidence=0.95,
        n=10,
        because="80.0% of 10 cases (95% interval 49.0 to 94.3%; the estimate counts)",
        cases=("signs[c8]", "signs[c9]"),
    )


def test_a_gate_that_holds_blames_nobody() -> None:
    assert held("accuracy >= 50%", rows(8, 2)).cases == ()


def test_many_responsible_cases_are_named_in_part_and_counted_in_full() -> None:
    result = held("accuracy >= 90%", rows(8, 50))
    assert (len(result.cases), result.more_cases) == (20, 30)


def test_repeats_and_variants_are_answers_to_the_same_cases() -> None:
    given = [row(f"c{case}", "passed" if n else "failed", repeat=n) for case in range(10) for n in range(4)]
    result = held("accuracy >= 75%", given)
    interval = wilson(7.5, 10)
    assert (result.measured, result.n, result.low, result.high) == (0.75, 10, interval.low, interval.high)
    assert result.because.startswith("75.0% of 40 responses to 10 cases")


def test_cases_of_one_group_are_no_independent_evidence() -> None:
    """Every picture has two questions that stand or fall together: half as much is known."""
    alone = held("accuracy >= 50%", rows(12, 4))
    grouped = held("accuracy >= 50%", [one._replace(group=f"g{one.place // 2}") for one in rows(12, 4)])
    assert alone.measured == grouped.measured == 0.75
    assert alone.high is not None
    assert alone.low is not None
    assert grouped.high is not None
    assert grouped.low is not None
    assert grouped.high - grouped.low > alone.high - alone.low


@pytest.mark.parametrize("measure", ["accuracy", "score"])
def test_all_right_in_few_groups_is_not_certain(measure: str) -> None:
    given = [one._replace(group=f"g{one.place // 5}") for one in rows(20)]
    result = held(f"{measure} >= 99% confidence 95%", given)
    assert not result.passed
    assert (result.low, result.high) == (wilson(4, 4).low, 1.0)


def test_one_case_alone_has_an_interval_too() -> None:
    assert held("score >= 0.5 confidence 95%", [row(score=0.9)]).state == "failed"


LATENCIES = [row(f"c{at}", latency_s=float(at)) for at in range(1, 21)]


@pytest.mark.parametrize(
    ("gate", "measured", "holds"),
    [
        ("median_latency <= 10.5s", 10.5, True),
        ("p95_latency <= 19s", 19.0, True),
        ("p95_latency <= 18.9s", 19.0, False),
        ("p50_latency <= 10000ms", 10.0, True),
        ("p99_latency < 20s", 20.0, False),
    ],
)
def test_latencies_are_those_that_were_really_measured(gate: str, measured: float, holds: bool) -> None:
    result = held(gate, [*LATENCIES, row("batch", latency_s=0.0), row("late", "error")])
    assert (result.measured, result.n, result.passed) == (measured, 20, holds)


def test_the_slowest_answers_are_responsible_the_worst_first() -> None:
    assert held("median_latency <= 7s", LATENCIES).cases[:2] == ("signs[c20]", "signs[c19]")
    assert held("median_latency <= 7s", LATENCIES).more_cases == 0


def test_no_measured_time_is_no_good_time() -> None:
    result = held("p95_latency <= 4s", [row(latency_s=0.0)])
    assert (result.state, result.because) == ("failed", "no response has a time that was measured")


def test_judging_is_part_of_the_cost() -> None:
    assert held("cost <= 0.5", [row(cost_usd=0.25, judging_usd=0.5)]).measured == 0.75


def test_a_cost_that_is_not_known_cannot_be_held() -> None:
    result = held("cost <= 100", [row("a"), row("b", cost_usd=None)])
    assert (result.state, result.cases) == ("failed", ("signs[b]",))
    assert result.because == "what 1 of 2 responses cost is not known; the others, $0.2500"
    alone = held("cost <= 100", [row("a", cost_usd=None)])
    assert (alone.state, alone.measured, alone.because) == ("failed", None, "what 1 response cost is not known")


def test_judging_that_nobody_can_price_cannot_be_held() -> None:
    given = [row("a"), row("b", is_judging_priced=False), row("b", repeat=1)]
    result = held("cost <= 100", given)
    assert (result.state, result.cases) == ("failed", ("signs[b]",))
    assert result.because == "what judging 1 of 3 responses cost is not known; the others, $0.5000"
    both = held("cost <= 100", [row("a", cost_usd=None), row("b", is_judging_priced=False)])
    assert (both.state, both.measured) == ("failed", None)
    assert both.because == "what 1 of 2 responses cost is not known; what judging 1 of 2 responses cost is not known"
    assert held("cost <= 100", [row("a"), row("b"), row("b", repeat=1)]).passed


def test_each_model_must_hold_by_itself() -> None:
    given = [*rows(9, 1), *rows(5, 5, model="small")]
    results = hold(parse_gate("accuracy >= 0.9"), given, today=TODAY)
    assert [(one.model, one.state, one.measured) for one in results] == [("gpt", "held", 0.9), ("small", "failed", 0.5)]
    (only,) = hold(parse_gate("accuracy >= 0.9 model gpt"), given, today=TODAY)
    assert only.passed


def test_tags_and_variants_choose_trials() -> None:
    given = [*rows(1, 1, tags=("till", "dark")), *rows(3, tags=("sign",), variant="terse"), *rows(1, variant="")]
    assert held("accuracy >= 0.5 tags till", given).n == 2
    assert held("passed >= 4 tags sign,till", given).measured == 4
    assert held("passed >= 3 variant terse", given).measured == 3
    assert held('passed >= 1 variant ""', given).measured == 2


def test_a_gate_of_an_eval_is_about_its_trials_and_names_cases_plainly() -> None:
    gate = parse_gate("accuracy >= 0.9")
    gate = replace(gate, scope=replace(gate.scope, eval="till"))
    (result,) = hold(gate, [*rows(0, 5), *rows(1, 1, eval="till")], today=TODAY)
    assert (result.eval, result.n, result.cases) == ("till", 2, ("c1",))


EMPTY = {
    "no-trial": ("accuracy >= 0", [], "there is no trial that it is about", ()),
    "tag": (
        "accuracy >= 0 tags critcal",
        rows(2, tags=("critical",)),
        "there is no trial that it is about: none has tag 'critcal'",
        ("Did you mean 'critical'?",),
    ),
    "model": ("errors == 0 model o3", rows(2), "there is no trial that it is about: none has model 'o3'", ()),
    "variant": ("errors == 0 variant x", rows(2), "there is no trial that it is about: none has variant 'x'", ()),
    "both-known-but-never-together": (
        "errors == 0 tags a model b",
        [row(tags=("a",)), row(model="b")],
        "there is no trial that it is about",
        (),
    ),
}


@pytest.mark.parametrize(("gate", "given", "because", "notes"), EMPTY.values(), ids=EMPTY)
def test_a_gate_about_nothing_fails_with_the_reason(
    gate: str, given: list[TrialRow], because: str, notes: tuple[str, ...]
) -> None:
    result = held(gate, given)
    assert (result.state, result.because, result.notes) == ("failed", because, notes)


def test_only_errors_leave_nothing_to_measure() -> None:
    result = held("accuracy >= 0", rows(error=3))
    assert (result.state, result.measured, result.because) == ("failed", None, "there is no response to measure")


@pytest.mark.parametrize("gate", ["accuracy >= 0", "errors <= 9", "cost <= 9", "no_broken", "passed >= 1"])
def test_nothing_holds_while_trials_were_not_asked(gate: str) -> None:
    given = [*rows(3), row("left", "error", failure="not_asked")]
    result = held(gate, given)
    assert (result.state, result.because) == ("failed", "1 of 4 trials was not asked, so it cannot be told")


def test_several_gates_are_decided_in_one_reading() -> None:
    given = iter(rows(9, 1))
    decided = hold_all([parse_gate("accuracy >= 0.9"), parse_gate("failed == 0")], given, today=TODAY)
    assert [(one.gate.text, [result.state for result in one.results]) for one in decided] == [
        ("accuracy >= 0.9", ["held"]),
        ("failed == 0", ["failed"]),
    ]


def test_a_gate_that_was_left_out_says_why() -> None:
    (result,) = skip(parse_gate("errors == 0"), "this is only shard 1/2 of the run").results
    assert (result.state, result.because) == ("skipped", "this is only shard 1/2 of the run")


MARKED = [*rows(6), row("k", "failed", mark="known_failing", mark_until="2026-12-31"), row("f", "failed", mark="flaky")]
ENDED = [*rows(6), row("k", "failed", mark="known_failing", mark_until="2026-11-21")]
LEFT_OUT = {
    # gate, rows, holds, measured, how the line begins and ends
    "accuracy": (
        "accuracy >= 90%",
        MARKED,
        True,
        1.0,
        "100.0% of 6 cases (",
        "; 2 marked cases left out (75.0% of 8 with them)",
    ),
    "count": ("failed == 0", MARKED, True, 0.0, "0 of 6 responses", "; 2 marked cases left out (2 of 8 with them)"),
    "passed": ("passed >= 6", MARKED, True, 6.0, "6 of 6 responses", "; 2 marked cases left out (6 of 8 with them)"),
    "score": (
        "score >= 0.9",
        MARKED,
        True,
        1.0,
        "100.0% in 6 cases (",
        "; 2 marked cases left out (75.0% of 8 with them)",
    ),
    "unscored": (
        "unscored == 0",
        [*rows(3), row("u", "unscored", mark="flaky")],
        True,
        0.0,
        "0 of 3 responses",
        "; 1 marked case left out (1 of 4 with them)",
    ),
    "one-that-passes": (
        "accuracy >= 50%",
        [*rows(1, 1), row("k", mark="known_failing")],
        True,
        0.5,
        "50.0% of 2 cases (",
        "; 1 marked case left out (66.7% of 3 with them)",
    ),
    "all": (
        "accuracy >= 0",
        [row("k", mark="flaky")],
        False,
        None,
        "there is no response to measure",
        "; 1 marked case left out (100.0% of 1 with them)",
    ),
    "ended": ("accuracy >= 90%", ENDED, False, 6 / 7, "85.7% of 7 cases (", "the estimate counts)"),
    "errors-count-whatever-the-mark": (
        "errors == 0",
        [*rows(1), row("k", "error", mark="flaky")],
        False,
        1.0,
        "1 of 2 trials",
        "1 of 2 trials",
    ),
    "cost-counts-whatever-the-mark": (
        "cost <= 1",
        [*rows(4), row("k", mark="flaky")],
        False,
        1.25,
        "$1.2500",
        "for 5 responses",
    ),
}


@pytest.mark.parametrize(("gate", "given", "holds", "measured", "begins", "ends"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_marked_cases_are_left_out_of_what_is_right_or_wrong_and_are_told(
    gate: str, given: list[TrialRow], holds: bool, measured: float | None, begins: str, ends: str
) -> None:
    result = held(gate, given)
    assert (result.passed, result.measured) == (holds, measured)
    assert result.because.startswith(begins)
    assert result.because.endswith(ends)


def test_a_marked_case_is_never_responsible() -> None:
    assert held("failed == 0", [*MARKED, row("c9", "failed")]).cases == ("signs[c9]",)
    assert held("errors == 0", [row("k", "error", mark="flaky")]).cases == ("signs[k]",)


SHOWN = {
    # value, unit, against, as it is shown
    "one-digit": (0.8, "share", 0.9, "80.0%"),
    "equal": (0.9, "share", 0.9, "90.0%"),
    "just-below": (0.8996, "share", 0.9, "89.96%"),
    "just-above": (0.90001, "share", 0.9, "90.001%"),
    "cost-just-above": (0.500001, "usd", 0.5, "$0.500001"),
    "seconds": (4.004, "s", 4.0, "4.004 s"),
    "count": (1234.0, "count", 5.0, "1,234"),
    "nothing-to-tell-from": (0.8996, "share", None, "90.0%"),
}


@pytest.mark.parametrize(("value", "unit", "against", "text"), SHOWN.values(), ids=SHOWN)
def test_a_figure_is_never_rounded_to_the_other_side(value: float, unit: str, against: float | None, text: str) -> None:
    assert shown(value, unit, against=against) == text


# Metrics.


def trial(case: str, answer: str, said: str, **given: object) -> Trial:
    """A yes/no question, as POPE asks them."""
    asked = Case(id=case, prompt="?", images=(ImageRef(url="https://example.org/a.png", name="a"),), answer=answer)
    is_right = answer == said
    score = Score(scorer="yesno", value=float(is_right), passed=is_right, extracted=said)
    outcome: Outcome = "passed" if is_right else "failed"
    own = {"eval": "pope", "model": "gpt", "prompt": "?", "response": Response(text=said), "scores": (score,)}
    return Trial(case=asked, outcome=outcome, **(own | given))  # type: ignore[arg-type]  # its fields


YES_NO = [trial(f"y{n}", "yes", "yes") for n in range(6)] + [
    trial("miss", "yes", "no"),
    trial("false", "no", "yes"),
    *(trial(f"n{n}", "no", "no") for n in range(4)),
]


def test_a_gate_on_a_metric_reads_whole_trials() -> None:
    """Six found, one missed, one false alarm: F1 = 12 / 14."""
    gate = parse_gate("f1 >= 0.857")
    assert needs_trials(gate)
    assert not needs_trials(parse_gate("p95_latency <= 4s"))
    (result,) = hold(gate, [], trials=lambda: YES_NO, today=TODAY)
    assert result.measured == pytest.approx(12 / 14)
    assert (result.state, result.eval, result.model, result.n) == ("held", "pope", "gpt", 12)
    (lower,) = hold(parse_gate("f1 >= 0.857 confidence 95%"), [], trials=lambda: YES_NO, today=TODAY)
    assert (lower.state, lower.cases) == ("failed", ("pope[miss]", "pope[false]"))


def test_a_metric_is_held_to_each_eval_variant_and_model() -> None:
    terse = [replace(one, variant="terse") for one in YES_NO if one.outcome == "passed"]
    results = hold(parse_gate("f1 >= 0.9"), [], trials=lambda: [*YES_NO, *terse], today=TODAY)
    assert [(one.variant, one.state) for one in results] == [("", "failed"), ("terse", "held")]


def test_a_metric_s_gate_has_the_confidence_that_was_asked_for() -> None:
    """6 of 7 found: Wilson's lower end at 80 % and at 95 %."""
    results = {
        asked: hold(parse_gate(f"recall >= 60% confidence {asked}%"), [], trials=lambda: YES_NO, today=TODAY)[0]
        for asked in (80, 95)
    }
    assert {asked: one.low for asked, one in results.items()} == {
        asked: pytest.approx(wilson(6, 7, confidence=asked / 100).low) for asked in (80, 95)
    }
    assert [one.state for one in results.values()] == ["held", "failed"]


def test_a_metric_s_gate_blames_what_is_in_its_denominator() -> None:
    gates = ("recall >= 90%", "precision >= 90%")
    found = [hold(parse_gate(gate), [], trials=lambda: YES_NO, today=TODAY)[0].cases for gate in gates]
    assert found == [("pope[miss]",), ("pope[false]",)]


def test_a_metric_counts_marked_cases_and_says_so() -> None:
    """A metric is about a whole set: without one question of a pair it would be another metric."""
    marked = [
        replace(one, case=replace(one.case, mark=Mark(kind="flaky"))) if one.case.id == "miss" else one
        for one in YES_NO
    ]
    (result,) = hold(parse_gate("f1 >= 0.857"), [], trials=lambda: marked, today=TODAY)
    assert result.measured == pytest.approx(12 / 14)
    assert result.because.endswith("; 1 marked case counted, as in any metric")


def test_a_metric_that_is_not_defined_does_not_hold() -> None:
    silent = [replace(one, scores=(replace(one.scores[0], scorer="keywords"),)) for one in YES_NO]
    (result,) = hold(parse_gate("f1 >= 0"), [], trials=lambda: silent, today=TODAY)
    assert (result.state, result.measured) == ("failed", None)
    assert result.because.startswith("f1 is not defined: ")


@given(
    outcomes=st.lists(st.sampled_from(["passed", "failed", "unscored", "error"]), max_size=30),
    gate=st.sampled_from(["accuracy >= 50%", "errors <= 3", "score > 0.2", "cost < 3", "p95_latency <= 1s"]),
)
def test_any_run_gives_each_gate_a_state_and_a_reason(outcomes: list[Outcome], gate: str) -> None:
    for result in hold(parse_gate(gate), [row(f"c{at}", one) for at, one in enumerate(outcomes)], today=TODAY):
        assert result.state in ("held", "failed")
        assert result.because
