import pytest

from report_samples import found, inline, response, trial
from snellen.case import Case
from snellen.report.answers import Answer, answer_of
from snellen.report.evidence import Check, Piece, Verdict
from snellen.response import Usage
from snellen.trial import Attempt, Failure, SentImage

CASE = Case(id="c", prompt="?", images=(inline(),))


def answer(own):
    return answer_of(own, model_index=0, is_repeated=False)


def test_an_answer_in_full():
    text = "고양이 🐈 있음"
    shown = answer_of(
        trial(CASE, text=text, evidence=[found(text, "고양이")], repeat=1), model_index=3, is_repeated=True
    )
    assert shown == Answer(
        model="gpt-5.1",
        model_index=3,
        repeat=2,
        outcome="passed",
        pieces=(Piece("고양이", "found"), Piece(" 🐈 있음")),
        has_response=True,
        language="ko",
        is_long=False,
        stop="",
        verdicts=(
            Verdict(
                scorer="keywords",
                outcome="passed",
                value="1",
                explanation="",
                checks=(Check(kind="found", words="found", keyword="고양이", note=""),),
            ),
        ),
        facts=("1.24 s", "812 + 45 tokens", "recorded 2026-11-20 09:30 UTC", "fingerprint 9f3ac21b04"),
        error=None,
    )


@pytest.mark.parametrize(
    ("stop", "words"),
    [
        ("stop", ""),
        ("length", "cut off at the token limit"),
        ("content_filter", "stopped by a content filter"),
        ("refusal", "the model refused"),
        ("tool_calls", "asked for a tool instead of answering"),
        ("unknown", "why it stopped is not known"),
    ],
)
def test_a_stop_reason_is_said_in_words(stop, words):
    assert answer(trial(CASE, response=response("x", stop=stop))).stop == words


def test_an_error_shows_kind_and_message_and_keeps_its_detail_for_the_log():
    failure = Failure(kind="rate_limited", message="429: slow down", detail="Traceback /home/kim/x.py")
    tries = (Attempt(status=429, kind="rate_limited"), Attempt(status=None, kind="network"), Attempt(status=429))
    shown = answer(trial(CASE, "error", failure=failure, attempts=tries))
    assert shown.error == ("too many requests", "429: slow down")
    assert shown.facts == ("3 attempts: 2 × 429, no status", "fingerprint 9f3ac21b04")
    assert not shown.has_response
    assert "kim" not in repr(shown)


@pytest.mark.parametrize(
    ("fields", "fact"),
    [
        pytest.param({"usage": Usage(input_tokens=812)}, "812 + ? tokens", id="unknown-is-not-zero"),
        pytest.param({"usage": Usage(input_tokens=0, output_tokens=0)}, "0 + 0 tokens", id="zero-is-zero"),
        pytest.param({"served_model": "gpt-5.1-2026-11"}, "served by gpt-5.1-2026-11", id="served-model"),
        pytest.param({"recorded": False, "recorded_at": ""}, "live", id="live"),
        pytest.param({"recorded_at": ""}, "recorded", id="recorded-nobody-knows-when"),
    ],
)
def test_provenance_is_told(fields, fact):
    assert fact in answer(trial(CASE, response=response("x", **fields))).facts


def test_nothing_is_said_of_what_nobody_knows():
    shown = answer(
        trial(CASE, response=response("x", usage=Usage(), latency_s=0.0, served_model="gpt-5.1"), fingerprint="")
    )
    assert shown.facts == ("recorded 2026-11-20 09:30 UTC",)


def test_what_was_done_to_a_picture_is_told():
    sent = (
        SentImage(identity="sha256:0", transform="resize:1024", notes=("converted to PNG",)),
        SentImage(identity="sha256:1"),
    )
    assert "image 1: resized to 1024 px, converted to PNG" in answer(trial(CASE, images=sent)).facts


def test_several_attempts_are_told_and_a_single_good_one_is_not():
    good = Attempt(status=200)
    assert "attempt" not in " ".join(answer(trial(CASE, attempts=(good,))).facts)
    tries = (Attempt(status=503, kind="server_error"), good)
    assert "2 attempts: 503, 200" in answer(trial(CASE, attempts=tries)).facts


@pytest.mark.parametrize(
    ("text", "is_long"), [("x" * 1200, False), ("x" * 1201, True), ("\n" * 24, False), ("\n" * 25, True)]
)
def test_a_long_answer_gets_a_box_of_its_own(text, is_long):
    assert answer(trial(CASE, text=text)).is_long is is_long


def test_an_answer_that_came_by_batch_has_no_latency():
    own = trial(CASE, response=response("x", via="batch", latency_s=0.0))
    assert answer(own).facts[:2] == ("by batch", "812 + 45 tokens")


@pytest.mark.parametrize(
    ("attempts", "fact"),
    [
        pytest.param(
            (Attempt(status=429, kind="rate_limited"), Attempt(status=None, kind="timeout", may_be_billed=True)),
            "2 attempts: 429, no status; 1 of them may have been charged",
            id="one-of-two",
        ),
        pytest.param(
            (Attempt(status=200, kind="network", may_be_billed=True),),
            "1 attempt: 200; it may have been charged",
            id="the-only-one",
        ),
    ],
)
def test_what_may_have_been_charged_for_nothing_is_told(attempts, fact):
    failure = Failure(kind="timeout", message="시간 안에 답이 오지 않았습니다: no answer within 60 s")
    shown = answer(trial(CASE, "error", failure=failure, attempts=attempts))
    assert (shown.facts[0], shown.error[1]) == (fact, failure.message)
