"""The helpers that tests of evals are given."""

from __future__ import annotations

import http.client
import io
import json
from urllib.parse import urlsplit

import pytest
from PIL import Image

from snellen.testing import FakeEndpoint, FakeReply, FakeRequest, chat_reply, responses_reply, tiny_png


def ask(
    endpoint: FakeEndpoint, body: bytes = b'{"model":"m"}', *, path: str = "/chat/completions"
) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(endpoint.base_url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=5)
    try:
        connection.request("POST", f"{parts.path}{path}", body, {"X-Test": "1"})
        response = connection.getresponse()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
    finally:
        connection.close()


def answer_of(body: bytes) -> str:
    return str(json.loads(body)["choices"][0]["message"]["content"])


def test_a_tiny_picture_is_a_png_of_its_colour_and_size() -> None:
    picture = Image.open(io.BytesIO(tiny_png("#00ff00", (3, 5))))
    assert (picture.format, picture.size, set(picture.get_flattened_data())) == ("PNG", (3, 5), {(0, 255, 0)})


def test_a_tiny_picture_is_the_same_bytes_each_time() -> None:
    assert tiny_png("white", (200, 80), text="STOP") == tiny_png("white", (200, 80), text="STOP")


def test_text_is_drawn_inside_the_picture() -> None:
    picture = Image.open(io.BytesIO(tiny_png("white", (200, 80), text="STOP"))).convert("L")
    left, top, right, bottom = picture.point(lambda value: 255 if value < 128 else 0).getbbox() or (0, 0, 0, 0)
    assert 0 < left < right < 200
    assert 0 < top < bottom < 80
    assert bottom - top > 20


def test_a_reply_is_what_a_server_writes() -> None:
    assert chat_reply("yes", model="m-1", usage={"prompt_tokens": 3}) == {
        "id": "chatcmpl-fake",
        "object": "chat.completion",
        "created": 1767225600,
        "model": "m-1",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "yes", "refusal": None},
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 3},
    }


def test_an_empty_usage_is_left_out() -> None:
    assert "usage" not in chat_reply("yes", usage={})
    assert "usage" not in responses_reply("yes", usage={})


def test_a_reply_of_the_responses_api_is_what_a_server_writes() -> None:
    reply = responses_reply("yes", refusal="no", incomplete_reason="max_output_tokens", model="m-1")
    assert reply["output"] == [
        {
            "id": "msg_fake",
            "type": "message",
            "role": "assistant",
            "status": "incomplete",
            "content": [
                {"type": "output_text", "text": "yes", "annotations": []},
                {"type": "refusal", "refusal": "no"},
            ],
        }
    ]
    assert {key: reply[key] for key in ("status", "incomplete_details", "model", "usage")} == {
        "status": "incomplete",
        "incomplete_details": {"reason": "max_output_tokens"},
        "model": "m-1",
        "usage": {"input_tokens": 100, "output_tokens": 10, "total_tokens": 110},
    }


def test_a_text_is_the_answer_in_the_form_of_the_api_that_was_asked() -> None:
    with FakeEndpoint("yes") as endpoint:
        assert json.loads(ask(endpoint)[2]) == chat_reply("yes")
        assert json.loads(ask(endpoint, path="/responses")[2]) == responses_reply("yes")
        assert json.loads(ask(endpoint, path="/responses?api-version=v1")[2]) == responses_reply("yes")


def test_replies_come_in_order_and_the_last_one_stays() -> None:
    with FakeEndpoint("one", "two") as endpoint:
        assert [answer_of(ask(endpoint)[2]) for _ in range(3)] == ["one", "two", "two"]


def test_without_replies_the_answer_is_ok() -> None:
    with FakeEndpoint() as endpoint:
        assert answer_of(ask(endpoint)[2]) == "ok"


def test_requests_are_remembered() -> None:
    with FakeEndpoint() as endpoint:
        ask(endpoint, '{"prompt":"그림"}'.encode())
    (request,) = endpoint.requests
    assert (request.method, request.path, request.json) == ("POST", "/v1/chat/completions", {"prompt": "그림"})
    assert request.headers["x-test"] == "1"


def test_an_answer_may_depend_on_the_request() -> None:
    with FakeEndpoint(answer=lambda request: str(request.json["n"])) as endpoint:
        assert [answer_of(ask(endpoint, b'{"n":%d}' % n)[2]) for n in (4, 5)] == ["4", "5"]


def test_an_assertion_in_an_answer_fails_the_test() -> None:
    def answer(request: FakeRequest) -> str:
        raise AssertionError("not what I expected to be asked")

    with (
        pytest.raises(AssertionError, match="not what I expected to be asked"),
        FakeEndpoint(answer=answer) as endpoint,
        pytest.raises(http.client.RemoteDisconnected),
    ):
        ask(endpoint)


@pytest.mark.parametrize(
    ("reply", "status", "headers", "body"),
    [
        (
            FakeReply(status=503, body="<h1>busy</h1>"),
            503,
            {"content-type": "text/html; charset=utf-8"},
            b"<h1>busy</h1>",
        ),
        (FakeReply(status=429, headers={"Retry-After": "2"}), 429, {"retry-after": "2"}, b""),
        (FakeReply(body={"error": "x"}), 200, {"content-type": "application/json"}, b'{"error": "x"}'),
        (FakeReply(body=b"\xff", headers={"Content-Type": "image/png"}), 200, {"content-type": "image/png"}, b"\xff"),
        (FakeReply(status=599), 599, {}, b""),
        (FakeReply(body=b"abc", drip_s=0.001), 200, {"content-length": "3"}, b"abc"),
    ],
    ids=["page", "header", "json", "bytes", "unknown-status", "drip"],
)
def test_a_reply_goes_out_as_it_was_told(reply: FakeReply, status: int, headers: dict[str, str], body: bytes) -> None:
    with FakeEndpoint(reply) as endpoint:
        got_status, got_headers, got_body = ask(endpoint)
    assert (got_status, got_body) == (status, body)
    assert headers.items() <= got_headers.items()


def test_hanging_up_before_a_reply_gives_no_byte() -> None:
    with FakeEndpoint(FakeReply(hang_up="before")) as endpoint, pytest.raises(http.client.RemoteDisconnected):
        ask(endpoint)


def test_hanging_up_midway_gives_half_a_reply() -> None:
    with (
        FakeEndpoint(FakeReply(body=b"0123456789", hang_up="midway")) as endpoint,
        pytest.raises(http.client.IncompleteRead) as caught,
    ):
        ask(endpoint)
    assert caught.value.partial == b"01234"
