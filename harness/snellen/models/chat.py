"""Chat Completions as bytes: the body of a request, and what the body of a reply says."""

from __future__ import annotations

from snellen.models.body import DataUrls, to_json, url_of
from snellen.models.reply import Json, clean, fail, kind_of, object_of, read, said, texts_of, token_count
from snellen.request import ImagePart, Message, Part, Request, TextPart
from snellen.response import Response, StopReason, Usage

__all__ = ["chat_body", "parse_chat"]

_STOPS: dict[object, StopReason] = {
    "stop": "stop",
    "length": "length",
    "content_filter": "content_filter",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",  # what tool_calls was called until 2023, still said by some servers
    "end_turn": "stop",  # the next four are other vendors' words that gateways pass on
    "eos": "stop",
    "max_tokens": "length",
    "refusal": "refusal",
}


def chat_body(request: Request, data_urls: DataUrls) -> bytes:
    """The JSON that asks `request`.

    Args:
        request: What is asked.
        data_urls: Of the pictures that are sent inline.

    Raises:
        InputError: A text cannot be written as UTF-8.
    """
    messages = [_message(message, data_urls) for message in request.messages]
    return to_json({"model": request.model, "messages": messages, **request.params})


def _message(message: Message, data_urls: DataUrls) -> Json:
    match message.parts:
        case (TextPart(text),):  # a plain string is what every server takes, those that see no pictures too
            return {"role": message.role, "content": text}
        case parts:
            return {"role": message.role, "content": [_part(part, data_urls) for part in parts]}


def _part(part: Part, data_urls: DataUrls) -> Json:
    if isinstance(part, TextPart):
        return {"type": "text", "text": part.text}
    return {"type": "image_url", "image_url": _image_url(part, data_urls)}


def _image_url(part: ImagePart, data_urls: DataUrls) -> Json:
    url = url_of(part, data_urls)
    return {"url": url} if part.detail is None else {"url": url, "detail": part.detail}


def parse_chat(
    body: bytes,
    *,
    latency_s: float,
    request_id: str = "",
    recorded: bool = False,
    recorded_at: str = "",
) -> Response:
    """What a reply says, for bodies that just arrived and for recorded ones alike.

    Servers that leave out usage, fingerprints or details are tolerated; a reply that holds no answer never is.

    Args:
        body: As it arrived, of a reply with status 200.
        latency_s: Of the call.
        request_id: From the reply's headers; without one the reply's own `id` is taken.
        recorded: Whether it is replayed.
        recorded_at: When it was asked.

    Raises:
        ModelError: It is no chat completion (kind bad_reply); the message names the place that is wrong.
    """
    reply = read(body, right="a chat completion", sign="choices")
    message, stop = _choice(reply, body)
    refusal = message.get("refusal")
    if isinstance(refusal, str) and refusal:
        text, stop = refusal, "refusal"
    else:
        # Some servers send a list of parts.
        text = texts_of(message.get("content"), body, place="choices[0].message.content", kind="text")
    return Response(
        text=clean(text),
        stop=stop,
        served_model=clean(reply.get("model")),
        usage=_usage(reply.get("usage")),
        latency_s=latency_s,
        request_id=request_id or clean(reply.get("id")),
        recorded=recorded,
        recorded_at=recorded_at,
        body=body,
    )


def _choice(reply: Json, body: bytes) -> tuple[Json, StopReason]:
    choices = reply.get("choices")
    if not isinstance(choices, list):
        fail(f"choices is {kind_of(choices)}; right is a list", body, hint=_hint(reply))
    if not choices:
        fail("choices is empty", body)
    choice = choices[0]
    if not isinstance(choice, dict):
        fail(f"choices[0] is {kind_of(choice)}; right is an object", body)
    if error := choice.get("error"):  # OpenRouter, when the provider failed half way
        fail(f"choices[0] is an error: {said(error)}", body)
    message = choice.get("message")
    if not isinstance(message, dict):
        fail(f"choices[0].message is {kind_of(message)}; right is an object", body)
    reason = choice.get("finish_reason")
    return message, _STOPS.get(reason, "unknown") if isinstance(reason, str) else "unknown"


def _hint(reply: Json) -> str:
    is_other = isinstance(reply.get("output"), list)
    return 'This is a reply of the Responses API: is api = "responses" missing?' if is_other else ""


def _usage(usage: object) -> Usage:
    total = object_of(usage)
    inputs, outputs = object_of(total.get("prompt_tokens_details")), object_of(total.get("completion_tokens_details"))
    return Usage(
        input_tokens=token_count(total.get("prompt_tokens")),
        output_tokens=token_count(total.get("completion_tokens")),
        cached_tokens=token_count(inputs.get("cached_tokens")),
        reasoning_tokens=token_count(outputs.get("reasoning_tokens")),
        image_tokens=token_count(inputs.get("image_tokens")),
    )
