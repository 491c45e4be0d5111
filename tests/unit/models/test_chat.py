"""Requests as bytes, and what the bytes of a reply say."""

from __future__ import annotations

import json

import pytest

from snellen.case import ImageRef
from snellen.errors import InputError, ModelError
from snellen.models.chat import chat_body, parse_chat
from snellen.request import ImagePart, Message, Request, TextPart
from snellen.response import Response, StopReason, Usage
from snellen.testing import chat_reply, tiny_png

URL = "https://example.org/street.jpg"
INLINE = ImagePart(ref=ImageRef(data=b"png", name="image 1"), identity="sha256:ab", transform="resize:64", detail="low")
BY_URL = ImagePart(ref=ImageRef(url=URL, name=URL), identity=URL)
DATA_URLS = {("sha256:ab", "resize:64"): "data:image/png;base64,cG5n"}


def as_json(value: object) -> bytes:
    return json.dumps(value).encode()


def test_a_request_is_written_in_the_order_of_its_parts() -> None:
    request = Request(
        model="gpt-5.1",
        messages=(
            Message("system", (TextPart("Be brief."),)),
            Message("user", (TextPart("앞:"), INLINE, TextPart("뒤:"), BY_URL)),
        ),
        params={"max_completion_tokens": 300},
    )
    assert json.loads(chat_body(request, DATA_URLS)) == {
        "model": "gpt-5.1",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "앞:"},
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,cG5n", "detail": "low"}},
                    {"type": "text", "text": "뒤:"},
                    {"type": "image_url", "image_url": {"url": URL}},
                ],
            },
        ],
        "max_completion_tokens": 300,
    }


def test_a_message_of_text_alone_is_a_plain_text() -> None:
    request = Request(model="m", messages=(Message("user", (TextPart("무엇?"),)),))
    assert chat_body(request, {}) == '{"model":"m","messages":[{"role":"user","content":"무엇?"}]}'.encode()


def test_a_repeat_index_is_not_sent() -> None:
    message = Message("user", (TextPart("?"),))
    assert chat_body(Request(model="m", messages=(message,), repeat=3), {}) == chat_body(
        Request(model="m", messages=(message,)), {}
    )


def test_a_text_that_is_no_unicode_is_refused() -> None:
    with pytest.raises(InputError, match="cannot be written as JSON"):
        chat_body(Request(model="m", messages=(Message("user", (TextPart("\ud800"),)),)), {})


def test_a_whole_reply_becomes_a_whole_response() -> None:
    body = as_json(
        chat_reply(
            "고양이 두 마리",
            model="gpt-5.1-2025-11-13",
            usage={
                "prompt_tokens": 1229,
                "completion_tokens": 25,
                "total_tokens": 1254,
                "prompt_tokens_details": {"cached_tokens": 1024, "image_tokens": 1200, "audio_tokens": 0},
                "completion_tokens_details": {"reasoning_tokens": 16},
            },
        )
    )
    response = parse_chat(body, latency_s=1.25, request_id="req_1", recorded=True, recorded_at="2026-11-22T17:05:00Z")
    assert response == Response(
        text="고양이 두 마리",
        stop="stop",
        served_model="gpt-5.1-2025-11-13",
        usage=Usage(input_tokens=1229, output_tokens=25, cached_tokens=1024, reasoning_tokens=16, image_tokens=1200),
        latency_s=1.25,
        request_id="req_1",
        recorded=True,
        recorded_at="2026-11-22T17:05:00Z",
        body=body,
    )


def test_without_a_request_id_the_replys_own_id_stands() -> None:
    assert parse_chat(as_json(chat_reply("x")), latency_s=0).request_id == "chatcmpl-fake"


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ({}, Usage()),
        ({"prompt_tokens": 10, "completion_tokens": 2}, Usage(input_tokens=10, output_tokens=2)),
        ({"prompt_tokens": 10, "prompt_tokens_details": None}, Usage(input_tokens=10)),
        ({"prompt_tokens": "10", "completion_tokens": -1, "prompt_tokens_details": []}, Usage()),
        ({"prompt_tokens": 0, "completion_tokens": True}, Usage(input_tokens=0)),
    ],
    ids=["absent", "no-details", "null-details", "nonsense", "zero-is-zero"],
)
def test_tokens_nobody_counted_are_unknown_and_never_zero(usage: dict[str, object], expected: Usage) -> None:
    assert parse_chat(as_json(chat_reply("x", usage=usage)), latency_s=0).usage == expected


@pytest.mark.parametrize(
    ("finish_reason", "stop"),
    [
        ("stop", "stop"),
        ("length", "length"),
        ("content_filter", "content_filter"),
        ("tool_calls", "tool_calls"),
        ("function_call", "tool_calls"),
        ("end_turn", "stop"),
        ("max_tokens", "length"),
        ("refusal", "refusal"),
        ("something_new", "unknown"),
        (None, "unknown"),
    ],
)
def test_every_finish_reason_has_a_stop_reason(finish_reason: str | None, stop: StopReason) -> None:
    assert parse_chat(as_json(chat_reply("x", finish_reason=finish_reason)), latency_s=0).stop == stop


@pytest.mark.parametrize(
    ("reply", "text", "stop"),
    [
        (chat_reply(None, refusal="I cannot help with that."), "I cannot help with that.", "refusal"),
        (chat_reply("partly", refusal="No."), "No.", "refusal"),
        (chat_reply("fine", refusal=""), "fine", "stop"),
        (chat_reply(None), "", "stop"),
        (chat_reply(None, finish_reason="content_filter"), "", "content_filter"),
        (chat_reply("", finish_reason="length"), "", "length"),
        (chat_reply(" a \n"), " a \n", "stop"),
        (chat_reply("nul \x00 stays"), "nul \x00 stays", "stop"),
    ],
    ids=["refusal", "refusal-wins", "empty-refusal", "null", "filtered", "cut-off-in-thought", "blanks-stay", "nul"],
)
def test_the_text_is_the_answer_or_the_refusals_own_words(
    reply: dict[str, object], text: str, stop: StopReason
) -> None:
    response = parse_chat(as_json(reply), latency_s=0)
    assert (response.text, response.stop) == (text, stop)


def with_content(content: object) -> bytes:
    return as_json({"choices": [{"message": {"content": content}, "finish_reason": "stop"}]})


def test_a_content_of_parts_is_joined_without_what_is_no_text() -> None:
    """Mistral sends its reasoning as a part of its own; others send plain {"text"} parts."""
    parts = [{"type": "thinking", "thinking": []}, {"type": "text", "text": "two "}, {"text": "cats"}]
    assert parse_chat(with_content(parts), latency_s=0).text == "two cats"


def test_the_least_that_servers_send_is_enough() -> None:
    assert parse_chat(with_content("yes"), latency_s=0) == Response(text="yes", body=with_content("yes"))


def test_what_servers_send_beside_the_answer_is_ignored() -> None:
    body = as_json(
        {
            "error": None,
            "system_fingerprint": None,
            "provider": "x",
            "choices": [
                {
                    "message": {"content": "yes", "reasoning_content": "long thought", "annotations": []},
                    "finish_reason": "stop",
                    "native_finish_reason": "STOP",
                    "content_filter_results": {"hate": {"filtered": False}},
                }
            ],
        }
    )
    assert parse_chat(body, latency_s=0).text == "yes"


@pytest.mark.parametrize(
    ("escaped", "text"),
    [(rb"\ud83d", "a\ufffdb"), (rb"\udc00\ud800", "a\ufffd\ufffdb"), (rb"\ud83d\ude00", "a😀b")],
    ids=["half", "wrong-order", "whole"],
)
def test_half_a_surrogate_pair_is_shown_as_a_replacement_and_kept_in_the_body(escaped: bytes, text: str) -> None:
    body = b'{"choices":[{"message":{"content":"a' + escaped + b'b"},"finish_reason":"stop"}]}'
    response = parse_chat(body, latency_s=0)
    assert (response.text, response.body) == (text, body)
    assert response.text.encode("utf-8").decode() == text


def test_nan_where_nothing_is_read_does_not_cost_the_answer() -> None:
    body = b'{"choices":[{"message":{"content":"yes"},"finish_reason":"stop","logprobs":NaN}]}'
    assert parse_chat(body, latency_s=0).text == "yes"


def test_a_byte_order_mark_does_not_cost_the_answer() -> None:
    assert parse_chat(b"\xef\xbb\xbf" + with_content("yes"), latency_s=0).text == "yes"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"", "it is empty"),
        (b" \n", "it is empty"),
        (b"<!doctype html><title>Sign in</title>", "it is a web page: Sign in\n  Usually base_url lacks its /v1"),
        (b'{"choices":[{"mess', "it is no JSON, or was cut off: Unterminated string starting at"),
        (b'{"choices":\xff}', "byte 11 is no UTF-8"),
        (b"[" * 100_000, "it is nested too deep"),
        (b'{"created":' + b"1" * 5000 + b"}", "it is no JSON, or was cut off: Exceeds the limit"),
        (b'"hello"', "it is a text; a chat completion is an object"),
        (b"[]", "it is a list; a chat completion is an object"),
        (b"null", "it is missing or null; a chat completion is an object"),
        (b'{"error":{"message":"no such model","code":404}}', "it is an error: no such model"),
        (b'{"error":"overloaded","choices":null}', "it is an error: overloaded"),
        (b'{"error":{"code":1}}', 'it is an error: {"code": 1}'),
        (b'{"error":{"message":"\x1b[2J\\u001b[2J"}}', "it is no JSON, or was cut off"),
        (b'{"error":{"message":"\\u001b[2J"}}', r"it is an error: \x1b[2J"),
        (b"{}", "choices is missing or null; right is a list"),
        (b'{"choices":{}}', "choices is an object; right is a list"),
        (b'{"choices":[]}', "choices is empty"),
        (b'{"choices":[null]}', "choices[0] is missing or null; right is an object"),
        (b'{"choices":[{"error":{"message":"provider failed"}}]}', "choices[0] is an error: provider failed"),
        (b'{"choices":[{"text":"old form"}]}', "choices[0].message is missing or null; right is an object"),
        (b'{"choices":[{"message":"hello"}]}', "choices[0].message is a text; right is an object"),
        (with_content(5), "choices[0].message.content is a number; right is a text"),
        (with_content({"text": "x"}), "choices[0].message.content is an object; right is a text"),
        (with_content(["x"]), "choices[0].message.content[0] is a text; right is an object"),
        (with_content([{"text": "a"}, {"type": "text"}]), "choices[0].message.content[1].text is missing or null"),
    ],
    ids=[
        "nothing", "blank", "html", "cut-off", "not-utf-8", "deep", "long-number", "text", "list", "null", "error",
        "error-text", "error-without-words", "raw-control-character", "control-character", "no-choices",
        "choices-object", "choices-empty", "choice-null", "choice-error", "completions-api", "message-text",
        "content-number", "content-object", "part-text", "part-without-text",
    ],
)  # fmt: skip
def test_a_reply_that_holds_no_answer_is_an_error_that_names_the_place(body: bytes, found: str) -> None:
    with pytest.raises(ModelError) as caught:
        parse_chat(body, latency_s=0)
    error = caught.value
    assert str(error).startswith(f"the reply (HTTP 200, {len(body):,} bytes) is not an answer: {found}")
    assert (error.kind, error.status, error.retryable, error.fatal) == ("bad_reply", 200, False, False)
    assert error.body == body[:2000].decode("utf-8", "replace")


def test_pictures_are_no_answer() -> None:
    with pytest.raises(ModelError, match="no UTF-8"):
        parse_chat(tiny_png(), latency_s=0)
