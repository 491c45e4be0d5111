"""Replies as the offline models write them: whole, in events, or an error.

Tokens are counted by a rule anyone can check: a piece of text is up to four letters or digits or one other sign, with
the space before it; a picture costs one token for each 32 x 32 px patch it is cut into.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from snellen.offline.protocol import MODELS, ApiError, Asked, unknown_model

__all__ = [
    "Reply",
    "cut_to",
    "error_body",
    "image_tokens",
    "model_body",
    "models_body",
    "reply_body",
    "reply_events",
    "responses_body",
]

_CREATED = 1_767_225_600  # 2026-01-01: a listing must not change with the clock
_OWNER = "snellen"
_PIECE = re.compile(r"\s*(?:[^\W_]{1,4}|\S)|\s+\Z")
_PATCH_PX = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer and its counts.

    Attributes:
        text: The answer, already cut.
        is_cut: It was longer than allowed.
        image_tokens: Of all pictures.
        created: Seconds since 1970.
        fingerprint: Of the software that decides the answer.
    """

    text: str
    is_cut: bool
    image_tokens: int
    created: int
    fingerprint: str


def _pieces(text: str) -> list[str]:
    return _PIECE.findall(text)


def cut_to(text: str, most_tokens: int | None) -> tuple[str, bool]:
    """`text` cut after so many tokens, and whether anything was cut off."""
    pieces = _pieces(text)
    if most_tokens is None or len(pieces) <= most_tokens:
        return text, False
    return "".join(pieces[:most_tokens]), True


def image_tokens(width_px: int, height_px: int) -> int:
    """What a picture of this size, as it was sent, counts."""
    return math.ceil(width_px / _PATCH_PX) * math.ceil(height_px / _PATCH_PX)


def reply_body(asked: Asked, reply: Reply) -> bytes:
    """The whole reply as a `chat.completion`."""
    message: dict[str, object] = {"role": "assistant", "content": reply.text, "refusal": None, "annotations": []}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _finish(reply)}
    envelope = _envelope(asked, reply, "chat.completion")
    return orjson.dumps({**envelope, "choices": [choice], "usage": _usage(asked, reply)})


def responses_body(asked: Asked, reply: Reply) -> bytes:
    """The whole reply as a `response`."""
    status = "incomplete" if reply.is_cut else "completed"
    part: dict[str, object] = {"type": "output_text", "text": reply.text, "annotations": []}
    message = {"type": "message", "id": f"msg_{asked.id}", "status": status, "role": "assistant", "content": [part]}
    return orjson.dumps(
        {
            "id": asked.id,
            "object": "response",
            "created_at": reply.created,
            "status": status,
            "error": None,
            "incomplete_details": {"reason": "max_output_tokens"} if reply.is_cut else None,
            "model": asked.model,
            "output": [message],
            "parallel_tool_calls": False,
            "store": False,  # whatever was asked for: nothing is kept here
            "tool_choice": "none",
            "tools": [],
            "usage": _usage_of_responses(asked, reply),
        }
    )


def _usage_of_responses(asked: Asked, reply: Reply) -> dict[str, object]:
    read, written = _counts(asked, reply)
    return {
        "input_tokens": read,
        "input_tokens_details": {"cached_tokens": 0, "image_tokens": reply.image_tokens},
        "output_tokens": written,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": read + written,
    }


def reply_events(asked: Asked, reply: Reply) -> Iterator[bytes]:
    """The reply as server-sent events: the role, the text piece by piece, why it ended, the counts, the end mark."""
    pieces: list[tuple[dict[str, str], str | None]] = [({"role": "assistant", "content": ""}, None)]
    pieces += [({"content": piece}, None) for piece in _pieces(reply.text)]
    for delta, finish in [*pieces, ({}, _finish(reply))]:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        yield _event({**_envelope(asked, reply, "chat.completion.chunk"), "choices": [choice]})
    if asked.wants_usage:
        envelope = _envelope(asked, reply, "chat.completion.chunk")
        yield _event({**envelope, "choices": [], "usage": _usage(asked, reply)})
    yield b"data: [DONE]\n\n"


def _event(value: dict[str, object]) -> bytes:
    return b"data: " + orjson.dumps(value) + b"\n\n"


def _envelope(asked: Asked, reply: Reply, kind: str) -> dict[str, object]:
    return {
        "id": asked.id,
        "object": kind,
        "created": reply.created,
        "model": asked.model,
        "system_fingerprint": reply.fingerprint,
    }


def _finish(reply: Reply) -> str:
    return "length" if reply.is_cut else "stop"


def _usage(asked: Asked, reply: Reply) -> dict[str, object]:
    read, written = _counts(asked, reply)
    details = {"cached_tokens": 0, "text_tokens": read - reply.image_tokens, "image_tokens": reply.image_tokens}
    return {
        "prompt_tokens": read,
        "completion_tokens": written,
        "total_tokens": read + written,
        "prompt_tokens_details": details,
        "completion_tokens_details": {"reasoning_tokens": 0},
    }


def _counts(asked: Asked, reply: Reply) -> tuple[int, int]:
    """How many tokens were read and written."""
    text_tokens = sum(len(_pieces(text)) for text in asked.texts)
    return text_tokens + reply.image_tokens, len(_pieces(reply.text))


def error_body(error: ApiError) -> bytes:
    """`error` as OpenAI's error object."""
    facts = {"message": str(error), "type": error.kind, "param": error.param, "code": error.code}
    return orjson.dumps({"error": facts})


def models_body() -> bytes:
    """What `GET /v1/models` answers."""
    return orjson.dumps({"object": "list", "data": [_model_facts(model) for model in MODELS]})


def model_body(model: str) -> bytes:
    """What `GET /v1/models/<model>` answers.

    Raises:
        ApiError: There is no such model.
    """
    if model not in MODELS:
        raise unknown_model(model)
    return orjson.dumps(_model_facts(model))


def _model_facts(model: str) -> dict[str, object]:
    return {"id": model, "object": "model", "created": _CREATED, "owned_by": _OWNER}
