import tracemalloc
from dataclasses import replace

import pytest

from report_samples import every_state
from snellen.analysis.summarize import Tally, summarize, summarize_rows, totals_of
from snellen.analysis.totals import Accuracy, Cost, FlakyCase, Latency, Slice, Summary, Tokens, Totals
from snellen.case import Case, ImageRef
from snellen.response import Response, Usage
from snellen.runs.rows import row_of
from snellen.stats.means import mean_of
from snellen.stats.proportions import wilson
from snellen.trial import Failure, Run, RunFacts, Skipped, Trial

FACTS = RunFacts(id="r", title="t", started_at="2026-11-22T17:05:00Z", duration_s=1.0, mode="recorded")
PICTURE = ImageRef(data=b"x", name="image 1 (inline)")


def trial(outcome, *, case="c1", model="m", eval_="e", **fields):
    """A trial; `latency_s`, `usage` and `recorded` go to its response, other fields to the trial."""
    error = outcome == "error"
    response = {name: fields.pop(name) for name in ("latency_s", "usage", "recorded") if name in fields}
    return Trial(
        eval=eval_,
        case=Case(id=case, prompt="?", images=(PICTURE,)),
        model=model,
        prompt="?",
        outcome=outcome,
        response=None if error else Response(text="a", **response),
        failure=Failure(kind="network", message="no route") if error else None,
        **fields,
    )


def run(*trials, skipped=()):
    return Run(facts=FACTS, trials=trials, skipped=skipped)


NOTHING = Totals(
    passed=0,
    failed=0,
    unscored=0,
    error=0,
    recorded=0,
    accuracy=None,
    latency=None,
    input_tokens=Tokens(total=None, counted=0),
    output_tokens=Tokens(total=None, counted=0),
    cost=Cost(total_usd=None, counted=0, unknown=0),
)


def test_a_run_without_trials_has_no_accuracy_rather_than_zero():
    assert summarize(run()) == Summary(overall=NOTHING, models=(), parts=())


def test_one_model_in_full():
    trials = (
        trial(
            "passed",
            case="c1",
            latency_s=1.0,
            usage=Usage(input_tokens=100, output_tokens=10),
            recorded=True,
            cost_usd=0.5,
        ),
        trial("failed", case="c2", latency_s=2.0, usage=Usage(input_tokens=200), recorded=True),
        trial("unscored", case="c3", latency_s=4.0),
        trial("error", case="c4"),
    )
    totals = Totals(
        passed=1,
        failed=1,
        unscored=1,
        error=1,
        recorded=2,
        accuracy=Accuracy(value=1 / 3, interval=wilson(1, 3), cases=3),
        latency=Latency(median_s=2.0, p95_s=4.0),
        input_tokens=Tokens(total=300, counted=2),
        output_tokens=Tokens(total=10, counted=1),
        cost=Cost(total_usd=0.5, counted=1, unknown=2),
    )
    assert summarize(run(*trials)) == Summary(
        overall=totals,
        models=(Slice(model="m", skipped=0, totals=totals),),
        parts=(Slice(model="m", eval="e", variant="", skipped=0, totals=totals),),
    )
    assert (totals.responses, totals.trials) == (3, 4)


@pytest.mark.parametrize(
    ("outcomes", "value"),
    [
        pytest.param(["passed", "unscored"], 0.5, id="unscored-counts-as-wrong"),
        pytest.param(["passed", "error", "error"], 1.0, id="an-error-is-not-in-the-denominator"),
        pytest.param(["unscored", "unscored"], 0.0, id="nothing-judged-is-nothing-right"),
    ],
)
def test_accuracy_follows_the_four_outcomes(outcomes, value):
    trials = [trial(outcome, case=f"c{number}") for number, outcome in enumerate(outcomes)]
    accuracy = summarize(run(*trials)).overall.accuracy
    assert accuracy is not None
    assert accuracy.value == value


def test_only_errors_give_no_accuracy_and_no_latency():
    totals = summarize(run(trial("error"), trial("error", case="c2"))).overall
    assert (totals.error, totals.accuracy, totals.latency) == (2, None, None)


def test_repeats_sharpen_the_value_but_do_not_narrow_the_interval():
    trials = [trial("passed" if repeat else "failed", repeat=repeat) for repeat in range(4)]
    accuracy = summarize(run(*trials)).overall.accuracy
    assert accuracy == Accuracy(value=0.75, interval=wilson(0.75, 1), cases=1)


def test_cases_of_one_group_err_together_and_the_interval_knows_it(tmp_path):
    """As a gate on accuracy and the metric have it."""
    rows = [
        row_of(n, trial("passed" if right else "failed", case=f"c{n}"))._replace(group=f"g{n // 2}")
        for n, right in enumerate([1, 1, 0, 0, 1, 0, 1, 1, 1, 0])
    ]
    expected = mean_of([1, 1, 0, 0, 1, 0, 1, 1, 1, 0], clusters=[n // 2 for n in range(10)])
    for accuracy in (summarize_rows(rows).overall.accuracy, totals_of(rows).accuracy):
        assert accuracy is not None
        assert (accuracy.value, accuracy.cases, accuracy.formula) == (0.6, 10, "t, clustered")
        assert expected.interval is not None
        assert accuracy.interval.low == pytest.approx(expected.interval.low)


def test_a_group_that_is_named_late_counts_from_the_first_case():
    rows = [row_of(n, trial("passed" if n else "failed", case=f"c{n}")) for n in range(4)]
    rows = [row if n < 2 else row._replace(group="g") for n, row in enumerate(rows)]
    assert summarize_rows(rows).overall.accuracy == totals_of(rows).accuracy
    accuracy = summarize_rows(rows).overall.accuracy
    assert accuracy is not None
    assert accuracy.formula == "t, clustered"


def test_cases_of_two_evals_with_one_id_are_two_cases():
    accuracy = summarize(run(trial("passed", eval_="a"), trial("passed", eval_="b"))).overall.accuracy
    assert accuracy is not None
    assert accuracy.cases == 2


def test_a_response_that_a_broken_scorer_left_unjudged_is_an_error_alone():
    broken = Trial(
        eval="e",
        case=Case(id="c", prompt="?", images=(PICTURE,)),
        model="m",
        prompt="?",
        outcome="error",
        response=Response(text="fine", latency_s=9.0),
        cost_usd=0.25,
        failure=Failure(kind="internal", message="scorer 'x' raised"),
    )
    assert summarize(run(broken)).overall == Totals(
        **{name: getattr(NOTHING, name) for name in NOTHING.__slots__ if name not in ("error", "cost")},
        error=1,
        cost=Cost(total_usd=0.25, counted=1, unknown=0),  # it was paid for all the same
    )


def test_p95_is_a_latency_that_was_measured():
    trials = [trial("passed", case=f"c{number}", latency_s=float(number)) for number in range(1, 101)]
    assert summarize(run(*trials)).overall.latency == Latency(median_s=50.5, p95_s=95.0)


def test_models_and_parts_keep_the_order_of_the_run():
    trials = (
        trial("passed", model="zeta", eval_="second"),
        trial("passed", model="alpha", eval_="second"),
        trial("passed", model="zeta", eval_="first", variant="terse"),
    )
    summary = summarize(run(*trials))
    assert [part.model for part in summary.models] == ["zeta", "alpha"]
    assert [(part.eval, part.variant, part.model) for part in summary.parts] == [
        ("second", "", "zeta"),
        ("second", "", "alpha"),
        ("first", "terse", "zeta"),
    ]


def test_skipped_cases_are_counted_and_a_model_with_nothing_else_still_shows():
    skipped = (
        Skipped(eval="e", case_id="c9", model="m", reason="needs the network"),
        Skipped(eval="f", case_id="c9", model="idle", reason="needs the network"),
    )
    summary = summarize(run(trial("passed"), skipped=skipped))
    assert [(part.model, part.skipped, part.totals.trials) for part in summary.models] == [("m", 1, 1), ("idle", 1, 0)]
    assert [part.skipped for part in summary.parts] == [1]


# Rows, errors that were never asked, and repeats.


def test_rows_give_what_the_run_gives_in_any_order():
    trials = [
        trial(
            outcome,
            case=f"c{number % 7}",
            model=f"m{number % 2}",
            repeat=number % 3,
            latency_s=number / 7,
            cost_usd=0.1,
        )
        for number, outcome in enumerate(["passed", "failed", "unscored", "passed", "passed"] * 6)
    ]
    skipped = (Skipped(eval="e", case_id="c9", model="m0", reason="?"),)
    rows = [row_of(place, one) for place, one in enumerate(trials)]
    whole = summarize(run(*trials, skipped=skipped))
    assert summarize_rows(iter(rows), skipped=iter(skipped)) == whole
    assert summarize_rows(reversed(rows)).overall == whole.overall


def test_what_was_never_asked_is_an_error_and_counted_apart():
    never = Failure(kind="not_asked", message="the budget was spent")
    trials = (trial("passed"), trial("error", case="c2"), replace(trial("error", case="c3"), failure=never))
    totals = summarize(run(*trials)).overall
    assert (totals.error, totals.not_asked, totals.trials) == (2, 1, 3)


def flaky(*outcomes, **who):
    return [trial(outcome, repeat=number, **who) for number, outcome in enumerate(outcomes)]


def test_cases_whose_repeats_disagree_are_named_with_their_share():
    trials = (
        *flaky("passed", "failed", "passed", "unscored", case="sways"),
        *flaky("passed", "passed", "passed", "error", case="right"),
        *flaky("failed", "unscored", "failed", case="wrong"),
        *flaky("error", "passed", "failed", case="late", model="n", variant="terse"),
    )
    assert summarize(run(*trials)).flaky == (
        FlakyCase(eval="e", case="sways", variant="", model="m", passed=2, asked=4, interval=wilson(2, 4)),
        FlakyCase(eval="e", case="late", variant="terse", model="n", passed=1, asked=2, interval=wilson(1, 2)),
    )


def test_different_models_and_prompts_are_no_repeats():
    trials = (trial("passed"), trial("failed", model="n"), trial("failed", variant="terse"))
    assert summarize(run(*trials)).flaky == ()


def test_a_hundred_thousand_rows_take_a_few_megabytes():
    tracemalloc.start()
    tally = Tally()
    one = row_of(0, trial("passed", latency_s=1.0, cost_usd=0.5))
    for number in range(100_000):
        tally.add(one._replace(place=number, case=f"case-{number}"))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert tally.summary().overall.passed == 100_000
    assert held < 5_000_000


def test_an_answer_without_a_latency_counts_in_everything_but_latency():
    """Such as one that came by batch."""
    summary = summarize(
        run(trial("passed", latency_s=0.0), trial("failed", case="c2", latency_s=0.0), trial("passed", latency_s=3.0))
    )
    assert summary.overall.latency == Latency(median_s=3.0, p95_s=3.0)
    assert summary.overall.accuracy == Accuracy(value=2 / 3, interval=wilson(4 / 3, 2), cases=2)
    none_measured = summarize(run(trial("passed", latency_s=0.0))).overall
    assert none_measured.latency is None
    assert none_measured.accuracy == Accuracy(value=1.0, interval=wilson(1, 1), cases=1)


def test_rows_in_memory_have_the_same_totals(tmp_path):
    rows = [row_of(place, one) for place, one in enumerate(every_state(tmp_path).trials)]
    rows += [row._replace(cost_usd=0.25, repeat=1) for row in rows] + [row._replace(latency_s=0.0) for row in rows[:2]]
    rows += [rows[0]._replace(outcome="error", failure=kind) for kind in ("not_asked", "internal")]
    assert totals_of(rows) == summarize_rows(rows).overall
    assert totals_of([]) == summarize_rows([]).overall
