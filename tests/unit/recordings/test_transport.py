"""Under a client: hits are replayed, whole answers are kept, everything else passes through untouched."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator, Callable, Iterator

import httpx2
import pytest

from snellen.errors import (
    ConfigError,
    RecordingDamagedError,
    RecordingMissError,
    SnellenError,
    StorageError,
)
from snellen.recordings.file import RecordingStore
from snellen.recordings.index import journal_of
from snellen.recordings.transport import AsyncRecordedTransport, RecordedTransport

URL = "https://api.example.org/v1/chat/completions"
QUESTION = {"model": "gpt-x", "messages": [{"role": "user", "content": "What is the total?"}]}
EVENT = b'data: {"model":"gpt-x-2026","choices":[{"index":0,"delta":{"content":"%s"}}]}\n\n'
ANSWER = b'{"model":"gpt-x-2026","choices":[{"index":0,"message":{"role":"assistant","content":"23.45"}}]}'
EVENTS = [EVENT % b"23", EVENT % b".45", b"data: [DONE]\n\n"]


class Server:
    """Counts what reaches it and answers as told."""

    def __init__(self, answer: Callable[[httpx2.Request], httpx2.Response]) -> None:
        self.requests: list[httpx2.Request] = []
        self._answer = answer

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        return self._answer(request)


@pytest.fixture
def server(make_body) -> Server:
    return Server(lambda _: httpx2.Response(200, headers={"x-request-id": "req_1"}, content=make_body()))


def client(store: RecordingStore, answer: Callable[[httpx2.Request], httpx2.Response], mode: str = "missing", **more):
    transport = RecordedTransport(store, mode=mode, transport=httpx2.MockTransport(answer), **more)
    return httpx2.Client(transport=transport)


def cut_off() -> Iterator[bytes]:
    yield b'{"model":"gpt-x-2026","cho'
    raise httpx2.ReadError("connection reset")


def recorded(store: RecordingStore) -> list[bytes]:
    return [stored.entry.body for stored in store.entries()]


def test_a_miss_is_asked_and_kept_and_then_replayed(store, server, make_body):
    http = client(store, server)
    first = http.post(URL, json=QUESTION)
    again = http.post(URL, json=QUESTION)
    assert len(server.requests) == 1
    assert first.content == again.content == make_body()
    (stored,) = store.entries()
    assert "x-snellen-recorded" not in first.headers
    assert dict(again.headers) == {
        "content-type": "application/json",
        "content-length": str(len(make_body())),
        "x-snellen-recorded": stored.entry.recorded_at,
        "x-request-id": "req_1",
    }
    assert again.elapsed.total_seconds() >= 0
    assert (stored.entry.served_model, stored.entry.request_id, stored.entry.case) == ("gpt-x-2026", "req_1", "")
    assert stored.file.relative_to(store.root).as_posix() == "app/gpt-x.jsonl.journal"


def test_it_is_on_disk_before_the_client_has_it(store, make_body):
    seen: list[int] = []
    http = client(store, lambda _: httpx2.Response(200, content=make_body()))
    http.event_hooks = {"response": [lambda response: (response.read(), seen.append(len(recorded(store))))]}
    http.post(URL, json=QUESTION)
    assert seen == [1]


def test_closing_folds_what_was_recorded(store, server):
    with client(store, server) as http:
        http.post(URL, json=QUESTION)
    assert [path.name for path in (store.root / "app").iterdir()] == ["gpt-x.jsonl"]


def test_recorded_opens_nothing_and_writes_nothing(store, server):
    client(store, server).post(URL, json=QUESTION)
    store.fold()
    before = store.file(eval="app", model="gpt-x").stat()
    with httpx2.Client(transport=RecordedTransport(RecordingStore(store.root))) as http:
        assert http.post(URL, json=QUESTION).status_code == 200
        with pytest.raises(RecordingMissError) as caught:
            http.post(URL, json=QUESTION | {"temperature": 0.2})
    (stored,) = store.entries()
    assert str(caught.value).splitlines()[1:] == [
        f"Nearest entry: recorded {stored.entry.recorded_at}, same prompt, temperature 0.2 only here.",
        "Record it: run this once with recorded_client('app', mode='missing')",
    ]
    assert len(server.requests) == 1
    assert store.file(eval="app", model="gpt-x").stat() == before


def test_refresh_asks_and_overwrites(store, make_body):
    texts = iter(["first", "second"])
    server = Server(lambda _: httpx2.Response(200, content=make_body(next(texts))))
    http = client(store, server, "refresh")
    for _ in range(2):
        http.post(URL, json=QUESTION)
    assert recorded(store) == [make_body("second")]


def test_live_asks_and_keeps_nothing(store, server):
    with client(store, server, "live") as http:
        http.post(URL, json=QUESTION)
        http.post(URL, json=QUESTION)
    assert len(server.requests) == 2
    assert not store.root.exists()


def test_what_another_process_recorded_meanwhile_is_not_asked_again(store, server):
    http = client(store, server)
    for _ in range(2):
        http.post(URL, json=QUESTION | {"seed": 1})
    client(RecordingStore(store.root), server).post(URL, json=QUESTION)
    http.post(URL, json=QUESTION)
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda: httpx2.Response(400, json={"error": {"message": "bad"}}), id="400"),
        pytest.param(lambda: httpx2.Response(429, headers={"retry-after": "1"}), id="429"),
        pytest.param(lambda: httpx2.Response(500, text="oops"), id="500"),
        pytest.param(lambda: httpx2.Response(500, content=ANSWER), id="an answer with status 500"),
        pytest.param(lambda: httpx2.Response(307, headers={"location": URL}), id="redirect"),
        pytest.param(lambda: httpx2.Response(200, html="<html></html>"), id="HTML 200"),
        pytest.param(lambda: httpx2.Response(200, json={"error": {"message": "x"}}), id="error 200"),
        pytest.param(lambda: httpx2.Response(200, json={"model": "m", "choices": []}), id="no choices"),
        pytest.param(lambda: httpx2.Response(200, content=b""), id="empty"),
        pytest.param(lambda: httpx2.Response(200, content=b'\xff{"choices":[{"message":{}}]}'), id="not UTF-8"),
    ],
)
@pytest.mark.parametrize("mode", ["missing", "refresh"])
def test_failures_pass_through_and_are_never_recorded(store, answer, mode):
    plain = httpx2.Client(transport=httpx2.MockTransport(lambda _: answer())).post(URL, json=QUESTION)
    seen = client(store, lambda _: answer(), mode).post(URL, json=QUESTION)
    assert (seen.status_code, seen.content, seen.headers) == (plain.status_code, plain.content, plain.headers)
    assert recorded(store) == []


def test_an_answer_cut_off_on_the_way_is_never_recorded(store):
    http = client(store, lambda _: httpx2.Response(200, content=cut_off()))
    with pytest.raises(httpx2.ReadError):
        http.post(URL, json=QUESTION)
    assert recorded(store) == []


def test_a_compressed_answer_is_kept_readable(store, make_body):
    packed = gzip.compress(make_body())
    http = client(store, lambda _: httpx2.Response(200, headers={"content-encoding": "gzip"}, content=packed))
    assert http.post(URL, json=QUESTION).content == make_body()
    assert http.post(URL, json=QUESTION).content == make_body()
    assert recorded(store) == [make_body()]


def test_an_answer_too_large_to_keep_passes_through(store, make_body, monkeypatch):
    monkeypatch.setattr("snellen.recordings.transport._MAX_RECORDED_BYTES", 1_000)
    body = [make_body(), b" " * 1_000]
    http = client(store, lambda _: httpx2.Response(200, content=iter(body)))
    assert http.post(URL, json=QUESTION).content == b"".join(body)
    assert recorded(store) == []


OTHERS = [
    pytest.param("GET", "/v1/models", b"", id="a list of models"),
    pytest.param("GET", "/v1/chat/completions", b"", id="stored completions"),
    pytest.param("POST", "/v1/embeddings", b'{"model":"e","input":"x"}', id="embeddings"),
    pytest.param("POST", "/v1/responses/input_tokens", b'{"model":"e","input":"x"}', id="counting"),
    pytest.param("GET", "/v1/responses", b"", id="stored responses"),
    pytest.param("POST", "/v1/responses", b'{"model":"m"}', id="a body without input"),
    pytest.param("POST", "/v1/chat/completions", b"{", id="a body that is no JSON"),
    pytest.param("POST", "/v1/chat/completions", b'{"model":"m"}', id="a body without messages"),
]


@pytest.mark.parametrize(("method", "path", "body"), OTHERS)
@pytest.mark.parametrize("mode", ["missing", "refresh", "live"])
def test_other_requests_go_through_untouched(store, server, make_body, mode, method, path, body):
    response = client(store, server, mode).request(method, f"https://api.example.org{path}", content=body)
    assert response.content == make_body()
    (request,) = server.requests
    assert (request.method, request.url.path, request.content) == (method, path, body)
    assert recorded(store) == []


@pytest.mark.parametrize(("method", "path", "body"), OTHERS)
def test_other_requests_are_refused_when_only_replaying(store, server, method, path, body):
    url = f"https://user:pass@api.example.org{path}?key=secret"
    with pytest.raises(RecordingMissError) as caught:
        client(store, server, "recorded").request(method, url, content=body)
    assert str(caught.value).startswith(f"{method} https://api.example.org{path} was not sent: ")
    assert str(caught.value).endswith("\nCall recorded_client('app', mode='missing') to send it.")
    assert server.requests == []


class Upload(httpx2.BaseTransport):
    """Looks at what was read of a request before it is sent."""

    def __init__(self, taken: list[bytes]) -> None:
        self._taken = taken

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        assert self._taken == []
        return httpx2.Response(200, content=b"".join(request.stream))


def test_an_upload_is_not_read_into_memory_on_its_way(store):
    taken: list[bytes] = []

    def parts() -> Iterator[bytes]:
        for part in (b"a", b"b"):
            taken.append(part)
            yield part

    http = httpx2.Client(transport=RecordedTransport(store, mode="missing", transport=Upload(taken)))
    assert http.post("https://api.example.org/v1/files", content=parts()).content == b"ab"


def test_an_answer_that_cannot_be_written_stops_further_paid_calls(store, server, monkeypatch):
    def no_space(*_: object) -> None:
        raise OSError(28, "No space left on device")

    http = client(store, server)
    monkeypatch.setattr("os.fsync", no_space)
    for _ in range(3):
        with pytest.raises(StorageError, match="No space left on device"):
            http.post(URL, json=QUESTION)
    assert len(server.requests) == 1


def test_a_place_that_cannot_be_written_is_noticed_before_anything_is_paid(store, server, monkeypatch):
    store.root.mkdir(parents=True)
    store.root.rmdir()
    store.root.write_text("a file where a folder should be")
    with pytest.raises(SnellenError, match=r"cannot (read|write) .*Not a directory"):
        client(store, server).post(URL, json=QUESTION)
    store.root.unlink()
    monkeypatch.setattr("snellen.recordings.file.locked", read_only)
    with pytest.raises(StorageError, match="read-only"):
        client(store, server).post(URL, json=QUESTION)
    assert server.requests == []


def read_only(*_: object) -> None:
    raise StorageError("read-only")


def test_a_damaged_recording_costs_nothing(store, server):
    file = store.file(eval="app", model="gpt-x")
    file.parent.mkdir(parents=True)
    file.write_bytes(b"oops\n")
    with pytest.raises(RecordingDamagedError):
        client(store, server).post(URL, json=QUESTION)
    assert server.requests == []


def test_what_the_call_authenticates_itself_with_is_not_written(store):
    def echo(request: httpx2.Request) -> httpx2.Response:
        said = json.dumps({**dict(request.headers), "url": str(request.url)})
        body = {"model": "m", "choices": [{"index": 0, "message": {"role": "assistant", "content": said}}]}
        return httpx2.Response(200, headers={"set-cookie": "canary5-cookie"}, json=body)

    headers = {
        "Authorization": "Bearer canary1-bearer-token",
        "api-key": "canary2-azure",
        "Cookie": "id=canary3-cookie",
        "X-Team": "canary4-0123456789",
    }
    with client(store, echo) as http:
        plain = http.post(f"{URL}?key=canary6-query", json=QUESTION | {"user": "canary1-bearer-token"}, headers=headers)
        basic = http.post(URL.replace("://", "://canary7user:canary8pass@"), json=QUESTION | {"user": "canary8pass"})
    assert [plain.text.count("canary"), basic.text.count("canary")] == [5, 2]
    written = b"".join(path.read_bytes() for path in store.root.rglob("*") if path.is_file())
    assert b"[redacted]" in written
    assert b"canary" not in written


def test_an_unknown_mode_is_refused(store):
    with pytest.raises(ConfigError, match="responses mode 'replay' is none of recorded, missing, refresh, live"):
        RecordedTransport(store, mode="replay")


def test_a_stream_reaches_its_reader_chunk_by_chunk_and_then_the_disk(store):
    given: list[bytes] = []

    def events() -> Iterator[bytes]:
        for event in EVENTS:
            given.append(event)
            yield event

    http = client(
        store, lambda _: httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=events())
    )
    with http.stream("POST", URL, json=QUESTION | {"stream": True}) as response:
        for number, chunk in enumerate(response.iter_raw(), 1):
            assert chunk == EVENTS[number - 1]
            assert len(given) == number
            assert recorded(store) == []
    assert recorded(store) == [b"".join(EVENTS)]
    with http.stream("POST", URL, json=QUESTION | {"stream": True}) as response:
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert b"".join(response.iter_bytes()) == b"".join(EVENTS)
    assert given == EVENTS


@pytest.mark.parametrize(("read", "is_kept"), [(1, False), (2, False), (3, True)], ids=["1 event", "2 events", "all"])
def test_a_stream_is_kept_when_it_was_read_to_its_end_mark(store, read, is_kept):
    """Clients close after [DONE] without reading on; who closes before it has aborted."""
    http = client(store, lambda _: httpx2.Response(200, content=iter([*EVENTS, b"\n"])))
    with http.stream("POST", URL, json=QUESTION | {"stream": True}) as response:
        chunks = response.iter_raw()
        for _ in range(read):
            next(chunks)
    assert recorded(store) == ([b"".join(EVENTS)] if is_kept else [])


def test_a_second_reader_goes_on_where_the_first_stopped(store):
    """The asynchronous OpenAI client drains what follows [DONE] with a reader of its own."""
    http = client(store, lambda _: httpx2.Response(200, content=b"".join(EVENTS)))
    with http.stream("POST", URL, json=QUESTION | {"stream": True}) as response:
        first = next(iter(response.stream))
        assert first == b"".join(EVENTS)
        assert list(response.stream) == []
    assert recorded(store) == [b"".join(EVENTS)]


async def async_events() -> AsyncIterator[bytes]:
    for event in EVENTS:
        yield event


@pytest.mark.asyncio
@pytest.mark.parametrize(("read", "is_kept"), [(1, False), (3, True)], ids=["aborted", "whole"])
async def test_an_asynchronous_stream_is_kept_when_it_was_read_to_its_end_mark(store, read, is_kept):
    answer = httpx2.MockTransport(lambda _: httpx2.Response(200, content=async_events()))
    async with httpx2.AsyncClient(transport=AsyncRecordedTransport(store, mode="missing", transport=answer)) as http:
        async with http.stream("POST", URL, json=QUESTION | {"stream": True}) as response:
            chunks = response.aiter_raw()
            assert [await anext(chunks) for _ in range(read)] == EVENTS[:read]
        assert recorded(store) == ([b"".join(EVENTS)] if is_kept else [])
    assert list(store.root.rglob("*.journal")) == []


@pytest.mark.asyncio
async def test_asynchronous_failures_and_others_pass_through(store, make_body):
    answers = iter([httpx2.Response(500), httpx2.Response(200, content=make_body()), httpx2.Response(200, json=[])])
    door = AsyncRecordedTransport(store, mode="missing", transport=httpx2.MockTransport(lambda _: next(answers)))
    async with httpx2.AsyncClient(transport=door) as http:
        assert (await http.post(URL, json=QUESTION)).status_code == 500
        assert (await http.get("https://api.example.org/v1/models")).content == make_body()
        assert (await http.post(URL, json=QUESTION)).json() == []
    assert recorded(store) == []


def test_a_journal_left_by_a_killed_application_is_replayed(store, server):
    client(store, server).post(URL, json=QUESTION)
    file = store.file(eval="app", model="gpt-x")
    assert journal_of(file).exists()
    with client(RecordingStore(store.root), server, "recorded") as http:
        assert http.post(URL, json=QUESTION).status_code == 200
    assert len(server.requests) == 1
