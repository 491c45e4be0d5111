"""Embeddings as bytes: one text out, its numbers back, and every way in which a server may not give them."""

from __future__ import annotations

import base64
import json
import math
import struct

import pytest

from snellen.errors import InputError, ModelError
from snellen.models.api import parse_reply, request_body
from snellen.models.embeddings import embeddings_body, parse_embeddings, vector_of
from snellen.models.prices import Price, cost_usd
from snellen.request import Message, Request, TextPart
from snellen.response import Response, Usage


def asking(text: str, **params: object) -> Request:
    return Request(api="embeddings", model="e", messages=(Message("user", (TextPart(text),)),), params=params)


def reply(numbers: object = (1.0, 0.5), **changes: object) -> dict[str, object]:
    """As OpenAI writes it."""
    whole = {
        "object": "list",
        "data": [{"object": "embedding", "index": 0, "embedding": numbers}],
        "model": "text-embedding-3-small",
        "usage": {"prompt_tokens": 8, "total_tokens": 8},
    }
    return {**whole, **changes}


def as_json(value: object) -> bytes:
    return json.dumps(value).encode()


def test_one_text_is_sent_with_a_request() -> None:
    body = embeddings_body(asking("빨간 차", dimensions=256), {})
    assert body == '{"model":"e","input":["빨간 차"],"dimensions":256}'.encode()
    assert request_body(asking("빨간 차", dimensions=256), {}) == body


def test_a_text_that_is_no_unicode_is_refused() -> None:
    with pytest.raises(InputError, match="cannot be written as JSON"):
        embeddings_body(asking("\ud800"), {})


def test_a_reply_says_how_many_numbers_it_holds() -> None:
    body = as_json(reply([0.0] * 1536, id="e-1"))
    assert parse_embeddings(body, latency_s=0.25, recorded=True, recorded_at="t") == Response(
        text="1,536 numbers",
        served_model="text-embedding-3-small",
        usage=Usage(input_tokens=8, output_tokens=0),
        latency_s=0.25,
        request_id="e-1",
        recorded=True,
        recorded_at="t",
        body=body,
    )


def test_what_an_embedding_costs_is_its_input() -> None:
    usage = parse_reply("embeddings", as_json(reply(usage={"prompt_tokens": 1_000_000})), latency_s=0).usage
    assert cost_usd(usage, Price(input=0.02, output=99)) == 0.02


def test_a_server_that_counts_no_tokens_is_tolerated() -> None:
    bare = {"data": [{"embedding": [1]}]}
    assert parse_embeddings(as_json(bare), latency_s=0).usage == Usage(input_tokens=None, output_tokens=0)


NUMBERS = {
    "floats": ([0.25, -1.5], (0.25, -1.5)),
    "whole-numbers": ([1, 0], (1.0, 0.0)),
    "base64-as-openai-writes-it": (base64.b64encode(struct.pack("<2f", 0.25, -1.5)).decode(), (0.25, -1.5)),
}


@pytest.mark.parametrize(("written", "numbers"), NUMBERS.values(), ids=NUMBERS)
def test_the_numbers_of_a_reply(written: object, numbers: tuple[float, ...]) -> None:
    assert vector_of(as_json(reply(written))) == numbers


def test_numbers_that_are_none_are_given_as_they_came() -> None:
    """Whoever compares them says so; a reply that was paid for is kept."""
    body = b'{"data": [{"embedding": [NaN, Infinity]}]}'
    first, second = vector_of(body)
    assert (math.isnan(first), second) == (True, math.inf)
    assert parse_embeddings(body, latency_s=0).text == "2 numbers"


CHAT = {"choices": [{"message": {"content": "Hello"}}]}
BROKEN = {
    "no-data": ({"model": "e"}, "data is missing or null; right is a list"),
    "a-chat-reply": (CHAT, 'The model answers questions: is it meant to have api = "embeddings"?'),
    "an-error": ({"error": {"message": "no such model"}}, "it is an error: no such model"),
    "a-list": ([], "it is a list; a list of embeddings is an object"),
    "none": (reply(data=[]), "data holds 0 embeddings; right is one, of the one text that was sent"),
    "two": (reply(data=[{"embedding": [1]}] * 2), "data holds 2 embeddings"),
    "no-embedding": (reply(data=[{}]), "data[0].embedding is missing or null; right is a list of numbers"),
    "empty": (reply([]), "data[0].embedding is empty"),
    "a-text-in-it": (reply([1, "2"]), "data[0].embedding[1] is a text; right is a number"),
    "a-truth-in-it": (reply([True]), "data[0].embedding[0] is true or false; right is a number"),
    "no-base64": (reply("äöü"), "data[0].embedding is a text that is no base64"),
    "half-a-float": (reply("AAAA"), "data[0].embedding has 3 bytes, which is no whole number of 32-bit floats"),
}


@pytest.mark.parametrize(("body", "said"), BROKEN.values(), ids=BROKEN)
def test_a_reply_without_numbers_is_an_error_that_names_the_place(body: object, said: str) -> None:
    with pytest.raises(ModelError) as caught:
        parse_embeddings(as_json(body), latency_s=0)
    assert said in str(caught.value)
    assert caught.value.kind == "bad_reply"
    with pytest.raises(ModelError):
        vector_of(as_json(body))
