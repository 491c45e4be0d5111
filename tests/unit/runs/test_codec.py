"""What is kept of a trial comes back equal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snellen.case import Case, Expectation, ImageRef, Source
from snellen.errors import ErrorKind
from snellen.response import Response, StopReason, Usage
from snellen.runs.codec import dump, load, load_trial, trial_from_json, trial_to_json, trial_without_case
from snellen.score import Evidence, EvidenceKind, Score
from snellen.trial import Attempt, Failure, Outcome, Run, RunFacts, SentImage, Skipped, Trial

# JSON's own: what a row's further fields may hold.
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
_SECONDS = st.floats(0, 1e6)
_IMAGES = st.one_of(
    st.builds(
        ImageRef, path=st.text("abc/한글.", min_size=1).map(Path), name=st.text(), detail=st.sampled_from([None, "low"])
    ),
    st.builds(ImageRef, url=st.text(), name=st.text(), title=st.text()),
    st.builds(ImageRef, data=st.binary(), name=st.text()),
)
_GROUPS = st.lists(st.lists(st.text(), max_size=2).map(tuple), max_size=2).map(tuple)
_CASES = st.builds(
    Case,
    id=st.text(),
    prompt=st.text(),
    images=st.lists(_IMAGES, max_size=3).map(tuple),
    expect=st.builds(Expectation, all=_GROUPS, any=_GROUPS, none=_GROUPS),
    system=st.none() | st.text(),
    tags=st.lists(st.text(), max_size=2).map(tuple),
    metadata=st.dictionaries(st.text(), _JSON, max_size=3),
    live=st.booleans(),
    source=st.none() | st.builds(Source, file=st.text(), line=st.none() | st.integers(1, 10**6)),
)
_TRIALS = st.builds(
    Trial,
    eval=st.text(),
    case=_CASES,
    model=st.text(),
    prompt=st.text(),
    outcome=st.sampled_from(Outcome.__args__),
    response=st.none()
    | st.builds(
        Response,
        text=st.text(),
        stop=st.sampled_from(StopReason.__args__),
        usage=st.builds(Usage, input_tokens=st.none() | st.integers(0, 10**9)),
        latency_s=_SECONDS,
        body=st.binary(),
    ),
    scores=st.lists(
        st.builds(
            Score,
            scorer=st.text(),
            value=st.floats(0, 1),
            passed=st.booleans(),
            evidence=st.lists(
                st.builds(
                    Evidence,
                    kind=st.sampled_from(EvidenceKind.__args__),
                    keyword=st.text(),
                    span=st.none() | st.tuples(st.integers(0, 99), st.integers(0, 99)),
                ),
                max_size=2,
            ).map(tuple),
        ),
        max_size=2,
    ).map(tuple),
    failure=st.none() | st.builds(Failure, kind=st.sampled_from(ErrorKind.__args__), message=st.text()),
    attempts=st.lists(st.builds(Attempt, status=st.none() | st.integers(100, 599), wait_s=_SECONDS), max_size=2).map(
        tuple
    ),
    images=st.lists(st.builds(SentImage, identity=st.text(), notes=st.lists(st.text()).map(tuple)), max_size=2).map(
        tuple
    ),
)


@given(_TRIALS)
def test_a_trial_comes_back_equal(trial: Trial) -> None:
    assert trial_from_json(trial_to_json(trial)) == trial
    assert load_trial(trial_without_case(trial), trial.case) == trial


@given(st.builds(RunFacts, id=st.text(), title=st.text(), started_at=st.text(), duration_s=_SECONDS, mode=st.text()))
def test_facts_come_back_equal(facts: RunFacts) -> None:
    assert load(RunFacts, dump(facts)) == facts


def test_a_trial_without_its_case_does_not_repeat_it() -> None:
    case = Case(id="a", prompt="a long prompt", images=(ImageRef(data=b"pixels", name="x"),))
    trial = Trial(eval="e", case=case, model="m", prompt="sent", outcome="error")
    assert b"a long prompt" not in trial_without_case(trial)


def test_a_mapping_that_looks_like_bytes_stays_a_mapping() -> None:
    """A dataset's own field may be called as we call ours."""
    metadata = {"$base64": "AAAA", "nested": {"$base64": "not base64!"}}
    case = Case(id="a", prompt="p", images=(), metadata=metadata)
    assert load(Case, dump(case)) == case


ODD = {
    "half-a-surrogate-pair": ("x\ud83d", "x\\ud83d"),
    "an-integer-beyond-64-bits": (2**70, "1180591620717411303424"),
    "a-key-that-is-no-text": ({1: "a", ("b",): 2}, {"1": "a", "('b',)": 2}),
    "a-duration": (timedelta(hours=1), "1:00:00"),
    "a-date": (date(2026, 11, 22), "2026-11-22"),
    "a-set": ({7}, "{7}"),
    "a-path": (Path("a/b"), "a/b"),
    "nested": ([{"x": ("\udc00", 2**70)}], [{"x": ["\\udc00", "1180591620717411303424"]}]),
    "not-a-number": (float("nan"), None),
}


@pytest.mark.parametrize(("odd", "kept"), ODD.values(), ids=ODD)
def test_a_field_that_json_has_no_word_for_is_kept_as_its_text(odd: object, kept: object) -> None:
    """A run of thousands is never lost over a case's own field."""
    case = Case(id="한글", prompt="p", images=(ImageRef(data=b"\xff", name="x"),), metadata={"odd": odd})
    assert load(Case, dump(case)) == replace(case, metadata={"odd": kept})
    trial = Trial(
        eval="e", case=case, model="m", prompt="p", outcome="error", response=Response(text="t", body=b"\xff")
    )
    assert trial_from_json(trial_to_json(trial)) == replace(trial, case=load(Case, dump(case)))


def test_half_a_surrogate_pair_in_an_explanation_is_shown_as_such() -> None:
    case = Case(id="a", prompt="p", images=())
    score = Score(scorer="assertions", value=0.0, passed=False, explanation="\ud800 is odd")
    trial = Trial(eval="e", case=case, model="m", prompt="p", outcome="failed", scores=(score,))
    kept = load_trial(trial_without_case(trial), case)
    assert kept == replace(trial, scores=(replace(score, explanation="\\ud800 is odd"),))


def test_a_run_is_a_value() -> None:
    facts = RunFacts(id="r", title="t", started_at="2026", duration_s=1, mode="live")
    skipped = (Skipped(eval="e", case_id="c", model="m", reason="r"),)
    run = Run(facts=facts, trials=(), skipped=skipped)
    assert load(Run, dump(run)) == run
