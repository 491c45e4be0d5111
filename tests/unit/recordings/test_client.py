"""Real OpenAI clients on the recordings: the same recordings serve an application's calls and our own."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2
import openai
import pytest

from snellen.case import ImageRef
from snellen.errors import ConfigError, RecordingMissError
from snellen.models.api import parse_reply
from snellen.recordings.client import recorded_async_client, recorded_client
from snellen.recordings.entry import Entry
from snellen.recordings.file import RecordingStore
from snellen.recordings.fingerprint import fingerprint, identity_of_url
from snellen.request import ImagePart, Message, Request, TextPart
from snellen.testing import responses_reply

PIXELS = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
DATA_URI = "data:image/png;base64," + base64.b64encode(PIXELS).decode()
PICTURE = {"type": "image_url", "image_url": {"url": DATA_URI, "detail": "low"}}
QUESTION = {
    "model": "gpt-x",
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "무엇이 보이나요?"}, PICTURE]},
    ],
    "max_tokens": 300,
    "temperature": 0,
}
OURS = Request(
    model="gpt-x",
    messages=(
        Message("system", (TextPart("Be brief."),)),
        Message(
            "user",
            (
                TextPart("무엇이 보이나요?"),
                ImagePart(ref=ImageRef(data=PIXELS, name="a.png"), identity=identity_of_url(DATA_URI), detail="low"),
            ),
        ),
    ),
    params={"temperature": 0.0, "max_tokens": 300},
)
WORDS = ["고양이", "가 ", "보입니다"]


def event(text: str) -> bytes:
    choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "gpt-x-2026", "choices": [choice]}
    return b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n"


RESPONSES_QUESTION = {
    "model": "gpt-x",
    "input": [
        {"role": "system", "content": "Be brief."},
        {
            "role": "user",
            "content": [
                {"type": "input_text", "text": "무엇이 보이나요?"},
                {"type": "input_image", "image_url": DATA_URI, "detail": "low"},
            ],
        },
    ],
    "max_output_tokens": 300,
    "store": False,
}
OUR_RESPONSES = Request(
    api="responses", model="gpt-x", messages=OURS.messages, params={"store": False, "max_output_tokens": 300}
)


def responses_events() -> bytes:
    whole = responses_reply("".join(WORDS), model="gpt-x-2026")
    begin = {"type": "response.created", "response": whole | {"status": "in_progress", "output": []}}
    place = {"item_id": "msg_fake", "output_index": 0, "content_index": 0, "logprobs": []}
    said = [{"type": "response.output_text.delta", "delta": word, **place} for word in WORDS]
    events = [begin, *said, {"type": "response.completed", "response": whole}]
    lines = [
        f"event: {event['type']}\ndata: {json.dumps(event | {'sequence_number': number}, ensure_ascii=False)}\n\n"
        for number, event in enumerate(events)
    ]
    return "".join(lines).encode()


class Caller:
    """One way to use the client, so that each claim holds for both."""

    def __init__(self, root, *, is_async: bool) -> None:
        self._root, self._is_async = root, is_async
        self._runner = asyncio.Runner()
        self.clients: list[openai.OpenAI | openai.AsyncOpenAI] = []

    def open(self, name: str = "app", **arguments: object) -> openai.OpenAI | openai.AsyncOpenAI:
        make = recorded_async_client if self._is_async else recorded_client
        self.clients.append(make(name, root=self._root, **arguments))
        return self.clients[-1]

    def ask(self, client, **change: object) -> str:
        return self._run(client.chat.completions.create(**QUESTION | change)).choices[0].message.content

    def stream(self, client, **change: object) -> list[str]:
        stream = self._run(client.chat.completions.create(stream=True, **QUESTION | change))

        async def collect() -> list[object]:
            return [chunk async for chunk in stream]

        chunks = self._runner.run(collect()) if self._is_async else list(stream)
        return [chunk.choices[0].delta.content for chunk in chunks]

    def respond(self, client, **change: object) -> str:
        return self._run(client.responses.create(**RESPONSES_QUESTION | change)).output_text

    def stream_response(self, client) -> list[str]:
        stream = self._run(client.responses.create(stream=True, **RESPONSES_QUESTION))

        async def collect() -> list[object]:
            return [event async for event in stream]

        events = self._runner.run(collect()) if self._is_async else list(stream)
        return [event.delta for event in events if event.type == "response.output_text.delta"]

    def _run(self, value):
        return self._runner.run(self._await(value)) if self._is_async else value

    async def _await(self, value):
        return await value

    def close(self) -> None:
        for client in self.clients:
            self._run(client.close())
        self._runner.close()


@pytest.fixture(params=["sync", "async"])
def caller(request, tmp_path) -> Iterator[Caller]:
    made = Caller(tmp_path, is_async=request.param == "async")
    yield made
    made.close()


@pytest.fixture
def asked() -> list[httpx2.Request]:
    return []


def respond(request: httpx2.Request) -> httpx2.Response:
    if json.loads(request.content).get("stream"):
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=responses_events())
    return httpx2.Response(200, headers={"x-request-id": "req_2"}, json=responses_reply("".join(WORDS)))


@pytest.fixture
def network(asked, make_body) -> httpx2.MockTransport:
    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        if request.url.path.endswith("/responses"):
            return respond(request)
        if json.loads(request.content).get("stream"):
            events = b"".join(event(word) for word in WORDS) + b"data: [DONE]\n\n"
            return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=events)
        return httpx2.Response(200, headers={"x-request-id": "req_1"}, content=make_body("".join(WORDS)))

    return httpx2.MockTransport(answer)


def test_an_answer_is_recorded_and_replayed_without_key_or_network(caller, asked, network, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    live = caller.open(mode="missing", api_key="sk-canary", transport=network)
    assert [caller.ask(live), caller.ask(live)] == ["".join(WORDS)] * 2
    assert caller.ask(caller.open()) == "".join(WORDS)
    assert len(asked) == 1


def test_a_stream_is_recorded_and_replayed(caller, asked, network):
    live = caller.open(mode="missing", api_key="sk-canary", transport=network)
    assert [caller.stream(live), caller.stream(live), caller.stream(caller.open())] == [WORDS] * 3
    assert len(asked) == 1
    assert caller.ask(live) == "".join(WORDS)
    assert len(asked) == 2


def test_a_response_is_recorded_and_replayed_without_key_or_network(caller, asked, network, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    live = caller.open(mode="missing", api_key="sk-canary", transport=network)
    assert [caller.respond(live), caller.respond(live)] == ["".join(WORDS)] * 2
    assert caller.respond(caller.open()) == "".join(WORDS)
    assert caller.respond(live, input="무엇?", previous_response_id="resp_0") == "".join(WORDS)
    assert [request.url.path for request in asked] == ["/v1/responses"] * 2
    with pytest.raises(RecordingMissError, match="previous_response_id 'resp_0' there and 'resp_1' here"):
        caller.respond(caller.open(), input="무엇?", previous_response_id="resp_1")


def test_a_stream_of_a_response_is_recorded_and_replayed(caller, asked, network):
    live = caller.open(mode="missing", api_key="sk-canary", transport=network)
    replayed = caller.open()
    assert [caller.stream_response(live), caller.stream_response(live), caller.stream_response(replayed)] == [WORDS] * 3
    assert len(asked) == 1
    assert caller.respond(live) == "".join(WORDS)
    assert len(asked) == 2


def test_a_response_that_failed_or_is_not_there_yet_passes_through_and_is_not_recorded(caller, tmp_path):
    for status in ("failed", "queued"):
        answer = responses_reply(None, status=status)
        network = httpx2.MockTransport(lambda _, answer=answer: httpx2.Response(200, json=answer))
        live = caller.open(mode="missing", api_key="sk-canary", transport=network)
        assert caller.respond(live) == ""
    assert list(RecordingStore(tmp_path).entries()) == []


def test_recordings_of_responses_serve_our_asking_and_an_application_s_alike(caller, tmp_path, network):
    caller.respond(caller.open(mode="missing", api_key="sk-canary", transport=network))
    store = RecordingStore(tmp_path)
    found = store.find(fingerprint(OUR_RESPONSES.canonical()), eval="an_eval", model="gpt")
    assert found.request == OUR_RESPONSES.canonical()
    assert parse_reply("responses", found.body, latency_s=0).text == "".join(WORDS)
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert DATA_URI[30:60].encode() not in written


def test_our_recording_serves_an_application_s_own_call(caller, tmp_path, make_body):
    entry = Entry(
        fingerprint=fingerprint(OURS.canonical()), case="cat", request=OURS.canonical(), body=make_body("a cat")
    )
    store = RecordingStore(tmp_path)
    store.append(entry, eval="an_eval", model="gpt")
    store.fold()
    assert caller.ask(caller.open()) == "a cat"


def test_an_application_s_recording_serves_our_own_asking(caller, tmp_path, network):
    caller.ask(caller.open(mode="missing", api_key="sk-canary", transport=network))
    found = RecordingStore(tmp_path).find(fingerprint(OURS.canonical()), eval="an_eval", model="gpt")
    assert json.loads(found.body)["choices"][0]["message"]["content"] == "".join(WORDS)
    assert found.request == OURS.canonical()


def test_a_miss_is_raised_as_itself_with_its_message(caller, network):
    """The client wraps what its own http library raises; this is not of it, so a fallback for outages hides nothing."""
    caller.ask(caller.open(mode="missing", api_key="sk-canary", transport=network))
    with pytest.raises(RecordingMissError, match="temperature 0 there and 1 here") as caught:
        caller.ask(caller.open(), temperature=1)
    assert not isinstance(caught.value, openai.OpenAIError)
    assert caught.value.differences == ("temperature 0 there and 1 here",)


def test_one_pixel_of_a_picture_is_a_miss_that_names_it(caller, network):
    caller.ask(caller.open(mode="missing", api_key="sk-canary", transport=network))
    changed = PICTURE | {"image_url": {"url": DATA_URI[:-4] + "AAAA", "detail": "low"}}
    messages = [QUESTION["messages"][0], {"role": "user", "content": [QUESTION["messages"][1]["content"][0], changed]}]
    with pytest.raises(RecordingMissError, match=r"picture 1 changed \(sha256 .{8}… there, .{8}… here\)"):
        caller.ask(caller.open(), messages=messages)


def test_errors_of_the_server_arrive_as_the_client_knows_them(caller, tmp_path):
    broken = httpx2.MockTransport(lambda _: httpx2.Response(400, json={"error": {"message": "no such model"}}))
    with pytest.raises(openai.BadRequestError, match="no such model"):
        caller.ask(caller.open(mode="missing", api_key="sk-canary", transport=broken))
    assert list(RecordingStore(tmp_path).entries()) == []


def test_the_key_is_written_nowhere(caller, tmp_path):
    def echo(request: httpx2.Request) -> httpx2.Response:
        choice = {"index": 0, "message": {"role": "assistant", "content": request.headers["authorization"]}}
        return httpx2.Response(200, json={"model": "m", "choices": [choice]})

    key = "a key of no known shape 0815"
    client = caller.open(mode="missing", api_key=key, transport=httpx2.MockTransport(echo))
    assert caller.ask(client) == f"Bearer {key}"
    caller.close()
    caller.clients.clear()
    caller._runner = asyncio.Runner()
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"[redacted]" in written
    assert b"0815" not in written
    assert DATA_URI[30:60].encode() not in written
    assert caller.ask(caller.open()) == "[redacted]"


def test_a_client_of_one_s_own_is_refused(caller):
    with pytest.raises(ConfigError, match="transport="):
        caller.open(http_client=httpx2.Client())


def test_replaying_does_not_retry_and_asking_does_as_ever(caller, network):
    assert caller.open().max_retries == 0
    assert caller.open(mode="missing", api_key="x", transport=network).max_retries == openai.DEFAULT_MAX_RETRIES
    assert caller.open(max_retries=7, api_key="mine").max_retries == 7


class Handler(BaseHTTPRequestHandler):
    """Streams three events, and each only when the reader has the one before."""

    protocol_version = "HTTP/1.1"
    received = threading.Semaphore(0)
    calls = 0

    def do_POST(self) -> None:
        type(self).calls += 1
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for data in [*(event(word) for word in WORDS), b"data: [DONE]\n\n", b""]:
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            self.wfile.flush()
            if data and b"[DONE]" not in data and not self.received.acquire(timeout=10):
                return

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Handler.calls = 0
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_real_stream_is_passed_on_as_it_comes(tmp_path, address):
    arguments = {"root": tmp_path, "base_url": address, "api_key": "sk-canary", "mode": "missing"}
    with recorded_client(**arguments) as client:
        for _ in range(2):
            words = []
            for chunk in client.chat.completions.create(stream=True, **QUESTION):
                words.append(chunk.choices[0].delta.content)
                Handler.received.release()
            assert words == WORDS
    assert Handler.calls == 1


@pytest.mark.asyncio
async def test_a_real_stream_is_passed_on_as_it_comes_asynchronously(tmp_path, address):
    arguments = {"root": tmp_path, "base_url": address, "api_key": "sk-canary", "mode": "missing"}
    async with recorded_async_client(**arguments) as client:
        for _ in range(2):
            words = []
            async for chunk in await client.chat.completions.create(stream=True, **QUESTION):
                words.append(chunk.choices[0].delta.content)
                Handler.received.release()
            assert words == WORDS
    assert Handler.calls == 1
    assert [path.name for path in tmp_path.rglob("*.jsonl*")] == ["gpt-x.jsonl"]
