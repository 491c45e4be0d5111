"""What is kept of a trial comes back equal."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snellen.case import Case, Expectation, ImageRef, ScorerSpec, Source
from snellen.errors import ErrorKind
from snellen.response import Response, StopReason, Usage
from snellen.runs.codec import dump, load, pack, pack_trial, trial_from_json, trial_to_json, unpack, unpack_trial
from snellen.score import Evidence, EvidenceKind, Score, Shape
from snellen.trial import Attempt, Failure, Outcome, Run, RunFacts, RunState, SentImage, Skipped, Trial

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
_SPECS = st.lists(
    st.builds(ScorerSpec, name=st.text(), options=st.dictionaries(st.text(), _JSON, max_size=2)), max_size=2
).map(tuple)
_CASES = st.builds(
    Case,
    id=st.text(),
    prompt=st.text(),
    images=st.lists(_IMAGES, max_size=3).map(tuple),
    expect=st.builds(Expectation, all=_GROUPS, any=_GROUPS, none=_GROUPS, scorers=_SPECS),
    system=st.none() | st.text(),
    tags=st.lists(st.text(), max_size=2).map(tuple),
    metadata=st.dictionaries(st.text(), _JSON, max_size=3),
    answer=_JSON,
    choices=st.dictionaries(st.text(), st.text(), max_size=2),
    group=st.none() | st.text(),
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


@settings(deadline=None)  # the first example builds pydantic's validators
@given(_TRIALS)
def test_a_trial_comes_back_equal(trial: Trial) -> None:
    assert trial_from_json(trial_to_json(trial)) == trial
    assert unpack_trial(pack_trial(trial), trial.case) == trial
    assert unpack(Case, pack(trial.case)) == trial.case


_FACTS = st.builds(
    RunFacts,
    id=st.text(),
    title=st.text(),
    started_at=st.text(),
    duration_s=_SECONDS,
    mode=st.text(),
    state=st.sampled_from(RunState.__args__),
    command=st.lists(st.text(), max_size=3).map(tuple),
    git_dirty=st.none() | st.booleans(),
    models=st.dictionaries(st.text(), st.dictionaries(st.text(), _JSON, max_size=2), max_size=2),
    served_models=st.dictionaries(st.text(), st.lists(st.text(), max_size=2).map(tuple), max_size=2),
    spent_usd=st.none() | _SECONDS,
)


@given(_FACTS)
def test_facts_come_back_equal(facts: RunFacts) -> None:
    assert load(RunFacts, dump(facts)) == facts
    assert unpack(RunFacts, pack(facts)) == facts


def test_facts_of_a_store_that_knew_less_get_what_was_true_then() -> None:
    old = b'{"id":"r","title":"t","started_at":"2026","duration_s":1.0,"mode":"live","versions":{},"model_notes":{}}'
    assert load(RunFacts, old) == RunFacts(id="r", title="t", started_at="2026", duration_s=1.0, mode="live")


def test_a_packed_trial_does_not_repeat_its_case() -> None:
    def packed(prompt: str) -> bytes:
        case = Case(id="a", prompt=prompt, images=(ImageRef(data=b"pixels", name="x"),))
        return pack_trial(Trial(eval="e", case=case, model="m", prompt="sent", outcome="error"))

    assert packed("one") == packed("another")


def test_a_large_picture_is_packed_as_it_is() -> None:
    case = Case(id="a", prompt="p", images=(ImageRef(data=bytes(100_000), name="x"),))
    assert unpack(Case, pack(case)) == case
    assert len(pack(case)) > 100_000  # zeros would deflate to nothing; real pictures cost time and give nothing


def test_a_realistic_trial_takes_under_two_kilobytes_beyond_its_text() -> None:
    text = "The sign says STOP, in white letters on a red octagonal pole"
    body = json.dumps(
        {
            "id": f"chatcmpl-{'4f9a' * 8}",
            "object": "chat.completion",
            "created": 1795371553,
            "model": "gpt-5.1-2026-01-01",
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": text, "refusal": None},
                    "finish_reason": "stop",
                }
            ],
            "usage": {
                "prompt_tokens": 555,
                "completion_tokens": 15,
                "total_tokens": 570,
                "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
                "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
            },
        }
    ).encode()
    case = Case(id="a", prompt="What does it say?", images=(ImageRef(path=Path("/p/a.jpg"), name="a.jpg"),))
    evidence = tuple(Evidence(kind="found", keyword=word, span=(0, 4)) for word in ("STOP|정지", "red", "white"))
    trial = Trial(
        eval="signs",
        case=case,
        model="gpt",
        prompt=case.prompt,
        fingerprint="0123456789abcdef" * 4,
        outcome="passed",
        response=Response(text=text, served_model="gpt-5.1-2026-01-01", latency_s=1.234, body=body),
        scores=(Score(scorer="keywords", value=1.0, passed=True, evidence=evidence),),
        images=(SentImage(identity=f"sha256:{'89abcdef' * 8}"),),
    )
    assert len(pack_trial(trial)) + len(pack(case)) < 800


def test_what_a_combination_is_made_of_and_what_can_be_drawn_come_back() -> None:
    shape = Shape(is_given=True, is_met=False, corners=((1.5, 2.0), (3.0, 4.0)), note="IoU 0.100")
    part = Score(scorer="boxes", value=0.1, passed=False, shapes=(shape,))
    whole = Score(scorer="all", value=0.1, passed=False, shapes=(shape,), parts=(part,))
    case = Case(id="a", prompt="?", images=())
    trial = Trial(eval="e", case=case, model="m", prompt="?", outcome="failed", scores=(whole,))
    assert unpack_trial(pack_trial(trial), case).scores == (whole,)


def test_a_mapping_that_looks_like_bytes_stays_a_mapping() -> None:
    """A dataset's own field may be called as we call ours."""
    mine = {"$base64": "AAAA", "nested": {"$base64": "not base64!"}}
    expect = Expectation(scorers=(ScorerSpec(name="fields", options={"schema": {"$base64": "AAAA"}}),))
    case = Case(id="a", prompt="p", images=(), expect=expect, answer={"$base64": "AAAA"}, metadata=mine)
    assert load(Case, dump(case)) == case
    assert unpack(Case, pack(case)) == case


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
    kept = unpack_trial(pack_trial(trial), case)
    assert kept == replace(trial, scores=(replace(score, explanation="\\ud800 is odd"),))


def test_a_run_is_a_value() -> None:
    facts = RunFacts(id="r", title="t", started_at="2026", duration_s=1, mode="live")
    skipped = (Skipped(eval="e", case_id="c", model="m", reason="r"),)
    run = Run(facts=facts, trials=(), skipped=skipped)
    assert load(Run, dump(run)) == run
