"""Whether a response body is a whole answer: only those are recorded through the second door, failures never."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from snellen.request import Api

__all__ = ["served_model_of"]

_DONE = b"[DONE]"
_WHOLE = ("completed", "incomplete")


def served_model_of(body: bytes, *, api: Api = "chat") -> str | None:
    """The name of what answered, "" when it did not say; None when the body is no whole answer.

    Args:
        body: JSON, or an event stream: of a chat completion it is whole when it ends in `[DONE]`, of a response when
            it ends in the event that says so.
        api: Which endpoint it is of.
    """
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        events = [line[5:].strip() for line in body.splitlines() if line.startswith(b"data:")]
        return _served_model_of_stream(events) if api == "chat" else _served_model_of_response_stream(events)
    if api == "responses":
        return _model(answer) if _is_response(answer) else None
    return _model(answer) if _is_answer(answer, "message") else None


def _is_response(value: object) -> bool:
    return isinstance(value, dict) and value.get("status") in _WHOLE and isinstance(value.get("output"), list)


def _served_model_of_response_stream(events: Sequence[bytes]) -> str | None:
    """The last event holds the whole response again."""
    said = [event for event in events if event != _DONE]
    try:
        last = orjson.loads(said[-1]) if said else None
    except orjson.JSONDecodeError:
        return None
    if not isinstance(last, dict) or last.get("type") not in {f"response.{status}" for status in _WHOLE}:
        return None
    response = last.get("response")
    return _model(response) if isinstance(response, dict) and _is_response(response) else None


def _served_model_of_stream(events: Sequence[bytes]) -> str | None:
    if not events or events[-1] != _DONE:
        return None
    try:
        chunks = [orjson.loads(event) for event in events[:-1]]
    except orjson.JSONDecodeError:
        return None
    if any(not isinstance(chunk, dict) or chunk.get("error") for chunk in chunks):
        return None
    # Azure begins, and a usage report ends, with a chunk that has no choices.
    spoken = [chunk for chunk in chunks if _is_answer(chunk, "delta")]
    return _model(spoken[0]) if spoken else None


def _model(answer: dict[str, object]) -> str:
    return str(answer.get("model") or "")


def _is_answer(value: object, said: str) -> bool:
    if not isinstance(value, dict) or value.get("error"):
        return False
    choices = value.get("choices")
    return isinstance(choices, list) and bool(choices) and all(_is_choice(choice, said) for choice in choices)


def _is_choice(choice: object, said: str) -> bool:
    # Routers report a failed upstream inside of a 200: finish_reason "error", or an error beside an empty message.
    if not isinstance(choice, dict) or choice.get("error") or choice.get("finish_reason") == "error":
        return False
    return isinstance(choice.get(said), dict)
