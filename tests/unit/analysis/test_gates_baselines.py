"""Gates on a baseline: cases are paired, what one side lacks is never dropped, and few cases show little."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest

from snellen.analysis.gates import hold, parse_gate
from snellen.runs.baseline import Baseline, BaselineFacts
from snellen.runs.rows import JudgedBy, TrialRow
from snellen.stats.paired import non_inferior_mean, tango_interval
from snellen.trial import GateResult

TODAY = "2026-11-22"


def rows(verdicts: str, *, model: str = "gpt", name: str = "signs", **given: object) -> list[TrialRow]:
    """One case a letter: p passed, f failed, u unscored, e error, - not there."""
    words = {"p": "passed", "f": "failed", "u": "unscored", "e": "error"}
    return [
        TrialRow(
            at, name, f"c{at}", "", model, 0, words[letter], "io" if letter == "e" else None,  # type: ignore[arg-type]
            None if letter == "e" else 1.0, False, None, None, None,
        )._replace(**given)
        for at, letter in enumerate(verdicts)
        if letter != "-"
    ]  # fmt: skip


def baseline(given: Iterable[TrialRow]) -> dict[str, Baseline]:
    found = tuple(given)
    models = {row.model: {"name": row.model} for row in found}
    facts = BaselineFacts(name="main", run="r", made_at="2026-11-01", trials=len(found), models=models)
    return {"main": Baseline(facts=facts, rows=found)}


def held(gate: object, before: Sequence[TrialRow], now: Sequence[TrialRow]) -> GateResult:
    (result,) = hold(parse_gate(gate), now, baselines=baseline(before), today=TODAY)
    return result


def repeated(letters: str, **given: object) -> list[TrialRow]:
    """One repeat a letter, of one case."""
    return [row._replace(case="c", repeat=at, **given) for at, row in enumerate(rows(letters))]


# no_broken


BROKEN = {
    # before, now, state, what is said, cases
    "nothing": ("ppff", "ppff", "held", "0 of 2 cases that passed in main fail now", ()),
    "fixed": ("ppff", "pppp", "held", "0 of 2 cases that passed in main fail now", ()),
    "one": ("ppff", "pfpf", "failed", "1 of 2 cases that passed in main fails now", ("signs[c1]",)),
    "unscored-is-not-passed": ("pp", "pu", "failed", "1 of 2 cases that passed in main fails now", ("signs[c1]",)),
    "two": ("ppp", "ffp", "failed", "2 of 3 cases that passed in main fail now", ("signs[c0]", "signs[c1]")),
    "no-response-now": (
        "pp",
        "pe",
        "failed",
        "0 of 2 cases that passed in main fail now; 1 case has no verdict now: signs[c1]",
        ("signs[c1]",),
    ),
    "not-there-now": (
        "ppp",
        "p--",
        "failed",
        "0 of 3 cases that passed in main fail now; 2 cases have no verdict now: signs[c1], signs[c2]",
        ("signs[c1]", "signs[c2]"),
    ),
    "new-cases-cannot-break": ("pp", "ppf", "held", "0 of 2 cases that passed in main fail now", ()),
    "nothing-had-passed": ("ff", "ff", "failed", "no case of main that this gate is about had passed", ()),
    "nothing-had-been-answered": ("ee", "pp", "failed", "no case of main that this gate is about had passed", ()),
}


@pytest.mark.parametrize(("before", "now", "state", "because", "cases"), BROKEN.values(), ids=BROKEN)
def test_no_broken(before: str, now: str, state: str, because: str, cases: tuple[str, ...]) -> None:
    result = held("no_broken", rows(before), rows(now))
    assert (result.state, result.because, result.cases) == (state, because, cases)


def test_missing_cases_may_be_ignored_and_are_still_told() -> None:
    result = held("no_broken missing ignore", rows("ppp"), rows("pp-"))
    assert result.state == "held"
    assert result.because.endswith("1 case has no verdict now: signs[c2] (left out)")


def test_a_case_passes_when_all_its_repeats_do() -> None:
    assert held("no_broken", repeated("ppp"), repeated("ppf")).state == "failed"
    assert held("no_broken", [*repeated("ppf"), *rows("p")], [*repeated("fff"), *rows("p")]).state == "held"


@pytest.mark.parametrize("mark", ["known_failing", "flaky"])
def test_a_marked_case_cannot_break_and_that_is_said(mark: str) -> None:
    now = rows("pf")
    now[1] = now[1]._replace(mark=mark, mark_until="2026-11-22")
    result = held("no_broken", rows("pp"), now)
    assert (result.state, result.notes) == ("held", (f"Marked, and so left out: c1 ({mark}).",))
    now[1] = now[1]._replace(mark_until="2026-11-21")
    assert held("no_broken", rows("pp"), now).state == "failed"


def test_a_gate_on_a_tag_is_about_cases_that_have_it_now_or_have_gone() -> None:
    before = [*rows("pp", tags=("critical",)), *rows("---pp")]
    now = [*rows("p-", tags=("critical",)), *rows("---ff")]
    result = held("no_broken tags critical", before, now)
    assert result.because == "0 of 2 cases that passed in main fail now; 1 case has no verdict now: signs[c1]"
    tagged_now = [*rows("pp", tags=("critical",)), *rows("---ff", tags=("critical",))]
    assert held("no_broken tags critical", before, tagged_now).cases == ("signs[c3]", "signs[c4]")
    no_more_tagged = [*rows("p", tags=("critical",)), *rows("-f")]
    assert held("no_broken tags critical", before, no_more_tagged).state == "held"


# Which baseline, and which model of it.


def test_a_baseline_that_was_never_set_fails_the_gate_and_says_how_to_set_it() -> None:
    (result,) = hold(parse_gate("no_broken prod"), rows("p"), today=TODAY)
    assert (result.state, result.because) == ("failed", "there is no baseline 'prod' yet")
    assert result.notes == ("Once a run is as it should be: snellen baseline set prod RUN",)


def test_a_model_is_held_to_its_namesake() -> None:
    before = [*rows("pf", model="gpt"), *rows("fp", model="small")]
    results = hold(parse_gate("no_broken"), before, baselines=baseline(before), today=TODAY)
    assert [(one.model, one.state, one.n) for one in results] == [("gpt", "held", 1), ("small", "held", 1)]


def test_another_model_is_held_to_the_only_one_there_was_and_that_is_said() -> None:
    result = held("no_broken", rows("pp", model="gpt"), rows("pf", model="gpt-next"))
    assert (result.state, result.notes) == ("failed", ())
    assert result.because == "1 of 2 cases that passed in main (gpt) fails now"


def test_a_model_that_has_no_counterpart_is_not_guessed() -> None:
    before = [*rows("p", model="gpt"), *rows("p", model="small")]
    result = held("no_broken", before, rows("p", model="o3"))
    assert (result.state, result.because) == ("failed", "baseline 'main' has no model 'o3'; it has gpt, small")


def test_evals_that_were_not_run_are_told_and_fail_nothing() -> None:
    before = [*rows("pp"), *rows("pp", name="till")]
    result = held("no_broken", before, rows("pp"))
    assert (result.state, result.notes) == ("held", ("Not asked of gpt in this run: 1 eval of the baseline, till.",))


def test_an_eval_that_the_baseline_holds_for_another_model_only_is_not_missing() -> None:
    before = [*rows("pp"), *rows("pp", name="till", model="small")]
    assert held("no_broken", before, rows("pp")).notes == ()


# no_worse_than


def test_the_same_verdicts_on_few_cases_show_little() -> None:
    result = held("no_worse_than main margin 2%", rows("p" * 50), rows("p" * 50))
    bound = tango_interval(0, 0, 50, confidence=0.9).low
    assert (result.state, result.measured, result.threshold, result.low) == ("failed", 0.0, -0.02, bound)
    assert result.notes == ("The loss itself is within the margin; so few cases cannot show that it is.",)
    assert held("no_worse_than main margin 6%", rows("p" * 50), rows("p" * 50)).state == "held"


def test_a_loss_is_bounded_by_tangos_interval() -> None:
    """Six fixed and eight broken of 200, as in FACTS C: the two-sided 95 % interval begins at -0.0514."""
    before, now = rows("f" * 6 + "p" * 194), rows("p" * 192 + "f" * 8)
    result = held("no_worse_than main margin 5.2% confidence 97.5%", before, now)
    assert result.state == "held"
    assert result.low == pytest.approx(-0.0514, abs=5e-5)
    assert (result.n, result.confidence, result.high) == (200, 0.975, None)
    assert result.because == (
        "1.0 points worse than main over 200 cases, and with 97.5% confidence at most 5.1 points worse "
        "(8 worse, 6 better)"
    )
    assert held("no_worse_than main margin 5.1% confidence 97.5%", before, now).state == "failed"


def test_a_gain_can_be_shown_too() -> None:
    result = held("no_worse_than main margin 0%", rows("f" * 20 + "p" * 20), rows("p" * 40))
    assert result.state == "held"
    assert "50.0 points better than main over 40 cases, and with 95% confidence at least" in result.because


def test_repeats_and_groups_are_bounded_by_students_t() -> None:
    before = [row._replace(group=f"g{at // 2}") for at, row in enumerate(rows("p" * 40))]
    now = [row._replace(group=f"g{at // 2}") for at, row in enumerate(rows("p" * 36 + "ffpf"))]
    result = held("no_worse_than main margin 20%", before, now)
    changes = [0.0] * 36 + [-1.0, -1.0, 0.0, -1.0]
    clusters = [f"g{at // 2}" for at in range(40)]
    bound = non_inferior_mean(changes, clusters=clusters, margin=0.2)
    assert result.low == pytest.approx(bound.bound)
    assert (result.measured, result.passed) == (-3 / 40, bound.holds)


def test_repeats_of_a_case_are_averaged_before_they_are_compared() -> None:
    before = [row._replace(case=f"c{case}") for case in range(30) for row in repeated("pppp")]
    now = [row._replace(case=f"c{case}") for case in range(30) for row in repeated("pppf" if case < 4 else "pppp")]
    result = held("no_worse_than main margin 10%", before, now)
    assert (result.n, result.measured) == (30, pytest.approx(-4 * 0.25 / 30))
    assert result.passed
    assert result.cases == ("signs[c0]", "signs[c1]", "signs[c2]", "signs[c3]")


def test_prompt_variants_of_one_case_are_one_piece_of_evidence() -> None:
    before = [*rows("p" * 40, variant="a"), *rows("p" * 40, variant="b")]
    result = held("no_worse_than main margin 5%", before, before)
    alone = tango_interval(0, 0, 40, confidence=0.9).low
    assert result.low == pytest.approx(alone)


def test_cases_that_one_side_lacks_fail_the_gate_and_are_listed() -> None:
    result = held("no_worse_than main margin 90%", rows("pp-p"), rows("ppp-"))
    assert result.state == "failed"
    assert result.because.endswith("1 case has no verdict now: signs[c3]; 1 case is not in the baseline: signs[c2]")
    assert result.cases == ("signs[c3]", "signs[c2]")
    way_out = "Where such cases may be left out: no_worse_than main margin 90% missing ignore"
    assert result.notes == (way_out,)
    assert parse_gate(way_out.partition(": ")[2]).text == way_out.partition(": ")[2]
    assert held("no_worse_than main margin 90% missing ignore", rows("pp-p"), rows("ppp-")).state == "held"


def test_figures_say_points_and_how_many_groups_they_rest_on() -> None:
    before = [row._replace(group=f"g{at // 10}") for at, row in enumerate(rows("p" * 40))]
    now = [row._replace(group=f"g{at // 10}") for at, row in enumerate(rows("p" * 39 + "f"))]
    result = held("no_worse_than main margin 5%", before, now)
    assert result.because == (
        "2.5 points worse than main over 40 cases, and with 95% confidence at most 8.4 points worse, "
        "clustered in 4 groups (1 worse, 0 better)"
    )
    assert result.notes == ("The loss itself is within the margin; so few groups cannot show that it is.",)


JUDGED = {
    # who judged the baseline, who judged the run, what is said of it
    "same": ([JudgedBy("keywords", "1", "ab")], [JudgedBy("keywords", "1", "ab")], None),
    "part": ([JudgedBy("keywords", "1"), JudgedBy("number", "1")], [JudgedBy("number", "1")], None),
    "version": ([JudgedBy("number", "1")], [JudgedBy("number", "2")], "number is version 2 now and was version 1"),
    "options": ([JudgedBy("number", "1")], [JudgedBy("number", "1", "ab")], "number has other options now"),
    "new": ([JudgedBy("number", "1")], [JudgedBy("exact", "1")], "exact did not judge it"),
    "no-version-then": ([JudgedBy("number")], [JudgedBy("number", "2", "ab")], None),
    "no-version-now": ([JudgedBy("number", "2", "ab")], [JudgedBy("number")], None),
    "both": (
        [JudgedBy("choice", "1"), JudgedBy("number", "1")],
        [JudgedBy("choice", "2", "a"), JudgedBy("choice", "2", "b"), JudgedBy("number", "1", "c")],
        "choice is version 2 now and was version 1, number has other options now",
    ),
    "not-told": ([], [JudgedBy("number", "2")], None),
}


@pytest.mark.parametrize("gate", ["no_broken", "no_worse_than main margin 50% missing ignore"])
@pytest.mark.parametrize(("then", "now", "said"), JUDGED.values(), ids=JUDGED)
def test_a_baseline_that_was_judged_otherwise_is_told(
    gate: str, then: list[JudgedBy], now: list[JudgedBy], said: str | None
) -> None:
    found = baseline(rows("ppp"))["main"]
    found = replace(found, facts=replace(found.facts, scorers=tuple(then)))
    run = [*rows("pp", judges=tuple(now)), *rows("--p")]
    (result,) = hold(parse_gate(gate), run, baselines={"main": found}, today=TODAY)
    notes = [one for one in result.notes if "judged otherwise" in one]
    start, end = "Baseline 'main' was judged otherwise: ", ". What changed may be the scorer's doing; set it anew of "
    assert notes == (
        [] if said is None else [f"{start}{said}{end}a run that is judged as now: snellen baseline set main RUN"]
    )


def test_a_case_that_the_baseline_lacks_was_not_judged_otherwise() -> None:
    found = baseline(rows("pp"))["main"]
    found = replace(found, facts=replace(found.facts, scorers=(JudgedBy("number", "1"),)))
    run = [*rows("pp", judges=(JudgedBy("number", "1"),)), *rows("--p", judges=(JudgedBy("exact", "1"),))]
    (result,) = hold(parse_gate("no_broken"), run, baselines={"main": found}, today=TODAY)
    assert (result.state, result.notes) == ("held", ())


def test_no_case_in_common_shows_nothing() -> None:
    result = held("no_worse_than main margin 90% missing ignore", rows("pp"), rows("--pp"))
    assert (result.state, result.because) == ("failed", "no case has a verdict on both sides")


def test_marked_cases_are_left_out_of_the_difference_and_told_with_what_it_would_be() -> None:
    now = rows("p" * 99 + "f")
    now[99] = now[99]._replace(mark="known_failing")
    result = held("no_worse_than main margin 20%", rows("p" * 100), now)
    assert (result.measured, result.n, result.cases) == (0.0, 99, ())
    assert result.notes == ("Marked, and so left out: c99 (known_failing); with them 1.0 points worse.",)


def test_a_marked_case_that_is_new_is_no_missing_one() -> None:
    now = rows("p" * 100)
    now[99] = now[99]._replace(mark="flaky")
    assert held("no_worse_than main margin 20%", rows("p" * 99), now).passed


def test_only_marked_cases_show_nothing() -> None:
    now = [one._replace(mark="flaky") for one in rows("pp")]
    result = held("no_worse_than main margin 90%", rows("pp"), now)
    assert (result.state, result.because) == ("failed", "no case without a mark has a verdict on both sides")
    assert result.notes == ("Marked, and so left out: c0 (flaky), c1 (flaky).",)


def test_a_single_case_shows_nothing_and_breaks_nothing() -> None:
    assert held("no_worse_than main margin 50%", rows("p"), rows("p")).state == "failed"
    assert held("no_broken", rows("p"), rows("p")).state == "held"
