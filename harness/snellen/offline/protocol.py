"""Chat Completions requests as the offline models take them, and what is wrong with the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import orjson

from snellen._files import digest

__all__ = ["MODELS", "ApiError", "Asked", "ModelName", "parse", "unknown_model"]

ModelName = Literal["offline-describer", "offline-reader"]
MODELS: tuple[ModelName, ...] = ("offline-describer", "offline-reader")

_ROLES = ("system", "developer", "user", "assistant", "tool")
_MOST_IMAGES = 50  # more are looked at for so long that a client gives up first


class ApiError(Exception):
    """A request that is answered with an error object.

    Attributes:
        status: HTTP status.
        code: The error's code, as OpenAI names it.
        param: The field that is wrong, None when it is no single one.
        kind: The error's type.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        code: str | None = None,
        param: str | None = None,
        kind: str = "invalid_request_error",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.param = param
        self.kind = kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a request asks for.

    Attributes:
        id: Made of the request's bytes, so that the same request has the same id.
        model: Which is asked.
        prompt: The text of the last user message.
        texts: Of all messages, for counting.
        images: Addresses and data URIs of all user messages, in order.
        most_tokens: Where to cut the answer, None for nowhere.
        streams: The reply is wanted in events.
        wants_usage: The last event but one is to carry the token counts.
    """

    id: str
    model: ModelName
    prompt: str
    texts: tuple[str, ...]
    images: tuple[str, ...]
    most_tokens: int | None
    streams: bool
    wants_usage: bool


def parse(body: bytes) -> Asked:
    """The request in `body`.

    Raises:
        ApiError: It is no request these models can answer; 400, or 404 for an unknown model.
    """
    try:
        request = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ApiError(f"We could not parse the JSON body of your request: {error}") from error
    if not isinstance(request, dict):
        raise _wrong_type("", "an object", request)
    model = _model(request)
    _refuse_unsupported(request)
    messages = _messages(request)
    contents = [_content(message, f"messages[{number}]") for number, message in enumerate(messages)]
    asked = [content for message, content in zip(messages, contents, strict=True) if message["role"] == "user"]
    images = tuple(image for _, found in asked for image in found)
    if len(images) > _MOST_IMAGES:
        raise ApiError(f"At most {_MOST_IMAGES} images can be sent; you sent {len(images)}.", param="messages")
    options = request.get("stream_options") or {}
    return Asked(
        id=f"chatcmpl-{digest(body)[:29]}",
        model=model,
        prompt=asked[-1][0] if asked else "",
        texts=tuple(text for text, _ in contents),
        images=images,
        most_tokens=_most_tokens(request),
        streams=request.get("stream") is True,
        wants_usage=isinstance(options, dict) and options.get("include_usage") is True,
    )


def _model(request: dict[str, Any]) -> ModelName:
    model = request.get("model")
    if model is None:
        raise _missing("model")
    if not isinstance(model, str):
        raise _wrong_type("model", "a string", model)
    for known in MODELS:
        if model == known:
            return known
    raise unknown_model(model)


def unknown_model(model: str) -> ApiError:
    """The 404 for a model that is not served here."""
    return ApiError(
        f"The model `{model}` does not exist; this server has {' and '.join(f'`{known}`' for known in MODELS)}.",
        status=404,
        code="model_not_found",
        param="model",
    )


def _refuse_unsupported(request: dict[str, Any]) -> None:
    """What would change the answer's form must not be ignored; sampling parameters change nothing here and are."""
    form = request.get("response_format")
    wanted = {
        "n": request.get("n") not in {None, 1},
        "logprobs": bool(request.get("logprobs")),
        "tools": bool(request.get("tools")),
        "functions": bool(request.get("functions")),
        "response_format": form is not None and form != {"type": "text"},
    }
    for param, is_wanted in wanted.items():
        if is_wanted:
            raise ApiError(
                f"Unsupported parameter: '{param}'. The offline models give one answer in plain text.",
                code="unsupported_parameter",
                param=param,
            )


def _messages(request: dict[str, Any]) -> list[dict[str, Any]]:
    messages = request.get("messages")
    if messages is None:
        raise _missing("messages")
    if not isinstance(messages, list):
        raise _wrong_type("messages", "an array of objects", messages)
    if not messages:
        raise ApiError(
            "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
            code="empty_array",
            param="messages",
        )
    for number, message in enumerate(messages):
        if not isinstance(message, dict):
            raise _wrong_type(f"messages[{number}]", "an object", message)
        if message.get("role") not in _ROLES:
            raise _wrong_value(f"messages[{number}].role", message.get("role"), _ROLES)
    return messages


def _content(message: dict[str, Any], where: str) -> tuple[str, list[str]]:
    """The text and the pictures of one message."""
    content = message.get("content")
    if content is None and message["role"] in {"assistant", "tool"}:
        return "", []
    if isinstance(content, str):
        return content, []
    if not isinstance(content, list):
        raise _wrong_type(f"{where}.content", "a string or an array of objects", content)
    texts: list[str] = []
    images: list[str] = []
    for number, part in enumerate(content):
        _add_part(part, f"{where}.content[{number}]", texts, images)
    return "\n".join(texts), images


def _add_part(part: object, where: str, texts: list[str], images: list[str]) -> None:
    if not isinstance(part, dict):
        raise _wrong_type(where, "an object", part)
    match part.get("type"):
        case "text":
            if not isinstance(part.get("text"), str):
                raise _wrong_type(f"{where}.text", "a string", part.get("text"))
            texts.append(part["text"])
        case "image_url":
            images.append(_image(part.get("image_url"), f"{where}.image_url"))
        case other:
            raise _wrong_value(f"{where}.type", other, ("text", "image_url"))


def _image(image: object, where: str) -> str:
    """The address; given plainly, as material from before 2024 has it, or in an object as today."""
    url = image.get("url") if isinstance(image, dict) else image
    if not isinstance(url, str):
        raise _wrong_type(f"{where}.url" if isinstance(image, dict) else where, "a string or an object with a url", url)
    return url


def _most_tokens(request: dict[str, Any]) -> int | None:
    limits = []
    for param in ("max_completion_tokens", "max_tokens"):
        limit = request.get(param)
        if limit is None:
            continue
        if not isinstance(limit, int) or isinstance(limit, bool):
            raise _wrong_type(param, "an integer", limit)
        if limit < 1:
            raise ApiError(
                f"Invalid '{param}': integer below minimum value. Expected a value >= 1, but got {limit} instead.",
                code="integer_below_min_value",
                param=param,
            )
        limits.append(limit)
    return min(limits, default=None)


def _missing(param: str) -> ApiError:
    return ApiError(f"Missing required parameter: '{param}'.", code="missing_required_parameter", param=param)


def _wrong_type(param: str, expected: str, got: object) -> ApiError:
    names = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", type(None): "null"}
    name = names.get(type(got), "a number")
    where = f"'{param}'" if param else "the body"
    return ApiError(
        f"Invalid type for {where}: expected {expected}, but got {name} instead.",
        code="invalid_type",
        param=param or None,
    )


def _wrong_value(param: str, got: object, allowed: tuple[str, ...]) -> ApiError:
    choices = ", ".join(f"'{value}'" for value in allowed)
    return ApiError(f"Invalid value: {got!r}. Supported values are: {choices}.", code="invalid_value", param=param)
