"""A model asked over the wire: what is sent, what comes back, and what is made of everything that goes wrong."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gzip
import json
import random
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import httpx
import httpx2
import pytest
import respx

from snellen.errors import ConfigError, ModelError
from snellen.models.chat import parse_chat
from snellen.models.client import ModelClient
from snellen.models.limits import Limiter
from snellen.models.retry import UnansweredError
from snellen.models.spec import ModelSpec
from snellen.testing import FakeEndpoint, FakeReply, chat_reply
from snellen.trial import Attempt

KEY = "sk-proj-canary/0123456789+abc"
ENVIRON = {"OPENAI_API_KEY": KEY}
BASE_URL = "http://model.test/v1"
ASKED_AT = f"{BASE_URL}/chat/completions"
BODY = b'{"model":"gpt-5.1","messages":[]}'

pytestmark = pytest.mark.asyncio


class Waits(list[float]):
    """Stands for asyncio.sleep: takes no time and keeps what was waited."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


class NoJitter(random.Random):
    def random(self) -> float:
        return 0.0


@asynccontextmanager
async def client_of(
    base_url: str | None = BASE_URL,
    *,
    waits: Waits | None = None,
    transport: httpx2.AsyncBaseTransport | None = None,
    limiter: Limiter | None = None,
    **settings: Any,
) -> AsyncIterator[ModelClient]:
    spec = ModelSpec(**{"key": "gpt", "name": "gpt-5.1", "base_url": base_url, **settings})
    waits = Waits() if waits is None else waits
    client = ModelClient(spec, environ=ENVIRON, transport=transport, limiter=limiter, sleep=waits, rng=NoJitter())
    try:
        yield client
    finally:
        await client.aclose()


async def error_of(base_url: str = BASE_URL, **settings: Any) -> UnansweredError:
    async with client_of(base_url, **settings) as client:
        with pytest.raises(UnansweredError) as caught:
            await client.ask(BODY)
    return caught.value


# What is sent, and a reply.


async def test_the_bytes_go_out_as_they_are_with_key_and_type(httpx2_mock: respx.Router) -> None:
    route = httpx2_mock.post(ASKED_AT).respond(200, json=chat_reply("ok"))
    async with client_of() as client:
        await client.ask(BODY)
    request = route.calls.last.request
    assert request.content == BODY
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["content-type"] == "application/json"


async def test_a_reply_comes_back_unread_with_its_facts(httpx2_mock: respx.Router) -> None:
    sent = json.dumps(chat_reply("두 마리"), ensure_ascii=False).encode()
    httpx2_mock.post(ASKED_AT).respond(200, content=sent, headers={"x-request-id": "req_7"})
    async with client_of() as client:
        asked = await client.ask(BODY)
    assert (asked.body, asked.request_id, asked.attempts) == (sent, "req_7", (Attempt(status=200),))
    assert 0 < asked.latency_s < 60
    assert parse_chat(asked.body, latency_s=asked.latency_s).text == "두 마리"


async def test_headers_from_the_environment_are_sent(httpx2_mock: respx.Router) -> None:
    route = httpx2_mock.post(ASKED_AT).respond(200, json=chat_reply("ok"))
    spec = ModelSpec(key="gw", name="m", base_url=BASE_URL, headers_env={"X-Team": "TEAM_TOKEN"})
    client = ModelClient(spec, environ={**ENVIRON, "TEAM_TOKEN": "team-7\n"})
    await client.ask(BODY)
    await client.aclose()
    assert route.calls.last.request.headers["x-team"] == "team-7"


async def test_a_query_in_the_address_stays_behind_the_path() -> None:
    """Azure's older endpoints want ?api-version=..., and openai's client alone would write the path behind it."""
    with FakeEndpoint() as endpoint:
        async with client_of(f"{endpoint.base_url}?api-version=2024-10-21&key=a%2Bb") as client:
            await client.ask(BODY)
    assert endpoint.requests[0].path == "/v1/chat/completions?api-version=2024-10-21&key=a%2Bb"


async def test_a_local_server_gets_no_key_of_ours(httpx2_mock: respx.Router, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings come from the mapping they are read into, not from the process's environment behind its back."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    route = httpx2_mock.post(ASKED_AT).respond(200, json=chat_reply("ok"))
    client = ModelClient(ModelSpec(key="local", name="llava", base_url=BASE_URL), environ={})
    await client.ask(BODY)
    await client.aclose()
    assert KEY not in str(route.calls.last.request.headers.raw)


async def test_openais_own_address_is_the_default(httpx2_mock: respx.Router, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://elsewhere.test/v1")
    route = httpx2_mock.post("https://api.openai.com/v1/chat/completions").respond(200, json=chat_reply("ok"))
    async with client_of(None) as client:
        await client.ask(BODY)
    assert route.call_count == 1


async def test_without_a_key_nothing_is_sent(httpx2_mock: respx.Router) -> None:
    client = ModelClient(ModelSpec(key="gpt", name="gpt-5.1"), environ={})
    with pytest.raises(ConfigError, match="OPENAI_API_KEY is not set"):
        await client.ask(BODY)
    assert len(httpx2_mock.calls) == 0


async def test_fifty_at_once_share_one_client() -> None:
    def answer(request: Any) -> str:
        return str(request.json["n"])

    with FakeEndpoint(answer=answer) as endpoint:
        async with client_of(endpoint.base_url) as client:
            asked = await asyncio.gather(*(client.ask(json.dumps({"n": n}).encode()) for n in range(50)))
    assert [parse_chat(one.body, latency_s=0).text for one in asked] == [str(n) for n in range(50)]
    assert len(endpoint.requests) == 50


async def test_a_closed_client_connects_anew() -> None:
    with FakeEndpoint("one", "two") as endpoint:
        async with client_of(endpoint.base_url) as client:
            await client.ask(BODY)
            await client.aclose()
            assert parse_chat((await client.ask(BODY)).body, latency_s=0).text == "two"


# Errors a server answers with.


@pytest.mark.parametrize(
    ("status", "error", "kind", "fatal", "says"),
    [
        (400, {"message": "Bad thing.", "code": "bad"}, "bad_input", False, "HTTP 400 (Bad Request): Bad thing."),
        (
            400,
            {"message": "Unsupported parameter: 'max_tokens' is not supported with this model.", "param": "max_tokens"},
            "bad_input",
            False,
            "Write max_completion_tokens instead of max_tokens in params of [tool.snellen.models.gpt], or of the eval.",
        ),
        (
            400,
            {"message": "Unrecognized request argument supplied: `max_completion_tokens`"},
            "bad_input",
            False,
            "This server knows max_tokens: write params = { as_written = true, max_tokens = ... }",
        ),
        (
            400,
            {
                "message": "Unsupported value: 'temperature' does not support 0.2 with this model. "
                "Only the default (1) value is supported.",
                "type": "invalid_request_error",
                "param": "temperature",
                "code": "unsupported_value",
            },
            "bad_input",
            False,
            "This model takes temperature at its default alone: remove temperature from params of "
            "[tool.snellen.models.gpt] and of the eval.",
        ),
        (
            400,
            {
                "message": "Unsupported parameter: 'max_tokens' is not supported with this model. "
                "Use 'max_completion_tokens' instead.",
                "type": "invalid_request_error",
                "param": "max_tokens",
                "code": "unsupported_parameter",
            },
            "bad_input",
            False,
            "Write max_completion_tokens instead of max_tokens in params of [tool.snellen.models.gpt], or of the eval.",
        ),
        (400, {"message": "Invalid image.", "code": "invalid_image"}, "bad_input", False, "Invalid image."),
        (
            400,
            {"message": "'temperature' does not support 0 with this model.", "code": "unsupported_value"},
            "bad_input",
            False,
            "remove temperature from params of [tool.snellen.models.gpt] and of the eval, or give it another value.",
        ),
        (400, {"message": "x", "code": "content_filter"}, "bad_input", False, "The provider's filter refused"),
        (
            400,
            {"message": "image_url only supports base64 encoded image data", "code": 6004},
            "bad_input",
            False,
            "images = { inline_urls = true } in [tool.snellen.models.gpt]",
        ),
        (
            400,
            {"message": "At most 1 image(s) may be provided in one request.", "code": 400},
            "bad_input",
            False,
            "for vLLM raise --limit-mm-per-prompt",
        ),
        (
            400,
            {"message": "This model's maximum context length is 8192 tokens.", "code": "context_length_exceeded"},
            "bad_input",
            False,
            "Send smaller pictures: images = { max_side_px = 1024 } in [tool.snellen.models.gpt].",
        ),
        (401, {"message": "Wrong key", "code": "invalid_api_key"}, "auth", True, "Check that OPENAI_API_KEY is set"),
        (402, {"message": "Insufficient Balance"}, "rate_limited", True, "Add credit, then run again."),
        (403, {"message": "Country not supported"}, "auth", True, "Check that OPENAI_API_KEY is set"),
        (403, {"message": "Your input was flagged"}, "bad_input", False, "The provider's filter refused"),
        (
            404,
            {"message": "The model `gpt-5.1` does not exist", "code": "model_not_found"},
            "bad_input",
            True,
            "Check the model's name, 'gpt-5.1', and base_url, which ends before /chat/completions.",
        ),
        (404, "404 page not found", "bad_input", False, "404 page not found"),
        (413, {"message": "Request too large"}, "bad_input", False, "Send smaller pictures"),
        (415, {}, "bad_input", False, "answered HTTP 415 (Unsupported Media Type)"),
        (422, {"message": "Unprocessable"}, "bad_input", False, "Unprocessable"),
        (
            429,
            {"message": "You exceeded your current quota", "type": "insufficient_quota", "code": "insufficient_quota"},
            "rate_limited",
            True,
            "There is no credit left, so nothing more is asked of this model in this run.",
        ),
        (429, {"message": "image usage 48,000 patches is over the limit"}, "bad_input", False, "Send smaller pictures"),
        (429, {"message": "Request too large for gpt-5.1: tokens a min"}, "bad_input", False, "Send smaller pictures"),
    ],
    ids=[
        "400", "max_tokens", "max_completion_tokens", "temperature-default-only", "max_tokens-in-full", "invalid-image",
        "temperature", "content-filter", "inline-only", "one-image",
        "context", "401", "402", "403", "403-flagged", "404-model", "404-path", "413", "415", "422",
        "insufficient-quota", "429-patches", "429-larger-than-a-minute",
    ],
)  # fmt: skip
async def test_what_would_fail_again_is_asked_once_and_says_what_to_do(
    httpx2_mock: respx.Router, status: int, error: object, kind: str, *, fatal: bool, says: str
) -> None:
    body: dict[str, Any] = {"content": error} if isinstance(error, str) else {"json": {"error": error}}
    route = httpx2_mock.post(ASKED_AT).respond(status, **body)
    raised = await error_of()
    assert (raised.kind, raised.status, raised.retryable, raised.fatal) == (kind, status, False, fatal)
    assert str(raised).startswith(f"gpt-5.1 at model.test answered HTTP {status} (")
    assert says in str(raised)
    assert raised.attempts == (Attempt(status=status, kind=raised.kind),)
    assert route.call_count == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [(408, "timeout"), (409, "server_error"), (429, "rate_limited"), (500, "server_error"), (529, "server_error")],
)
async def test_what_passes_is_asked_again_up_to_the_limit(httpx2_mock: respx.Router, status: int, kind: str) -> None:
    route = httpx2_mock.post(ASKED_AT).respond(status, json={"error": {"message": "busy"}})
    waits = Waits()
    raised = await error_of(waits=waits)
    assert (raised.kind, raised.status, raised.retryable, raised.fatal) == (kind, status, True, False)
    assert str(raised).endswith("It was asked 4 times.")
    assert (route.call_count, waits) == (4, [0.5, 1.0, 2.0])


async def test_an_answer_after_failures_is_the_answer(httpx2_mock: respx.Router) -> None:
    httpx2_mock.post(ASKED_AT).mock(
        side_effect=[
            httpx.Response(500),
            httpx.Response(503, html="<h1>Service Unavailable</h1>"),
            httpx.Response(200, json=chat_reply("at last")),
        ]
    )
    async with client_of() as client:
        asked = await client.ask(BODY)
    assert parse_chat(asked.body, latency_s=0).text == "at last"
    assert asked.attempts == (
        Attempt(status=500, kind="server_error", wait_s=0.5),
        Attempt(status=503, kind="server_error", wait_s=1.0),
        Attempt(status=200),
    )


async def test_a_web_page_is_told_in_its_words_without_its_tags(httpx2_mock: respx.Router) -> None:
    page = "<html><style>p { color: red }</style><h1>Service</h1>\n<p>Unavailable</p></html>"
    httpx2_mock.post(ASKED_AT).respond(503, html=page)
    raised = await error_of(retries=0)
    assert str(raised) == "gpt-5.1 at model.test answered HTTP 503 (Service Unavailable): Service Unavailable"
    assert raised.body == page


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"retry-after": "2"}, 2.5),
        ({"retry-after-ms": "250"}, 0.75),
        ({"retry-after": "Sun, 22 Nov 2026 17:05:30 GMT"}, 30.5),
        ({"retry-after": "soon"}, 0.5),
        ({"retry-after": "-5"}, 0.5),
        ({}, 0.5),
    ],
    ids=["seconds", "milliseconds", "date", "garbage", "negative", "none"],
)
async def test_retry_after_is_waited_for(
    httpx2_mock: respx.Router, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str], wait_s: float
) -> None:
    monkeypatch.setattr("snellen.models.failures.iso_now", lambda: "2026-11-22T17:05:00Z")
    httpx2_mock.post(ASKED_AT).mock(
        side_effect=[httpx.Response(429, headers=headers), httpx.Response(200, json=chat_reply("ok"))]
    )
    waits = Waits()
    async with client_of(waits=waits) as client:
        asked = await client.ask(BODY)
    assert asked.attempts == (Attempt(status=429, kind="rate_limited", wait_s=wait_s), Attempt(status=200))
    assert waits == [wait_s]


async def test_a_retry_after_over_the_cap_is_not_waited_for(httpx2_mock: respx.Router) -> None:
    route = httpx2_mock.post(ASKED_AT).respond(429, headers={"retry-after": "120"})
    raised = await error_of()
    assert (raised.retry_after_s, route.call_count) == (120.0, 1)
    assert "The server wants 120 s to pass first; max_retry_after_s is 60, so it was not waited for." in str(raised)


async def test_a_server_that_says_not_to_ask_again_is_not_asked_again(httpx2_mock: respx.Router) -> None:
    route = httpx2_mock.post(ASKED_AT).respond(500, headers={"x-should-retry": "false"})
    await error_of()
    assert route.call_count == 1


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"error":{"message":"plain"}}', "plain"),
        (b'{"error":"model is loading"}', "model is loading"),
        (b'[{"error":{"message":"in a list","code":400}}]', "in a list"),
        (b'{"detail":"Not authenticated"}', "Not authenticated"),
        (b'{"detail":[{"loc":["body"],"msg":"field required"}]}', '[{"loc": ["body"], "msg": "field required"}]'),
        (
            b'{"error":{"message":"Provider returned error","metadata":{"raw":"too many cats"}}}',
            "error (too many cats)",
        ),
        (b'{"error":{"message":"\\u001b[2Jevil\\nline"}}', r"\x1b[2Jevil line"),
        (b'{"message":"\\ud800"}', r"\ud800"),
        (b"not json at all", "not json at all"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b"", ""),
    ],
    ids=[
        "openai",
        "ollama",
        "gemini",
        "fastapi",
        "fastapi-422",
        "openrouter",
        "control",
        "surrogate",
        "text",
        "bytes",
        "empty",
    ],
)
async def test_a_server_is_quoted_whatever_form_its_error_has(
    httpx2_mock: respx.Router, body: bytes, words: str
) -> None:
    httpx2_mock.post(ASKED_AT).respond(422, content=body)
    found = "gpt-5.1 at model.test answered HTTP 422 (Unprocessable Entity)" + (": " if words else "")
    first = str(await error_of()).splitlines()[0].replace("Unprocessable Content", "Unprocessable Entity")
    assert first.startswith(found)
    assert first.endswith(words)


async def test_a_long_error_is_shortened_for_people_and_kept_for_the_log(httpx2_mock: respx.Router) -> None:
    httpx2_mock.post(ASKED_AT).respond(400, json={"error": {"message": "x" * 5000}})
    raised = await error_of()
    assert len(str(raised)) < 400
    assert len(raised.body) == 2000


# Room, and what an attempt is announced to.


async def test_each_attempt_is_announced_once_it_has_room_and_before_it_goes_out(httpx2_mock: respx.Router) -> None:
    route = httpx2_mock.post(ASKED_AT).mock(
        side_effect=[httpx.Response(500), httpx.Response(429), httpx.Response(200, json=chat_reply("ok"))]
    )
    limiter, seen = Limiter(4), []
    async with client_of(limiter=limiter) as client:
        await client.ask(BODY, before_send=lambda number: seen.append((number, route.call_count, limiter.in_flight)))
    assert seen == [(1, 0, 1), (2, 1, 1), (3, 2, 1)]
    assert limiter.in_flight == 0


@pytest.mark.parametrize("refused", [1, 2])
async def test_what_forbids_an_attempt_ends_the_asking_and_what_was_tried_is_told(refused: int) -> None:
    sent = 0
    spent = ModelError("the budget is spent", kind="not_asked", retryable=True)

    def fail(request: httpx2.Request) -> httpx2.Response:
        nonlocal sent
        sent += 1
        return httpx2.Response(500)

    def forbid(number: int) -> None:
        if number == refused:
            raise spent

    limiter = Limiter(4)
    async with client_of(transport=httpx2.MockTransport(fail), limiter=limiter) as client:
        with pytest.raises(ModelError) as caught:
            await client.ask(BODY, before_send=forbid)
    if refused == 1:
        assert caught.value is spent
    else:
        assert isinstance(caught.value, UnansweredError)
        assert (caught.value.kind, [attempt.status for attempt in caught.value.attempts]) == ("server_error", [500])
        assert "It was not asked again: the budget is spent" in str(caught.value)
    assert (sent, limiter.in_flight) == (refused - 1, 0)


async def test_a_wait_between_attempts_holds_no_room(httpx2_mock: respx.Router) -> None:
    httpx2_mock.post(ASKED_AT).mock(side_effect=[httpx.Response(500), httpx.Response(200, json=chat_reply("ok"))])
    limiter, held = Limiter(1), []

    class Watched(Waits):
        async def __call__(self, seconds: float) -> None:
            held.append(limiter.in_flight)

    async with client_of(limiter=limiter, waits=Watched()) as client:
        await client.ask(BODY)
    assert held == [0]


class Heard(Limiter):
    """Keeps what it is told."""

    def __init__(self) -> None:
        super().__init__(4)
        self.told: list[object] = []

    def succeeded(self, headers: Any = None, **more: Any) -> None:
        self.told.append(("succeeded", headers.get("x-ratelimit-remaining-requests")))

    def limited(self, retry_after_s: float | None, headers: Any = None, **more: Any) -> None:
        self.told.append(("limited", retry_after_s, headers.get("x-ratelimit-remaining-requests")))

    def failed(self) -> None:
        self.told.append("failed")


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (httpx.Response(200, headers={"x-ratelimit-remaining-requests": "7"}), [("succeeded", "7")]),
        (
            httpx.Response(429, headers={"retry-after": "2", "x-ratelimit-remaining-requests": "0"}),
            [("limited", 2.0, "0")],
        ),
        (httpx.Response(503), ["failed"]),
        (httpx2.ReadTimeout("slow"), ["failed"]),
        (httpx2.ConnectError("refused"), ["failed"]),
        (httpx.Response(400), []),
        (httpx.Response(429, json={"error": {"message": "no money", "code": "insufficient_quota"}}), []),
    ],
    ids=["200", "429", "503", "timeout", "refused", "400", "quota"],
)
async def test_the_limiter_is_told_how_each_attempt_ended(
    httpx2_mock: respx.Router, reply: httpx.Response | Exception, told: list[object]
) -> None:
    httpx2_mock.post(ASKED_AT).mock(side_effect=[reply])
    limiter = Heard()
    async with client_of(limiter=limiter, retries=0) as client:
        with contextlib.suppress(UnansweredError):
            await client.ask(BODY)
    assert limiter.told == told


@pytest.mark.parametrize("where", ["in-line", "in-flight", "between-attempts"])
async def test_a_cancelled_asking_gives_its_room_back(where: str) -> None:
    arrived = asyncio.Event()

    async def handle(request: httpx2.Request) -> httpx2.Response:
        if where == "between-attempts":
            return httpx2.Response(500)
        arrived.set()
        await asyncio.Event().wait()
        raise AssertionError

    class Endless(Waits):
        async def __call__(self, seconds: float) -> None:
            arrived.set()
            await asyncio.Event().wait()

    limiter = Limiter(1)
    async with client_of(transport=httpx2.MockTransport(handle), limiter=limiter, waits=Endless()) as client:
        asking = [asyncio.create_task(client.ask(BODY)) for _ in range(2 if where == "in-line" else 1)]
        await arrived.wait()
        for task in reversed(asking):
            task.cancel()
        outcomes = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [asyncio.CancelledError] * len(asking)
    async with asyncio.timeout(5), limiter.slot():
        assert limiter.in_flight == 1


async def test_an_attempt_is_cut_to_what_is_left_of_the_trials_time() -> None:
    with FakeEndpoint(FakeReply(delay_s=60)) as endpoint:
        raised = await error_of(endpoint.base_url, timeout_s=30, trial_timeout_s=0.1)
    assert str(raised).splitlines() == [
        f"gpt-5.1 at {endpoint.base_url.split('/')[2]} did not finish its reply within 0.1 s",
        "  The server may have charged for it. For a slow model, raise trial_timeout_s, of which no more was left, "
        "in [tool.snellen.models.gpt].",
        "  The time of this trial is up: trial_timeout_s is 0.1, and waiting 0.5 s to ask again would pass it. "
        "Raise trial_timeout_s to wait longer.",
    ]
    assert raised.attempts == (Attempt(status=None, kind="timeout", may_be_billed=True),)


@pytest.mark.parametrize(
    ("fault", "is_marked"),
    [
        (httpx2.ReadError("reset"), True),
        (httpx2.RemoteProtocolError("closed"), True),
        (httpx2.ReadTimeout("slow"), True),
        (httpx2.WriteError("reset"), False),
        (httpx2.WriteTimeout("slow"), False),
        (httpx2.ConnectError("refused"), False),
        (httpx2.ConnectTimeout("slow"), False),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
async def test_an_attempt_says_whether_it_may_be_billed(fault: Exception, *, is_marked: bool) -> None:
    raised = await error_of(transport=raising(fault), retries=0)
    assert [attempt.may_be_billed for attempt in raised.attempts] == [is_marked]
    assert ("may have charged" in str(raised)) is is_marked


async def test_a_real_server_that_refuses_is_asked_more_slowly_until_all_is_answered() -> None:
    """Every third request is refused."""
    count = 0

    def answer(request: Any) -> FakeReply:
        nonlocal count
        count += 1
        if count % 3 == 0:
            return FakeReply(status=429, headers={"retry-after": "0"}, body={"error": {"message": "slow down"}})
        return FakeReply(body=chat_reply("ok"), delay_s=0.005)

    limiter = Limiter(16)
    with FakeEndpoint(answer=answer) as endpoint:
        async with client_of(endpoint.base_url, limiter=limiter, retries=50) as client:
            asked = await asyncio.gather(*(client.ask(BODY) for _ in range(60)))
    statuses = [attempt.status for one in asked for attempt in one.attempts]
    assert (statuses.count(200), statuses.count(429)) == (60, len(endpoint.requests) - 60)
    assert statuses.count(429) == len(endpoint.requests) // 3
    assert (limiter.in_flight, limiter.limit < 16) == (0, True)


# Replies that are no answers: the bytes are given back and read by parse_chat, never asked for again.


@pytest.mark.parametrize(
    "body",
    [b"<html>Sign in</html>", b'{"choices":[]}', b'{"error":{"message":"x"}}', b'{"choices":[{', b"\xff", b""],
    ids=["html", "empty-choices", "error", "cut-off", "invalid-utf-8", "nothing"],
)
async def test_a_success_without_an_answer_is_paid_once(httpx2_mock: respx.Router, body: bytes) -> None:
    route = httpx2_mock.post(ASKED_AT).respond(200, content=body)
    async with client_of() as client:
        asked = await client.ask(BODY)
    assert (asked.body, route.call_count) == (body, 1)
    with pytest.raises(ModelError) as caught:
        parse_chat(asked.body, latency_s=0)
    assert caught.value.kind == "bad_reply"


@pytest.mark.parametrize(
    ("reply", "stop"),
    [
        (chat_reply(None, refusal="No."), "refusal"),
        (chat_reply(None, finish_reason="content_filter"), "content_filter"),
        (chat_reply("and then", finish_reason="length"), "length"),
        (chat_reply(None), "stop"),
    ],
    ids=["refusal", "filtered", "cut-off", "null-content"],
)
async def test_a_response_that_is_not_what_one_hoped_for_is_a_response(
    httpx2_mock: respx.Router, reply: dict[str, object], stop: str
) -> None:
    httpx2_mock.post(ASKED_AT).respond(200, json=reply)
    async with client_of() as client:
        assert parse_chat((await client.ask(BODY)).body, latency_s=0).stop == stop


# No reply.


def raising(fault: Exception) -> httpx2.AsyncBaseTransport:
    def handle(request: httpx2.Request) -> httpx2.Response:
        raise fault

    return httpx2.MockTransport(handle)


@pytest.mark.parametrize(
    ("fault", "kind", "asked", "says"),
    [
        (
            httpx2.ConnectError("Connection refused"),
            "network",
            4,
            "could not be reached: ConnectError: Connection refused",
        ),
        (httpx2.ConnectTimeout("slow"), "network", 4, "could not be reached: ConnectTimeout: slow"),
        (httpx2.ReadError("reset"), "network", 4, "closed the connection without a reply: ReadError: reset"),
        (httpx2.ReadTimeout("slow"), "timeout", 2, "did not finish its reply within 120 s"),
        (httpx2.WriteTimeout("slow"), "timeout", 2, "did not finish its reply within 120 s"),
        (httpx2.LocalProtocolError("Illegal header value"), "network", 1, "Illegal header value"),
    ],
    ids=["refused", "connect-timeout", "reset", "read-timeout", "write-timeout", "never-sent"],
)
async def test_a_network_that_fails_is_named_with_its_cause(fault: Exception, kind: str, asked: int, says: str) -> None:
    raised = await error_of(transport=raising(fault))
    assert (raised.kind, raised.status, raised.fatal, len(raised.attempts)) == (kind, None, False, asked)
    assert says in str(raised)


async def test_what_may_have_been_charged_for_says_so() -> None:
    assert str(await error_of(transport=raising(httpx2.ReadTimeout("slow")), timeout_s=5)) == (
        "gpt-5.1 at model.test did not finish its reply within 5 s\n"
        "  The server may have charged for it. For a slow model, raise timeout_s in [tool.snellen.models.gpt].\n"
        "  It was asked 2 times."
    )


async def test_a_certificate_nobody_signed_is_never_asked_again() -> None:
    fault = httpx2.ConnectError("tls")
    fault.__cause__ = ssl.SSLCertVerificationError(1, "certificate verify failed: self-signed")
    raised = await error_of(transport=raising(fault))
    assert (raised.kind, raised.retryable, len(raised.attempts)) == ("network", False, 1)
    assert "has no certificate that can be trusted" in str(raised)
    assert "self-signed" in str(raised)


async def test_nobody_listening_is_a_network_error() -> None:
    with FakeEndpoint() as endpoint:
        address = endpoint.base_url
    raised = await error_of(address)
    assert (raised.kind, len(raised.attempts)) == ("network", 4)
    assert "could not be reached: ConnectionRefusedError" in str(raised)


# Faults that only a real socket has.


async def test_a_connection_closed_before_a_reply_is_asked_again() -> None:
    with FakeEndpoint(FakeReply(hang_up="before"), "ok") as endpoint:
        async with client_of(endpoint.base_url) as client:
            asked = await client.ask(BODY)
    assert [attempt.kind for attempt in asked.attempts] == ["network", None]


async def test_a_reply_that_breaks_off_is_asked_again_once_and_may_be_billed() -> None:
    with FakeEndpoint(FakeReply(body=chat_reply("two cats"), hang_up="midway")) as endpoint:
        raised = await error_of(endpoint.base_url)
    assert (raised.kind, raised.status, len(endpoint.requests)) == ("network", 200, 2)
    assert "broke off its reply (HTTP 200): RemoteProtocolError" in str(raised)
    assert "The server may have charged for it." in str(raised)


async def test_a_reply_that_drips_is_ended_by_the_deadline() -> None:
    """Each byte comes in time, so no read ever times out; the deadline is for the whole."""
    with FakeEndpoint(FakeReply(body=b"x" * 10_000, drip_s=0.02)) as endpoint:
        raised = await error_of(endpoint.base_url, timeout_s=0.2, retries=0)
    assert raised.kind == "timeout"
    assert raised.attempts == (Attempt(status=None, kind="timeout", may_be_billed=True),)


async def test_a_server_that_never_answers_is_ended_by_the_deadline() -> None:
    with FakeEndpoint(FakeReply(delay_s=60)) as endpoint:
        raised = await error_of(endpoint.base_url, timeout_s=0.1, retries=0)
    assert raised.kind == "timeout"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_is_followed_and_the_key_goes_nowhere_else(status: int) -> None:
    with FakeEndpoint() as elsewhere, FakeEndpoint(answer=lambda _: to(elsewhere, status)) as endpoint:
        raised = await error_of(endpoint.base_url)
    assert (raised.kind, raised.status, raised.fatal) == ("bad_reply", status, False)
    assert (len(endpoint.requests), elsewhere.requests) == (1, [])
    assert f"a redirect to {elsewhere.base_url.split('/')[2]}\n" in str(raised)


@pytest.mark.parametrize("location", ["http://[", "/elsewhere", "http://h\x7f/", ""])
async def test_a_redirect_to_no_address_is_told_all_the_same(location: str) -> None:
    with FakeEndpoint(FakeReply(status=307, headers={"location": location})) as endpoint:
        raised = await error_of(endpoint.base_url)
    assert (raised.kind, raised.status, len(endpoint.requests)) == ("bad_reply", 307, 1)


def to(endpoint: FakeEndpoint, status: int) -> FakeReply:
    return FakeReply(status=status, headers={"location": f"{endpoint.base_url}/chat/completions?secret=1"})


@pytest.mark.parametrize(
    "reply",
    [
        FakeReply(body=b"x" * 20_000_000),
        FakeReply(body=gzip.compress(b"x" * 50_000_000), headers={"content-encoding": "gzip"}),
        FakeReply(status=500, body=b"x" * 20_000_000),
    ],
    ids=["20-mb", "gzip-bomb", "20-mb-error"],
)
async def test_a_reply_over_the_limit_is_cut_and_not_asked_for_again(reply: FakeReply) -> None:
    with FakeEndpoint(reply) as endpoint:
        raised = await error_of(endpoint.base_url)
    assert (raised.kind, len(endpoint.requests)) == ("bad_reply", 1)
    assert "sent a reply of more than 8 MB; the rest was not read" in str(raised)


async def test_a_compressed_reply_is_read() -> None:
    packed = gzip.compress(json.dumps(chat_reply("ok")).encode())
    with FakeEndpoint(FakeReply(body=packed, headers={"content-encoding": "gzip"})) as endpoint:
        async with client_of(endpoint.base_url) as client:
            assert parse_chat((await client.ask(BODY)).body, latency_s=0).text == "ok"


async def test_damaged_compression_is_an_error_and_no_crash() -> None:
    with FakeEndpoint(FakeReply(body=b"not gzip", headers={"content-encoding": "gzip"})) as endpoint:
        raised = await error_of(endpoint.base_url)
    assert (raised.kind, raised.status, raised.retryable, len(endpoint.requests)) == ("bad_reply", 200, False, 1)


async def test_a_cancelled_request_leaves_nothing_open() -> None:
    with FakeEndpoint(FakeReply(delay_s=60)) as endpoint:
        async with client_of(endpoint.base_url) as client:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1):
                    await client.ask(BODY)
    assert len(endpoint.requests) == 1


# Secrets.

ECHOES: dict[str, Callable[[str], str]] = {
    "raw": lambda key: key,
    "base64": lambda key: base64.b64encode(f":{key}".encode()).decode(),
    "url": lambda key: quote(key, safe=""),
    "json": lambda key: key.replace("/", "\\/"),
    "hex": lambda key: key.encode().hex(),
}


@pytest.mark.parametrize("status", [401, 400, 500])
@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES)
async def test_a_server_that_echoes_the_key_is_not_quoted_with_it(
    httpx2_mock: respx.Router, status: int, echo: Callable[[str], str]
) -> None:
    echoed = echo(KEY)
    httpx2_mock.post(ASKED_AT).respond(status, json={"error": {"message": f"You sent {echoed} to us", "code": echoed}})
    raised = await error_of(retries=0)
    shown = f"{raised} {raised!r} {raised.body} {raised.code} {raised.__cause__!r} {raised.__context__!r}"
    assert "[secret]" in shown
    assert echoed[2:-3] not in shown
    assert KEY not in shown


async def test_the_traceback_of_an_error_holds_no_key(httpx2_mock: respx.Router) -> None:
    """pytest -l prints the locals of every frame in it."""
    httpx2_mock.post(ASKED_AT).respond(401, json={"error": {"message": f"You sent {KEY}"}})
    client = ModelClient(ModelSpec(key="gpt", name="gpt-5.1", base_url=BASE_URL), environ=dict(ENVIRON))
    with pytest.raises(UnansweredError) as caught:
        await client.ask(BODY)
    await client.aclose()
    frames = [entry.frame for entry in caught.traceback[1:]]
    shown = " ".join(repr(value) for frame in frames for value in frame.f_locals.values())
    assert len(frames) >= 2
    assert KEY not in shown


async def test_an_answer_that_repeats_the_key_is_kept_without_it(httpx2_mock: respx.Router) -> None:
    httpx2_mock.post(ASKED_AT).respond(200, json=chat_reply(f"Authorization: Bearer {KEY}"))
    async with client_of() as client:
        asked = await client.ask(BODY)
    assert parse_chat(asked.body, latency_s=0).text == "Authorization: Bearer [secret]"


# The models that come along.


async def asgi_reply(send: Callable[[dict[str, object]], Any], body: bytes) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})


async def test_a_built_in_is_asked_without_a_network(httpx2_mock: respx.Router) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert (scope["method"], scope["path"]) == ("POST", "/v1/chat/completions")
        await asgi_reply(send, json.dumps(chat_reply("STOP")).encode())

    spec = ModelSpec(key="offline-reader", name="offline-reader")
    client = ModelClient(spec, environ={}, transport=httpx2.ASGITransport(app))
    asked = await client.ask(BODY)
    await client.aclose()
    assert parse_chat(asked.body, latency_s=0).text == "STOP"
    assert len(httpx2_mock.calls) == 0


async def test_a_built_in_that_fails_costs_one_case_and_not_the_run() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise ZeroDivisionError("no pixels")

    spec = ModelSpec(key="offline-reader", name="offline-reader")
    client = ModelClient(spec, environ={}, transport=httpx2.ASGITransport(app))
    with pytest.raises(UnansweredError) as caught:
        await client.ask(BODY)
    await client.aclose()
    assert (caught.value.kind, caught.value.retryable) == ("internal", False)
    assert str(caught.value) == "offline-reader at this machine failed: ZeroDivisionError: no pixels"
    assert 'raise ZeroDivisionError("no pixels")' in caught.value.body
