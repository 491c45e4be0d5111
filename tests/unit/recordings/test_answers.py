"""Only a whole answer is kept; what a server says instead of one is not."""

from __future__ import annotations

import json

import pytest

from snellen.recordings.answers import served_model_of

CHOICE = {"index": 0, "message": {"role": "assistant", "content": "23.45"}, "finish_reason": "stop"}
DELTA = {"index": 0, "delta": {"content": "23"}, "finish_reason": None}


def answer(**change: object) -> bytes:
    return json.dumps({"model": "gpt-x-2026", "choices": [CHOICE], **change}).encode()


def stream(*events: object, end: str = "data: [DONE]\n\n") -> bytes:
    return ("".join(f"data: {json.dumps(event)}\n\n" for event in events) + end).encode()


CHUNK = {"model": "gpt-x-2026", "choices": [DELTA]}


@pytest.mark.parametrize(
    ("body", "model"),
    [
        pytest.param(answer(), "gpt-x-2026", id="an answer"),
        pytest.param(answer(model=None), "", id="that does not say who"),
        pytest.param(
            answer(choices=[CHOICE | {"message": {"content": None, "refusal": "no"}}]), "gpt-x-2026", id="refusal"
        ),
        pytest.param(answer(choices=[CHOICE | {"finish_reason": "length"}]), "gpt-x-2026", id="cut off by length"),
        pytest.param(answer(choices=[CHOICE | {"finish_reason": "content_filter"}]), "gpt-x-2026", id="filtered"),
        pytest.param(answer(error=None), "gpt-x-2026", id="error null"),
        pytest.param(b" \n" + answer() + b"\n", "gpt-x-2026", id="white space around"),
        pytest.param(b"", None, id="empty"),
        pytest.param(b"<html>Bad gateway</html>", None, id="HTML"),
        pytest.param(answer()[:-5], None, id="cut off by the network"),
        pytest.param(b"[]", None, id="a list"),
        pytest.param(b"null", None, id="null"),
        pytest.param(b'{"error":{"message":"quota"}}', None, id="an error with status 200"),
        pytest.param(answer(error={"message": "upstream"}), None, id="an answer with an error"),
        pytest.param(answer(choices=[]), None, id="no choices"),
        pytest.param(answer(choices=None), None, id="choices null"),
        pytest.param(answer(choices=[{"index": 0}]), None, id="a choice without message"),
        pytest.param(answer(choices=[CHOICE, "x"]), None, id="a choice that is a text"),
        pytest.param(answer(choices=[CHOICE | {"finish_reason": "error"}]), None, id="a failed upstream"),
        pytest.param(answer(choices=[CHOICE | {"error": {"code": 502}}]), None, id="a choice with an error"),
        pytest.param(stream(CHUNK, CHUNK), "gpt-x-2026", id="a stream"),
        pytest.param(stream(CHUNK).replace(b"\n", b"\r\n"), "gpt-x-2026", id="a stream with CRLF"),
        pytest.param(b": ping\n\nevent: x\n" + stream(CHUNK), "gpt-x-2026", id="a stream with comments"),
        pytest.param(stream({"choices": []}, CHUNK, {"choices": [], "usage": {}}), "gpt-x-2026", id="Azure and usage"),
        pytest.param(stream(CHUNK).replace(b"data: ", b"data:"), "gpt-x-2026", id="no space after the colon"),
        pytest.param(stream(CHUNK, end=""), None, id="a stream without its end"),
        pytest.param(stream(CHUNK, end="data: [DO"), None, id="a stream cut in its end"),
        pytest.param(stream(CHUNK, {"error": {"message": "overloaded"}}), None, id="a stream that broke"),
        pytest.param(b"data: {\n\ndata: [DONE]\n\n", None, id="a stream of no JSON"),
        pytest.param(stream(), None, id="a stream that says nothing"),
        pytest.param(stream({"choices": []}), None, id="a stream without choices"),
    ],
)
def test_what_counts_as_an_answer(body, model):
    assert served_model_of(body) == model


def response(**change: object) -> bytes:
    return json.dumps({"model": "gpt-x-2026", "status": "completed", "output": [], **change}).encode()


def ends(kind: str, status: str = "completed") -> dict[str, object]:
    return {"type": kind, "response": {"model": "gpt-x-2026", "status": status, "output": []}}


BEGIN = {"type": "response.created", "response": {"model": "gpt-x-2026", "status": "in_progress", "output": []}}
WORD = {"type": "response.output_text.delta", "delta": "23"}


@pytest.mark.parametrize(
    ("body", "model"),
    [
        pytest.param(response(), "gpt-x-2026", id="an answer"),
        pytest.param(response(model=None), "", id="that does not say who"),
        pytest.param(response(status="incomplete"), "gpt-x-2026", id="cut off by length"),
        pytest.param(response(status="failed", error={"message": "x"}), None, id="failed"),
        pytest.param(response(status="cancelled"), None, id="cancelled"),
        pytest.param(response(status="queued"), None, id="asked in the background"),
        pytest.param(response(status="in_progress"), None, id="not yet whole"),
        pytest.param(response(status=None), None, id="without status"),
        pytest.param(response(output=None), None, id="without output"),
        pytest.param(answer(), None, id="a chat completion"),
        pytest.param(response()[:-5], None, id="cut off by the network"),
        pytest.param(b"[]", None, id="a list"),
        pytest.param(b"<html>Bad gateway</html>", None, id="HTML"),
        pytest.param(stream(BEGIN, WORD, ends("response.completed"), end=""), "gpt-x-2026", id="a stream"),
        pytest.param(stream(BEGIN, ends("response.completed")), "gpt-x-2026", id="a stream with an end mark"),
        pytest.param(
            stream(BEGIN, ends("response.incomplete", "incomplete"), end=""), "gpt-x-2026", id="a stream cut by length"
        ),
        pytest.param(stream(BEGIN, WORD, end=""), None, id="a stream without its end"),
        pytest.param(stream(BEGIN, ends("response.failed", "failed"), end=""), None, id="a stream that failed"),
        pytest.param(stream(BEGIN, {"type": "response.completed"}, end=""), None, id="an end without response"),
        pytest.param(stream(BEGIN, {"type": "error", "message": "x"}, end=""), None, id="a stream that broke"),
        pytest.param(stream(ends("response.completed"), end="")[:-6], None, id="a stream cut in its end"),
        pytest.param(stream(), None, id="a stream that says nothing"),
    ],
)
def test_what_counts_as_an_answer_of_the_responses_api(body, model):
    assert served_model_of(body, api="responses") == model
