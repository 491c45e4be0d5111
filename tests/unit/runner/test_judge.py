"""From a response to a trial: what scorers and the eval's own function make of it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from snellen.case import Case, Expectation, ImageRef, ScorerSpec
from snellen.errors import ImageError, InputError, ModelError, RecordingDamagedError, RecordingMissError, SnellenError
from snellen.images.digest import DigestCache
from snellen.models.prices import Price
from snellen.models.spec import ModelSpec
from snellen.response import Response, Usage
from snellen.runner.evals import Eval
from snellen.runner.judge import BODY, error_trial, failure_of, judged, with_body_score
from snellen.runner.plan import Job, Question, prepare
from snellen.score import Score
from snellen.scorers.registered import OWN, scorer
from snellen.scorers.registry import find
from snellen.trial import Failure, Trial

RED = Expectation(all=(("red",),))


def question(expect: Expectation = RED, *, scorers: tuple[str, ...] | None = None) -> Question:
    case = Case(id="c", prompt="What?", images=(ImageRef(data=b"x", name="x"),), expect=expect)
    specs = None if scorers is None else tuple(ScorerSpec(name=name) for name in scorers)
    one = Eval(name="e", recordings="e", file=Path("e.eval.yaml"), load=lambda: [case], scorers=specs)
    job = Job(eval=one, case=case, variant="", model=ModelSpec(key="m", name="m-1"), repeat=2)
    return prepare(job, cache=DigestCache(None), pinned={})


def trial_of(text: str, expect: Expectation = RED) -> Trial:
    return judged(question(expect), Response(text=text))


# expected, answer -> outcome
OUTCOMES = {
    "right": (RED, "It is red.", "passed"),
    "wrong": (RED, "It is blue.", "failed"),
    "empty-answer": (RED, "", "failed"),
    "nothing-expected": (Expectation(), "It is red.", "unscored"),
}


@pytest.mark.parametrize(("expect", "text", "outcome"), OUTCOMES.values(), ids=OUTCOMES)
def test_outcome(expect: Expectation, text: str, outcome: str) -> None:
    assert trial_of(text, expect).outcome == outcome


def test_a_trial_says_what_was_asked_of_whom() -> None:
    asked = question()
    trial = judged(asked, Response(text="red"))
    found = (trial.eval, trial.case, trial.model, trial.repeat, trial.prompt, trial.fingerprint, trial.label)
    assert found == ("e", asked.job.case, "m", 2, "What?\n<image 1>", asked.fingerprint, "c-m-r2")


@pytest.mark.parametrize("text", ["", "\0", "\ud800", "red" * 100_000, "{{ 7*7 }}", "\u202e\x1b[2J"])
def test_no_answer_makes_a_scorer_fail(text: str) -> None:
    assert trial_of(text).outcome in ("passed", "failed")


def test_a_scorer_that_breaks_is_an_error_of_its_case_and_keeps_the_answer_and_the_other_verdicts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(OWN, "broken", find("keywords"))  # is forgotten again after the test

    @scorer
    def broken(case: Case, response: Response) -> Score:
        raise KeyError("gone")

    trial = judged(question(scorers=("broken", "keywords", "broken")), Response(text="red"))
    assert (trial.outcome, trial.response and trial.response.text) == ("error", "red")
    assert trial.failure is not None
    place = f"tests/unit/runner/test_judge.py:{broken.__wrapped__.__code__.co_firstlineno + 2}"
    said = f"scorer 'broken' broke at {place}: KeyError: 'gone'"
    assert (trial.failure.kind, trial.failure.message) == ("internal", f"{said}; {said}")
    assert "in broken" in trial.failure.detail
    assert [(one.scorer, one.value, one.explanation) for one in trial.scores] == [
        ("broken", None, said.removeprefix("scorer 'broken' ")),
        ("keywords", 1.0, "found 1 of 1"),
        ("broken", None, said.removeprefix("scorer 'broken' ")),
    ]


@pytest.mark.parametrize("returned", ["a text", 7])
def test_a_scorer_that_gives_back_what_is_no_verdict_is_named_with_its_line(
    monkeypatch: pytest.MonkeyPatch, returned: object
) -> None:
    monkeypatch.setitem(OWN, "odd", find("keywords"))

    @scorer
    def odd(case: Case, response: Response) -> object:
        return returned

    trial = judged(question(scorers=("odd",)), Response(text="red"))
    assert trial.failure is not None
    place = f"tests/unit/runner/test_judge.py:{odd.__wrapped__.__code__.co_firstlineno}"
    assert trial.failure.message.startswith(f"scorer 'odd' broke at {place}: ")


# The eval's own function.


def fails(case: Case, response: Response) -> None:
    assert response.text == "no", "not short"


def fails_without_words(case: Case, response: Response) -> None:
    raise AssertionError


def pytest_fails(case: Case, response: Response) -> None:
    pytest.fail("by hand")


def pytest_skips(case: Case, response: Response) -> None:
    pytest.skip("not now")


def breaks(case: Case, response: Response) -> None:
    raise ZeroDivisionError("division by zero")


def is_silent(case: Case, response: Response) -> None:
    pass


BODIES = {
    "right-and-silent": ("red", is_silent, "passed", [True, True]),
    "right-and-fails": ("red", fails, "failed", [True, False]),
    "wrong-and-silent": ("blue", is_silent, "failed", [False, True]),
    "right-and-pytest-fails": ("red", pytest_fails, "failed", [True, False]),
    "right-and-pytest-skips": ("red", pytest_skips, "passed", [True]),
    "wrong-and-pytest-skips": ("blue", pytest_skips, "failed", [False]),
    "right-and-breaks": ("red", breaks, "error", [True]),
}


@pytest.mark.parametrize(("text", "body", "outcome", "passed"), BODIES.values(), ids=BODIES)
def test_the_verdict_of_a_function_is_one_more_score(text, body, outcome, passed) -> None:
    trial = with_body_score(trial_of(text), body)
    assert (trial.outcome, [score.passed for score in trial.scores]) == (outcome, passed)


def test_a_function_judges_what_expects_nothing() -> None:
    assert with_body_score(trial_of("red", Expectation()), is_silent).outcome == "passed"


EXPLANATIONS = {
    "message": (fails, "line {}: not short", 1),
    "no-message": (fails_without_words, "line {}: raise AssertionError", 1),
    "pytest-fail": (pytest_fails, "by hand", 1),
}


@pytest.mark.parametrize(("body", "said", "below"), EXPLANATIONS.values(), ids=EXPLANATIONS)
def test_a_failed_assertion_names_its_line(body, said: str, below: int) -> None:
    score = with_body_score(trial_of("red"), body).scores[-1]
    assert (score.scorer, score.value) == (BODY, 0.0)
    assert score.explanation.startswith(said.format(body.__code__.co_firstlineno + below))


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_who_wants_to_stop_is_not_kept(stop: type[BaseException]) -> None:
    def body(case: Case, response: Response) -> None:
        raise stop

    with pytest.raises(stop):
        with_body_score(trial_of("red"), body)


def test_a_trial_without_a_response_is_not_given_to_the_function() -> None:
    trial = error_trial(question().job, Failure(kind="timeout", message="late"))
    assert with_body_score(trial, breaks) is trial


def test_judging_does_not_load_pytest() -> None:
    code = "import sys, snellen.session, snellen.runner.judge; sys.exit('pytest' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603  # a constant


FAILURES = {
    "model": (
        ModelError("late", kind="timeout", body="<html>"),
        Failure(kind="timeout", message="late", detail="<html>"),
    ),
    "miss": (RecordingMissError("no", fingerprint="f"), Failure(kind="not_recorded", message="no")),
    "input": (InputError("bad"), Failure(kind="bad_input", message="bad")),
    "image": (ImageError("torn"), Failure(kind="bad_input", message="torn")),
    "recording": (RecordingDamagedError("torn"), Failure(kind="io", message="torn")),
}


@pytest.mark.parametrize(("error", "failure"), FAILURES.values(), ids=FAILURES)
def test_failure_of(error: SnellenError, failure: Failure) -> None:
    assert failure_of(error) == failure


def test_an_answer_that_came_by_batch_costs_half() -> None:
    asked = question()
    priced = replace(asked, job=replace(asked.job, model=replace(asked.job.model, price=Price(input=10, output=100))))
    usage = Usage(input_tokens=100, output_tokens=10)
    costs = [judged(priced, Response(text="red", usage=usage, via=via)).cost_usd for via in ("", "batch")]
    assert costs == [0.002, 0.001]
