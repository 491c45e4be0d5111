from __future__ import annotations

import asyncio
import base64
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import httpx2
import openai
import pytest

from snellen.errors import ConfigError
from snellen.offline.app import App, create_app

UNSHARE = "/usr/bin/unshare"
BASE = "http://offline.invalid/v1"


def _uri(picture: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(picture).decode()


def _request(prompt: str, *urls: str, model: str = "offline-reader") -> dict[str, object]:
    images = [{"type": "image_url", "image_url": {"url": url}} for url in urls]
    content = [{"type": "text", "text": prompt}, *images]
    return {"model": model, "messages": [{"role": "user", "content": content}]}


async def _send(app: App, method: str, path: str, **options: object) -> httpx2.Response:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=BASE) as client:
        return await client.request(method, path, **options)  # type: ignore[arg-type]  # passed through


def _call(method: str, path: str, **options: object) -> httpx2.Response:
    return asyncio.run(_send(create_app(), method, path, **options))


def _error(reply: httpx2.Response) -> tuple[int, str | None]:
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["x-request-id"].startswith("req_")
    return reply.status_code, reply.json()["error"]["code"]


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/chat/completions", (405, "method_not_supported")),
        ("POST", "/models", (405, "method_not_supported")),
        ("GET", "/models/gpt-4o", (404, "model_not_found")),
        ("GET", "/responses", (405, "method_not_supported")),
        ("POST", "/embeddings", (404, "unknown_url")),
        ("GET", "http://offline.invalid/", (404, "unknown_url")),
    ],
)
def test_other_requests_get_an_error_object(method: str, path: str, expected: tuple[int, str]) -> None:
    assert _error(_call(method, path)) == expected


def test_models_are_listed_and_shown() -> None:
    assert [model["id"] for model in _call("GET", "/models").json()["data"]] == ["offline-describer", "offline-reader"]
    assert _call("GET", "/models/offline-reader").json()["object"] == "model"


def test_too_large_a_request_is_refused() -> None:
    assert _error(_call("POST", "/chat/completions", content=b" " * (64 * 2**20 + 1))) == (413, "request_too_large")


def test_what_is_no_picture_is_an_invalid_image() -> None:
    reply = _call("POST", "/chat/completions", json=_request("Hi", _uri(b"hello")))
    assert _error(reply) == (400, "image_parse_error")
    assert reply.json()["error"]["message"] == "Invalid image 1: the picture is none of png, jpeg, gif and webp."


def test_an_address_elsewhere_is_not_fetched() -> None:
    reply = _call("POST", "/chat/completions", json=_request("Hi", "https://example.org/a.png"))
    assert _error(reply) == (400, "failed_to_download_image")


def test_what_breaks_inside_is_a_server_error(monkeypatch: pytest.MonkeyPatch) -> None:
    from snellen.offline import app

    monkeypatch.setattr(app, "_look", lambda asked, images: 1 / 0)
    assert _error(_call("POST", "/chat/completions", json=_request("Hi"))) == (500, "server_error")


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"pip install 'snellen\[offline\]'"):
        create_app()


def test_servers_that_start_and_stop_applications_are_answered() -> None:
    sent: list[str] = []
    wanted = iter(["lifespan.startup", "lifespan.shutdown"])

    async def receive() -> dict[str, str]:
        return {"type": next(wanted)}

    async def send(message: dict[str, str]) -> None:
        sent.append(message["type"])

    asyncio.run(create_app()({"type": "lifespan"}, receive, send))  # type: ignore[arg-type]  # narrower than ASGI
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


def test_nothing_heavy_is_imported_before_the_first_question() -> None:
    program = (
        "import sys; from snellen.offline.app import create_app; import snellen.offline.server; create_app()\n"
        "print(sorted({'cv2', 'numpy', 'onnxruntime', 'rapidocr', 'PIL', 'uvicorn', 'httpx2'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603  # our own program
    assert done.stdout == "[]\n"


@pytest.mark.offline
def test_the_async_client_is_answered_in_process(sign: bytes) -> None:
    async def ask() -> tuple[str | None, str, str, str | None]:
        transport = httpx2.AsyncClient(transport=httpx2.ASGITransport(create_app()))
        async with openai.AsyncOpenAI(api_key="none", base_url=BASE, http_client=transport) as client:
            reply = await client.chat.completions.create(**_request("Read it.", _uri(sign)), max_tokens=4)  # type: ignore[call-overload]
        choice = reply.choices[0]
        return choice.message.content, choice.finish_reason, reply.model, reply.system_fingerprint

    content, finish, model, fingerprint = asyncio.run(ask())
    assert (content, finish, model) == ("The text reads", "length", "offline-reader")
    assert fingerprint is not None
    assert fingerprint.startswith("fp_")


@pytest.mark.offline
def test_a_stream_adds_up_to_the_answer(sign: bytes) -> None:
    async def ask() -> str:
        transport = httpx2.AsyncClient(transport=httpx2.ASGITransport(create_app()))
        async with openai.AsyncOpenAI(api_key="none", base_url=BASE, http_client=transport) as client:
            request = _request("뭐라고 적혀 있나요?", _uri(sign))
            stream = await client.chat.completions.create(**request, stream=True)  # type: ignore[call-overload]
            return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    assert asyncio.run(ask()) == '"STOP"이라고 적혀 있습니다.'


@pytest.mark.offline
@pytest.mark.parametrize(
    ("limit", "text", "status"), [(None, 'The text reads "STOP".', "completed"), (2, "The text", "incomplete")]
)
def test_the_responses_client_gets_the_same_answer(sign: bytes, limit: int | None, text: str, status: str) -> None:
    async def ask() -> openai.types.responses.Response:
        http = httpx2.AsyncClient(transport=httpx2.ASGITransport(create_app()))
        async with openai.AsyncOpenAI(api_key="none", base_url=BASE, http_client=http) as client:
            content = [
                {"type": "input_text", "text": "Read it."},
                {"type": "input_image", "image_url": _uri(sign), "detail": "auto"},
            ]
            question = [{"role": "user", "content": content}]
            return await client.responses.create(model="offline-reader", input=question, max_output_tokens=limit)  # type: ignore[arg-type]  # plain dicts

    answer = asyncio.run(ask())
    assert (answer.output_text, answer.status, answer.model) == (text, status, "offline-reader")
    assert (answer.incomplete_details is None) == (limit is None)
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.input_tokens + answer.usage.output_tokens
    assert answer.usage.input_tokens > 475


@pytest.mark.offline
def test_pictures_by_shorthand_pin_and_data_are_the_same(sign: bytes, tmp_path: Path) -> None:
    (tmp_path / "sign.png").write_bytes(sign)
    app = create_app(pinned={"https://example.org/sign.png": tmp_path / "sign.png"})
    shorthand = {"type": "image_url", "image_url": "https://example.org/sign.png"}
    old = {"model": "offline-reader", "messages": [{"role": "user", "content": [shorthand]}]}
    replies = [
        asyncio.run(_send(app, "POST", "/chat/completions", json=request)).json()
        for request in [old, _request("", "https://example.org/sign.png"), _request("", _uri(sign))]
    ]
    assert [reply["choices"][0]["message"]["content"] for reply in replies] == ['The text reads "STOP".'] * 3
    assert [reply["usage"]["prompt_tokens_details"]["image_tokens"] for reply in replies] == [475] * 3


@pytest.mark.offline
def test_one_loop_after_another_and_many_at_once_are_served(sign: bytes) -> None:
    app = create_app()

    async def ask_many() -> set[str]:
        request = _request("Read it.", _uri(sign))
        replies = await asyncio.gather(*(_send(app, "POST", "/chat/completions", json=request) for _ in range(6)))
        return {reply.json()["choices"][0]["message"]["content"] for reply in replies}

    assert asyncio.run(ask_many()) == asyncio.run(ask_many()) == {'The text reads "STOP".'}


_ASK_ALL = """
import asyncio, json, sys
import httpx2
from snellen.offline.app import create_app

async def main():
    client = httpx2.AsyncClient(transport=httpx2.ASGITransport(create_app()), base_url="http://offline.invalid/v1")
    async with client:
        for request in json.load(sys.stdin):
            reply = await client.post("/chat/completions", json=request, timeout=60)
            print(json.dumps(reply.json()["choices"][0]["message"]["content"]))

asyncio.run(main())
"""


@pytest.mark.offline
def test_without_a_network_two_processes_say_the_same(sign: bytes, shapes: bytes, facades: tuple[bytes, bytes]) -> None:
    """`unshare --net` leaves not even loopback, so a download of weights would fail."""
    requests = [
        _request("Describe this.", _uri(sign), model="offline-describer"),
        _request("도형이 몇 개 있나요?", _uri(shapes), model="offline-describer"),
        _request("차이는?", *map(_uri, facades), model="offline-describer"),
    ]
    said = [
        subprocess.run(  # noqa: S603  # our own program
            [UNSHARE, "--map-root-user", "--net", sys.executable, "-W", "error", "-c", _ASK_ALL],
            input=json.dumps(requests),
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=False,
        )
        for seed in ("1", "2")
    ]
    assert [(done.returncode, done.stderr) for done in said] == [(0, ""), (0, "")]
    assert said[0].stdout == said[1].stdout
    assert len(said[0].stdout.splitlines()) == len(requests)
