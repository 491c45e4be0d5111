"""One face for all APIs: the same question, posted where it belongs, and the same response read back."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import get_args

import pytest

from snellen._files import digest
from snellen.case import ImageRef
from snellen.errors import ModelError
from snellen.images.data_uri import data_uri_of
from snellen.models.api import parse_reply, path_of, request_body
from snellen.models.client import ModelClient
from snellen.models.params import sent_params
from snellen.models.spec import ModelSpec
from snellen.recordings.fingerprint import canonical_of_wire
from snellen.request import ANSWERING, Api, ImagePart, Message, Part, Request, TextPart
from snellen.testing import FakeEndpoint, chat_reply, responses_reply, tiny_png

BODIES = {"chat": chat_reply("네"), "responses": responses_reply("네")}


@pytest.mark.parametrize(
    ("api", "path"),
    [("chat", "/chat/completions"), ("responses", "/responses"), ("embeddings", "/embeddings")],
)
def test_each_api_has_its_path(api: Api, path: str) -> None:
    assert path_of(api) == path


def test_every_api_is_known() -> None:
    assert sorted([*BODIES, "embeddings"]) == sorted(get_args(Api)) == sorted(filter(path_of, get_args(Api)))
    assert sorted(BODIES) == sorted(ANSWERING)


@pytest.mark.parametrize(("api", "messages"), [("chat", "messages"), ("responses", "input")])
def test_a_request_is_asked_of_the_endpoint_of_its_api_and_its_reply_read(api: Api, messages: str) -> None:
    request = Request(api=api, model="m", messages=(Message("user", (TextPart("보여?"),)),), params={"top_p": 1})

    async def ask(endpoint: FakeEndpoint) -> bytes:
        client = ModelClient(ModelSpec(key="m", name="m", api=api, base_url=endpoint.base_url), environ={})
        try:
            return (await client.ask(request_body(request, {}))).body
        finally:
            await client.aclose()

    with FakeEndpoint("네") as endpoint:
        body = asyncio.run(ask(endpoint))
    (asked,) = endpoint.requests
    assert asked.path == f"/v1{path_of(api)}"
    assert asked.json == {"model": "m", messages: [{"role": "user", "content": "보여?"}], "top_p": 1}
    response = parse_reply(api, body, latency_s=0.5, request_id="r", recorded=True, recorded_at="t")
    assert (response.text, response.stop, response.usage.input_tokens) == ("네", "stop", 100)
    assert (response.latency_s, response.request_id, response.recorded, response.recorded_at) == (0.5, "r", True, "t")


PIXELS = tiny_png()
PICTURE = ImagePart(ref=ImageRef(data=PIXELS, name="a"), identity=f"sha256:{digest(PIXELS)}", detail="low")
PARTS = (TextPart("앞"), PICTURE, TextPart("뒤"), replace(PICTURE, detail=None), replace(PICTURE, detail="auto"))


@pytest.mark.parametrize("parts", [(TextPart("?"),), PARTS], ids=["text", "pictures"])
@pytest.mark.parametrize("api", ANSWERING)
def test_what_is_sent_is_recorded_as_the_question_it_is(api: Api, parts: tuple[Part, ...]) -> None:
    """So an application that asks the same through its own client has the same recording."""
    messages = (Message("system", (TextPart("Be brief."),)), Message("user", parts))
    request = Request(api=api, model="m", messages=messages, params=sent_params("m", {"max_tokens": 9}, api=api))
    body = request_body(request, {(PICTURE.identity, ""): data_uri_of(PIXELS, "image/png")})
    assert canonical_of_wire(body, api=api) == request.canonical()


@pytest.mark.parametrize(
    ("api", "other", "hint"),
    [
        ("chat", "responses", 'This is a reply of the Responses API: is api = "responses" missing?'),
        ("responses", "chat", 'This is a chat completion: the server wants api = "chat".'),
    ],
)
def test_a_reply_of_the_other_api_is_an_error_that_says_so(api: Api, other: Api, hint: str) -> None:
    with pytest.raises(ModelError) as caught:
        parse_reply(api, json.dumps(BODIES[other]).encode(), latency_s=0)
    assert str(caught.value).splitlines()[1] == f"  {hint}"
