import dataclasses

import pytest

from report_samples import FACTS, MODELS, every_state, inline, response, run, trial
from snellen.analysis.summarize import summarize
from snellen.case import Case, Expectation, Mark, ScorerSpec, Source
from snellen.report.gates import GateView
from snellen.report.pictures import gather
from snellen.report.view import ReportView, SkippedView, build_view
from snellen.score import Score
from snellen.trial import GateResult, Skipped


def view_of(own):
    refs = (ref for trial in own.trials for ref in trial.case.images)
    return build_view(own, summary=summarize(own), pictures=gather(refs))


def case_of(case_id="c", **fields):
    return Case(id=case_id, prompt="?", images=(inline(),), **fields)


def only_case(*trials):
    (case,) = view_of(run(*trials)).cases
    return case


def test_an_empty_run_has_a_view():
    assert view_of(run()) == ReportView(
        title="First look: 간판과 영수증",
        facts=view_of(run()).facts,
        rows=(),
        parts=(),
        evals=(),
        models=(),
        tags=(),
        cases=(),
        skipped=(),
        outcomes={"failed": 0, "unscored": 0, "error": 0, "passed": 0},
    )


def test_the_facts_of_a_run_are_named(tmp_path):
    assert view_of(every_state(tmp_path)).facts == (
        ("Date", "2026-11-22 17:05 UTC"),
        ("Mode", "recorded: replayed from recordings, nothing was asked"),
        ("Asked", "5 cases, 2 models, 11 responses, 10 of them recorded earlier"),
        ("Took", "12.4 s"),
        ("Versions", "snellen 0.1.0, python 3.11.2, pillow 13.0.0"),
        ("Run", "20261122-170500-a1b2c3"),
    )


def test_cases_keep_the_order_of_the_run_and_answers_that_of_the_models():
    late, early = case_of("late"), case_of("early")
    first, second = MODELS
    cases = view_of(
        run(trial(late, model=first), trial(late, model=second), trial(early, model=second), trial(early, model=first))
    ).cases
    assert [case.id for case in cases] == ["late", "early"]
    for case in cases:
        (prompt,) = case.prompts
        assert [answer.model for answer in prompt.answers] == [first, second]
        assert [answer.model_index for answer in prompt.answers] == [0, 1]


def test_variants_stand_apart_with_their_own_prompt():
    case = only_case(
        trial(case_of(), variant="plain", prompt="What?"),
        trial(case_of(), variant="terse", prompt="숫자만"),
    )
    assert [(prompt.variant, prompt.pieces, prompt.language) for prompt in case.prompts] == [
        ("plain", (("What?", False),), None),
        ("terse", (("숫자만", False),), "ko"),
    ]


@pytest.mark.parametrize(
    ("prompt", "pieces"),
    [
        ("What?\n<image 1>", (("What?\n", False), ("<image 1>", True))),
        ("<image 1><image 12> differ?", (("<image 1>", True), ("<image 12>", True), (" differ?", False))),
        ("<image x> <b>", (("<image x> <b>", False),)),
        ("", ()),
    ],
    ids=["after-the-text", "before-the-text", "other-brackets", "empty"],
)
def test_the_places_of_pictures_are_told_apart_in_a_prompt(prompt, pieces):
    assert only_case(trial(case_of(), prompt=prompt)).prompts[0].pieces == pieces


def test_repeats_are_numbered_only_where_there_are_several():
    case = only_case(trial(case_of(), repeat=1), trial(case_of(), repeat=0))
    assert [answer.repeat for answer in case.prompts[0].answers] == [1, 2]
    assert [answer.repeat for answer in only_case(trial(case_of())).prompts[0].answers] == [0]


def test_what_was_expected_is_said_in_words():
    expect = Expectation(all=(("고양이", "cat"), ("two",)), any=(("red",),), none=(("dog",),), regex=(r"\d|x",))
    assert only_case(trial(case_of(expect=expect))).expects == (
        ("Must mention", ("고양이 | cat", "two")),
        ("Must mention one of", ("red",)),
        ("Must not mention", ("dog",)),
        ("Must match", (r"\d|x",)),
    )


def test_what_is_right_and_what_can_be_chosen_is_said_in_words():
    case = case_of(
        expect=Expectation(scorers=(ScorerSpec(name="number", options={"tolerance": 1}),)),
        choices={"A": "cat", "B": "dog"},
        answer=["B", 2],
    )
    view = only_case(trial(case))
    assert view.expects == (
        ("Must pass", ("number: {tolerance: 1}",)),
        ("To choose from", ("A: cat", "B: dog")),
        ("Right", ("B", "2")),
    )


@pytest.mark.parametrize(
    ("mark", "outcome", "said"),
    [
        (None, "failed", ""),
        (Mark(kind="flaky"), "failed", "flaky"),
        (Mark(kind="flaky", reason="blurred"), "passed", "flaky: blurred"),
        (
            Mark(kind="known_failing", reason="reads 8 as 3", until="2027-03-31"),
            "failed",
            "known to fail until 2027-03-31: reads 8 as 3",
        ),
        (
            Mark(kind="known_failing", reason="흐림", until="2027-03-31"),
            "passed",
            "known to fail until 2027-03-31: 흐림 (it passes: the mark can go)",
        ),
        (Mark(kind="known_failing", until="2026-11-22"), "failed", "known to fail until 2026-11-22"),
        (
            Mark(kind="known_failing", until="2026-11-21"),
            "failed",
            "known to fail until 2026-11-21 (that day has passed, so it counts like any other)",
        ),
    ],
)
def test_a_mark_is_told_and_when_it_can_go(mark, outcome, said):
    assert only_case(trial(case_of(mark=mark), outcome)).mark == said


@pytest.mark.parametrize(
    ("scorer", "items"),
    [("boxes", ("[10,20,30,40]",)), ("not-points", ("[10,20,30,40]",)), ("number", ("10", "20", "30", "40"))],
)
def test_a_list_is_one_answer_to_scorers_that_take_it_for_a_box(scorer, items):
    part = Score(scorer=scorer, value=0.0, passed=False)
    for scores in ((part,), (Score(scorer="all", value=0.0, passed=False, parts=(part,)),)):
        view = only_case(trial(case_of(answer=[10, 20, 30, 40]), scores=scores))
        assert view.expects == (("Right", items),)


def test_further_fields_and_the_source_are_shown_without_anybodys_folders():
    case = case_of(
        group="chart",
        metadata={"level": 3, "sizes": [1, 2], "note": "날씨", "object": object()},
        source=Source("/home/kim/cases.yaml", 7),
    )
    assert only_case(trial(case)).extras == (
        ("level", "3"),
        ("sizes", "[1,2]"),
        ("note", "날씨"),
        ("object", "(object)"),
        ("group", "chart"),
        ("written in", "cases.yaml:7"),
    )


@pytest.mark.parametrize(
    ("outcomes", "worst", "verdict"),
    [
        (["passed", "passed"], "passed", "2 of 2 passed"),
        (["passed", "error"], "error", "1 of 2 passed"),
        (["error", "unscored"], "unscored", "0 of 2 passed"),
        (["unscored", "error", "failed", "passed"], "failed", "1 of 4 passed"),
    ],
)
def test_a_case_is_as_bad_as_its_worst_answer(outcomes, worst, verdict):
    case = only_case(*(trial(case_of(), outcome, repeat=number) for number, outcome in enumerate(outcomes)))
    assert (case.worst, case.verdict) == (worst, verdict)


def test_an_anchor_depends_on_the_eval_and_the_case_alone():
    alone = only_case(trial(case_of("한글/../<x>")))
    among = view_of(run(trial(case_of("first")), trial(case_of("한글/../<x>"), "failed", model="other"))).cases[1]
    elsewhere = only_case(trial(case_of("한글/../<x>"), eval="other"))
    assert alone.anchor == among.anchor != elsewhere.anchor
    assert alone.anchor.isalnum()


def test_one_id_in_two_evals_is_two_cases():
    assert [case.eval for case in view_of(run(trial(case_of()), trial(case_of(), eval="b"))).cases] == [
        "first_look",
        "b",
    ]


def test_the_table_of_evals_is_left_out_where_it_would_repeat_the_table_of_models():
    assert view_of(run(trial(case_of()))).parts == ()
    both = view_of(run(trial(case_of()), trial(case_of(), eval="b"))).parts
    assert [(row.eval, row.variant, row.model) for row in both] == [("first_look", "", "gpt-5.1"), ("b", "", "gpt-5.1")]


def test_skipped_cases_and_their_reasons_are_kept():
    skip = Skipped(eval="e", case_id="c", model="m", reason="no recording in /home/kim/evals/recordings")
    assert view_of(run(skipped=[skip])).skipped == (
        SkippedView(eval="e", case_id="c", model="m", reason="no recording in …/recordings"),
    )


def test_every_text_of_a_view_can_be_written_as_utf_8():
    """One bad character anywhere would otherwise cost the whole report."""
    bad = "a\ud800\x00\ufffe"
    case = Case(
        id=bad,
        prompt=bad,
        images=(inline(name=bad, title=bad),),
        system=bad,
        tags=(bad,),
        group=bad,
        metadata={bad: bad},
        expect=Expectation(all=((bad,),)),
        source=Source(bad),
    )
    own = trial(
        case, eval=bad, variant=bad, model=bad, prompt=bad, response=response(bad, served_model=bad, recorded_at=bad)
    )
    facts = dataclasses.replace(FACTS, title=bad, mode=bad, id=bad, versions={bad: bad}, model_notes={bad: bad})
    skip = Skipped(eval=bad, case_id=bad, model=bad, reason=bad)
    for text in _texts(dataclasses.asdict(view_of(run(own, facts=facts, skipped=[skip])))):
        text.encode("utf-8")
        assert "\x00" not in text
        assert "\ufffe" not in text


def _texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _texts(name)
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


@pytest.mark.parametrize(
    ("fields", "fact"),
    [
        pytest.param(
            {"notes": ("anthropic ignores seed: the answers are not seeded", "참고: /home/kim/private.png")},
            [("Note", "anthropic ignores seed: the answers are not seeded"), ("Note", "참고: …/private.png")],
            id="notes",
        ),
        pytest.param(
            {"state": "stopped", "stopped_because": "--max-calls 3 is reached"},
            [("Ended", "stopped before its end: --max-calls 3 is reached")],
            id="stopped",
        ),
        pytest.param({"state": "interrupted"}, [("Ended", "interrupted before its end")], id="interrupted"),
    ],
)
def test_a_reader_is_told_what_makes_a_run_less_than_it_looks(fields, fact):
    shown = view_of(run(facts=dataclasses.replace(FACTS, **fields))).facts
    assert [pair for pair in shown if pair not in view_of(run()).facts] == fact


def test_gates_are_told_with_what_was_measured_and_who_is_responsible():
    gate = GateResult(
        text="accuracy >= 0.9",
        eval="signs",
        model="gpt",
        state="failed",
        because="80 % of 10 cases (read from /home/kim/x)",
        cases=("a", "b"),
        more_cases=3,
        notes=("2 are flaky",),
    )
    gated = dataclasses.replace(run(), facts=dataclasses.replace(FACTS, gates=(gate,)))
    assert view_of(gated).gates == (
        GateView(
            state="failed",
            text="accuracy >= 0.9",
            where="signs, gpt",
            because="80 % of 10 cases (read from …/x)",
            cases=("a", "b"),
            more_cases=3,
            notes=("2 are flaky",),
        ),
    )


def test_nothing_is_said_of_a_duration_that_is_not_known():
    names = [name for name, _ in view_of(run(facts=dataclasses.replace(FACTS, duration_s=0.0))).facts]
    assert names == ["Date", "Mode", "Asked", "Versions", "Run"]
