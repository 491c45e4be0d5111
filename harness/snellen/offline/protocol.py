"""Requests of both APIs as the offline models take them, and what is wrong with the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import orjson

from snellen._files import digest
from snellen.request import Api

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
        api: In whose form the reply is wanted.
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
    api: Api = "chat"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """Where an API keeps what both have."""

    api: Api
    id_prefix: str
    messages: str
    text_types: tuple[str, ...]
    image_type: str
    limits: tuple[str, ...]


_CHAT = _Form(
    api="chat",
    id_prefix="chatcmpl-",
    messages="messages",
    text_types=("text",),
    image_type="image_url",
    limits=("max_completion_tokens", "max_tokens"),
)
_RESPONSES = _Form(
    api="responses",
    id_prefix="resp_",
    messages="input",
    text_types=("input_text", "output_text"),
    image_type="input_image",
    limits=("max_output_tokens",),
)
_FORMS = {"chat": _CHAT, "responses": _RESPONSES}


def parse(body: bytes, *, api: Api = "chat") -> Asked:
    """The request in `body`.

    Args:
        body: JSON.
        api: Of which API it is.

    Raises:
        ApiError: It is no request these models can answer; 400, or 404 for an unknown model.
    """
    try:
        request = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ApiError(f"We could not parse the JSON body of your request: {error}") from error
    if not isinstance(request, dict):
        raise _wrong_type("", "an object", request)
    form = _FORMS[api]
    model = _model(request)
    _refuse_unsupported(request, form)
    messages = _messages(request, form)
    contents = [_content(message, f"{form.messages}[{at}]", form) for at, message in enumerate(messages)]
    asked = [content for message, content in zip(messages, contents, strict=True) if message["role"] == "user"]
    images = tuple(image for _, found in asked for image in found)
    if len(images) > _MOST_IMAGES:
        raise ApiError(f"At most {_MOST_IMAGES} images can be sent; you sent {len(images)}.", param=form.messages)
    options = request.get("stream_options") or {}
    return Asked(
        id=f"{form.id_prefix}{digest(body)[:29]}",
        model=model,
        prompt=asked[-1][0] if asked else "",
        texts=(*_instructions(request, form), *(text for text, _ in contents)),
        images=images,
        most_tokens=_most_tokens(request, form),
        streams=request.get("stream") is True,
        wants_usage=isinstance(options, dict) and options.get("include_usage") is True,
        api=api,
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


def _refuse_unsupported(request: dict[str, Any], form: _Form) -> None:
    """What would change the answer's form must not be ignored; sampling parameters change nothing here and are."""
    for param, is_wanted in (_wanted_of_chat if form is _CHAT else _wanted_of_responses)(request).items():
        if is_wanted:
            raise ApiError(
                f"Unsupported parameter: '{param}'. The offline models give one answer in plain text.",
                code="unsupported_parameter",
                param=param,
            )


def _wanted_of_responses(request: dict[str, Any]) -> dict[str, bool]:
    text = request.get("text")
    form = text.get("format") if isinstance(text, dict) else None
    return {
        "background": bool(request.get("background")),
        "conversation": bool(request.get("conversation")),
        "previous_response_id": bool(request.get("previous_response_id")),  # nothing is stored here
        "stream": bool(request.get("stream")),
        "text.format": form is not None and form != {"type": "text"},
        "tools": bool(request.get("tools")),
    }


def _wanted_of_chat(request: dict[str, Any]) -> dict[str, bool]:
    form = request.get("response_format")
    return {
        "n": request.get("n") not in {None, 1},
        "logprobs": bool(request.get("logprobs")),
        "tools": bool(request.get("tools")),
        "functions": bool(request.get("functions")),
        "response_format": form is not None and form != {"type": "text"},
    }


def _instructions(request: dict[str, Any], form: _Form) -> tuple[str, ...]:
    said = request.get("instructions") if form is _RESPONSES else None
    return (said,) if isinstance(said, str) else ()


def _messages(request: dict[str, Any], form: _Form) -> list[dict[str, Any]]:
    name = form.messages
    messages = request.get(name)
    if messages is None:
        raise _missing(name)
    if form is _RESPONSES and isinstance(messages, str):
        return [{"role": "user", "content": messages}]
    if not isinstance(messages, list):
        raise _wrong_type(name, "an array of objects", messages)
    if not messages:
        raise ApiError(
            f"Invalid '{name}': empty array. Expected an array with minimum length 1, but got an empty array instead.",
            code="empty_array",
            param=name,
        )
    for number, message in enumerate(messages):
        if not isinstance(message, dict):
            raise _wrong_type(f"{name}[{number}]", "an object", message)
        if message.get("role") not in _ROLES:
            raise _wrong_value(f"{name}[{number}].role", message.get("role"), _ROLES)
    return messages


def _content(message: dict[str, Any], where: str, form: _Form) -> tuple[str, list[str]]:
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
        _add_part(part, f"{where}.content[{number}]", form, texts=texts, images=images)
    return "\n".join(texts), images


def _add_part(part: object, where: str, form: _Form, *, texts: list[str], images: list[str]) -> None:
    if not isinstance(part, dict):
        raise _wrong_type(where, "an object", part)
    kind = part.get("type")
    if kind in form.text_types:
        if not isinstance(part.get("text"), str):
            raise _wrong_type(f"{where}.text", "a string", part.get("text"))
        texts.append(part["text"])
    elif kind == form.image_type:
        images.append((_image if form is _CHAT else _input_image)(part.get("image_url"), f"{where}.image_url"))
    else:
        raise _wrong_value(f"{where}.type", kind, (*form.text_types, form.image_type))


def _input_image(image: object, where: str) -> str:
    if not isinstance(image, str):
        raise _wrong_type(where, "a string", image)
    return image


def _image(image: object, where: str) -> str:
    """The address; given plainly, as material from before 2024 has it, or in an object as today."""
    url = image.get("url") if isinstance(image, dict) else image
    if not isinstance(url, str):
        raise _wrong_type(f"{where}.url" if isinstance(image, dict) else where, "a string or an object with a url", url)
    return url


def _most_tokens(request: dict[str, Any], form: _Form) -> int | None:
    limits = []
    for param in form.limits:
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
