"""Requests of the Responses API as bytes, and what the bytes of a reply say."""

from __future__ import annotations

import json

import pytest

from snellen.case import ImageRef
from snellen.errors import InputError, ModelError
from snellen.models.responses_api import parse_responses, responses_body
from snellen.request import ImagePart, Message, Request, TextPart
from snellen.response import Response, StopReason, Usage
from snellen.testing import chat_reply, responses_reply

URL = "https://example.org/street.jpg"
INLINE = ImagePart(ref=ImageRef(data=b"png", name="image 1"), identity="sha256:ab", transform="resize:64", detail="low")
BY_URL = ImagePart(ref=ImageRef(url=URL, name=URL), identity=URL)
DATA_URLS = {("sha256:ab", "resize:64"): "data:image/png;base64,cG5n"}


def as_json(value: object) -> bytes:
    return json.dumps(value).encode()


def request(*parts: TextPart | ImagePart, **more: object) -> Request:
    return Request(api="responses", model="gpt-5.1", messages=(Message("user", parts),), **more)  # type: ignore[arg-type]


def test_a_request_is_written_in_the_order_of_its_parts() -> None:
    asked = Request(
        api="responses",
        model="gpt-5.1",
        messages=(
            Message("system", (TextPart("Be brief."),)),
            Message("user", (TextPart("앞:"), INLINE, TextPart("뒤:"), BY_URL)),
        ),
        params={"store": False, "max_output_tokens": 300},
    )
    assert json.loads(responses_body(asked, DATA_URLS)) == {
        "model": "gpt-5.1",
        "input": [
            {"role": "system", "content": "Be brief."},
            {
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "앞:"},
                    {"type": "input_image", "image_url": "data:image/png;base64,cG5n", "detail": "low"},
                    {"type": "input_text", "text": "뒤:"},
                    {"type": "input_image", "image_url": URL, "detail": "auto"},
                ],
            },
        ],
        "store": False,
        "max_output_tokens": 300,
    }


def test_a_message_of_text_alone_is_a_plain_text_and_the_repeat_is_not_sent() -> None:
    body = '{"model":"gpt-5.1","input":[{"role":"user","content":"무엇?"}]}'.encode()
    assert responses_body(request(TextPart("무엇?"), repeat=3), {}) == body


def test_a_picture_by_address_goes_inline_when_it_was_fetched() -> None:
    body = json.loads(responses_body(request(BY_URL), {(URL, ""): "data:image/png;base64,cG5n"}))
    assert body["input"][0]["content"][0]["image_url"] == "data:image/png;base64,cG5n"


def test_a_text_that_is_no_unicode_is_refused() -> None:
    with pytest.raises(InputError, match="cannot be written as JSON"):
        responses_body(request(TextPart("\ud800")), {})


def test_a_whole_reply_becomes_a_whole_response() -> None:
    usage = {
        "input_tokens": 1229,
        "input_tokens_details": {"cached_tokens": 1024, "cache_write_tokens": 0},
        "output_tokens": 25,
        "output_tokens_details": {"reasoning_tokens": 16},
        "total_tokens": 1254,
    }
    body = as_json(responses_reply("고양이 두 마리", model="gpt-5.1-2025-11-13", usage=usage))
    given = {"latency_s": 1.25, "request_id": "req_1", "recorded": True, "recorded_at": "2026-11-22T17:05:00Z"}
    assert parse_responses(body, **given) == Response(  # type: ignore[arg-type]  # of several types
        text="고양이 두 마리",
        stop="stop",
        served_model="gpt-5.1-2025-11-13",
        usage=Usage(input_tokens=1229, output_tokens=25, cached_tokens=1024, reasoning_tokens=16),
        latency_s=1.25,
        request_id="req_1",
        recorded=True,
        recorded_at="2026-11-22T17:05:00Z",
        body=body,
    )


def test_without_a_request_id_the_replys_own_id_stands() -> None:
    assert parse_responses(as_json(responses_reply("x")), latency_s=0).request_id == "resp_fake"


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ({}, Usage()),
        ({"input_tokens": 10, "output_tokens": 2}, Usage(input_tokens=10, output_tokens=2)),
        ({"input_tokens": "10", "output_tokens": -1, "input_tokens_details": []}, Usage()),
        ({"input_tokens": 0, "output_tokens": True}, Usage(input_tokens=0)),
        ({"prompt_tokens": 10, "completion_tokens": 2}, Usage()),
    ],
    ids=["absent", "no-details", "nonsense", "zero-is-zero", "the-other-apis-names"],
)
def test_tokens_nobody_counted_are_unknown_and_never_zero(usage: dict[str, object], expected: Usage) -> None:
    assert parse_responses(as_json(responses_reply("x", usage=usage)), latency_s=0).usage == expected


def message(*content: object) -> dict[str, object]:
    return {"type": "message", "role": "assistant", "content": list(content)}


def said(text: str) -> dict[str, object]:
    return {"type": "output_text", "text": text}


REFUSED = {"type": "refusal", "refusal": "I cannot help."}
THOUGHT = {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}], "encrypted_content": "x"}
CALL = {"type": "function_call", "name": "f", "arguments": "{}"}


def with_output(*items: object, **more: object) -> bytes:
    return as_json({"status": "completed", "output": list(items), **more})


def cut(reason: object) -> dict[str, object]:
    return {"status": "incomplete", "incomplete_details": {"reason": reason}}


@pytest.mark.parametrize(
    ("body", "text", "stop"),
    [
        (with_output(message(said("yes"))), "yes", "stop"),
        (with_output(THOUGHT, message(said("two ")), message(said("cats"))), "two cats", "stop"),
        (with_output(message(said("a"), said("b"))), "ab", "stop"),
        (with_output(message(said(" a \n"))), " a \n", "stop"),
        (with_output(message({"type": "output_audio"}, said("a"))), "a", "stop"),
        (with_output(message()), "", "stop"),
        (with_output(THOUGHT), "", "stop"),
        (with_output({"type": "message", "content": "plain"}), "plain", "stop"),
        (with_output({"type": "message", "content": None}), "", "stop"),
        (with_output(message(REFUSED)), "I cannot help.", "refusal"),
        (with_output(message(said("partly"), REFUSED)), "I cannot help.", "refusal"),
        (with_output(message(REFUSED), **cut("content_filter")), "I cannot help.", "refusal"),
        (with_output(message({"type": "refusal", "refusal": ""}, said("fine"))), "fine", "stop"),
        (with_output(CALL), "", "tool_calls"),
        (with_output(CALL, message(said("calling"))), "calling", "stop"),
        (with_output(message(said("part")), **cut("max_output_tokens")), "part", "length"),
        (with_output(THOUGHT, **cut("max_output_tokens")), "", "length"),
        (with_output(**cut("max_output_tokens")), "", "length"),
        (with_output(message(said("part")), **cut("content_filter")), "part", "content_filter"),
        (with_output(message(said("part")), **cut("steered")), "part", "unknown"),
        (with_output(message(said("part")), **cut(["odd"])), "part", "unknown"),
        (with_output(message(said("part")), status="incomplete"), "part", "unknown"),
        (with_output(message(said("yes")), status="something_new"), "yes", "unknown"),
        (with_output(message(said("yes")), status=None), "yes", "unknown"),
        (with_output(message(said("yes")), error=None, incomplete_details=None), "yes", "stop"),
    ],
    ids=[
        "answer", "reasoning-and-messages-joined", "parts-joined", "blanks-stay", "other-parts-ignored", "no-parts",
        "only-reasoning", "plain-text", "null", "refusal", "refusal-wins", "refusal-and-filter", "empty-refusal",
        "tool-call", "tool-call-and-text", "length", "cut-off-in-thought", "cut-off-before-anything", "filtered",
        "other-reason", "odd-reason", "no-reason", "new-status", "no-status", "nulls",
    ],
)  # fmt: skip
def test_the_text_is_what_the_messages_say_and_the_status_why_it_stopped(
    body: bytes, text: str, stop: StopReason
) -> None:
    response = parse_responses(body, latency_s=0)
    assert (response.text, response.stop) == (text, stop)


def test_the_least_that_servers_send_is_enough() -> None:
    body = as_json({"output": [message(said("yes"))]})
    assert parse_responses(body, latency_s=0) == Response(text="yes", stop="unknown", body=body)


def test_half_a_surrogate_pair_is_shown_as_a_replacement_and_kept_in_the_body() -> None:
    body = b'{"status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"a\\ud83db"}]}]}'
    response = parse_responses(body, latency_s=0)
    assert (response.text, response.body) == ("a\ufffdb", body)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"", "it is empty"),
        (b"<!doctype html><title>Sign in</title>", "it is a web page: Sign in\n  Usually base_url lacks its /v1"),
        (b'{"output":[{"ty', "it is no JSON, or was cut off: Unterminated string starting at"),
        (b"[]", "it is a list; a response is an object"),
        (b'{"error":{"message":"no such model"}}', "it is an error: no such model"),
        (
            with_output(status="failed", error={"code": "server_error", "message": "The model broke."}),
            "status is 'failed': The model broke.; right is 'completed' or 'incomplete'",
        ),
        (with_output(status="failed"), "status is 'failed'; right is"),
        (with_output(status="cancelled"), "status is 'cancelled'; right is"),
        (
            with_output(status="queued"),
            "status is 'queued'; right is 'completed' or 'incomplete'\n  It was asked in the background",
        ),
        (with_output(message(said("half")), status="in_progress"), "status is 'in_progress'; right is"),
        (b"{}", "output is missing or null; right is a list"),
        (b'{"output":{}}', "output is an object; right is a list"),
        (with_output(), "output is empty"),
        (with_output(None), "output[0] is missing or null; right is an object"),
        (with_output(THOUGHT, "yes"), "output[1] is a text; right is an object"),
        (with_output(THOUGHT, {"type": "message", "content": 5}), "output[1].content is a number; right is a text"),
        (with_output(message("yes")), "output[0].content[0] is a text; right is an object"),
        (with_output(message(said("a"), {"type": "output_text"})), "output[0].content[1].text is missing or null"),
        (
            as_json(chat_reply("yes")),
            'output is missing or null; right is a list\n  This is a chat completion: the server wants api = "chat".',
        ),
    ],
    ids=[
        "nothing", "html", "cut-off", "list", "error", "failed", "failed-without-words", "cancelled", "queued",
        "in-progress", "no-output", "output-object", "output-empty", "item-null", "item-text", "content-number",
        "part-text", "part-without-text", "the-other-api",
    ],
)  # fmt: skip
def test_a_reply_that_holds_no_answer_is_an_error_that_names_the_place(body: bytes, found: str) -> None:
    with pytest.raises(ModelError) as caught:
        parse_responses(body, latency_s=0)
    error = caught.value
    assert str(error).startswith(f"the reply (HTTP 200, {len(body):,} bytes) is not an answer: {found}")
    assert (error.kind, error.status, error.retryable, error.fatal) == ("bad_reply", 200, False, False)
    assert error.body == body.decode("utf-8", "replace")
