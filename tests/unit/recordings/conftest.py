from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from snellen.case import ImageRef
from snellen.recordings.entry import Entry
from snellen.recordings.file import RecordingStore
from snellen.recordings.fingerprint import fingerprint
from snellen.request import ImagePart, Message, Request, TextPart

MakeRequest = Callable[..., dict[str, object]]
MakeEntry = Callable[..., Entry]


def sha(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def request_of(
    prompt: str = "What is the total?",
    *,
    images: tuple[str, ...] = ("receipt.png",),
    model: str = "gpt-x",
    system: str | None = None,
    repeat: int = 0,
    detail: str | None = None,
    transform: str = "",
    **params: object,
) -> dict[str, object]:
    """The canonical form of a question about pictures; names without `://` stand for the bytes of a local file."""
    parts = [
        ImagePart(
            ref=ImageRef(url="https://example.org", name="x"),
            identity=image if "://" in image else sha(image),
            detail=detail,  # type: ignore[arg-type]  # a literal in every test
            transform=transform,
        )
        for image in images
    ]
    messages = [Message("user", (TextPart(prompt), *parts))]
    if system is not None:
        messages.insert(0, Message("system", (TextPart(system),)))
    return Request(model=model, messages=tuple(messages), params=params, repeat=repeat).canonical()


def body_of(text: str = "23.45") -> bytes:
    message = {"role": "assistant", "content": text, "refusal": None}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    answer = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "gpt-x-2026", "choices": [choice]}
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()


def entry_of(
    request: dict[str, object] | None = None, *, case: str = "r-001", text: str = "23.45", **more: object
) -> Entry:
    request = request_of() if request is None else request
    given = {"recorded_at": "2026-11-22T17:05:00Z", "served_model": "gpt-x-2026", "body": body_of(text), **more}
    return Entry(fingerprint=fingerprint(request), case=case, request=request, **given)  # type: ignore[arg-type]


@pytest.fixture
def make_request() -> MakeRequest:
    return request_of


@pytest.fixture
def make_body() -> Callable[..., bytes]:
    return body_of


@pytest.fixture
def make_entry() -> MakeEntry:
    return entry_of


@pytest.fixture
def store(tmp_path: Path) -> RecordingStore:
    return RecordingStore(tmp_path / "recordings")
